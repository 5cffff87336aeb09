"""What a plan is made from without the tenant: `desired/` and the snapshot in `state/`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cache, partial
from pathlib import Path

from reconciler.model.address import owner_address
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.selection import Selection
from reconciler.planning.compare import as_renamed, not_lifted, told, without_sections
from reconciler.planning.diff import compare
from reconciler.planning.facts import Described, Facts, managed, users
from reconciler.planning.guards import Population
from reconciler.planning.incremental import renamed
from reconciler.planning.incremental.callback_numbers import callbacks, untold
from reconciler.planning.incremental.evaluating import Evaluation
from reconciler.planning.incremental.stored_holders import beside, holders
from reconciler.planning.renames import as_there, named_there
from reconciler.planning.select import chosen
from reconciler.repository import desired, store
from reconciler.repository.local import dropping
from reconciler.repository.store import StoredSnapshot


def for_plan(
    root: Path, found: Evaluation, selection: Selection, lift: Collection[str] = ()
) -> tuple[Described, Facts]:
    """What is described, and what `state/` says, where this was `found`. `lift` are findings that block nothing, by
    name: of those who say that a location is a new one."""

    @cache
    def resources() -> list[Wanted]:
        """All of desired, loaded only when something concerns resources that have no change of their own."""
        return as_there(desired.load(root, isolate=selection.isolate).resources, found.renames)

    if found.renames.there and not selection.whole:
        selection = named_there(selection, desired.load(root, isolate=selection.isolate).resources, found.renames)
    wanted = _described(root, found, resources)
    return wanted, _facts(wanted, found, resources, selection, lift)


def _described(root: Path, found: Evaluation, resources: Callable[[], list[Wanted]]) -> Described:
    return Described(
        root,
        found.tenant,
        found.fingerprint,
        Population(found.managed, lambda: {one.address for one in resources()}),
        found.aside,
        found.notices,
        lambda: {one.address for one in resources() if not one.absent},
        lambda: dropping.no_longer_described(root, resources),
        partial(users, resources),
        resources,
    )


def _facts(
    wanted: Described,
    found: Evaluation,
    resources: Callable[[], list[Wanted]],
    selection: Selection,
    lift: Collection[str],
) -> Facts:
    snapshot = store.open(wanted.root / "state", wanted.tenant.org.id)
    changes, places = _at_renamed_places(found.changes, snapshot, resources, lift)
    changes = chosen(changes, resources, snapshot.get, selection)
    created = any(change.action == "create" for change in changes)
    fits = renamed.fitting(snapshot, changes, wanted.population.addresses()) if created else {}
    return Facts(
        changes,
        managed(wanted.population, resources, selection, wanted.aside),
        get=snapshot.get,
        alias=snapshot.alias,
        gaps=found.gaps,
        held=holders(snapshot, changes),
        callbacks=callbacks(snapshot, changes),
        beside=beside(snapshot, changes),
        fits={**fits, **told(places)},
        notices=untold(changes),
    )


def _at_renamed_places(
    changes: list[Change], snapshot: StoredSnapshot, resources: Callable[[], list[Wanted]], lift: Collection[str]
) -> tuple[list[Change], dict[str, str]]:
    """These changes as they are when nobody moved to where a location only got another name; and those locations, as
    for `seen_as_renamed`."""
    missing = {one.key for one in changes if one.kind == "location" and one.action == "create"}
    places = renamed.locations(snapshot, missing, resources()) if missing else {}
    standing = not_lifted(places, lift)
    if not standing:
        return changes, places
    names = {there: name for name, there in standing.items()}
    rest = {one.address: one for one in without_sections(changes, standing)}
    for wanted in resources():
        if wanted.fields.get("location") not in standing:
            continue
        rest = {name: one for name, one in rest.items() if owner_address(name) != wanted.address}
        current = snapshot.get(wanted.kind, wanted.key)
        meant = snapshot.licenses.in_desired(wanted)
        rest |= {one.address: one for one in compare(meant, as_renamed(current, names) if current else None)}
    return sorted(rest.values(), key=lambda one: one.address), places
