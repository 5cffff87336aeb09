"""What a reading of the tenant says of an operation and its members. Pure: nothing is asked or sent here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reconciler.applying.verify import (
    beside,
    differing,
    field_by_field,
    foreign,
    in_part,
    lost,
    satisfied,
    settled,
    stale,
)
from reconciler.errors import ApiError, AuthError, ConvergingError, LockedError, ReconcileError, TemporaryError
from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.jobs import ItemErrors
from reconciler.masking import redacted
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Member, Operation
from reconciler.model.snapshot import Current, Fields
from reconciler.runs.failures import told
from reconciler.webex.exchange import Exchange

#: What is there now, by address.
Found = dict[str, Current | None]


@dataclass(frozen=True)
class Sight:
    """What was seen of an operation: `now`, and `earlier`, before this process wrote to it (None: another process did);
    `written` are the fields before the first write of those to whom one was sent of which something may have come."""

    now: Found
    earlier: Found | None
    written: Mapping[str, Fields]

    def wrote(self, member: Member) -> bool:
        return self.earlier is None or member.address in self.written


def sorted_out(
    operation: Operation, members: Iterable[Member], sight: Sight, *, resumed: bool
) -> tuple[list[Member], dict[str, Outcome]]:
    """The members to write, and by address the outcomes of the others. `resumed`: what may have been sent to them was
    sent by an earlier process; nobody knows whether it arrived."""
    todo, settled = list[Member](), dict[str, Outcome]()
    for member in members:
        current = sight.now.get(member.address)
        have = fields_of(operation, current)
        if current is not None and current.candidates:
            settled[member.address] = outcome_of(operation, member, Verdict.FAILED, ambiguous(current))
        elif satisfied(operation, member, have):
            sent = member.address in sight.written
            why = "so already" if not sent else "written before the interruption" if resumed else ""
            settled[member.address] = replace(_well(operation, member, sight, why), wrote=sent)
        elif changed := _changed(operation, member, have, sight.written):
            settled[member.address] = outcome_of(operation, member, Verdict.STALE, "; ".join(changed))
        else:
            todo.append(member)
    return todo, settled


def _changed(operation: Operation, member: Member, have: Fields | None, written: Mapping[str, Fields]) -> list[str]:
    """What somebody else has changed since the plan, or since the write of which nobody knows whether it arrived."""
    if member.address in written:
        return foreign(operation, member, have, written[member.address])
    return stale(operation, member, have)


def ambiguous(current: Current) -> str:
    """What is said of a name that several have."""
    count, ids = len(current.candidates), "; ".join(current.candidates)
    return f"the name is ambiguous, {count} in the tenant have it: {ids}; delete or rename all but one"


def _neither(operation: Operation, member: Member, have: Fields | None, written: Mapping[str, Fields]) -> list[str]:
    """The fields that a write which was a success leaves neither as they were before it nor as they were wanted."""
    known = member.address in written and operation.action == "update" and have is not None
    return foreign(operation, member, have, written[member.address]) if known else []


def judged(
    operation: Operation, members: Iterable[Member], sight: Sight, error: ReconcileError | None, *, last: bool = True
) -> dict[str, Outcome]:
    """By address, what reading back says of a write and its answer: the verdict, which nothing afterwards changes.
    `last`: it is not read again before long, so what is not to be seen by now never came about."""
    return {
        member.address: replace(_judged(operation, member, sight, error, last=last), wrote=sight.wrote(member))
        for member in members
    }


def _judged(operation: Operation, member: Member, sight: Sight, error: ReconcileError | None, *, last: bool) -> Outcome:
    current = sight.now.get(member.address)
    have = fields_of(operation, current)
    own = error_of(error, member)
    if current is not None and current.candidates:
        # two at the same time: between the last look and the write nobody can see the other
        return outcome_of(operation, member, Verdict.DRIFTED, ambiguous(current))
    if satisfied(operation, member, have) and not isinstance(error, ConvergingError):
        return _well(operation, member, sight, "")
    if own is not None:
        return failure(operation, member, own)
    if theirs := _neither(operation, member, have, sight.written):
        why = f"the API reported success, and then somebody else changed it: {'; '.join(theirs)}"
    elif not last:
        why = "the API reported success, and it is not to be seen yet"
        return outcome_of(operation, member, Verdict.CONVERGING, why)
    else:
        why = "the API reported success, but the read-back differs"
    fields = differing(operation, member, have)
    if not theirs and (items := in_part(fields)):
        why = f"{why}: {items}"
    return replace(outcome_of(operation, member, Verdict.DRIFTED, why), fields=fields)


def _well(operation: Operation, member: Member, sight: Sight, why: str) -> Outcome:
    """What is as wanted is verified, unless our write took something along."""
    gone = lost(operation, _also(operation, member, sight)) if sight.wrote(member) else {}
    if not gone:
        return outcome_of(operation, member, Verdict.VERIFIED, why)
    why = f"it is as wanted, and since the write these are gone: {', '.join(sorted(gone))}"
    return replace(outcome_of(operation, member, Verdict.DRIFTED, why), fields=gone)


def _also(operation: Operation, member: Member, sight: Sight) -> dict[str, Any]:
    """What else is different between the two readings; nothing where the first was another process's."""
    if sight.earlier is None:
        return {}
    sides = (fields_of(operation, found.get(member.address)) for found in (sight.earlier, sight.now))
    return beside(operation, member, *sides)


