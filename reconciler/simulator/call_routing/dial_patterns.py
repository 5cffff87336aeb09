"""Dial patterns (webex-behaviour.md §14): what is one, which are taken, which numbers they match.

A pattern is digits, then X for one digit each; with a leading + it is E.164 and may end in one `!` for any digits.
It exists once in the organisation, whatever plan it is in.
"""

from __future__ import annotations

import re

from ..core.routing import Json
from ..core.store import Store

_E164 = re.compile(r"^\+[0-9]+X*!?$")
_ENTERPRISE = re.compile(r"^[0-9*#]+X*$")


def is_valid(pattern: str) -> bool:
    return bool(_E164.match(pattern) or _ENTERPRISE.match(pattern))


def taken(store: Store) -> set[str]:
    """All patterns of all dial plans."""
    return {pattern for plan in store.table("dial_plans").values() for pattern in plan["patterns"]}


def faults(store: Store, patterns: list[str]) -> list[Json]:
    """One entry for each bad pattern, in order; one that stands twice is named once (T:dialplans test_006)."""
    used = taken(store)
    found = []
    for pattern in dict.fromkeys(patterns):
        if not is_valid(pattern):
            found.append(fault(pattern, "INVALID", f"invalid format for premises dial pattern {pattern}"))
        elif pattern in used:
            found.append(fault(pattern, "DUPLICATE", f"premises dial pattern {pattern} is already in use"))
        elif patterns.count(pattern) > 1:
            found.append(fault(pattern, "DUPLICATE_IN_LIST", f"duplicate premises dial pattern {pattern} in the list"))
    return found


def fault(pattern: str, status: str, message: str) -> Json:
    return {"dialPattern": pattern, "patternStatus": status, "message": message}


def match(store: Store, dialled: str) -> tuple[Json, str] | None:
    """(dial plan, pattern) that a dialled string leads to: the most digits win, then X over `!`."""
    hits = [
        (plan, pattern)
        for plan in store.table("dial_plans").values()
        for pattern in plan["patterns"]
        if covers(pattern, dialled)
    ]
    return max(hits, key=lambda hit: (len(hit[1].rstrip("X!")), not hit[1].endswith("!")), default=None)


def covers(pattern: str, dialled: str) -> bool:
    """Whether a pattern fits the whole dialled string."""
    prefix = pattern.rstrip("X!")
    if not dialled.startswith(prefix):
        return False
    rest, wild = dialled[len(prefix) :], pattern.count("X")
    if rest and not rest.isdigit():
        return False
    return len(rest) > wild if pattern.endswith("!") else len(rest) == wild
