"""What carrying out a plan will ask of the API: the applier's rule, and the requests that each kind says it makes.

    identity   one request: whose token is this
    compare    one reading of each object before it is written
    write      as the kind says; several resources in one request where the endpoint takes them
    read back  one reading after it
    lists      names become ids: the list of a kind that a reading or a write refers to, once in a run, and again after
               one of the kind was created
    last look  what is read once more at the end (looking.py); of some owners all of it before the first write, too; and
               where documents were replaced the audit events of others

What repeats a request (429, an answer that was lost, a job that is polled a second time) is not in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from math import ceil

from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.kind import Held, Kind
from reconciler.kinds.contract.marks import NAMES, marks_of, references
from reconciler.model.address import owner_address, split_address
from reconciler.model.plan import Member, Operation, Plan
from reconciler.model.snapshot import Fields
from reconciler.planning.diff import covers
from reconciler.planning.last_look import Look, looks, replaces
from reconciler.planning.order import RENAME
from reconciler.planning.parking import BACK

IDENTITY = "GET /people/me"


def unknown(kind: str, shard: str = "", /) -> int:
    """The size of a tenant of which nothing is known: every list is one page."""
    return 0


def calls(plan: Plan, held: Held = unknown) -> Counter[str]:
    """Requests as `METHOD /template`, the identity among them; empty where there is nothing to carry out."""
    found = Counter(request for _, requests in each(plan, held) for request in requests)
    return found + Counter({IDENTITY: 1}) if found else found


def each(plan: Plan, held: Held = unknown) -> Iterator[tuple[Operation, list[str]]]:
    """The requests of every operation, in the order of the plan, and of the last look at every owner as an operation
    after them; a list counts where it is needed first."""
    listed: set[str] = set()
    so_already = _so_already(plan)
    last_looks = looks(plan)
    first = {owner: look for owner, look in last_looks.items() if look.before}

    def requests(asked: Iterable[str]) -> Iterator[str]:
        for what in asked:
            if " " in what:
                yield what
            elif what not in listed:
                listed.add(what)
                kind = kind_named(what)
                yield from requests(_named_in(kind))
                if kind.rows:  # one list of each that has one
                    yield from [*requests([kind.of]), *[kind.requests[0]] * held(kind.of)]
                for request in kind.requests:
                    yield from [request] * (0 if "{" in request else max(1, ceil(held(what) / kind.page)))

    for operation in plan.operations:
        owners = dict.fromkeys(owner_address(member.address) for member in operation.members) if first else ()
        before = [what for owner in owners if (look := first.pop(owner, None)) for what in _read(look, held, end=False)]
        if operation.step == BACK:
            yield operation, []  # it is only carried out where something else was not
            continue
        asked = _asked(operation, held, only_compared=operation.id in so_already)
        found = list(requests([*before, *asked]))
        if operation.action == "create" and kind_named(operation.kind).create:
            listed.discard(operation.kind)
        yield operation, found
    wave = plan.operations[-1].wave + 1 if plan.operations else 0
    if any(map(replaces, last_looks.values())):
        yield Operation("#audit", "", "update", [], [], wave), ["GET /adminAudit/events"]
    for owner, look in last_looks.items():
        yield Operation(f"{owner}#look", "", "update", [], [], wave), list(requests(_read(look, held, end=True)))


def _read(look: Look, held: Held, *, end: bool) -> Iterator[str]:
    """The requests of one reading; of what no operation is about, ids stay ids and cost no list."""
    for address in look.parts:
        operation = look.reading_of(address)
        yield from (kind_named(operation.kind).calls.find or _find)(operation, end, held)
    for address in () if end and look.bared else look.rest:
        kind = split_address(address)[0]
        operation = Operation("", kind, "update", [Member(address, {}, {}, look.remote_id)], [])
        yield from (what for what in (kind_named(kind).calls.find or _find)(operation, end, held) if " " in what)


def _asked(operation: Operation, held: Held, *, only_compared: bool) -> Iterator[str]:
    kind = kind_named(operation.kind)
    find, send = kind.calls.find or _find, kind.calls.send or _send
    yield from find(operation, False, held)
    if not only_compared:
        yield from send(operation)
        yield from find(operation, True, held)


def _so_already(plan: Plan) -> set[str]:
    """The operations whose end an earlier one of the same plan brings about: numbers that move along with their owner,
    and what is to be cleared in sections that their owner loses."""
    carried = {address for change in plan.changes for address in change.carries}
    bared = {
        member.address
        for operation in plan.operations
        if (bares := kind_named(operation.kind).calls.bares) and bares(operation)
        for member in operation.members
    }
    if not carried and not bared:
        return set()
    return {
        operation.id
        for operation in plan.operations
        if all(
            member.address in carried or (owner_address(member.address) in bared and _clears(operation, member))
            for member in operation.members
        )
    }


def _clears(operation: Operation, member: Member) -> bool:
    cleared = kind_named(operation.kind).cleared
    return cleared is not None and covers(cleared, member.want)


def _find(operation: Operation, after: bool, held: Held) -> list[str]:
    """One GET, of the section, of the object by its id, or of the list by its name while it has none; and the lists
    that name what it refers to."""
    kind, member = kind_named(operation.kind), operation.members[0]
    by_list = kind.owner or operation.action == "create"
    fields = _merged(member.before, member.want) if after else member.before
    gone = operation.action == ("delete" if after else "create")
    lists = () if gone else (*_looked_through(kind, fields), *member.facts.get(NAMES, ()))
    if _through_list(kind):  # and then what that has of it in whole
        told = [*kind.requests[1:2], *lists] if not gone else []
        looks = (
            2 if after and kind.listing.new_id and operation.step == RENAME else 1
        )  # under the old name, and the new one
        return [*([kind.of] if kind.rows else []), *[kind.requests[0]] * looks, *told]
    return [kind.requests[0] if by_list else f"GET {_object(kind)}", *lists]


def _send(operation: Operation) -> list[str]:
    kind = kind_named(operation.kind)
    if operation.action == "delete":
        return [f"DELETE {_object(kind)}"]
    named = [one.kind for one in references(kind, operation.members[0].want) if not kind_named(one.kind).named_by_key]
    if kind.owner:
        return [*named, f"PUT {_path(kind)}"]
    return [*named, f"POST {_list(kind)}" if operation.action == "create" else f"PUT {_object(kind)}"]


def _merged(before: Fields, want: Fields) -> Fields:
    """What is there after a write, at any depth."""
    both = {name: _merged(before[name], value) for name, value in want.items()
            if isinstance(value, dict) and isinstance(before.get(name), dict)}  # fmt: skip
    return {**before, **want, **both}


def _looked_through(kind: Kind, fields: Fields) -> Iterator[str]:
    """The lists in which a reading looks for the ids of what these fields refer to."""
    told = kind.key_fields if _through_list(kind) else ()  # a row of a list says by name where it is
    refs = (one for one in references(kind, fields) if one.path[0] not in told)
    names = dict.fromkeys(name for one in refs for name in one.looked_through)
    return (name for name in names if not kind_named(name).named_by_key)


def _named_in(kind: Kind) -> Iterator[str]:
    """The lists that name what the rows of a list refer to."""
    refs = marks_of(kind).refs if kind.model is not None and not kind.named_by_key else ()
    yield from (name for _, ref in refs for name in ref.kinds if not kind_named(name).named_by_key)


def _path(kind: Kind) -> str:
    return kind.requests[0].partition(" ")[2]


def _list(kind: Kind) -> str:
    return _object(kind).rpartition("/")[0] if _through_list(kind) else _path(kind)


def _through_list(kind: Kind) -> bool:
    """Whether an object is looked up in a list, where it is known by its id, too."""
    return bool(kind.detail or kind.listing.one)


def _object(kind: Kind) -> str:
    if kind.listing.one:
        return kind.listing.one
    if kind.detail:
        return kind.requests[1].partition(" ")[2]
    return f"{_path(kind)}/{{{kind.name}Id}}"
