"""THE page: export → diff → plan → guard → apply → verify → report.

    desired/ ── desired ──┐
                          ├── diff ── guard ── planner ── applier ── verify ── report
    tenant ── inventory ──┘    Change  Finding   Plan     Journal    Outcome
                └── state/

Everything that plans is given a reader, whose transport refuses to write; only `apply` has a writer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.diff import inherited
from reconciler.errors import Exit, ReconcileError, RefusedError, StaleError, UsageError
from reconciler.guard import Managed
from reconciler.model.address import owner_address
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change, Finding, Plan
from reconciler.model.selection import ALL as ALL
from reconciler.model.selection import Selection as Selection
from reconciler.workflows import comparing, evaluation
from reconciler.workflows.admission import check_plan as check_plan
from reconciler.workflows.admission import fits as fits
from reconciler.workflows.admission import refuse_stale as refuse_stale
from reconciler.workflows.comparing import not_lifted, refuse_missing, seen_as_renamed, told, without_sections
from reconciler.workflows.evaluation import Evaluation, finish

if TYPE_CHECKING:
    from reconciler.inventory.choice import Choice
    from reconciler.model.control import Ending
    from reconciler.model.outcome import Outcome
    from reconciler.model.rehearsal import Rehearsal
    from reconciler.model.snapshot import Current
    from reconciler.twin import Serve
    from reconciler.webex.credentials import Credentials
    from reconciler.webex.exchange import Tally
    from reconciler.webex.session import Waiting
    from reconciler.webex.tenant import TenantReader
    from reconciler.workflows.drifting import Drifted
    from reconciler.workflows.exporting import Exported, How
    from reconciler.workflows.running import How as Carrying


@dataclass(frozen=True)
class Tenant:
    """How to reach the tenant, how hard to press it, and whom to tell of a wait."""

    credentials: Credentials
    waiting: Waiting
    workers: int = 8


Lookup = Callable[[str, str], "Current | None"]


# --- export ----------------------------------------------------------------------------------------------------


async def export(
    tenant: Tenant,
    kinds: Iterable[str] | None = (),
    artefacts: Iterable[str] = (),
    org: tuple[str, str] = ("", ""),
    *,
    choice: Choice | None = None,
    how: How | None = None,
) -> Exported:
    """Read managed kinds (empty: all, None: none) and artefacts into a snapshot, or what `choice` says. `org` is the
    pinned (id, name), empty before the first adopt."""
    from reconciler import inventory
    from reconciler.inventory.choice import Choice
    from reconciler.workflows import exporting

    if choice is None:
        managed = inventory.everything(kinds).kinds if kinds is not None else ()
        choice = Choice(tuple(managed), tuple(artefacts))
    return await exporting.export(tenant, choice, org, how or exporting.How())


# --- plan ------------------------------------------------------------------------------------------------------


async def plan(root: Path, tenant: Tenant, selection: Selection = ALL, lift: Collection[str] = ()) -> Plan:
    """The plan against the tenant as it is now: reads what desired manages or refers to, and what rests on that, and
    nothing else. `lift` are findings of guards that are to block nothing, by name."""
    from reconciler import desired, inventory
    from reconciler.inventory import renamed
    from reconciler.webex import tenant as webex
    from reconciler.workflows import watching, write_scopes

    wanted = desired.load(root, references=False, isolate=selection.isolate)
    resources = _with_references(wanted.resources, selection)
    async with webex.reader(tenant.credentials, concurrency=tenant.workers, waiting=tenant.waiting) as reader:
        org_id = await _identity(reader, wanted.tenant.org.id)
        need = replace(inventory.of_desired(resources), tolerant=True)
        current = await inventory.read(reader, need, {"id": org_id}, workers=tenant.workers)
        places = await renamed.locations(reader, resources, current)
        standing = not_lifted(places, lift)
        seen_as_renamed(current, standing)
        names = await inventory.license_names(reader, resources)
        changes = comparing.all_compared(resources, current, names, isolate=selection.isolate)
        changes = without_sections(changes, standing)
        chosen = select(_across(changes, wanted.resources, current.get), selection)
        known = {resource.address for resource in wanted.resources if not resource.absent}
        missing = await inventory.look_up(reader, chosen, known, current)
        refuse_missing(chosen, missing, isolate=selection.isolate)
        held = await inventory.holders(reader, chosen, current)
        callbacks = await inventory.callbacks(reader, chosen, current)
        beside = await inventory.beside(reader, chosen, current)
        seen = await watching.look(reader, root, wanted.tenant.watch, wanted.tenant.org.id, wanted.resources)
        fits = await renamed.fitting(reader, chosen, current, {one.address for one in wanted.resources})
        fits |= told(places)
    managed = selected(wanted.resources, selection, wanted.aside)
    about = (Managed(len(managed), lambda: managed), wanted.fingerprint, wanted.tenant, current.gaps)
    found = Evaluation(chosen, *about, get=current.get, me=reader.me, described=lambda: known, held=held)
    found.callbacks, every = callbacks, {one.address for one in wanted.resources}
    found.alias, found.aside, found.read = current.alias, wanted.aside, current.of("person", "workspace")
    found.population, found.fits = Managed(len(every), lambda: every), fits
    found.notices, found.beside = wanted.notices, beside
    made = comparing.with_dropped(root, finish(root, found, selection, lift), selection, lambda: wanted.resources)
    made.watch = seen
    made.notices = [*write_scopes.warnings(made, reader.session.scopes), *made.notices]
    return budgeted(root, made, tenant, reader.session.watching.tally)


def plan_offline(root: Path, selection: Selection = ALL, lift: Collection[str] = (), *, cache: bool = True) -> Plan:
    """The plan against the committed snapshot in `state/`, without a single request."""
    from reconciler import desired, offline, store
    from reconciler.kinds import kinds
    from reconciler.workflows import watching

    found = offline.isolated(root) if selection.isolate else offline.evaluate(root, cache=cache)
    changes, snapshot = found.changes, store.open(root / "state", found.tenant.org.id)

    @functools.cache
    def resources() -> list[Wanted]:
        """All of desired, loaded only when something concerns resources that have no change of their own."""
        return desired.load(root, isolate=selection.isolate).resources

    population = managed = Managed(found.managed, lambda: {wanted.address for wanted in resources()})
    givers = {kind.inherits for kind in kinds().values()}
    if not selection.whole or any(change.kind in givers or change.carries for change in changes):
        taken = selected(resources(), selection, found.aside)
        managed = Managed(len(taken), lambda: taken)
        changes = _across(changes, resources(), snapshot.get)
    changes, places = comparing.at_renamed_places(changes, snapshot, resources, lift)
    chosen = select(changes, selection)
    about = (managed, found.fingerprint, found.tenant, found.gaps)
    there = lambda: {wanted.address for wanted in resources() if not wanted.absent}  # noqa: E731
    held = offline.holders(snapshot, chosen)
    whole = Evaluation(chosen, *about, get=snapshot.get, described=there, held=held, population=population)
    whole.aside, whole.callbacks = found.aside, offline.callbacks(snapshot, chosen)
    whole.alias, whole.notices = snapshot.alias, (*found.notices, *offline.untold(chosen))
    whole.beside = offline.beside(snapshot, chosen)
    creates = any(change.action == "create" for change in chosen)
    every = {wanted.address for wanted in resources()} if creates else set()
    whole.fits = offline.fitting(snapshot, chosen, every) if creates else {}
    whole.fits |= comparing.told(places)
    made = comparing.with_dropped(root, finish(root, whole, selection, lift), selection, resources)
    made.watch = watching.from_state(root, found.tenant.watch, found.tenant.org.id)
    return budgeted(root, made)


def _across(changes: list[Change], resources: list[Wanted], get: Lookup) -> list[Change]:
    """What only shows when changes are seen together with the other resources."""
    carried = {address: change for change in changes for address in change.carries}
    for wanted in resources if carried else ():
        mover = carried.get(wanted.address)
        if mover and not wanted.absent and wanted.fields.get("location") not in (None, mover.want["location"]):
            mover.blocked = (
                f"{wanted.address} moves along, but {wanted.source} still describes it at "
                f"{wanted.fields['location']}: describe it at {mover.want['location']}"
            )
    return inherited(changes, resources, get)


def selected(resources: list[Wanted], selection: Selection, aside: Collection[Finding] = ()) -> set[str]:
    """The addresses of the resources that a selection takes, whole or in part; UsageError when it takes none, not
    even of those that are set aside."""
    taken = {wanted.address for wanted in resources if selection.touches(wanted)}
    if resources and not taken and not any(selection.takes(finding.address) for finding in aside):
        raise UsageError(
            "no managed resource matches this selection",
            why="; ".join(f"--{name} {' '.join(patterns)}" for name, patterns in selection.to_json().items()),
            do="an address is kind/key, like person/ana@example.com; patterns take * and ?",
        )
    return taken


def budgeted(root: Path, made: Plan, tenant: Tenant | None = None, read: Tally | None = None) -> Plan:
    """The plan with what it costs; `tenant`: how fast it may be asked, and where it is; `read`: what it was asked."""
    if made.operations:
        from reconciler.workflows import forecasting

        known = (tenant.credentials, tenant.workers, read) if tenant else ()
        made.budget = forecasting.of_plan(root, made, *known)
    return made


def select(changes: list[Change], selection: Selection) -> list[Change]:
    """The changes in the selection and those that they rest on: a target brings its dependencies, but what is
    excluded stays out, and what rests on it is blocked."""
    if selection.whole:
        return changes
    by_address = {change.address: change for change in changes}
    chosen = {change.address for change in changes if selection.takes(change.address)}
    queue = list(chosen)
    while queue:
        change = by_address[queue.pop()]
        for needed in (*change.refs, owner_address(change.address)):
            if needed in by_address and selection.leaves_out(needed) and needed != change.address:
                change.blocked = f"needs {needed}, which --exclude leaves out"
            elif needed in by_address and needed not in chosen:
                chosen.add(needed)
                queue.append(needed)
    return [change for change in changes if change.address in chosen]


def _with_references(resources: list[Wanted], selection: Selection) -> list[Wanted]:
    """The resources to read for a selection: those it touches, and the desired ones that they refer to."""
    from reconciler.kinds import kind, sections_of
    from reconciler.kinds._marks import references

    if not selection.target:
        return resources
    by_address = {wanted.address: wanted for wanted in resources}
    chosen = {wanted.address for wanted in resources if selection.touches(wanted)}
    queue = list(chosen)
    while queue:
        wanted = by_address[queue.pop()]
        parts = [(kind(wanted.kind), wanted.fields)]
        parts += [(section, wanted.fields.get(name) or {}) for name, section in sections_of(wanted.kind).items()]
        for part, fields in parts:
            for ref, key in references(part, fields):
                address = f"{ref.kind}/{key}"
                if address in by_address and address not in chosen:
                    chosen.add(address)
                    queue.append(address)
    return [wanted for wanted in resources if wanted.address in chosen]


async def _identity(reader: TenantReader, pinned: str) -> str:
    """The token's org, which must be the pinned one before anything else is asked or done."""
    from reconciler.kinds._wire import uuid_of

    org_id = await reader.identify()
    if pinned and uuid_of(pinned) != uuid_of(org_id):
        raise RefusedError(
            "this token belongs to another organisation",
            why=f"desired/tenant.yaml pins {uuid_of(pinned)}, the token's is {uuid_of(org_id)}",
            do="give a token of the one that is pinned, or name the other one's repository with -C DIR",
        )
    return org_id


