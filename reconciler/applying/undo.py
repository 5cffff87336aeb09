"""The plan that takes back a run. Its desired state are the pre-images in the run's journal, and from there on it is a
plan like any other: compared with the tenant as it is now, guarded, digested, approved, verified.

    the run        the tenant now          the undo
    -------------  ----------------------  ------------------------------------------------
    set a field    has what the run set    sets what was there before
                   has what was before     nothing: it never took effect, or is taken back
                   has something else      left alone and said: somebody changed it since
    created        as created, or half     deletes it
                   nobody knows whether    nothing, and says so: it may show later
                   changed since           left alone and said
    deleted        is not there            creates it anew, and says which of its settings do not come back

What cannot be taken back stands in the plan with its reason, and stops nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from reconciler import inventory
from reconciler.applying.admission import fits
from reconciler.inventory.for_plan import about
from reconciler.inventory.renamed import called_otherwise
from reconciler.kinds import kind as kind_named
from reconciler.kinds import sections_of
from reconciler.kinds.contract.marks import marks_of
from reconciler.kinds.people.license import LicenseNames
from reconciler.model.address import owner_address, split_address
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change, Operation
from reconciler.model.remote_id import uuid_of
from reconciler.model.selection import Selection
from reconciler.model.snapshot import Current, Fields
from reconciler.planning.diff import compare, covers, matches
from reconciler.planning.facts import Described, Facts
from reconciler.planning.guards import Population
from reconciler.planning.reversal import DELETE_LOSES, MOVE_LOSES
from reconciler.planning.select import Lookup, chosen
from reconciler.planning.taking import moves
from reconciler.repository import desired
from reconciler.runs.deeds import Deed, by_new_names, deeds, renamed
from reconciler.runs.known import Run, find
from reconciler.webex.connection import Connection, identity
from reconciler.webex.tenant import TenantReader

_SINCE = "changed since the run"
_UNCERTAIN = "nobody knows whether its create took effect: it is not to be seen, and if it shows later it stays"

_UNREAD = "cannot be undone: it went with its owner, and nobody read it before; describe it to have it again"


@dataclass
class Left:
    """What is not taken back, by address: the reasons."""

    why: dict[str, list[str]] = field(default_factory=dict)

    def say(self, address: str, reason: str) -> None:
        self.why.setdefault(address, []).append(reason)


def of_run(root: Path, name: str) -> Run:
    """The run to take back. Raises where its journal is broken, or it is none of this repository's tenant."""
    run = find(root, name)
    run.kept.refuse_broken()
    fits(root, run.plan)
    return run


async def for_plan(
    root: Path, reader: TenantReader, run: Run, selection: Selection, connection: Connection
) -> tuple[Described, Facts]:
    """What a plan that takes back a run is made from: what was there before, and what the tenant says now."""
    found = deeds(run)
    file = str(run.kept.path.relative_to(root)) if run.kept.path.is_relative_to(root) else str(run.kept.path)
    org = {"id": await identity(reader, run.plan.org_id)}
    found = by_new_names(found, await called_otherwise(reader, renamed(found)))
    need = inventory.of_desired(_asked(found, file))
    current = await inventory.read(reader, need, org, workers=connection.workers)
    licenses = await inventory.license_names(reader, _asked(found, file))
    found, left = {address: _as_called(deed, licenses) for address, deed in found.items()}, Left()
    resources = list(wanted(found, file, current.get, left))
    changes = [change for one in resources for change in _compared(one, current.get(one.kind, one.key), left)]
    changes = chosen(changes, lambda: resources, current.get, selection)
    created = {change.address for change in changes if change.action == "create"}
    missing = await inventory.look_up(reader, changes, created, current)
    facts = await about(reader, changes, current, Population(run.plan.managed))
    changes = _said(changes, found, left, missing, selection, file)
    touched = {owner_address(one.address) for one in changes}
    compared = Population(max(run.plan.managed, len(changes)), lambda: touched)
    told = Described(
        root,
        desired.load_tenant(root),
        run.kept.last,
        compared,
        scope={"undo": [run.name]},
        arranged=lambda operations: _backwards(operations, found),
    )
    return told, replace(facts, changes=changes, managed=compared, connection=connection)


def _as_called(deed: Deed, licenses: LicenseNames) -> Deed:
    """What a run did, with licences as they are called now, where that is certain."""
    return replace(deed, want=licenses.meant(deed.want), before=licenses.meant(deed.before))


def _backwards(operations: Iterable[Operation], found: dict[str, Deed]) -> list[Operation]:
    """What the run did last goes first, within what has to come after one another (the waves)."""
    lines = {address: deed.line for address, deed in found.items()}

    def latest(operation: Operation) -> int:
        return max(lines.get(member.address, 0) for member in operation.members)

    return sorted(operations, key=lambda operation: (operation.wave, -latest(operation)))


