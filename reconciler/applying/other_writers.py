"""Who else changed, during a run, what it has written to: from the tenant's audit events, in one request.

A write that replaces a document sends back what it has read a moment before, so that a change in between is lost with
neither side seeing it: reading again shows only what was sent. The event of the other's write is what is left of it.
Clocks differ, so the run's own events say when it was; whose event is not there yet, nothing is said of. A second
clone may come with the same token: then there are more events of ours than we have written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from reconciler.errors import ApiError, AuthError, ForbiddenError, IncompleteError, TemporaryError
from reconciler.model.audit import AuditEvent
from reconciler.webex import audit
from reconciler.webex.tenant import TenantReader

#: From the reading that a write rests on to the write's own event, by the tenant's clock.
_BEFORE = timedelta(seconds=5)
_SKEW = timedelta(minutes=10)


async def events(reader: TenantReader, since: datetime) -> tuple[list[AuditEvent], str]:
    """The events since a run began, or why they were not looked at."""
    try:
        return await audit.audit_events(reader, since - _SKEW, datetime.now(UTC)), ""
    except ForbiddenError:
        return [], f"the token may not read admin audit events: it lacks the scope {audit.SCOPE}"
    except AuthError:
        raise
    except (ApiError, IncompleteError, TemporaryError) as error:
        return [], f"the admin audit events could not be read: {error.what}"


class Ours(NamedTuple):
    """How often a run has written to an object, and for how many seconds a write rested at most on what was read."""

    writes: int
    rested: float


def meanwhile(
    found: Iterable[AuditEvent], me: Collection[str], written: Mapping[str, Ours]
) -> Iterator[tuple[str, AuditEvent]]:
    """(uuid of an object, the first event of somebody else) of what somebody else changed while we did. `me` are our
    uuid and e-mails, `written` what this run has done to an object, by uuid."""
    about: dict[str, list[AuditEvent]] = {}
    for event in sorted(found, key=lambda one: (one.at, one.id)):
        if event.target in written:
            about.setdefault(event.target, []).append(event)
    for target, those in about.items():
        mine, did = [event for event in those if _is(event, me)], written[target]
        ours = mine[-did.writes :]
        begun = _moment(ours[0]) if ours else None
        if begun is None:
            continue
        for event in those:
            at = _moment(event)
            if event in ours or not event.actor or at is None:
                continue
            # Of our own account: what an earlier run did is before the reading that this one rests on.
            if at >= begun - (timedelta(seconds=did.rested) if _is(event, me) else _BEFORE):
                yield target, event
                break


def said(event: AuditEvent, me: Collection[str]) -> str:
    """`Ana <ana@example.com> changed it during this run (14:02:10, Ana updated …)`."""
    who = f"{event.name} <{event.email}>" if event.name and event.email else event.email or event.name or event.actor
    who += ", elsewhere with the account of this run," if _is(event, me) else ""
    return f"{who} changed it during this run ({event.at}: {event.text or event.description}): look whether it is right"


def _is(event: AuditEvent, me: Collection[str]) -> bool:
    return event.actor in me or event.email.casefold() in me


def _moment(event: AuditEvent) -> datetime | None:
    try:
        return datetime.fromisoformat(event.at.replace("Z", "+00:00"))
    except ValueError:
        return None
