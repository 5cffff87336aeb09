"""From changes to a plan: guards first, so that what they block has no operation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.errors import RefusedError
from reconciler.model.address import owner_address
from reconciler.model.callbacks import Callbacks
from reconciler.model.claims import Fit, in_turn
from reconciler.model.plan import Change, Finding, Plan, amended
from reconciler.model.snapshot import Current
from reconciler.model.tenant import EarlierProtection, Tenant
from reconciler.planning import guards
from reconciler.planning.consent import ConsentFacts, explicit
from reconciler.planning.guards import Managed, Proposal, callbacks, licenses, own_admin
from reconciler.planning.order import operations
from reconciler.planning.parking import reserved
from reconciler.planning.reversal import irreversible, safe_part
from reconciler.workflows import provenance, referring

if TYPE_CHECKING:
    from reconciler.model.selection import Selection


def _nothing(kind: str, key: str) -> Current | None:
    return None


def _no_alias(kind: str, name: str) -> str:
    return ""


@dataclass
class Evaluation:
    """What a comparison gave: the changes, how much was compared, and what guards may ask beside it (see Proposal).
    `population` is all that is managed, where only a part of it was compared; `aside` are entries that were set aside
    before there was anything to compare (repository/desired/isolation.py), and are counted all the same; `beside` is
    what an approval rests on; `read` are people and workspaces as the tenant has them now; `notices` say how files
    were read."""

    changes: list[Change]
    managed: Managed
    fingerprint: str
    tenant: Tenant
    gaps: Mapping[str, str] = field(default_factory=dict)
    get: Callable[[str, str], Current | None] = _nothing
    me: frozenset[str] = frozenset()
    described: Callable[[], Collection[str]] | None = None
    held: Mapping[str, str] = field(default_factory=dict)
    callbacks: Callbacks | None = None
    population: Managed | None = None
    aside: tuple[Finding, ...] = ()
    alias: Callable[[str, str], str] = _no_alias
    beside: ConsentFacts | None = None
    read: Iterable[Current] = ()
    notices: tuple[str, ...] = ()
    fits: Mapping[str, Fit] = field(default_factory=dict)


def finish(root: Path, evaluation: Evaluation, selection: Selection, lift: Collection[str] = ()) -> Plan:
    """The plan. `lift` are findings that block nothing, by name; UsageError where there is none of that name."""
    changes = sorted(evaluation.changes, key=lambda change: change.address)
    proposal = _proposal(root, evaluation, changes)
    judged = guards.judge(proposal, lift, isolate=selection.isolate)
    aside = [finding for finding in evaluation.aside if selection.takes(finding.address)]
    changes = _noted(judged.changes, guards.warnings(replace(proposal, changes=judged.changes)))
    changes = _in_turn(changes, evaluation)
    touched = {owner_address(change.address) for change in changes}
    if selection.to_json():
        touched &= set(evaluation.managed.addresses())
    tenant, managed = evaluation.tenant, evaluation.managed.count + len(aside)
    return Plan(
        org_id=tenant.org.id,
        org_name=tenant.org.name,
        commit=provenance.commit(root),
        desired=evaluation.fingerprint,
        changes=changes,
        operations=operations(changes),
        findings=sorted([*judged.findings, *aside], key=lambda one: (one.address, one.rule, one.override)),
        same=managed - len(aside) - len(touched),
        managed=managed,
        scope=selection.to_json(),
        incomplete=sorted(f"{kind}: {why}" for kind, why in evaluation.gaps.items()),
        overrides=sorted(set(lift)),
        places=_places(changes, proposal.get),
        notices=list(evaluation.notices),
    )


def _noted(changes: Iterable[Change], warnings: Iterable[tuple[str, str]]) -> list[Change]:
    notes = defaultdict[str, list[str]](list)
    for address, note in warnings:
        notes[address].append(note)
    return [change.noted(notes[change.address]) if change.address in notes else change for change in changes]


def _in_turn(changes: Sequence[Change], known: Evaluation) -> list[Change]:
    """The changes with whom they wait for, where they would be parked, and what of those that are carried out takes a
    word of its own."""
    changes = in_turn(changes, licenses.turns(_open(changes), known.get))
    changes = in_turn(changes, callbacks.turns(_open(changes), known.get, known.callbacks))
    changes = reserved(changes, lambda claim: known.held.get(claim, ""), known.get)
    said: dict[str, dict[str, Any]] = {
        change.address: {"irreversible": losses} for change in _open(changes) if (losses := irreversible(change))
    }
    for address, approvals in explicit(_open(changes), known.beside or ConsentFacts(known.get)).items():
        said.setdefault(address, {})["explicit"] = approvals
    return amended(changes, said)


def _open(changes: Iterable[Change]) -> list[Change]:
    return [change for change in changes if not change.blocked]


def _places(changes: Iterable[Change], get: Callable[[str, str], Current | None]) -> dict[str, str]:
    """The location of each owner of whom the changes do not say it: a section's own, and what stays in its place."""
    owners: dict[str, bool] = {}
    for change in changes:
        owner = owner_address(change.address)
        owners[owner] = owners.get(owner, False) or any(f.get("location") for f in (change.want, change.before))
    found = {}
    for owner, said in owners.items():
        kind, _, key = owner.partition("/")
        current = None if said or kind == "location" else get(kind, key)
        if current is not None and (place := current.fields.get("location")):
            found[owner] = str(place)
    return found


