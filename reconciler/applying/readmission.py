"""A plan out of a file is looked at as if somebody else had written it: a digest can be made again by whoever edits it.

    what it asks for      is what `desired/` asks for, value by value, of exactly the resources that it describes
    guards                run again on it, with the settings of `desired/`, whatever findings it brings
    what it lifts         counts only when it is given again, or the file is sealed (sealing.py)
    whose ids it names    are theirs: one that was exchanged leads to another object, with the name of the first
    what it takes away    is needed by nobody in the tenant as it is now (rejudging.py)

Only the last two need the tenant: ids where no reading before the write bears the key, of an operation on a section
alone, and guards where something is taken away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from reconciler.applying.rejudging import refuse_by_tenant, rests_on_tenant
from reconciler.errors import InputError, RefusedError, StaleError, UsageError
from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.access import Reader
from reconciler.kinds.contract.marks import references
from reconciler.kinds.people.license import LicenseNames
from reconciler.model.address import owner_address, split_address
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change, Plan
from reconciler.model.snapshot import Current, Fields
from reconciler.planning import guards, sealing
from reconciler.planning.diff import compare
from reconciler.planning.guards import Population, Proposal
from reconciler.planning.renames import Renames, as_there, renamed_by
from reconciler.report.commands import lifting
from reconciler.repository import desired
from reconciler.repository.local import protection
from reconciler.webex.connection import Connection, identity

_AGAIN = "plan again: reconcile plan --out plan.json"
#: Of more owners of one kind than this, the list costs less than each of them.
_FEW = 20


async def readmit(root: Path, connection: Connection, plan: Plan, lift: Collection[str] = ()) -> None:
    """Whether a plan out of a file asks for what desired asks for, with nothing against it here. Raises where not. The
    tenant is asked only whose the ids of sections are that would be written without a look at their owner, and what
    guards need where the plan takes something away."""

    exchangeable, called = _names_owners(plan) and not sealing.sealed(plan), _called_otherwise(root, plan)
    if not called:
        _readmit(root, plan, lift)
    if exchangeable or called or rests_on_tenant(plan):
        async with connection.reader() as reader:
            await identity(reader, plan.org_id)
            if called:
                _readmit(root, plan, lift, LicenseNames((await reader.all("license")).values()))
            if exchangeable:
                await _refuse_exchanged(reader, plan)
            if rests_on_tenant(plan):
                await refuse_by_tenant(reader, root, plan, connection.workers)


def _called_otherwise(root: Path, plan: Plan) -> bool:
    """Whether the plan names licences by their keys that the desired files call otherwise: which they mean there says
    only the tenant, and never the plan's file."""
    keys = {key for change in plan.changes for kind, key in map(split_address, change.refs) if kind == "license"}
    resources = desired.load(root, references=False, isolate=True).resources if keys else []
    return not keys <= {ref.key for one in resources for ref in references(kind_named(one.kind), one.fields)}


def _readmit(root: Path, plan: Plan, given: Collection[str] = (), licenses: LicenseNames | None = None) -> None:
    """Whether a plan out of a file may be carried out as what it says it is. StaleError (5) where it asks for something
    else than desired does, RefusedError (4) where a guard objects, or it lifts what nobody has lifted here. `given` are
    the findings that are lifted by name now."""
    sealing.refuse_broken(plan)
    if strange := sorted(set(given) - set(plan.overrides)):
        raise UsageError(
            f"--override {strange[0]}: this plan lifts nothing of that name", do="give it to reconcile plan"
        )
    refuse_unlifted(plan, given)
    if "undo" not in plan.scope and "retry" not in plan.scope:
        _refuse_unasked(root, plan, licenses or LicenseNames())
    judge_again(root, plan)


def refuse_unlifted(plan: Plan, given: Collection[str]) -> None:
    """RefusedError where a plan out of a file, a run's own too, lifts what nobody lifts now, by name."""
    if not sealing.sealed(plan) and (missing := sorted(set(plan.overrides) - set(given))):
        again = " ".join(lifting(missing))
        raise RefusedError(
            f"this plan lifts {', '.join(missing)}, and a file is nobody's word",
            do=f"look at what it lifts, then give it again: {again}; or seal plans with {sealing.KEY}",
        )


def judge_again(root: Path, plan: Plan) -> None:
    """RefusedError where a guard objects to what a plan is about to do, by the settings that are there now."""
    settings = desired.load_tenant(root).model_dump(exclude_unset=True)
    managed, there = _population(root, plan)
    open_ones = [change.stopped(_refused(change)) for change in plan.changes if not change.blocked]
    proposal = Proposal(open_ones, settings, managed, described=there, earlier=lambda: protection.earlier(root))
    for finding in guards.judged(proposal, plan.overrides).findings:
        if not finding.lifted:
            raise RefusedError(
                "a guard objects to what this plan asks, so nothing is applied",
                where=finding.address,
                why=f"{finding.rule}: {finding.why}",
                do=finding.do,
            )