def exit_code(plan: Plan, untold: Exit = Exit.OK) -> Exit:
    """How a command that shows a plan ends: what a guard blocks counts even if nothing else is wrong. `untold`: what it
    comes to that something cannot be told, where that is no list on which others rest."""
    from reconciler.guard.complete import RULE

    rules = {finding.rule for finding in plan.findings if not finding.lifted and not finding.aside}
    if rules - {RULE}:
        return Exit.REFUSED
    if plan.rehearsal and plan.rehearsal.refusals:
        return Exit.REFUSED
    if rules or any("." not in gap.partition(":")[0] for gap in plan.incomplete):
        return Exit.INCOMPLETE
    if any(finding.aside for finding in plan.findings):
        return Exit.PARTIAL
    if untold and plan.left_out:
        return untold
    return Exit.INCOMPLETE if plan.incomplete else Exit.OK


# --- rehearse --------------------------------------------------------------------------------------------------


async def rehearse(root: Path, tenant: Tenant | None, plan: Plan, serve: Serve) -> Rehearsal:
    """What the tenant would refuse of a plan, tried on a twin of it: of the tenant as it is now, without one as
    `state/` has it. The tenant is only read. `serve` starts a simulator with the twin's document."""
    from reconciler import twin
    from reconciler.webex import tenant as webex

    if tenant is None:
        return await twin.of_snapshot(root, plan, serve)
    async with webex.reader(tenant.credentials, concurrency=tenant.workers, waiting=tenant.waiting) as reader:
        await _identity(reader, plan.org_id)
        return await twin.of_tenant(root, reader, plan, serve, workers=tenant.workers)


