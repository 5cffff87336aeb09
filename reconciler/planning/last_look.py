"""What a run reads once more at its end, from its plan alone: pure, so that a forecast, a run, its undo and its retry
mean the same by it.

an owner that                                        is read
---------------------------------------------------  ------------------------------------------------------------
was moved or parked, changed a licence, has two or   whole, before its first write and at the end: what the plan
more operations, or took from one of these, or gave  says of it, and what nobody describes as it was before
has a document that a write replaces                 that document, at the end: before it, the write itself read it
is new, under a name that may repeat                 by its name, at the end: whether there are two now

A run of one operation has read it back at its end. Who is deleted is not there to be read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.kinds import always_read
from reconciler.kinds import kind as kind_named
from reconciler.model.address import owner_address, split_address
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Action, Change, Member, Operation, Plan
from reconciler.model.snapshot import Fields
from reconciler.planning.order import token
from reconciler.planning.parking import BACK, PARK
from reconciler.planning.taking import has_calling, loses_calling

MOVE = "move"
#: Fields whose change may take settings along.
_LICENSES = frozenset({"licenses"})
_OPEN = frozenset({Verdict.CONVERGING, Verdict.UNKNOWN})


@dataclass
class Look:
    """What is read of one owner. `parts`: address of the resource or of a section → its operations in their order,
    without parking and taking back. `rest`: what the plan has no operation for. `before`: it is read whole before the
    first write. `bared`: its calling is taken away, so that at the end there is no more to be read than the `parts`.
    `named`: the API lets its name repeat, so it is looked up by that."""

    owner: str
    parts: dict[str, list[tuple[Operation, Member]]] = field(default_factory=dict)
    rest: tuple[str, ...] = ()
    before: bool = False
    bared: bool = False
    named: bool = False

    @property
    def remote_id(self) -> str:
        """The owner's, as the plan knows it; empty for a new one."""
        return next((member.id for steps in self.parts.values() for _, member in steps if member.id), "")

    @property
    def last(self) -> tuple[Operation, Member]:
        """The step that answers for what no operation is about: the move or the licence before any other."""
        owner_first = sorted(self.parts, key=lambda address: address != self.owner)
        steps = [step for address in owner_first for step in self.parts[address]]
        return next((one for one in steps if one[0].step == MOVE or _LICENSES & one[1].want.keys()), steps[0])

    def reading_of(self, address: str) -> Operation:
        """A part as an operation that is only looked for: all that its steps want, and what was there before them."""
        steps, want, before = self.parts[address], Fields(), Fields()
        for _, member in steps:
            before = {**member.before, **before}
            want |= member.want
        named = self.named and address == self.owner
        action: Action = "create" if named else "update"
        last = steps[-1][1]
        member = Member(address, want, before, "" if named else last.id, facts=last.facts)
        return Operation(f"{address}#look", steps[0][0].kind, action, [member], [])


def looks(plan: Plan) -> dict[str, Look]:
    """By owner, in the order in which the plan first names them."""
    found, deleted = _by_owner(plan.operations)
    parked = {owner_address(member.address) for o in plan.operations if o.step == PARK for member in o.members}
    whole = {owner for owner, look in found.items() if owner in parked or _is_whole(look)}
    whole |= _partners(plan.changes, whole) & found.keys()
    own = {change.address: change for change in plan.changes}
    return {
        owner: made
        for owner, look in found.items()
        if owner not in deleted and (made := _made(look, own.get(owner), owner in whole, len(plan.operations)))
    }


def _by_owner(operations: Iterable[Operation]) -> tuple[dict[str, Look], set[str]]:
    found: dict[str, Look] = {}
    deleted: set[str] = set()
    for operation in operations:
        for member in operation.members:
            owner = owner_address(member.address)
            if not kind_named(split_address(owner)[0]).find:
                continue  # read and written in batches, and of one part: what is to be seen of it was read back
            if operation.action == "delete" and member.address == owner:
                deleted.add(owner)
            steps = found.setdefault(owner, Look(owner)).parts.setdefault(member.address, [])
            if operation.step not in (PARK, BACK):
                steps.append((operation, member))
    return found, deleted


def _is_whole(look: Look) -> bool:
    steps = [step for part in look.parts.values() for step in part]
    return len(steps) > 1 or any(
        o.step == MOVE or (o.action == "update" and _LICENSES & member.want.keys()) for o, member in steps
    )


def _partners(changes: Iterable[Change], whole: set[str]) -> set[str]:
    """Who takes what one of these frees, or frees what one takes."""
    moved: set[str] = set()
    by_claim: dict[str, set[str]] = defaultdict(set)
    for change in changes:
        owner, claims = owner_address(change.address), {*change.takes, *change.frees}
        moved |= claims if owner in whole else set()
        for claim in claims:
            by_claim[claim].add(owner)
    return set().union(*(by_claim[claim] for claim in moved)) if moved else set()


def _made(look: Look, own: Change | None, whole: bool, operations: int) -> Look | None:
    kind = kind_named(split_address(look.owner)[0])
    created = any(o.action == "create" for o, member in look.parts.get(look.owner, ()))
    look.named = created and kind.names_repeat
    if not whole:
        look.parts = {address: steps for address, steps in look.parts.items() if look.named or _replaced(steps)}
        return look if look.parts and operations > 1 else None
    if not created:
        key, without = split_address(look.owner)[1], _without_calling(own, look)
        sections = () if without else [one.name for one in always_read(kind.name).values()]
        every = [look.owner, *(f"{name}/{key}" for name in sections)]
        look.rest = tuple(address for address in every if address not in look.parts)
        look.before = True
        look.bared = own is not None and loses_calling(own)
    return look


def _replaced(steps: list[tuple[Operation, Member]]) -> bool:
    every = ((kind_named(o.kind).replaces, member.want) for o, member in steps if o.action == "update")
    return any(want.get(replaces) if isinstance(replaces, str) else replaces for replaces, want in every)


def _without_calling(own: Change | None, look: Look) -> bool:
    """Whether there is no calling yet, and so none of the sections."""
    key = split_address(look.owner)[1]
    if any(o.action == "create" for o, _ in look.parts.get(f"location.calling/{key}", ())):
        return True
    if own is None:
        return False
    return has_calling(own.want.get("licenses")) and not has_calling(own.before.get("licenses"))


def replaces(look: Look) -> bool:
    """Whether a write to it sends back what somebody else may have set a moment ago."""
    return any(_replaced(steps) for steps in look.parts.values())


def is_due(look: Look, outcomes: Mapping[str, Outcome]) -> bool:
    """Whether all that is done to an owner has come to an end, and something was written. By step (planner.token)."""
    every = [outcomes.get(token(member.address, o.step)) for steps in look.parts.values() for o, member in steps]
    ended = [one for one in every if one is not None and not one.again and one.verdict not in _OPEN]
    return len(ended) == len(every) and any(one.wrote and one.verdict is Verdict.VERIFIED for one in ended)
