"""The plan: from what is described and what is known to ordered operations. There is one way to it, whoever says what
is known (facts.py): guards first, so that what they block has no operation; then who waits for whom, what takes a word
of its own, the order, and what it costs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import cache, partial
from operator import attrgetter
from typing import Any

from reconciler.model.address import owner_address
from reconciler.model.claims import in_turn
from reconciler.model.plan import Change, Plan, amended
from reconciler.model.selection import Selection
from reconciler.model.snapshot import Current
from reconciler.planning import guards, write_scopes
from reconciler.planning.consent import ConsentFacts, explicit
from reconciler.planning.estimate import budgeted
from reconciler.planning.facts import Described, Facts
from reconciler.planning.guards import Population, Proposal, callbacks, licenses
from reconciler.planning.order import operations
from reconciler.planning.parking import reserved
from reconciler.planning.referring import gathered
from reconciler.planning.reversal import irreversible
from reconciler.repository import provenance
from reconciler.repository.local import protection


def make(wanted: Described, facts: Facts, selection: Selection, lift: Collection[str] = ()) -> Plan:
    """The plan. `lift` are findings that block nothing, by name; UsageError where there is none of that name."""
    proposal = _proposal(wanted, facts)
    judged = guards.judge(proposal, lift, isolate=selection.isolate)
    changes = _noted(judged.changes, guards.warnings(replace(proposal, changes=judged.changes)))
    changes = _in_turn(changes, facts)
    aside = [finding for finding in wanted.aside if selection.takes(finding.address)]
    touched = {owner_address(change.address) for change in changes}
    if selection.to_json():
        touched &= set(facts.managed.addresses())
    count = facts.managed.count
    plan = Plan(
        org_id=wanted.tenant.org.id,
        org_name=wanted.tenant.org.name,
        commit=provenance.commit(wanted.root),
        desired=wanted.fingerprint,
        changes=changes,
        operations=wanted.arranged(operations(changes)),
        findings=sorted([*judged.findings, *aside], key=lambda one: (one.address, one.rule, one.override)),
        same=count - len(touched),
        managed=count + len(aside),
        scope={**wanted.scope, **selection.to_json()},
        incomplete=sorted(f"{kind}: {why}" for kind, why in facts.gaps.items()),
        overrides=sorted(set(lift)),
        dropped=[] if selection.isolate else [one for one in wanted.dropped() if selection.takes(one)],
        watch=facts.watch,
        places=_places(changes, proposal.get),
    )
    notices = [*write_scopes.warnings(plan, facts.scopes), *wanted.notices, *facts.notices]
    return budgeted(wanted.root, plan.beside(notices=notices), facts.connection, facts.tally)


def _proposal(wanted: Described, facts: Facts) -> Proposal:
    set_aside, all_of_it, there = {finding.address for finding in wanted.aside}, wanted.population, wanted.there
    changes = sorted(facts.changes, key=attrgetter("address"))
    return Proposal(
        changes,
        wanted.tenant.model_dump(exclude_unset=True),
        Population(all_of_it.count + len(set_aside), lambda: {*all_of_it.addresses(), *set_aside}),
        facts.gaps,
        cache(facts.get),
        facts.me,
        (lambda: {*there(), *set_aside}) if there else None,
        cache(partial(protection.earlier, wanted.root)),
        lambda claim: facts.held.get(claim, ""),
        callbacks=facts.callbacks,
        alias=facts.alias,
        fits=facts.fits,
        uses=wanted.uses,
        resources=wanted.resources,
        referred=gathered(wanted.root, wanted.tenant.org.id, changes, facts.get, facts.read),
    )


def _noted(changes: Iterable[Change], warnings: Iterable[tuple[str, str]]) -> list[Change]:
    notes = defaultdict[str, list[str]](list)
    for address, note in warnings:
        notes[address].append(note)
    return [change.noted(notes[change.address]) if change.address in notes else change for change in changes]


def _in_turn(changes: Sequence[Change], known: Facts) -> list[Change]:
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
