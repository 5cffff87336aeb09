"""The comparison of desired, snapshot and tenant carried out: what is read for it, and who is asked who it was.

The comparing and the matching of audit events are pure: see comparison.py and attribution.py.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from reconciler import inventory
from reconciler.drift import Drift, compare, set_unnamed_apart
from reconciler.drift.asking import attributed
from reconciler.drift.attribution import Attribution, Subjects
from reconciler.drift.comparison import Difference
from reconciler.errors import AuthError, Exit
from reconciler.inventory import watching
from reconciler.inventory.snapshot_needs import SnapshotNeeds, snapshot_needs
from reconciler.kinds.people.license import LicenseNames
from reconciler.model.desired import Wanted
from reconciler.model.remote_id import uuid_of
from reconciler.model.selection import ALL, Selection
from reconciler.model.watch import Watch
from reconciler.planning.renames import as_there, judged
from reconciler.planning.select import selected
from reconciler.repository import desired, store
from reconciler.repository.desired.files import names
from reconciler.repository.store.taken import taken
from reconciler.webex.connection import Connection, identity


@dataclass(frozen=True)
class Drifted:
    """The three-way comparison, who made each change, and since when: the snapshot's time, and how that is known."""

    drift: Drift
    by: dict[tuple[str, str], Attribution]
    org: dict[str, str]
    managed: int
    since: datetime | None
    how: str
    requests: int
    watch: Watch | None = None

    @property
    def exit_code(self) -> Exit:
        """Drift is told even where something else could not be read: a lasting gap must not hide it."""
        if self.drift.drifted or (self.watch and self.watch.new):
            return Exit.CHANGES
        return Exit.INCOMPLETE if self.drift.gaps else Exit.OK


async def drift(root: Path, connection: Connection, selection: Selection, *, everything: bool) -> Drifted:
    """See pipeline.drift."""
    tenant_settings = desired.load_tenant(root)
    org = tenant_settings.org
    watched = watching.reaches(root, tenant_settings.watch, org.id, selection)
    resources = _described(root, selection, everything, watched=watched)
    snapshot, moment = store.open(root / "state", org.id), taken(root)
    resources = as_there(resources, judged(resources, snapshot.get))
    kept = [name for name in snapshot.kinds if selection.reaches(name)]
    whole = snapshot_needs(kept, resources) if everything else SnapshotNeeds(inventory.of_desired(resources))
    whole.need.tolerant = True
    async with connection.reader() as reader:
        about = {"id": await identity(reader, org.id), "name": org.name}
        statuses = inventory.Statuses()
        live = await inventory.read(reader, whole.need, about, workers=connection.workers, statuses=statuses)
        await inventory.observe(reader, whole.artefacts, live, statuses, workers=connection.workers)
        names = await inventory.license_names(reader, resources) or LicenseNames(live.of("license"))
        doubts = {one.address: doubt for one in resources if (doubt := names.doubt(one.fields))}
        meant = [_certain(names.in_desired(one), doubts) for one in resources]
        renamed = names.since(snapshot.licenses)
        found = compare(meant, snapshot, live, whole=whole.names, renamed=renamed)
        found.differences += [_doubtful(one, doubts[one.address]) for one in resources if one.address in doubts]
        found.differences = [one for one in found.differences if selection.takes(one.address)]
        found.gaps |= whole.strange
        found.gaps |= {name: f"tenant: {why}" for name, why in live.gaps.items() if name not in found.gaps}
        set_unnamed_apart(found)
        _name_scopes(found, statuses)
        # events are asked for since the reading of what drifted; the report tells the time of all of it
        files = {one.kind if one.kind in snapshot.kinds else one.kind.partition(".")[0] for one in found.drifted}
        since = moment.earliest(files or snapshot.kinds)
        places = (snapshot.get("location", key) for key in snapshot.keys("location"))
        subjects = Subjects({place.key: uuid_of(place.id) for place in places if place is not None})
        every = resources if selection.whole or not tenant_settings.watch else _described(root, ALL, everything)
        seen = await watching.look(reader, root, tenant_settings.watch, org.id, every, selection)
        by = await attributed(reader, found.drifted, since, moment.why, subjects)
        return Drifted(found, by, about, len(resources), since, moment.how, reader.session.sent, seen)


def _certain(wanted: Wanted, doubts: Collection[str]) -> Wanted:
    """What is described, without licences of which nobody can tell which they are."""
    if wanted.address not in doubts:
        return wanted
    return replace(wanted, fields={n: v for n, v in wanted.fields.items() if n not in ("licenses", "license")})


def _doubtful(wanted: Wanted, why: str) -> Difference:
    return Difference(wanted.address, wanted.kind, wanted.key, (), source=wanted.source, why=why)


def _name_scopes(found: Drift, statuses: inventory.Statuses) -> None:
    """A refusal never says which scope is missing. AuthError where the token may see nothing of what is compared."""
    lacking = {one.artefact: one.scope for one in statuses if one.result == "forbidden" and one.scope}
    for kind in found.gaps.keys() & lacking.keys():
        found.gaps[kind] = f"{found.gaps[kind]}; the token lacks {lacking[kind]}"
    if found.gaps and not found.compared and found.gaps.keys() <= lacking.keys():
        raise AuthError(
            "the token may read nothing of what is to be compared",
            why=f"it lacks {', '.join(dict.fromkeys(lacking.values()))}",
            do="give it these scopes, and its owner an admin role that may read them",
        )


def _described(root: Path, selection: Selection, everything: bool, *, watched: bool = False) -> list[Wanted]:
    """The desired resources to compare; with `everything` there may be none, else loading says what is missing. Where
    what is selected is `watched`, nobody need describe it."""
    if everything and not names(root):
        return []
    resources = desired.load(root, references=False).resources
    if everything or watched:
        return [wanted for wanted in resources if selection.touches(wanted)]
    chosen = selected(resources, selection)
    return [wanted for wanted in resources if wanted.address in chosen]
