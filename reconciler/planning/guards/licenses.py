"""Units of licences: what the plan takes has to be free already, or become free by this plan, and before it is taken.

API: `totalUnits` and `consumedUnits` of `GET /licenses` (webex-behaviour.md §9). A licence without units is left out of
a person silently, with a 2xx. Trial organisations may assign more than they have, so the finding can be lifted.

`hand_over` plays the changes through in an order in which every unit is there when it is wanted; the planner gets that
order as claims (`license:<name>:<number>`), like those of extensions and numbers.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.marks import marks_of, references
from reconciler.model.claims import Turn
from reconciler.model.plan import Change, Finding
from reconciler.model.snapshot import Current, Fields
from reconciler.planning.guards.proposal import Proposal

RULE = "licenses"


@dataclass
class Turns:
    """What playing through gave: `waits` are (who takes, who frees, licence), `short` who gets no unit of which."""

    waits: list[tuple[Change, Change, str]] = field(default_factory=list)
    short: list[tuple[Change, str]] = field(default_factory=list)


def check(proposal: Proposal) -> Iterator[Finding]:
    short = hand_over(proposal.changes, proposal.get).short
    taken, freed = _totals(proposal.changes) if short else (Counter[str](), Counter[str]())
    for change, name in short:
        current = proposal.get("license", name)
        assert current is not None
        total, used = current.fields["total"], current.facts["consumed"]
        why = f"no unit of {name} is left: {used} of {total} are in use, this plan frees {freed[name]}"
        do = "order more, free one in this plan, or give another licence"
        yield Finding(RULE, change.address, f"{why} and takes {taken[name]}", do, f"{RULE}:{name}")


def turns(changes: Sequence[Change], get: Callable[[str, str], Current | None]) -> Iterator[Turn]:
    """Who takes a unit waits for who frees it."""
    for number, (taker, freer, name) in enumerate(hand_over(changes, get).waits, 1):
        yield Turn(f"{RULE}:{name}:{number}", taker.address, freer.address)


def hand_over(changes: Sequence[Change], get: Callable[[str, str], Current | None]) -> Turns:
    """The order in which units go round. Who only frees comes first, who only takes last."""
    moves = _moves(change for change in changes if not change.blocked)
    free: dict[str, deque[Change | None]] = {}
    for name in sorted(set().union(*(takes for takes, _ in moves.values()))) if moves else ():
        current = get("license", name)
        if current is not None and not current.candidates and "consumed" in current.facts:
            units = current.fields["total"] - current.facts["consumed"]
            # A negative total is one without an end.
            free[name] = deque([None] * (units if current.fields["total"] >= 0 else len(moves)))
    todo = [change for change in changes if any(moves.get(change.address, ((), ())))]
    todo.sort(key=lambda change: (bool(moves[change.address][0]), not moves[change.address][1], change.address))
    turns, waiting = Turns(), -1
    while todo and len(todo) != waiting:
        waiting = len(todo)
        todo = [change for change in todo if not _turn(change, *moves[change.address], free, turns)]
    turns.short = [(c, name) for c in todo for name in sorted(moves[c.address][0]) if name in free and not free[name]]
    return turns


def _turn(
    change: Change, takes: set[str], frees: set[str], free: dict[str, deque[Change | None]], turns: Turns
) -> bool:
    """Let a change have its units and give others back, if all that it wants are there."""
    wanted = takes & free.keys()
    if not all(free[name] for name in wanted):
        return False
    for name in sorted(wanted):
        if (freer := free[name].popleft()) is not None:
            turns.waits.append((change, freer, name))
    for name in frees & free.keys():
        free[name].append(change)
    return True


def _moves(changes: Iterable[Change]) -> dict[str, tuple[set[str], set[str]]]:
    """By address, what those of these changes that can name licences do with them."""
    return {one.address: _moved(one) for one in changes if one.action != "cannot_tell" and _licensed(one.kind)}


def _moved(change: Change) -> tuple[set[str], set[str]]:
    """The licences of which a change takes a unit, and of which it gives one back."""
    before = _named(change, change.before)
    if change.action == "delete":
        return set(), before
    want = _named(change, change.want)
    told = not change.want.keys().isdisjoint(_licensed(change.kind))
    return want - before, before - want if told else set()


def _licensed(kind: str) -> tuple[str, ...]:
    """The fields of a kind that name licences."""
    return tuple(path[0] for path, ref in marks_of(kind_named(kind)).refs if "license" in ref.kinds)


def _named(change: Change, fields: Fields) -> set[str]:
    return {one.key for one in references(kind_named(change.kind), fields) if one.kind == "license"}


def _totals(changes: Iterable[Change]) -> tuple[Counter[str], Counter[str]]:
    taken: Counter[str] = Counter()
    freed: Counter[str] = Counter()
    for takes, frees in _moves(changes).values():
        taken.update(takes)
        freed.update(frees)
    return taken, freed
