"""From changes to ordered operations: pure. Order comes from references and claims, never from a table.

An operation comes after
- the operations on its owner, and on the sections that its own kind `requires`;
- what creates or connects whatever it refers to;
- what frees an extension or a number that it takes, or gives up the name;
- for a delete: whatever stops referring to the thing deleted.
What would be a circle (two people who swap extensions) is broken by parking one of them first (parking.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from graphlib import TopologicalSorter
from operator import attrgetter

from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.kind import Step
from reconciler.kinds.contract.marks import NAMES, marks_of, references
from reconciler.model.address import owner_address
from reconciler.model.claims import CALLBACK, parts
from reconciler.model.plan import Change, Member, Operation
from reconciler.model.snapshot import LACKING, Fields
from reconciler.planning.parking import PARK, PARKABLE, Needs, Unclosable, break_circles, taken_back
from reconciler.planning.renames import new_key

LATE = "late"
#: The step that gives another name. It comes after everything else of a plan, which says the old one.
RENAME = "rename"
#: A change whose steps are not told apart further up carries its whole `want` in one unnamed step.
_WHOLE = ""


def operations(changes: Iterable[Change]) -> list[Operation]:
    """The operations that carry out the changes, in the order in which they are carried out.
    Unclosable where some wait for each other and none can be parked."""
    todo = [change for change in changes if change.action != "cannot_tell" and not change.blocked]
    by_address = {change.address: change for change in todo}
    steps = [(change, step) for change in todo for step in _steps(change)]
    needs, for_claims = _needs(by_address, steps)
    parked = break_circles(by_address, needs, for_claims)
    waves = _waves(needs)
    batches = list(_batches(steps, needs, waves))
    return sorted(
        _names_last(
            [
                *_operations(batches, parked, needs, waves),
                *parked_operations(parked, needs, waves),
                *taken_back(parked, waves),
            ]
        ),
        key=attrgetter("wave", "kind", "id"),
    )


def _names_last(every: list[Operation]) -> list[Operation]:
    """The operations with those that give another name after all the others, and of these first what is called by
    another as well: under its location's new name it would not be found any more."""
    naming = {one.id: one for one in every if one.step == RENAME}
    if not naming:
        return every

    def turn(one: Operation) -> tuple[int, int]:
        given_up = [turn(naming[name])[1] for name in one.needs if name in naming]
        return -len(kind_named(one.kind).key_fields), 1 + max(given_up, default=0)

    last = 1 + max((one.wave for one in every if one.step != RENAME), default=0)
    wave = {rank: last + position for position, rank in enumerate(sorted({turn(one) for one in naming.values()}))}
    return [replace(one, wave=wave[turn(one)]) if one.id in naming else one for one in every]


def unclosable(changes: Iterable[Change]) -> Iterator[tuple[str, str]]:
    """The changes that cannot be carried out together, each with the circle that it stands in; all but these can."""
    left = [change for change in changes if change.action != "cannot_tell" and not change.blocked]
    while True:
        try:
            operations(left)
            return
        except Unclosable as circle:
            yield from ((address, circle.why) for address in circle.addresses)
            left = [change for change in left if change.address not in circle.addresses]


def token(address: str, step: str) -> str:
    """Names one step of one change; operations say by tokens what they need."""
    return f"{address}#{step}" if step else address


def _steps(change: Change) -> list[Step]:
    kind = kind_named(change.kind)
    if change.action == "delete":
        return [Step(_WHOLE, frozenset())]
    if change.action == "update" and (names := frozenset(change.want).intersection(kind.key_fields)):
        others = replace(change, want={name: value for name, value in change.want.items() if name not in names})
        return [*(_steps(others) if others.want else ()), Step(RENAME, names)]
    if kind.rules.steps:
        return kind.rules.steps(change)
    late = marks_of(kind).late & change.want.keys()
    if not late:
        return [Step(_WHOLE, frozenset(change.want))]
    rest = frozenset(change.want) - late
    whole = [Step(_WHOLE, rest)] if rest or change.action == "create" else []
    return [*whole, Step(LATE, frozenset(late))]


def _needs(by_address: dict[str, Change], steps: list[tuple[Change, Step]]) -> tuple[Needs, Needs]:
    """For every step the steps that come before it, and those of them that do so for what they free and nothing else:
    whoever waits for these is served by parking, too."""
    tokens: dict[str, list[str]] = defaultdict(list)
    for change, step in steps:
        tokens[change.address].append(token(change.address, step.name))
    carried_by = {address: change.address for change in by_address.values() for address in change.carries}
    freed_by = {claim: change.address for change in by_address.values() for claim in change.frees}
    let_go_by = defaultdict(set)
    for change in by_address.values():
        for address in change.was_refs:
            let_go_by[address].add(change.address)

    def all_of(addresses: Iterable[str]) -> set[str]:
        """Every step of these but the late ones."""
        return {step for one in addresses for step in tokens.get(one, ()) if not step.endswith(f"#{LATE}")}

    needs: Needs = {}
    for_claims: Needs = {}
    for change, step in steps:
        own = token(change.address, step.name)
        before = set(_before(change, step, by_address, let_go_by)) - {change.address}
        before |= {carried_by[change.address]} if change.address in carried_by else set()
        earlier = tokens[change.address]
        needs[own] = all_of(before) | set(earlier[: earlier.index(own)])
        if step.name == RENAME:
            named = f"{change.kind}/{new_key(change.kind, change.key, change.want)}"
            needs[own] |= {token(named, RENAME)}.intersection(tokens.get(named, ()))
        for claim in change.takes:
            if parts(claim)[0] == CALLBACK and claim in freed_by:
                needs[own].update(tokens.get(freed_by[claim], ()))  # late ones too: a main number is one
            elif parts(claim)[0] not in PARKABLE and claim in freed_by:
                needs[own] |= all_of({freed_by[claim]} - {change.address})
        freeing = {freed_by[claim] for claim in change.takes if claim in freed_by} - {change.address}
        for_claims[own] = all_of(freeing) - needs[own]
        needs[own] |= for_claims[own]
    return needs, for_claims