def wanted(found: dict[str, Deed], file: str, get: Lookup, left: Left) -> Iterator[Wanted]:
    """What was there before, of what is still as the run left it."""
    for owner in dict.fromkeys(owner_address(address) for address in found):
        kind, key = split_address(owner)
        current = get(kind, key)
        mine = [deed for address, deed in found.items() if owner_address(address) == owner]
        line = min(deed.line for deed in mine)
        own = found.get(owner)
        if own is not None and own.action in ("create", "delete"):
            one = _created(own, current, left) if own.action == "create" else _deleted(own, current, left)
            if one is not None:
                _say_unread(own, found, left)
                yield replace(one, file=file, line=line)
        elif current is None:
            for deed in mine:
                left.say(deed.address, f"{_SINCE}: it is gone")
        elif current.candidates:
            for deed in mine:
                left.say(deed.address, f"the name is ambiguous: {'; '.join(current.candidates)}")
        else:
            yield Wanted(kind, key, _former(mine, current, left), file, line, becomes=own.name_before if own else "")


def _created(deed: Deed, current: Current | None, left: Left) -> Wanted | None:
    kind, key = split_address(deed.address)
    if current is None:
        if deed.uncertain:
            left.say(deed.address, _UNCERTAIN)
        return None
    if current.candidates:
        left.say(deed.address, f"the name is ambiguous: {'; '.join(current.candidates)}")
    elif not (deed.kind.delete or deed.kind.batch):
        left.say(deed.address, f"cannot be undone: {_refusal(deed)}")
    elif (changed := _changed(deed, current.fields, _comparable(deed))) and not _half_made(deed, current, changed):
        left.say(deed.address, f"{_SINCE}, so it is not deleted: {', '.join(changed)}")
    else:
        return Wanted(kind, key, {}, "", 0, absent=True)
    return None


def _half_made(deed: Deed, current: Current, names: list[str]) -> bool:
    """Whether it is still what a create that failed left behind."""
    identity, fields = deed.half or ("", {})
    return (
        bool(identity)
        and uuid_of(identity) == uuid_of(current.id)
        and covers(current.fields, {n: fields.get(n) for n in names})
    )


def _refusal(deed: Deed) -> str:
    """Why this kind is not deleted, in its own words."""
    kind, key = split_address(deed.address)
    change = Change(deed.address, kind, key, "delete", "")
    return (
        deed.kind.rules.refuse(change) if deed.kind.rules.refuse else ""
    ) or f"a {kind} cannot be deleted by the API"


def _deleted(deed: Deed, current: Current | None, left: Left) -> Wanted | None:
    kind, key = split_address(deed.address)
    if current is not None:
        if not covers(current.fields, deed.before):
            left.say(deed.address, f"{_SINCE}: there is one of that name again")
        return None
    if not (deed.kind.create or (deed.kind.batch and "create" in deed.kind.batch.most)):
        left.say(deed.address, f"cannot be undone: a {kind} cannot be created by the API")
        return None
    fields = deed.kind.managed.model_fields
    return Wanted(kind, key, {n: deed.before[n] for n in fields if deed.before.get(n) is not None}, "", 0)


def _say_unread(owner: Deed, found: dict[str, Deed], left: Left) -> None:
    """The settings that went with an owner who is created anew: no run reads them before it deletes him."""
    _, key = split_address(owner.address)
    if owner.action != "delete" or (owner.kind.entitles and not owner.kind.entitles(owner.before)):
        return
    for section in sections_of(owner.kind.name).values():
        if (address := f"{section.name}/{key}") not in found:
            left.say(address, _UNREAD)


def _former(mine: list[Deed], current: Current, left: Left) -> Fields:
    """The former values of one resource and its sections, nested as in a desired file."""
    fields: Fields = {}
    for deed in mine:
        section = deed.kind.section
        if section and section in current.unknown:
            without = current.facts.get("calling") is False
            if deed.lost and without and not _was_clear(deed):
                fields[section] = _whole(deed)  # it went with the calling, and comes back after it
            elif not (without and _was_clear(deed)):
                left.say(deed.address, f"cannot be read: {current.unknown[section]}")
            continue
        have = current.fields.get(section) if section else current.fields
        if have is None:
            left.say(deed.address, f"{_SINCE}: it is gone")
            continue
        if deed.unasked and covers(have, deed.before):
            continue  # the move left it as it was
        inherited = _inherited(deed)
        if inherited is not None and covers(have, inherited):
            continue  # as before the run: what it shows is its location's
        changed = _changed(deed, have, _comparable(deed))
        for name in changed:
            left.say(deed.address, f"{name} is left alone: {_SINCE}")
        if inherited is not None and not changed:
            fields[section] = dict(inherited)  # it inherited, and so what it showed was not its own
            continue
        former = {n: deed.before.get(n) for n in _comparable(deed) if n not in changed}
        former |= {} if changed else _gone_with_it(deed)
        if not section:
            fields |= former
        elif former:
            # Where nothing was set and the API cannot clear it, asking for nothing makes the kind say so.
            bare = deed.kind.cleared is None and not any(former.values())
            fields[section] = None if bare or deed.action == "create" else former
    return fields