# --- drift -----------------------------------------------------------------------------------------------------


async def drift(root: Path, tenant: Tenant, selection: Selection = ALL, *, everything: bool = False) -> Drifted:
    """Desired, the snapshot in `state/` and the tenant as it is now, and who made the difference. Reads what a plan
    reads; with `everything` all that the snapshot holds, so that fields which nobody manages are compared too."""
    from reconciler.workflows import drifting

    return await drifting.drift(root, tenant, selection, everything=everything)


# --- apply -----------------------------------------------------------------------------------------------------


def safe(root: Path, plan: Plan, tenant: Tenant | None = None) -> Plan:
    """The part of a plan that destroys nothing, can be taken back, and rests on nothing that is left out."""
    from reconciler import desired

    return budgeted(root, evaluation.safe(plan, desired.load_tenant(root).model_dump(exclude_unset=True)), tenant)


def nothing_to_apply(root: Path, plan: Plan) -> Exit:
    """The end of an apply without an operation; this repository counts as applied where nothing objects."""
    from reconciler.remembered import protection

    if exit_code(plan) is Exit.OK:
        protection.remember(root, whole=not plan.scope)
        _remember_described(root, plan)
    return exit_code(plan, Exit.PARTIAL)


def _remember_described(root: Path, plan: Plan) -> None:
    from reconciler import desired
    from reconciler.remembered import dropping

    if not plan.scope:
        dropping.remember(root, lambda: desired.load(root, references=False).resources)


