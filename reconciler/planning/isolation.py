"""What rests on a change that is not carried out, from the changes alone: pure, as the order of operations is.

a change             rests on
-------------------  -------------------------------------------------------------
of a section         the change of its owner, and of the sections that it requires
that refers          what is to create what it refers to
that takes           what frees the extension, number or unit that it takes
that forwards        what takes the extension or number to which it forwards
of what moves along  the move
a delete             whatever is to stop referring to what is deleted
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reconciler.kinds import kind as kind_named
from reconciler.model.address import owner_address
from reconciler.model.claims import parts, takes_over
from reconciler.model.plan import Change

RULE = "isolate"


def resting(changes: Iterable[Change]) -> dict[str, str]:
    """Of the changes that are not blocked those that rest on one that is, however far away: address → on which."""
    everything = list(changes)
    by_address = {change.address: change for change in everything}
    givers: dict[str, list[str]] = defaultdict(list)
    for change in everything:
        for claim in takes_over(change):
            givers[f"reached {parts(claim)[2]}"].append(change.address)
        for gift in (*change.frees, *change.carries, *(f"let go {address}" for address in change.was_refs)):
            givers[gift].append(change.address)
    leaning: dict[str, set[str]] = defaultdict(set)
    for change in everything:
        for other in _rests_on(change, by_address, givers):
            leaning[other].add(change.address)
    found: dict[str, str] = {}
    queue = [change.address for change in everything if change.blocked]
    while queue:
        fallen = queue.pop()
        for address in sorted(leaning[fallen]):
            if address not in found and not by_address[address].blocked and address != fallen:
                found[address] = fallen
                queue.append(address)
    return found


def _rests_on(change: Change, by_address: Mapping[str, Change], givers: Mapping[str, list[str]]) -> Iterator[str]:
    kind = kind_named(change.kind)
    for needed in (owner_address(change.address), *(f"{name}/{change.key}" for name in kind.requires)):
        if needed in by_address and needed != change.address:
            yield needed
    for reference in change.refs:
        if reference in by_address and by_address[reference].action == "create":
            yield reference
    for claim in change.takes:
        yield from givers.get(claim, ())
    yield from givers.get(change.address, ())
    for _, _, destination in kind.rules.forwards(change) if kind.rules.forwards else ():
        yield from givers.get(f"reached {destination}", ())
    if change.action == "delete":
        yield from givers.get(f"let go {change.address}", ())
