"""What to read in order to hold the tenant against all that a snapshot has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from reconciler.inventory.managed import Need, everything
from reconciler.kinds import managed, observed, owners, used
from reconciler.model.desired import Wanted


@dataclass
class SnapshotNeeds:
    """`need` and `artefacts` are what to read, `names` what can then be compared whole, `strange` what in the snapshot
    this version does not know."""

    need: Need = field(default_factory=lambda: Need(tolerant=True))
    artefacts: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    strange: dict[str, str] = field(default_factory=dict)


def snapshot_needs(in_snapshot: Iterable[str], resources: Iterable[Wanted]) -> SnapshotNeeds:
    """The kinds and artefacts of a snapshot, with the owners that artefacts are asked of and the kinds that are wanted
    beside them."""
    resources = list(resources)
    found = SnapshotNeeds(names=set(in_snapshot))
    found.strange = dict.fromkeys(found.names - _known(), "snapshot: this version knows no such kind")
    found.names &= _known()
    found.artefacts = sorted(found.names & observed().keys())
    described = (found.names & {owner.name for owner in owners()}) | {one.kind for one in resources}
    described |= {observed()[name].of for name in found.artefacts} & managed().keys()
    if described:
        found.need = everything(described, used(resources))
    return found


def _known() -> set[str]:
    return {name for name in managed() if "." not in name} | set(observed())
