"""Asking the tenant's audit events who made a change."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from reconciler.drift.attribution import Attribution, Subjects, attribute, nobody
from reconciler.drift.comparison import Difference
from reconciler.errors import ApiError, ForbiddenError, IncompleteError, TemporaryError
from reconciler.webex.audit import SCOPE, audit_events

if TYPE_CHECKING:
    from reconciler.webex.tenant import TenantReader


async def attributed(
    reader: TenantReader, drifted: Collection[Difference], since: datetime | None, why: str, subjects: Subjects
) -> dict[tuple[str, str], Attribution]:
    """Who made these changes, from the events since the snapshot was taken; `why` that time is not known where it is
    not. Nothing is asked when nothing drifted, and not being told is no error: then it is nobody, and why."""
    if not drifted:
        return {}
    if since is None:
        return nobody(drifted, f"it is not known when the snapshot was taken: {why}")
    try:
        events = await audit_events(reader, since, datetime.now(UTC))
    except ForbiddenError:
        return nobody(drifted, f"the token may not read admin audit events: it lacks the scope {SCOPE}")
    except (ApiError, IncompleteError, TemporaryError) as error:
        return nobody(drifted, f"the admin audit events could not be read: {error.what}")
    return attribute(drifted, events, subjects)
