"""Admin audit events as the tenant tells them: `GET /adminAudit/events` (webex-behaviour.md §1.9; the SDK's
AdminAuditEventsApi has the list of what an event's data can hold)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from reconciler.kinds.contract.observed import snake
from reconciler.model.audit import AuditEvent
from reconciler.model.remote_id import uuid_of

if TYPE_CHECKING:
    from reconciler.webex.tenant import TenantReader

SCOPE = "audit:events_read"
#: The most that one request may span.
LONGEST = timedelta(days=365)
#: Our clock and the tenant's need not agree to the second.
_SKEW = timedelta(minutes=1)
#: Where an event says which fields were changed; each kind of event has its own word for it.
_FIELDS = (
    *("updatedFields", "changedAttributes", "attributes", "updatedSettings", "changes", "changeSet"),
    *("settingName", "settingKey", "configKey"),
)


async def audit_events(reader: TenantReader, since: datetime, until: datetime) -> list[AuditEvent]:
    """The events between two moments, in no order; of more than a year the last year. ForbiddenError without the
    scope `audit:events_read`, which only full administrators can have."""
    since = max(since, until - LONGEST)
    span = {"orgId": reader.org_id, "from": _stamp(since), "to": _stamp(until + _SKEW), "max": "200"}
    rows = reader.pages(f"{reader.api.session.BASE}/adminAudit/events", "items", **span)
    return [event_of(row) async for row in rows]


def event_of(row: Mapping[str, Any]) -> AuditEvent:
    """One event as read."""
    data = row.get("data") or {}
    return AuditEvent(
        id=str(row.get("id") or data.get("trackingId") or ""),
        at=str(row.get("created") or ""),
        actor=bare(str(row.get("actorId") or data.get("actorEmail") or "")),
        name=str(data.get("actorName") or ""),
        email=str(data.get("actorEmail") or ""),
        ip=str(data.get("actorIp") or ""),
        text=str(data.get("actionText") or data.get("eventDescription") or ""),
        description=str(data.get("eventDescription") or ""),
        target=bare(str(data.get("targetId") or "")),
        target_name=str(data.get("targetName") or ""),
        fields=frozenset(snake(name) for key in _FIELDS for name in _named(data.get(key))),
        kind=str(data.get("targetType") or ""),
        category=str(data.get("eventCategory") or ""),
    )


def bare(remote_id: str) -> str:
    """The uuid in an id of an event: the documents show base64 of the bare uuid there, elsewhere it is as always."""
    try:
        return str(UUID(base64.urlsafe_b64decode(remote_id + "=" * (-len(remote_id) % 4)).decode()))
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return uuid_of(remote_id)


def _named(value: Any) -> Iterator[str]:
    """The names of fields in whatever form an event gives them: a text, a list, rows, or a mapping by name."""
    if isinstance(value, str):
        yield from (word for part in value.split(",") if (word := part.strip()) and " " not in word)
    elif isinstance(value, dict):
        yield from (str(name) for name in value)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict):
                named = next((item[key] for key in ("field", "name", "attribute", "key") if item.get(key)), "")
                yield from _named(str(named))
            else:
                yield from _named(item)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