def _before(change: Change, step: Step, by_address: dict[str, Change], let_go_by: dict[str, set[str]]) -> Iterator[str]:
    kind = kind_named(change.kind)
    yield owner_address(change.address)
    yield from (f"{required}/{change.key}" for required in kind.requires)
    # A late field refers to what itself refers to this resource: only the late step waits for it.
    late = marks_of(kind).late if step.name != LATE else None
    waited_for = set(change.refs) - _only_late(change, late) if late else change.refs
    yield from (address for address in waited_for if address in by_address)
    if change.action == "delete":
        yield from let_go_by.get(change.address, ())


def _only_late(change: Change, late: frozenset[str]) -> set[str]:
    """What nothing but a late field of a change refers to."""
    by_field = {True: set[str](), False: set[str]()}
    for one in references(kind_named(change.kind), change.want):
        by_field[one.path[0] in late].update(one.needed(change.want))
    return by_field[True] - by_field[False]


def _waves(needs: dict[str, set[str]]) -> dict[str, int]:
    """The length of the longest chain of needs before each step."""
    waves: dict[str, int] = {}
    for name in TopologicalSorter(needs).static_order():
        waves[name] = 1 + max((waves[other] for other in needs[name]), default=0)
    return waves


def _batches(
    steps: list[tuple[Change, Step]], needs: dict[str, set[str]], waves: dict[str, int]
) -> Iterator[list[tuple[Change, Step]]]:
    """Steps that share one request: same kind, step, action, wave and place, up to what the endpoint takes. None of
    them needs another, for that would be of a later wave."""
    groups: dict[tuple[str, ...], list[tuple[Change, Step]]] = defaultdict(list)
    for change, step in steps:
        batch = kind_named(change.kind).batches.get(step.name)
        if batch is None:
            yield [(change, step)]
        else:
            alike = (str(waves[token(change.address, step.name)]), str(_blind(change, step)))
            groups[(change.kind, step.name, change.action, *alike, batch.together(change))].append((change, step))
    for (kind, name, action, *_), members in groups.items():
        most = kind_named(kind).batches[name].most[action]
        members.sort(key=lambda member: member[0].address)
        yield from (members[start : start + most] for start in range(0, len(members), most))


def _operations(
    batches: list[list[tuple[Change, Step]]],
    parked: dict[str, Member],
    needs: dict[str, set[str]],
    waves: dict[str, int],
) -> Iterator[Operation]:
    for batch in batches:
        change, step = batch[0]
        own = token(change.address, step.name)
        waited_for = [needs[token(c.address, s.name)] for c, s in batch]
        common = set.intersection(*waited_for)
        yield Operation(
            id=own if len(batch) == 1 else f"{own}+{len(batch) - 1}",
            kind=change.kind,
            action=change.action if not (step.name == LATE and change.action == "create") else "update",
            members=[_member(c, s, own - common, parked) for (c, s), own in zip(batch, waited_for, strict=True)],
            needs=sorted(common),
            wave=waves[own],
            step=step.name,
            blind=_blind(change, step),
        )


def _blind(change: Change, step: Step) -> bool:
    """Whether the state before this step is not what the plan saw: unread, or changed by an earlier step."""
    if change.reset:
        return True
    if step.name == LATE and change.action == "create":
        return True
    return change.action == "update" and bool(change.want) and not change.before


def _member(change: Change, step: Step, needs: set[str], parked: dict[str, Member]) -> Member:
    # batched kinds are written per location, which an update does not change and so does not name
    place = change.facts.get("location") if kind_named(change.kind).batch else None
    beside = {"location": place} if place else {}
    told = _told(change.facts)
    if change.action == "delete":
        return Member(change.address, {}, change.before | beside, change.id, sorted(needs), told)
    want = {name: value for name, value in change.want.items() if name in step.fields}
    park = parked.get(token(change.address, PARK))
    seen = {**change.before, **(park.want if park else {})}  # what parking it has left there
    before = {name: seen[name] for name in change.before if name in step.fields}
    return Member(change.address, want, before | beside, change.id, sorted(needs), told)


def _told(facts: Fields) -> Fields:
    """What decides how much a reading of it asks: without calling there is less to read, and what it refers to is
    looked for in lists."""
    told: Fields = {name: False for name in LACKING if facts.get(name) is False}
    return told | ({NAMES: facts[NAMES]} if NAMES in facts else {})


def parked_operations(
    parked: dict[str, Member], needs: dict[str, set[str]], waves: dict[str, int]
) -> Iterator[Operation]:
    """The operations that park; the plan shows them like any other."""
    for name, member in parked.items():
        kind = member.address.partition("/")[0]
        yield Operation(name, kind, "update", [member], sorted(needs[name]), waves[name], PARK)
