"""THE page: export → diff → plan → guard → apply → verify → report.

    desired/ ── desired ──┐
                          ├── diff ── guard ── planner ── applier ── verify ── report
    tenant ── inventory ──┘    Change  Finding   Plan     Journal    Outcome
                └── state/

Everything that plans is given a reader, whose transport refuses to write; only `apply` has a writer.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.errors import Exit, StaleError
from reconciler.model.desired import Wanted
from reconciler.model.plan import Plan
from reconciler.model.selection import ALL as ALL
from reconciler.model.selection import Selection as Selection
from reconciler.planning.guards import Managed
from reconciler.workflows import comparing, evaluation
from reconciler.workflows.admission import check_plan as check_plan
from reconciler.workflows.admission import fits as fits
from reconciler.workflows.admission import refuse_stale as refuse_stale
from reconciler.workflows.comparing import not_lifted, seen_as_renamed, told, without_missing, without_sections
from reconciler.workflows.evaluation import Evaluation, finish
from reconciler.workflows.selecting import across, select, selected, with_references

if TYPE_CHECKING:
    from reconciler.inventory.choice import Choice
    from reconciler.inventory.exporting import Exported, ExportOptions
    from reconciler.model.applied import Applied
    from reconciler.model.rehearsal import Rehearsal
    from reconciler.rehearsal import Serve
    from reconciler.webex.connection import Connection
    from reconciler.workflows.drifting import Drifted
    from reconciler.workflows.running import ApplyOptions


# --- export ----------------------------------------------------------------------------------------------------


async def export(
    connection: Connection,
    kinds: Iterable[str] | None = (),
    artefacts: Iterable[str] = (),
    org: tuple[str, str] = ("", ""),
    *,
    choice: Choice | None = None,
    how: ExportOptions | None = None,
) -> Exported:
    """Read managed kinds (empty: all, None: none) and artefacts into a snapshot, or what `choice` says. `org` is the
    pinned (id, name), empty before the first adopt."""
    from reconciler import inventory
    from reconciler.inventory import exporting
    from reconciler.inventory.choice import Choice

    if choice is None:
        managed = inventory.everything(kinds).kinds if kinds is not None else ()
        choice = Choice(tuple(managed), tuple(artefacts))
    return await exporting.export(connection, choice, org, how or exporting.ExportOptions())


# --- plan ------------------------------------------------------------------------------------------------------


async def plan(root: Path, connection: Connection, selection: Selection = ALL, lift: Collection[str] = ()) -> Plan:
    """The plan against the tenant as it is now: reads what desired manages or refers to, and what rests on that, and
    nothing else. `lift` are findings of guards that are to block nothing, by name."""
    from reconciler import inventory
    from reconciler.inventory import renamed
    from reconciler.repository import desired
    from reconciler.webex.connection import identity
    from reconciler.workflows import watching, write_scopes
    from reconciler.workflows.forecasting import budgeted

    wanted = desired.load(root, references=False, isolate=selection.isolate)
    resources = with_references(wanted.resources, selection)
    async with connection.reader() as reader:
        org_id = await identity(reader, wanted.tenant.org.id)
        need = replace(inventory.of_desired(resources), tolerant=True)
        current = await inventory.read(reader, need, {"id": org_id}, workers=connection.workers)
        places = await renamed.locations(reader, resources, current)
        standing = not_lifted(places, lift)
        seen_as_renamed(current, standing)
        names = await inventory.license_names(reader, resources)
        changes = comparing.all_compared(resources, current, names, isolate=selection.isolate)
        changes = without_sections(changes, standing)
        chosen = select(across(changes, wanted.resources, current.get), selection)
        known = {resource.address for resource in wanted.resources if not resource.absent}
        missing = await inventory.look_up(reader, chosen, known, current)
        chosen = without_missing(chosen, missing, isolate=selection.isolate)
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
    notices = [*write_scopes.warnings(made, reader.session.scopes), *made.notices]
    return budgeted(root, made.beside(watch=seen, notices=notices), connection, reader.session.watching.tally)


def plan_offline(root: Path, selection: Selection = ALL, lift: Collection[str] = (), *, cache: bool = True) -> Plan:
    """The plan against the committed snapshot in `state/`, without a single request."""
    from reconciler.kinds import kinds
    from reconciler.planning import incremental
    from reconciler.repository import desired, store
    from reconciler.workflows import watching
    from reconciler.workflows.forecasting import budgeted

    found = incremental.isolated(root) if selection.isolate else incremental.evaluate(root, cache=cache)
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
        changes = across(changes, resources(), snapshot.get)
    changes, places = comparing.at_renamed_places(changes, snapshot, resources, lift)
    chosen = select(changes, selection)
    about = (managed, found.fingerprint, found.tenant, found.gaps)
    there = lambda: {wanted.address for wanted in resources() if not wanted.absent}  # noqa: E731
    held = incremental.holders(snapshot, chosen)
    whole = Evaluation(chosen, *about, get=snapshot.get, described=there, held=held, population=population)
    whole.aside, whole.callbacks = found.aside, incremental.callbacks(snapshot, chosen)
    whole.alias, whole.notices = snapshot.alias, (*found.notices, *incremental.untold(chosen))
    whole.beside = incremental.beside(snapshot, chosen)
    creates = any(change.action == "create" for change in chosen)
    every = {wanted.address for wanted in resources()} if creates else set()
    whole.fits = incremental.fitting(snapshot, chosen, every) if creates else {}
    whole.fits |= comparing.told(places)
    made = comparing.with_dropped(root, finish(root, whole, selection, lift), selection, resources)
    return budgeted(root, made.beside(watch=watching.from_state(root, found.tenant.watch, found.tenant.org.id)))


def exit_code(plan: Plan, untold: Exit = Exit.OK) -> Exit:
    """How a command that shows a plan ends: what a guard blocks counts even if nothing else is wrong. `untold`: what it
    comes to that something cannot be told, where that is no list on which others rest."""
    from reconciler.planning.guards.complete import RULE

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


async def rehearse(root: Path, connection: Connection | None, plan: Plan, serve: Serve) -> Rehearsal:
    """What the tenant would refuse of a plan, tried on a twin of it: of the tenant as it is now, without one as
    `state/` has it. The tenant is only read. `serve` starts a simulator with the twin's document."""
    from reconciler import rehearsal
    from reconciler.webex.connection import identity

    if connection is None:
        return await rehearsal.of_snapshot(root, plan, serve)
    async with connection.reader() as reader:
        await identity(reader, plan.org_id)
        return await rehearsal.of_tenant(root, reader, plan, serve, workers=connection.workers)


