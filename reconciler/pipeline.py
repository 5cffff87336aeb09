"""THE page: export → diff → plan → guard → apply → verify → report.

    desired/ ── described ──┐
                            ├── make: diff ── guards ── order ── Plan ── apply ── verify ── report
    tenant ─── facts ───────┘         Change  Finding   Operation       Journal   Outcome
                └── state/

Everything that plans is given a reader, whose transport refuses to write; only `apply` and `resume` have a writer. Each
verb imports what it needs itself: a plan without the tenant does not pay for the transport.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.model.selection import ALL, Selection

if TYPE_CHECKING:
    from reconciler.applying.run import ApplyOptions
    from reconciler.drift.reading import Drifted
    from reconciler.errors import Exit
    from reconciler.inventory.choice import Choice
    from reconciler.inventory.exporting import Exported, ExportOptions
    from reconciler.model.applied import Applied
    from reconciler.model.plan import Plan
    from reconciler.model.rehearsal import Rehearsal
    from reconciler.rehearsal import Serve
    from reconciler.webex.connection import Connection


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
    from reconciler.inventory import exporting

    what = choice or exporting.choice_of(kinds, artefacts)
    return await exporting.export(connection, what, org, how or exporting.ExportOptions())


async def plan(root: Path, connection: Connection, selection: Selection = ALL, lift: Collection[str] = ()) -> Plan:
    """The plan against the tenant as it is now: reads what desired manages or refers to, and what rests on that, and
    nothing else. `lift` are findings of guards that are to block nothing, by name."""
    from reconciler.inventory.for_plan import for_plan
    from reconciler.inventory.renamed import as_called
    from reconciler.planning.facts import described
    from reconciler.planning.make import make
    from reconciler.repository import desired

    wanted = desired.load(root, references=False, isolate=selection.isolate)
    async with connection.reader() as tenant:
        wanted, chosen = await as_called(tenant, wanted, selection)
        facts = await for_plan(root, tenant, wanted, chosen, lift, connection)
    return make(described(root, wanted), facts, selection, lift)


def plan_offline(
    root: Path,
    selection: Selection = ALL,
    lift: Collection[str] = (),
    *,
    cache: bool = True,
    meanwhile: Callable[[], None] = lambda: None,
) -> Plan:
    """The plan against the committed snapshot in `state/`, without a single request. `meanwhile` is called while other
    processes compare, where there is so much that they do."""
    from reconciler.planning.incremental.evaluating import evaluate, isolated

    found = isolated(root) if selection.isolate else evaluate(root, cache=cache, meanwhile=meanwhile)

    from reconciler.planning.incremental.for_plan import for_plan
    from reconciler.planning.make import make

    wanted, facts = for_plan(root, found, selection, lift)
    if wanted.tenant.watch:
        from reconciler.inventory.watching import from_state

        facts = replace(facts, watch=from_state(root, wanted.tenant.watch, wanted.tenant.org.id))
    return make(wanted, facts, selection, lift)


async def rehearse(root: Path, connection: Connection | None, plan: Plan, serve: Serve) -> Rehearsal:
    """What the tenant would refuse of a plan, tried on a twin of it: of the tenant as it is now, without one as
    `state/` has it. The tenant is only read. `serve` starts a simulator with the twin's document."""
    from reconciler import rehearsal
    from reconciler.webex.connection import identity

    if connection is None:
        return await rehearsal.of_snapshot(root, plan, serve)
    async with connection.reader() as tenant:
        await identity(tenant, plan.org_id)
        return await rehearsal.of_tenant(root, tenant, plan, serve, workers=connection.workers)


async def drift(root: Path, connection: Connection, selection: Selection = ALL, *, everything: bool = False) -> Drifted:
    """Desired, the snapshot in `state/` and the tenant as it is now, and who made the difference. Reads what a plan
    reads; with `everything` all that the snapshot holds, so that fields which nobody manages are compared too."""
    from reconciler.drift import reading

    return await reading.drift(root, connection, selection, everything=everything)


def safe(root: Path, plan: Plan, connection: Connection | None = None) -> Plan:
    """The part of a plan that destroys nothing, can be taken back, and rests on nothing that is left out."""
    from reconciler.planning.estimate import budgeted
    from reconciler.planning.safe import safe
    from reconciler.repository import desired

    return budgeted(root, safe(plan, desired.load_tenant(root).model_dump(exclude_unset=True)), connection)


async def admit(connection: Connection, plan: Plan) -> None:
    """What an apply of this plan asks before it writes: whose token it is, and what it may. Raises as that would."""
    from reconciler.applying.admission import refuse_own_admin
    from reconciler.planning import write_scopes
    from reconciler.webex.connection import identity

    async with connection.reader(workers=1) as tenant:
        await identity(tenant, plan.org_id)
        refuse_own_admin(plan, tenant.me)
        write_scopes.refuse_missing(plan, tenant.session.scopes)


async def apply(root: Path, connection: Connection, plan: Plan, how: ApplyOptions | None = None) -> Applied:
    """Carry out a plan under the tenant's lock, read every write back, and leave the evidence in state/runs/."""
    from reconciler.applying import admission, remembering, run

    how = how or run.ApplyOptions()
    admission.check_plan(root, plan)
    admission.refuse_other(plan, how.approval)
    applied = await run.carry_out(root, connection, plan, how)
    remembering.applied(root, plan)
    return applied


def nothing_to_apply(root: Path, plan: Plan) -> Exit:
    """The end of an apply without an operation; this repository counts as applied where nothing objects."""
    from reconciler.applying import remembering
    from reconciler.errors import Exit
    from reconciler.planning.ending import exit_code

    remembering.nothing_to_apply(root, plan)
    return exit_code(plan, Exit.PARTIAL)


async def resume(root: Path, connection: Connection, name: str, how: ApplyOptions | None = None) -> Applied:
    """Finish an interrupted run of the same plan: nothing that is settled is done again, what is in doubt is read."""
    from reconciler.applying import run

    return await run.resume(root, connection, name, how or run.ApplyOptions())


def retry(root: Path, name: str) -> Plan:
    """What failed in a run, as a plan of its own, without a request; `apply` carries it out."""
    from reconciler.applying import retry

    return retry.plan(root, name)


async def undo(
    root: Path, connection: Connection, name: str, selection: Selection = ALL, lift: Collection[str] = ()
) -> Plan:
    """The plan that takes back what a run did, from the pre-images in its journal; `apply` carries it out."""
    from reconciler.applying import undo
    from reconciler.planning.make import make

    run = undo.of_run(root, name)
    async with connection.reader() as tenant:
        wanted, facts = await undo.for_plan(root, tenant, run, selection, connection)
    return make(wanted, facts, selection, lift)
