"""What a selection takes of desired state and of the changes, and what only shows when changes are seen together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from reconciler.errors import UsageError
from reconciler.kinds import kind, sections_in
from reconciler.kinds.contract.marks import references
from reconciler.model.address import owner_address
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change, Finding, amended
from reconciler.model.selection import Selection
from reconciler.model.snapshot import Current
from reconciler.planning.diff import inherited

Lookup = Callable[[str, str], Current | None]
Resources = Callable[[], Sequence[Wanted]]


def selected(resources: Sequence[Wanted], selection: Selection, aside: Collection[Finding] = ()) -> set[str]:
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


def select(changes: list[Change], selection: Selection) -> list[Change]:
    """The changes in the selection and those that they rest on: a target brings its dependencies, but what is
    excluded stays out, and what rests on it is blocked."""
    if selection.whole:
        return changes
    by_address, left_out = {change.address: change for change in changes}, dict[str, dict[str, str]]()
    chosen = {change.address for change in changes if selection.takes(change.address)}
    queue = list(chosen)
    while queue:
        change = by_address[queue.pop()]
        for needed in (*change.refs, owner_address(change.address)):
            if needed in by_address and selection.leaves_out(needed) and needed != change.address:
                left_out[change.address] = {"blocked": f"needs {needed}, which --exclude leaves out"}
            elif needed in by_address and needed not in chosen:
                chosen.add(needed)
                queue.append(needed)
    return amended((change for change in changes if change.address in chosen), left_out)


def with_references(resources: list[Wanted], selection: Selection) -> list[Wanted]:
    """The resources to read for a selection: those it touches, and the desired ones that they refer to."""
    if not selection.target:
        return resources
    by_address = {wanted.address: wanted for wanted in resources}
    chosen = {wanted.address for wanted in resources if selection.touches(wanted)}
    queue = list(chosen)
    while queue:
        wanted = by_address[queue.pop()]
        parts = [(kind(wanted.kind), wanted.fields)]
        parts += [
            (section, wanted.fields[name] or {}) for name, section in sections_in(wanted.kind, wanted.fields).items()
        ]
        for part, fields in parts:
            for one in references(part, fields):
                if one.address in by_address and one.address not in chosen:
                    chosen.add(one.address)
                    queue.append(one.address)
    return [wanted for wanted in resources if wanted.address in chosen]


def chosen(changes: list[Change], resources: Resources, get: Lookup, selection: Selection) -> list[Change]:
    """What becomes of the changes of each resource: those that only show together with others beside them, and of all
    of them those in the selection. `resources` are asked for only where something concerns others than the changed."""
    return select(across(changes, resources, get), selection)


def across(changes: list[Change], resources: Resources, get: Lookup) -> list[Change]:
    """What only shows when changes are seen together with the other resources."""
    stays = dict[str, dict[str, str]]()
    carried = {address: change for change in changes for address in change.carries}
    for wanted in resources() if carried else ():
        mover = carried.get(wanted.address)
        if mover and not wanted.absent and wanted.fields.get("location") not in (None, mover.want["location"]):
            why = (
                f"{wanted.address} moves along, but {wanted.source} still describes it at "
                f"{wanted.fields['location']}: describe it at {mover.want['location']}"
            )
            stays[mover.address] = {"blocked": why}
    return inherited(amended(changes, stays), resources, get)
