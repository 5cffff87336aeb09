"""THE page: export → diff → plan → guard → apply → verify → report.

    desired/ ── desired ──┐
                          ├── diff ── guard ── planner ── applier ── verify ── report
    tenant ── inventory ──┘    Change  Finding   Plan     Journal    Outcome
                └── state/

Everything that plans is given a reader, whose transport refuses to write; only `apply` has a writer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler import git, guard, planner
from reconciler.diff import compare, inherited
from reconciler.errors import Exit, InputError, Problem, ReconcileError, RefusedError, StaleError, UsageError
from reconciler.model.address import matches, owner_address
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change, Plan

if TYPE_CHECKING:
    from reconciler.applier import Progress
    from reconciler.drifting import Drifted
    from reconciler.exporting import Exported, How
    from reconciler.inventory.choice import Choice
    from reconciler.model.outcome import Outcome
    from reconciler.model.snapshot import Current
    from reconciler.webex.credentials import Credentials
    from reconciler.webex.session import Waiting
    from reconciler.webex.tenant import TenantReader


@dataclass(frozen=True)
class Tenant:
    """How to reach the tenant, how hard to press it, and whom to tell of a wait."""

    credentials: Credentials
    waiting: Waiting
    workers: int = 8


@dataclass(frozen=True)
class Selection:
    """A part of the desired state: address patterns to plan (none: all) and to leave out."""

    target: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def to_json(self) -> dict[str, list[str]]:
        parts = {"target": sorted(self.target), "exclude": sorted(self.exclude)}
        return {name: patterns for name, patterns in parts.items() if patterns}

    def takes(self, address: str) -> bool:
        targeted = not self.target or any(matches(pattern, address) for pattern in self.target)
        return targeted and not self.leaves_out(address)

    def leaves_out(self, address: str) -> bool:
        return any(matches(pattern, address) for pattern in self.exclude)

    def touches(self, wanted: Wanted) -> bool:
        """Whether some part of a resource may be in the selection: its sections have addresses of their own."""
        sections = (f"{wanted.kind}.{name}/{wanted.key}" for name in wanted.fields)
        return self == ALL or any(self.takes(address) for address in (wanted.address, *sections))


ALL = Selection()
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
    from reconciler import exporting, inventory
    from reconciler.inventory.choice import Choice

    if choice is None:
        managed = inventory.everything(kinds).kinds if kinds is not None else ()
        choice = Choice(tuple(managed), tuple(artefacts))
    return await exporting.export(tenant, choice, org, how or exporting.How())


# --- plan ------------------------------------------------------------------------------------------------------


@dataclass
class Evaluation:
    """What a comparison gave: the changes, and how much was compared."""

    changes: list[Change]
    managed: set[str]
    fingerprint: str
    tenant: Any
    gaps: dict[str, str] = field(default_factory=dict)


async def plan(root: Path, tenant: Tenant, selection: Selection = ALL) -> Plan:
    """The plan against the tenant as it is now: reads what desired manages or refers to, and nothing else."""
    from reconciler import desired, inventory
    from reconciler.webex import tenant as webex

    wanted = desired.load(root, references=False)
    resources = _with_references(wanted.resources, selection)
    async with webex.reader(tenant.credentials, concurrency=tenant.workers, waiting=tenant.waiting) as reader:
        org_id = await _identity(reader, wanted.tenant.org.id)
        current = await inventory.read(reader, inventory.of_desired(resources), {"id": org_id}, workers=tenant.workers)
        changes = [change for r in resources for change in _compared(r, current.get(r.kind, r.key))]
        chosen = select(_across(changes, wanted.resources, current.get), selection)
        known = {resource.address for resource in wanted.resources if not resource.absent}
        _refuse_missing(chosen, await inventory.look_up(reader, chosen, known))
    managed = selected(wanted.resources, selection)
    return finish(root, Evaluation(chosen, managed, wanted.fingerprint, wanted.tenant, current.gaps), selection)


def plan_offline(root: Path, selection: Selection = ALL, *, cache: bool = True) -> Plan:
    """The plan against the committed snapshot in `state/`, without a single request."""
    from reconciler import desired, offline, store
    from reconciler.kinds import kinds

    found = offline.evaluate(root, cache=cache)
    changes, managed = found.changes, {str(number) for number in range(found.managed)}
    givers = {kind.inherits for kind in kinds().values()}
    if selection != ALL or any(change.kind in givers or change.carries for change in changes):
        # Only now everything is loaded: some change concerns resources that have none of their own.
        resources = desired.load(root).resources
        managed = selected(resources, selection)
        changes = _across(changes, resources, store.open(root / "state").get)
    chosen = select(changes, selection)
    return finish(root, Evaluation(chosen, managed, found.fingerprint, found.tenant, found.gaps), selection)


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


def selected(resources: list[Wanted], selection: Selection) -> set[str]:
    """The addresses of the resources that a selection takes, whole or in part; UsageError when it takes none."""
    taken = {wanted.address for wanted in resources if selection.touches(wanted)}
    if resources and not taken:
        raise UsageError(
            "no managed resource matches this selection",
            why="; ".join(f"--{name} {' '.join(patterns)}" for name, patterns in selection.to_json().items()),
            do="an address is kind/key, like person/ana@example.com; patterns take * and ?",
        )
    return taken


def finish(root: Path, evaluation: Evaluation, selection: Selection) -> Plan:
    """From changes to a plan: guards first, so that what they block has no operation."""
    tenant = evaluation.tenant
    changes = sorted(evaluation.changes, key=lambda change: change.address)
    managed = len(evaluation.managed)
    findings = guard.findings(changes, tenant.model_dump(exclude_unset=True), managed, evaluation.gaps)
    touched = {owner_address(change.address) for change in changes}
    return Plan(
        org_id=tenant.org.id,
        org_name=tenant.org.name,
        commit=git.head(root),
        desired=evaluation.fingerprint,
        changes=changes,
        operations=planner.operations(changes),
        findings=findings,
        same=managed - len(touched if selection == ALL else touched & evaluation.managed),
        managed=managed,
        scope=selection.to_json(),
        incomplete=sorted(f"{kind}: {why}" for kind, why in evaluation.gaps.items()),
    )


def select(changes: list[Change], selection: Selection) -> list[Change]:
    """The changes in the selection and those that they rest on: a target brings its dependencies, but what is
    excluded stays out, and what rests on it is blocked."""
    if selection == ALL:
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


def _compared(wanted: Wanted, current: Any) -> list[Change]:
    if current is not None and current.candidates:
        why = f"{wanted.address} is ambiguous: {len(current.candidates)} in the tenant have that name"
        raise InputError(
            [Problem(wanted.file, wanted.line, 1, f"{why} ({'; '.join(current.candidates)})", "rename all but one")]
        )
    return compare(wanted, current)


def _refuse_missing(changes: list[Change], missing: set[str]) -> None:
    problems = []
    for change in changes:
        file, _, line = change.source.rpartition(":")
        for ref in change.refs:
            if ref in missing:
                kind, _, key = ref.partition("/")
                what = f"{change.address} refers to {kind} {key!r}, which is neither desired nor in the tenant"
                problems.append(Problem(file, int(line), 1, what, "correct the name, or describe it in desired/"))
    if problems:
        raise InputError(sorted(problems, key=Problem.order))


async def _identity(reader: TenantReader, pinned: str) -> str:
    """The token's org, which must be the pinned one before anything else is asked or done."""
    from reconciler.kinds._wire import uuid_of

    org_id = await reader.identify()
    if pinned and uuid_of(pinned) != uuid_of(org_id):
        raise RefusedError(
            "this token belongs to another organisation",
            why=f"desired/tenant.yaml pins {pinned}, the token's is {org_id}",
            do="use the token of this tenant, or the repository of that one",
        )
    return org_id


