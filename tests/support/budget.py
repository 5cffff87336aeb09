"""What a plan said it would ask against what was asked, and the least number of writes that its changes can take."""

from __future__ import annotations

from collections import Counter
from math import ceil

from reconciler.model.plan import Change, Plan
from reconciler.model.snapshot import Fields
from reconciler.planning import forecast

#: Numbers that one request takes (webex-behaviour.md §4), and people that one job moves (§15).
_AT_ONCE = {"create": 1000, "update": 500, "delete": 5}
_MOVED_AT_ONCE = 100


def check_calls(plan: Plan, asked: Counter[str]) -> None:
    """Every request was foretold, and every foretold one was made. A job's status counts once: how often it is looked
    at is a matter of how long it takes."""
    foretold = forecast.calls(plan)
    foretold.pop(forecast.IDENTITY, None)
    counted = {
        route: min(times, foretold[route]) if foretold[route] and route.endswith("/{jobId}") else times
        for route, times in asked.items()
    }
    assert counted == foretold, {
        route: f"{foretold[route]} foretold, {counted.get(route, 0)} asked"
        for route in sorted(foretold.keys() | counted.keys())
        if foretold[route] != counted.get(route, 0)
    }


def least_writes(plan: Plan) -> int:
    """One write for each resource and endpoint, counted from the changes and the API's documentation alone: numbers
    together, people who go to one place together, what moves along or is lost with its owner none, and more only where
    one request cannot take it all."""
    changes = [change for change in plan.changes if change.action != "cannot_tell" and not change.blocked]
    by_address = {change.address: change for change in changes}
    along = {address for change in changes for address in change.carries}
    numbers: Counter[tuple[str, ...]] = Counter()
    movers: Counter[str] = Counter()
    count = 0
    for change in changes:
        if change.address in along or _lost_with_owner(change, by_address):
            continue
        if change.kind == "number":
            place = change.want.get("location") or change.facts.get("location", "")
            numbers[change.action, place, str(change.want.get("state", ""))] += 1
        elif _moves(change):  # a job for all who go there; what else is wanted of each is a PUT of their own (§15)
            movers[change.want["location"]] += 1
            rest = change.want.keys() - {"location", "extension", "phone_number"}
            count += bool(rest - {"licenses"}) + ("licenses" in rest)  # the assignment is a request of its own (§9)
        else:
            count += 1 + _more(change, by_address)
    count += sum(ceil(many / _MOVED_AT_ONCE) for many in movers.values())
    return count + _circles(changes) + sum(ceil(many / _AT_ONCE[act]) for (act, *_), many in numbers.items())


def _moves(change: Change) -> bool:
    moved = change.kind == "person" and change.action == "update"
    return bool(moved and change.want.get("location") and change.before.get("location"))


def _circles(changes: list[Change]) -> int:
    """Extensions and numbers that go around: one of them has to be put aside first."""
    holders = {claim: change.address for change in changes for claim in change.frees}
    waits = {one.address: {holders[claim] for claim in one.takes if claim in holders} for one in changes}
    while ends := [name for name, on in waits.items() if not on & waits.keys()]:
        for name in ends:
            del waits[name]
    count = 0
    while waits:  # what is left goes around, or waits for what does
        name = next(iter(waits))
        seen: list[str] = []
        while name in waits and name not in seen:
            seen.append(name)
            name = next(iter(waits[name] & waits.keys()), "")
        count += name in seen
        for one in seen:
            del waits[one]
    return count


def _more(change: Change, by_address: dict[str, Change]) -> int:
    """Requests beyond the first, each because the API has no endpoint that takes it all."""
    want, before = change.want, change.before
    if change.kind == "person" and want.get("provisioning") == "scim":
        return bool(want.get("licenses"))  # the user, then the licence assignment (§9, §10)
    if change.kind == "person" and change.action == "update" and "licenses" in want:
        return bool(want.keys() - _with_licenses(want, before))
    if change.kind == "location.calling" and not before:
        late = {"main_number", "calling_line_name"} & want.keys()  # the number has to be there first (§3)
        rest = want.keys() - {"announcement_language"} - late  # enabling takes no settings (§3)
        return bool(rest) + bool(late)
    return 0


def _with_licenses(want: Fields, before: Fields) -> set[str]:
    """What the licence assignment takes: who gets calling gets a place and an address with it, who loses it loses them
    (§9)."""
    had, has = (any(n.startswith("Webex Calling") for n in side.get("licenses") or ()) for side in (before, want))
    address = {"extension", "phone_number"} if had != has else set()
    return {"licenses"} | address | ({"location"} if has and not had else set())


def _lost_with_owner(change: Change, by_address: dict[str, Change]) -> bool:
    """What is to be taken away is gone with a move, or with the calling licence (§8, §15)."""
    owner = by_address.get(f"{change.kind.partition('.')[0]}/{change.key}")
    if owner is None or owner is change or any(change.want.values()):
        return False
    lost = "licenses" in owner.want and not any(name.startswith("Webex Calling") for name in owner.want["licenses"])
    return lost or ("location" in owner.want and bool(owner.before.get("location")))
