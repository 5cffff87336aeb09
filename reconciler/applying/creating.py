"""A create of which nobody knows whether it took effect: pure.

the API lets the name      there after all   not there by the longest known delay (webex-behaviour.md §1.6)
-------------------------  ----------------  --------------------------------------------------------------
repeat (workspaces, …)     verified          unknown: sent again, it might be there twice; resume looks
be had once (people, …)    verified          it is sent again at once, and refused if it is there: refused and not to be
                                             seen is unknown, too
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.applying.verdicts import Found, outcome_of
from reconciler.errors import ApiError, ConvergingError, ReconcileError, TemporaryError, WaitedError
from reconciler.kinds import kind as kind_named
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Member, Operation

#: Looks at what may have been created, each after twice the pause of the one before: two minutes in all.
LOOKS = 8
_OPEN = "nobody knows whether the create took effect: its answer was lost, and it is looked for"
_NEVER = (
    "nobody knows whether the create took effect: its answer was lost, and it was not to be seen for the longest delay"
    " that is known; it is not sent again, for the API may take a name twice. resume looks for it"
)
#: What is there already is refused with one of these.
_REFUSED = frozenset({400, 409})


def lost(error: ReconcileError | None) -> bool:
    """Whether nobody knows what came of a request."""
    if isinstance(error, ApiError):
        return error.status >= 500
    return isinstance(error, TemporaryError) and not isinstance(error, WaitedError | ConvergingError)


def repeats(operation: Operation) -> bool:
    """Whether sending this once more might make a second one."""
    return operation.action == "create" and kind_named(operation.kind).names_repeat


def only_looked_for(operation: Operation, error: ReconcileError | None, *, lost_before: bool) -> bool:
    """Whether this answer to a create leaves nothing to do but to look for it."""
    refused = isinstance(error, ApiError) and error.status in _REFUSED
    return (repeats(operation) and lost(error)) or (lost_before and refused)


def unseen(operation: Operation, found: Found, done: dict[str, Outcome], *, last: bool) -> dict[str, Outcome]:
    """The outcomes of those that are not there: converging, or `unknown` where this was the `last` look."""
    return {
        member.address: _unseen(operation, member, last=last)
        for member in operation.members
        if member.address in done and found.get(member.address) is None
    }


def _unseen(operation: Operation, member: Member, *, last: bool) -> Outcome:
    verdict, why = (Verdict.UNKNOWN, _NEVER) if last else (Verdict.CONVERGING, _OPEN)
    return replace(outcome_of(operation, member, verdict, why), wrote=True)