# --- drift -----------------------------------------------------------------------------------------------------


async def drift(root: Path, connection: Connection, selection: Selection = ALL, *, everything: bool = False) -> Drifted:
    """Desired, the snapshot in `state/` and the tenant as it is now, and who made the difference. Reads what a plan
    reads; with `everything` all that the snapshot holds, so that fields which nobody manages are compared too."""
    from reconciler.workflows import drifting

    return await drifting.drift(root, connection, selection, everything=everything)


# --- apply -----------------------------------------------------------------------------------------------------


def safe(root: Path, plan: Plan, connection: Connection | None = None) -> Plan:
    """The part of a plan that destroys nothing, can be taken back, and rests on nothing that is left out."""
    from reconciler.repository import desired
    from reconciler.workflows.forecasting import budgeted

    return budgeted(root, evaluation.safe(plan, desired.load_tenant(root).model_dump(exclude_unset=True)), connection)


def nothing_to_apply(root: Path, plan: Plan) -> Exit:
    """The end of an apply without an operation; this repository counts as applied where nothing objects."""
    from reconciler.repository.local import protection

    if exit_code(plan) is Exit.OK:
        protection.remember(root, whole=not plan.scope)
        _remember_described(root, plan)
    return exit_code(plan, Exit.PARTIAL)


def _remember_described(root: Path, plan: Plan) -> None:
    from reconciler.repository import desired
    from reconciler.repository.local import dropping

    if not plan.scope:
        dropping.remember(root, lambda: desired.load(root, references=False).resources)


async def admit(connection: Connection, plan: Plan) -> None:
    """What an apply of this plan asks before it writes: whose token it is, and what it may. Raises as that would."""
    from reconciler.webex.connection import identity
    from reconciler.workflows import write_scopes

    async with connection.reader(workers=1) as reader:
        await identity(reader, plan.org_id)
        evaluation.refuse_own_admin(plan, reader.me)
        write_scopes.refuse_missing(plan, reader.session.scopes)


async def apply(
    root: Path,
    connection: Connection,
    plan: Plan,
    how: ApplyOptions | None = None,
) -> Applied:
    """Carry out a plan under the tenant's lock, read every write back, and leave the evidence in state/runs/."""
    from reconciler.repository.local import protection
    from reconciler.workflows import running

    check_plan(root, plan)
    how = how or running.ApplyOptions()
    if how.approval is not None and how.approval.digest != plan.digest:
        raise StaleError("the approval is of another plan", why=f"{how.approval.digest[:12]}, not {plan.digest[:12]}")
    applied = await running.carry_out(root, connection, plan, how)
    protection.remember(root, whole=not plan.scope and exit_code(plan) is Exit.OK)
    _remember_described(root, plan)
    return applied


# --- resume, undo ----------------------------------------------------------------------------------------------


async def resume(root: Path, connection: Connection, run: str, how: ApplyOptions | None = None) -> Applied:
    """Finish an interrupted run of the same plan: nothing that is settled is done again, what is in doubt is read."""
    from reconciler.workflows import running

    return await running.resume(root, connection, run, how or running.ApplyOptions())


def retry(root: Path, run: str) -> Plan:
    """What failed in a run, as a plan of its own, without a request; `apply` carries it out."""
    from reconciler.workflows import retrying

    return retrying.plan(root, run)


async def undo(
    root: Path, connection: Connection, run: str, selection: Selection = ALL, lift: Collection[str] = ()
) -> Plan:
    """The plan that takes back what a run did, from the pre-images in its journal; `apply` carries it out."""
    from reconciler.workflows import undoing

    return await undoing.plan(root, connection, run, selection, lift)