def error_of(error: ReconcileError | None, member: Member) -> ReconcileError | None:
    """What the error of a whole request says of one of those in it."""
    return error.of(member.id) if isinstance(error, ItemErrors) else error


def unmet(operation: Operation, member: Member, outcomes: Mapping[str, Outcome]) -> str:
    """Why a member cannot be written: what it needs was carried out, and is not well. By step (planner.token)."""
    for need in operation.needs_of(member):
        outcome = outcomes.get(need)
        if outcome is not None and outcome.verdict is not Verdict.VERIFIED:
            return f"needs {need}, which is {outcome.verdict}"
    return ""


def witnessed(operation: Operation, done: Mapping[str, Outcome], sight: Sight) -> dict[str, Outcome]:
    """The outcomes of a write with what was seen: the readings before it and after it."""
    found = {}
    for member in operation.members:
        current = sight.now.get(member.address)
        after = fields_of(operation, current)
        read = {"after": redacted(after)}
        if sight.earlier is not None:
            read["before"] = redacted(fields_of(operation, sight.earlier.get(member.address)))
        found[member.address] = replace(
            done[member.address],
            id=current.id if current is not None else "",
            read=read,
            as_wanted=field_by_field(operation, member, after),
            also=_also(operation, member, sight),
        )
    return found


def failed(error: ReconcileError, sent: Iterable[Exchange] = ()) -> dict[str, Any]:
    """An error as the journal keeps it: in words, in parts, and the requests that led to it."""
    return {"error": str(error), "told": told(error), "requests": [one.told() for one in sent]}


def failure(operation: Operation, member: Member, error: ReconcileError) -> Outcome:
    why = error.what if not error.why else f"{error.what}; {error.why}"
    verdict = Verdict.CONVERGING if isinstance(error, ConvergingError) else Verdict.FAILED
    return replace(
        outcome_of(operation, member, verdict, f"{why}; {error.do}" if error.do else why),
        tracking_id=error.tracking_id if isinstance(error, ApiError) else "",
        again=isinstance(error, AuthError | LockedError | TemporaryError),
    )


def outcome_of(operation: Operation, member: Member, verdict: Verdict, why: str = "") -> Outcome:
    return Outcome(member.address, operation.id, operation.action, verdict, why)


def fields_of(operation: Operation, current: Current | None) -> Fields | None:
    """The fields that an operation is about: the resource's own, or those of its section."""
    if current is None:
        return None
    kind = kind_named(operation.kind)
    if not kind.owner:
        return current.fields
    section: Fields | None = current.fields.get(kind.section)
    return section


def intended(operation: Operation, member: Member, found: Found) -> dict[str, Any]:
    """What is to be written, with what that implies, and its pre-image as read just before: all of it for a delete, and
    where a section is cleared, which takes along what it does not name."""
    current = found.get(member.address)
    remote_id = {"id": current.id} if current is not None else {}
    have = fields_of(operation, current) or {}
    if operation.action == "delete":
        return {"address": member.address, "want": {}, "before": have, **remote_id}
    want = member.want | settled(operation, member, have)
    names = [*want, *(n for n in have if want == kind_named(operation.kind).cleared and n not in want)]
    told = {"address": member.address, "want": want, "before": {n: have.get(n) for n in names}, **remote_id}
    return told | ({"was": was} if (was := _whole(operation, current, have)) else {})


def _whole(operation: Operation, current: Current | None, have: Fields) -> Fields:
    """All of a document that the write replaces, what nobody manages of it included."""
    kind = kind_named(operation.kind)
    if current is None or not kind.replaces or operation.step in kind.batches:
        return {}
    return have | (kind.beside(current) if kind.beside else {})