async def admit(tenant: Tenant, plan: Plan) -> None:
    """What an apply of this plan asks before it writes: whose token it is, and what it may. Raises as that would."""
    from reconciler.webex import tenant as webex
    from reconciler.workflows import write_scopes

    async with webex.reader(tenant.credentials, concurrency=1, waiting=tenant.waiting) as reader:
        await _identity(reader, plan.org_id)
        evaluation.refuse_own_admin(plan, reader.me)
        write_scopes.refuse_missing(plan, reader.session.scopes)


@dataclass(frozen=True)
class Applied:
    """What an apply left: its outcomes, its summary, the folder of its journal, and how and why it ended."""

    outcomes: list[Outcome]
    summary: dict[str, Any]
    folder: Path
    ending: Ending
    why: str = ""
    hopeless: ReconcileError | None = None


async def apply(
    root: Path,
    tenant: Tenant,
    plan: Plan,
    how: Carrying | None = None,
) -> Applied:
    """Carry out a plan under the tenant's lock, read every write back, and leave the evidence in state/runs/."""
    from reconciler.remembered import protection
    from reconciler.workflows import running

    check_plan(root, plan)
    how = how or running.How()
    if how.approval is not None and how.approval.digest != plan.digest:
        raise StaleError("the approval is of another plan", why=f"{how.approval.digest[:12]}, not {plan.digest[:12]}")
    applied = await running.carry_out(root, tenant, plan, how)
    protection.remember(root, whole=not plan.scope and exit_code(plan) is Exit.OK)
    _remember_described(root, plan)
    return applied


# --- resume, undo ----------------------------------------------------------------------------------------------


async def resume(root: Path, tenant: Tenant, run: str, how: Carrying | None = None) -> Applied:
    """Finish an interrupted run of the same plan: nothing that is settled is done again, what is in doubt is read."""
    from reconciler.workflows import running

    return await running.resume(root, tenant, run, how or running.How())


def retry(root: Path, run: str) -> Plan:
    """What failed in a run, as a plan of its own, without a request; `apply` carries it out."""
    from reconciler.workflows import retrying

    return retrying.plan(root, run)


async def undo(root: Path, tenant: Tenant, run: str, selection: Selection = ALL, lift: Collection[str] = ()) -> Plan:
    """The plan that takes back what a run did, from the pre-images in its journal; `apply` carries it out."""
    from reconciler.workflows import undoing

    return await undoing.plan(root, tenant, run, selection, lift)