def _proposal(root: Path, evaluation: Evaluation, changes: list[Change]) -> Proposal:
    @cache
    def earlier() -> EarlierProtection:
        from reconciler.repository.local import protection

        return protection.earlier(root)

    set_aside = {finding.address for finding in evaluation.aside}
    all_of_it, there = evaluation.population or evaluation.managed, evaluation.described
    if set_aside:
        known = all_of_it
        all_of_it = Managed(known.count + len(set_aside), lambda: {*known.addresses(), *set_aside})
    return Proposal(
        changes,
        evaluation.tenant.model_dump(exclude_unset=True),
        all_of_it,
        evaluation.gaps,
        cache(evaluation.get),
        evaluation.me,
        (lambda: {*there(), *set_aside}) if there else None,
        earlier,
        lambda claim: evaluation.held.get(claim, ""),
        callbacks=evaluation.callbacks,
        alias=evaluation.alias,
        fits=evaluation.fits,
        referred=referring.gathered(root, evaluation.tenant.org.id, changes, evaluation.get, evaluation.read),
    )


def safe(plan: Plan, settings: Mapping[str, Any]) -> Plan:
    """The part of a plan that destroys nothing, can be taken back, and rests on nothing that is left out: a plan of its
    own, to be looked at and approved by its own digest. What nobody can tell or is set aside stays in it, as said.
    `settings` is tenant.yaml as it was set."""
    apart = plan.left_out
    kept, before = [change for change in plan.changes if change.address not in apart], -1
    found: list[Finding] = []
    while len(kept) != before:
        before = len(kept)
        addresses = safe_part(kept, operations(kept))
        kept = [change for change in kept if change.address in addresses]
        # what was left out may have been what made the rest possible
        judged = guards.judged(Proposal(kept, settings, Managed(plan.managed)), plan.overrides)
        kept, found = list(judged.changes), judged.findings
    found += _standing(plan, {change.address for change in kept}, found)
    left = [change for change in plan.changes if change.address in apart]
    return replace(
        plan,
        changes=sorted([*kept, *left], key=lambda change: change.address),
        operations=operations(kept),
        findings=found,
        overrides=sorted({finding.override for finding in found if finding.lifted}),
        scope={**plan.scope, "only": ["safe"]},
        made_at="",
        budget=None,
    )


def _standing(plan: Plan, kept: set[str], found: list[Finding]) -> list[Finding]:
    """What leaving changes out does not settle: findings about the plan as a whole, and what was lifted for a change
    that is kept, which without the tenant at hand may not be found again."""
    about, again = {change.address for change in plan.changes}, {(one.address, one.rule, one.override) for one in found}
    return [
        finding
        for finding in plan.findings
        if (finding.address not in about or finding.aside or (finding.lifted and finding.address in kept))
        and (finding.address, finding.rule, finding.override) not in again
    ]


def refuse_own_admin(plan: Plan, me: frozenset[str]) -> None:
    """RefusedError where a plan would lock out the person whose token it is to be applied with."""
    for finding in own_admin.findings((change for change in plan.changes if not change.blocked), me):
        raise RefusedError(
            "this plan would lock out the admin whose token is used, so nothing is applied",
            where=finding.address,
            why=finding.why,
            do=f"{finding.do}; nothing else lifts this",
        )