def _whole(deed: Deed) -> Fields:
    """All that a section had, as far as it is managed."""
    skip, fields = marks_of(deed.kind).uncompared, deed.kind.managed.model_fields
    return {name: deed.before[name] for name in fields if name in deed.before and name not in skip}


def _was_clear(deed: Deed) -> bool:
    """Whether there was nothing set before it, so that nothing is missed where the setting went with the calling."""
    shown = {name: deed.before.get(name) for name in _comparable(deed)}
    return _inherited(deed) is not None or covers(deed.kind.cleared or {}, shown)


def _inherited(deed: Deed) -> Fields | None:
    """How a section reads that has nothing of its own, where it had nothing before; None where it had."""
    bare = deed.kind.cleared if deed.kind.inherits else None
    return bare if bare is not None and covers(deed.before, bare) else None


def _gone_with_it(deed: Deed) -> Fields:
    """What a section had of its own that was cleared without being named."""
    if deed.want != deed.kind.cleared:
        return {}
    fields = deed.kind.managed.model_fields
    return {n: value for n, value in deed.before.items() if n in fields and n not in deed.want and value is not None}


def _comparable(deed: Deed) -> list[str]:
    """In the order of the kind: the journal keeps them by the alphabet."""
    order = list(deed.kind.managed.model_fields)
    names = [name for name in deed.want if name not in marks_of(deed.kind).uncompared]
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def _changed(deed: Deed, have: Fields, names: Iterable[str]) -> list[str]:
    """The fields that are neither what the run set nor what was there before it."""
    sides = (deed.kind.rules.settle(deed.want, have), deed.before)
    return [n for n in names if not any(matches(have.get(n), side.get(n)) for side in sides)]


def _compared(one: Wanted, current: Current | None, left: Left) -> list[Change]:
    """The changes to the former values; fields that a kind refuses to set back are left out and named."""
    changes = compare(one, current)
    fields, shortened = dict(one.fields), False
    for change in changes:
        kind = kind_named(change.kind)
        if change.action != "update" or not change.blocked or not kind.rules.refuse:
            continue
        refused = {
            name: why
            for name, value in change.want.items()
            if (why := kind.rules.refuse(replace(change, want={name: value}, before={name: change.before.get(name)})))
        }
        if not refused or refused.keys() >= change.want.keys():
            continue
        shortened = True
        part = fields[kind.section] if kind.section else fields
        rest = {name: value for name, value in part.items() if name not in refused}
        fields = {**fields, kind.section: rest} if kind.section else rest
        for name, why in refused.items():
            left.say(change.address, f"{name} cannot be undone: {why}")
    return _compared(replace(one, fields=fields), current, left) if shortened else changes


def _said(
    changes: list[Change], found: dict[str, Deed], left: Left, missing: set[str], selection: Selection, file: str
) -> list[Change]:
    """The changes with their reasons; what is not taken back is a change that does nothing, or a note on one."""
    for change in changes:
        gone = [ref for ref in change.refs if ref in missing]
        if gone or change.blocked:
            why = f"it needs {', '.join(gone)}, gone from the tenant" if gone else change.blocked
            left.say(change.address, f"cannot be undone: {why}")
    kept = [
        replace(change, reason="takes back what the run did").noted(
            [*left.why.pop(change.address, []), *_losses(change, found.get(change.address))]
        )
        for change in changes
        if not change.blocked and missing.isdisjoint(change.refs)
    ]
    for address, reasons in left.why.items():
        if selection.takes(address):
            kind, key = split_address(address)
            deed = found.get(address)
            source = f"{file}:{deed.line}" if deed else ""
            kept.append(Change(address, kind, key, "cannot_tell", "; ".join(reasons), source))
    return kept


def _losses(change: Change, deed: Deed | None) -> Iterator[str]:
    """What this change does not bring back."""
    if deed is None:
        return
    if deed.action == "delete":
        yield DELETE_LOSES
    if change.action == "update" and moves(change):
        yield MOVE_LOSES
    if also := sorted(set(deed.also) - change.want.keys()):
        yield f"the run also changed {', '.join(also)}, which is left as it is"


def _asked(found: dict[str, Deed], file: str) -> list[Wanted]:
    """What to read: every field that the run set, and all of what it created or deleted."""
    asked: dict[str, Wanted] = {}
    for deed in found.values():
        kind, key = split_address(owner_address(deed.address))
        one = asked.setdefault(f"{kind}/{key}", Wanted(kind, key, {}, file, deed.line))
        if deed.kind.section:
            one.fields[deed.kind.section] = deed.want
        else:
            one.fields |= deed.want | deed.before
            one.absent = deed.action in ("create", "delete")
    return list(asked.values())