def exit_code(plan: Plan) -> Exit:
    """How a command that shows a plan ends: what a guard blocks counts even if nothing else is wrong."""
    from reconciler.guard.complete import RULE

    rules = {finding.rule for finding in plan.findings}
    if rules - {RULE}:
        return Exit.REFUSED
    return Exit.INCOMPLETE if rules or plan.incomplete else Exit.OK


# --- drift -----------------------------------------------------------------------------------------------------


async def drift(root: Path, tenant: Tenant, selection: Selection = ALL, *, everything: bool = False) -> Drifted:
    """Desired, the snapshot in `state/` and the tenant as it is now, and who made the difference. Reads what a plan
    reads; with `everything` all that the snapshot holds, so that fields which nobody manages are compared too."""
    from reconciler import drifting

    return await drifting.drift(root, tenant, selection, everything=everything)


# --- apply -----------------------------------------------------------------------------------------------------


def fits(root: Path, plan: Plan) -> None:
    """Whether a plan belongs here at all: this version's kinds, this repository's tenant; else StaleError."""
    from reconciler import desired
    from reconciler.kinds import kinds
    from reconciler.kinds._wire import uuid_of

    strange = {operation.kind for operation in plan.operations} - kinds().keys()
    if strange:
        raise StaleError(f"this version knows no kind {', '.join(sorted(strange))}", do="plan again with this version")
    pinned = desired.load_tenant(root).org.id
    if uuid_of(pinned) != uuid_of(plan.org_id):
        raise StaleError(
            "this plan is for another organisation",
            why=f"desired/tenant.yaml pins {pinned}, the plan is for {plan.org_id}",
            do="plan again in this repository",
        )