def _refused(change: Change) -> str:
    """Why a kind does not carry out such a change; empty where it does."""
    refuse = kind_named(change.kind).rules.refuse
    return refuse(change) if refuse and change.action in ("create", "update", "delete") else ""


def _population(root: Path, plan: Plan) -> tuple[Population, Callable[[], Collection[str]] | None]:
    """What is managed, and what is to be there: by desired, not by the file. Going on with a run, or taking it back,
    does not want desired to be without errors: then as many are managed as the plan says."""
    try:
        wanted = desired.load(root, references=False, isolate=True)
    except InputError:
        return Population(plan.managed), None
    known = {one.address for one in wanted.resources}
    there = {one.address for one in wanted.resources if not one.absent}
    follows = "undo" not in plan.scope and "retry" not in plan.scope
    return Population(len(known) + len(wanted.aside), lambda: known), (lambda: there) if follows else None


def _names_owners(plan: Plan) -> bool:
    """Whether some section is written by the id of its owner."""
    return any(
        member.id for operation in plan.operations if kind_named(operation.kind).owner for member in operation.members
    )


async def _refuse_exchanged(reader: Reader, plan: Plan) -> None:
    """StaleError where the id that a section is written by is another object's than its owner's."""
    owners = {change.address: change.id for change in plan.changes if not kind_named(change.kind).owner and change.id}
    unread: dict[str, dict[str, str]] = {}
    for operation in plan.operations:
        kind = kind_named(operation.kind)
        for member in operation.members if kind.owner else ():
            address = owner_address(member.address)
            if member.id and owners.get(address, member.id) != member.id:
                raise _exchanged(address)
            if member.id and address not in owners:
                ids = unread.setdefault(kind.owner, {})
                if ids.setdefault(split_address(address)[1], member.id) != member.id:
                    raise _exchanged(address)
    for owner, ids in unread.items():
        await _refuse_others(reader, owner, ids)


async def _refuse_others(reader: Reader, owner: str, ids: dict[str, str]) -> None:
    find, listed = kind_named(owner).find, dict[str, Any]()
    if len(ids) > _FEW:
        listed = dict(await reader.all(owner))
    for key, remote_id in ids.items():
        one = listed.get(key) if listed or find is None else await find(reader, key, remote_id)
        if one is not None and (one.key != key or (one.id and one.id != remote_id)):
            raise _exchanged(f"{owner}/{key}")


def _exchanged(address: str) -> StaleError:
    return StaleError(
        "the id in this plan is not that of the object that it names", where=address, why="it was edited", do=_AGAIN
    )


def _refuse_unasked(root: Path, plan: Plan, licenses: LicenseNames) -> None:
    """StaleError where the plan asks for something that desired does not."""
    resources = as_there(desired.load(root, references=False, isolate=True).resources, _renames(plan))
    wanted = {one.address: licenses.in_desired(one) for one in resources}
    by_owner: dict[str, list[Change]] = {}
    for change in plan.changes:
        if not change.blocked:
            by_owner.setdefault(owner_address(change.address), []).append(change)
    for owner, changes in by_owner.items():
        for change in changes:
            if owner not in wanted or not _asked(wanted[owner], change, changes):
                raise StaleError(
                    "this plan asks for what the desired files do not",
                    where=change.address,
                    why="it was edited, or the entry is not described any more",
                    do=_AGAIN,
                )


def _renames(plan: Plan) -> Renames:
    """What the plan renames."""
    return Renames({after: before for before, after in renamed_by(plan.changes).items()})


def _asked(wanted: Wanted, change: Change, beside: list[Change]) -> bool:
    """Whether desired asks for this change, of what was there when the plan was made. `beside`: of the same owner."""
    if change.action == "cannot_tell":
        return True
    if change.action == "delete" or wanted.absent:
        return wanted.absent and change.action == "delete" and change.address == wanted.address and not change.want
    kind = kind_named(change.kind)
    said = wanted.fields.get(kind.section) if kind.owner else wanted.fields
    if isinstance(said, dict) and _within(change.want, said):
        return True
    then = {one.address: one for one in compare(wanted, _as_it_was(wanted, beside))}.get(change.address)
    return then is not None and _within(change.want, {**change.before, **then.want} if then.want else then.want)


def _as_it_was(wanted: Wanted, changes: list[Change]) -> Current | None:
    """The resource as far as the plan's own pre-images tell."""
    fields: Fields = {}
    remote_id = ""
    for change in changes:
        kind = kind_named(change.kind)
        if change.action == "create" and not kind.owner:
            return None
        remote_id = remote_id or change.id
        if kind.owner:
            fields[kind.section] = dict(change.before)
        else:
            fields |= change.before
    return Current(wanted.kind, wanted.key, remote_id, fields)


def _within(part: Any, whole: Any) -> bool:
    """Whether every value of the one is in the other, at any depth."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _within(value, whole[name]) for name, value in part.items())
    return bool(part == whole)
