"""What a reading of the tenant says of an operation and its members. Pure: nothing is asked or sent here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def sorted_out(
    operation: Operation, found: Found, done: dict[str, Outcome], written: dict[str, Fields], *, resumed: bool
) -> list[Member]:
    """The members to write; the others get their outcome in `done`. `written`: the fields before the first write of
    those to whom one was sent, by this process or, `resumed`, by an earlier one; nobody knows whether it arrived."""
    todo = []
    for member in operation.members:
        current = found.get(member.address)
        have = fields_of(operation, current)
        if member.address in done and done[member.address].verdict is Verdict.VERIFIED:
            continue
        if current is not None and current.candidates:
            done[member.address] = outcome_of(operation, member, Verdict.FAILED, ambiguous(current))
        elif satisfied(operation, member, have):
            sent = member.address in written
            why = "so already" if not sent else "written before the interruption" if resumed else ""
            done[member.address] = outcome_of(operation, member, Verdict.VERIFIED, why)
            done[member.address].wrote = sent
        elif changed := _changed(operation, member, have, written):
            done[member.address] = outcome_of(operation, member, Verdict.STALE, "; ".join(changed))
        else:
            todo.append(member)
    return todo


def _changed(operation: Operation, member: Member, have: Fields | None, written: dict[str, Fields]) -> list[str]:
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


def preimages(operation: Operation, members: list[Member], found: Found) -> dict[str, Fields]:
    """By address, the fields that a write is about to set, as they are now."""
    return {member.address: intended(operation, member, found)["before"] for member in members}


def judged(
    operation: Operation,
    members: list[Member],
    found: Found,
    error: ReconcileError | None,
    written: Mapping[str, Fields],
    *,
    last: bool = True,
) -> dict[str, Outcome]:
    """By address, what reading back says of a write and its answer. `written`: the fields before it. `last`: it is not
    read again before long, so what is not to be seen by now never came about."""
    done = {}
    for member in members:
        current = found.get(member.address)
        have = fields_of(operation, current)
        own = error_of(error, member)
        if current is not None and current.candidates:
            # two at the same time: between the last look and the write nobody can see the other
            outcome = outcome_of(operation, member, Verdict.DRIFTED, ambiguous(current))
        elif satisfied(operation, member, have) and not isinstance(error, ConvergingError):
            outcome = outcome_of(operation, member, Verdict.VERIFIED)
        elif own is None and (theirs := _neither(operation, member, have, written)):
            why = f"the API reported success, and then somebody else changed it: {'; '.join(theirs)}"
            outcome = outcome_of(operation, member, Verdict.DRIFTED, why)
            outcome.fields = differing(operation, member, have)
        elif own is None and not last:
            why = "the API reported success, and it is not to be seen yet"
            outcome = outcome_of(operation, member, Verdict.CONVERGING, why)
        elif own is not None:
            outcome = failure(operation, member, own)
        else:
            why = "the API reported success, but the read-back differs"
            outcome = outcome_of(operation, member, Verdict.DRIFTED, why)
            outcome.fields = differing(operation, member, have)
            if items := in_part(outcome.fields):
                outcome.why = f"{why}: {items}"
        outcome.wrote = True
        done[member.address] = outcome
    return done


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


def witnessed(operation: Operation, done: dict[str, Outcome], earlier: Found | None, found: Found) -> None:
    """Add to the outcomes of a write what was seen: the readings before it (None: by another process) and after it."""
    for member in operation.members:
        outcome, current = done[member.address], found.get(member.address)
        after = fields_of(operation, current)
        outcome.id = current.id if current is not None else ""
        outcome.read = {"after": redacted(after)}
        outcome.as_wanted = field_by_field(operation, member, after)
        if earlier is not None:
            before = fields_of(operation, earlier.get(member.address))
            outcome.read["before"] = redacted(before)
            outcome.also = beside(operation, member, before, after)
            gone = lost(operation, outcome.also)
            if gone and outcome.verdict is Verdict.VERIFIED and outcome.wrote:
                outcome.verdict, outcome.fields = Verdict.DRIFTED, gone
                outcome.why = f"it is as wanted, and since the write these are gone: {', '.join(sorted(gone))}"


def failed(error: ReconcileError, sent: Iterable[Exchange] = ()) -> dict[str, Any]:
    """An error as the journal keeps it: in words, in parts, and the requests that led to it."""
    return {"error": str(error), "told": told(error), "requests": [one.told() for one in sent]}


def failure(operation: Operation, member: Member, error: ReconcileError) -> Outcome:
    why = error.what if not error.why else f"{error.what}; {error.why}"
    verdict = Verdict.CONVERGING if isinstance(error, ConvergingError) else Verdict.FAILED
    outcome = outcome_of(operation, member, verdict, f"{why}; {error.do}" if error.do else why)
    outcome.tracking_id = error.tracking_id if isinstance(error, ApiError) else ""
    outcome.again = isinstance(error, AuthError | LockedError | TemporaryError)
    return outcome


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
