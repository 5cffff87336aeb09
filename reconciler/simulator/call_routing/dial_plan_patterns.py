"""The patterns of a dial plan (webex-behaviour.md §14): a list of strings on read, a list of actions on write, and
the action that only checks patterns."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, StrictBool

from ..core import errors, paging, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import dial_patterns
from .dial_plans import PATH, find

switches.declare(
    "dial_pattern_add_taken", "refuse", "ignore", row="14",
    text="modifying a dial plan by adding a pattern that some plan has already: 400, or 204 without effect",
)  # fmt: skip
switches.declare(
    "dial_pattern_delete_absent", "ignore", "refuse", row="14",
    text="modifying a dial plan by deleting a pattern that it does not have: 204 without effect, or 400",
)  # fmt: skip
switches.declare(
    "dial_patterns_with_delete_all", "ignored", "applied", row="14",
    text="what becomes of the actions in a request that has deleteAllDialPatterns too",
)  # fmt: skip

_PATTERNS = PATH + "/{dialPlanId}/dialPatterns"


class _Action(Body):
    dial_pattern: str
    action: Literal["ADD", "DELETE"]


class _Actions(Body):
    dial_patterns: list[_Action] = Field(default_factory=list)
    delete_all_dial_patterns: StrictBool = False


class _Check(Body):
    dial_patterns: list[str]


@route("GET", _PATTERNS)
def list_dial_patterns(request: Request) -> Reply:
    """Read the List of Dial Patterns: plain strings, filtered by a part of the pattern."""
    part = request.query.get("dialPattern", "")
    rows = [pattern for pattern in find(request)["patterns"] if part in pattern]
    for term in request.listed("order"):
        rows = sorted(rows, reverse=term.lower().endswith("desc"))
    return paging.by_offset(request, rows, "dialPatterns", default=2000, limit=2000)


@route("PUT", _PATTERNS)
def update_dial_patterns(request: Request) -> Reply:
    """Modify Dial Patterns: a delta, all of it or nothing; a pattern that is not named stays."""
    store, plan = request.store, find(request)
    body = parse(_Actions, request.document())
    before = [] if body.delete_all_dial_patterns else list(plan["patterns"])
    actions = body.dial_patterns
    if body.delete_all_dial_patterns and store.switches["dial_patterns_with_delete_all"] == "ignored":
        actions = []
    plan["patterns"] = _applied(store, plan, before, actions)
    return Reply(204)


def _applied(store: Store, plan: Json, before: list[str], actions: list[_Action]) -> list[str]:
    """The plan's patterns after these actions, in their order."""
    elsewhere = dial_patterns.taken(store) - set(plan["patterns"])
    after = dict.fromkeys(before)
    for action in actions:
        pattern = action.dial_pattern
        if action.action == "DELETE":
            if pattern not in after and store.switches["dial_pattern_delete_absent"] == "refuse":
                raise errors.platform(400, f"premises dial pattern {pattern} does not exist")
            after.pop(pattern, None)
            continue
        if not dial_patterns.is_valid(pattern):
            raise errors.invalid_value(f"invalid format for premises dial pattern {pattern}")
        if pattern not in after and pattern not in elsewhere:
            after[pattern] = None
        elif store.switches["dial_pattern_add_taken"] == "refuse":
            raise errors.platform(400, f"premises dial pattern {pattern} is already in use")
    return list(after)


@route("POST", "/telephony/config/premisePstn/actions/validateDialPatterns/invoke")
def validate_dial_patterns(request: Request) -> Reply:
    """Validate a Dial Pattern: always 200; only bad patterns are named."""
    body = parse(_Check, request.document())
    wrong = dial_patterns.faults(request.store, body.dial_patterns)
    return Reply(200, {"status": "ERRORS" if wrong else "OK", "dialPatternStatus": wrong})