def check_plan(root: Path, plan: Plan) -> None:
    """Whether this plan may be applied here: same tenant, nothing blocked but suppressed deletes."""
    from reconciler.guard.complete import RULE

    fits(root, plan)
    blocking = [finding for finding in plan.findings if finding.rule != RULE]
    if blocking:
        raise RefusedError(
            f"{len(blocking)} changes are blocked, so nothing is applied",
            why="; ".join(f"{finding.address}: {finding.why}" for finding in blocking[:5]),
            do="resolve them, or apply the rest with --exclude",
        )


@dataclass(frozen=True)
class Applied:
    """What an apply left: its outcomes, its summary, and the folder of its journal."""

    outcomes: list[Outcome]
    summary: dict[str, Any]
    folder: Path
    interrupted: bool
    hopeless: ReconcileError | None


async def apply(
    root: Path,
    tenant: Tenant,
    plan: Plan,
    *,
    chunk_size: int,
    progress: Progress,
    on_start: Callable[[Any], None] = lambda stop: None,
) -> Applied:
    """Carry out a plan under the tenant's lock, read every write back, and leave the evidence in state/runs/."""
    from reconciler import running

    check_plan(root, plan)
    how = running.How(chunk_size, progress, on_start)
    return await running.carry_out(root, tenant, plan, how)


# --- resume, undo ----------------------------------------------------------------------------------------------


async def resume(
    root: Path,
    tenant: Tenant,
    run: str,
    *,
    chunk_size: int,
    progress: Progress,
    on_start: Callable[[Any], None] = lambda stop: None,
) -> Applied:
    """Finish an interrupted run of the same plan: nothing that is settled is done again, what is in doubt is read."""
    from reconciler import running

    return await running.resume(root, tenant, run, running.How(chunk_size, progress, on_start))


async def undo(root: Path, tenant: Tenant, run: str, selection: Selection = ALL) -> Plan:
    """The plan that takes back what a run did, from the pre-images in its journal; `apply` carries it out."""
    from reconciler import undoing

    return await undoing.plan(root, tenant, run, selection)
