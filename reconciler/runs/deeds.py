"""What a run did, address by address, as its journal has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from reconciler.kinds import kind as kind_named
from reconciler.kinds import sections_of
from reconciler.kinds.contract.kind import Kind
from reconciler.model.address import owner_address, split_address
from reconciler.model.desired import Wanted
from reconciler.model.outcome import BAD, Verdict
from reconciler.model.plan import Change
from reconciler.model.snapshot import Fields
from reconciler.planning.diff import covers
from reconciler.planning.renames import Renames, key_there, new_key, rewritten
from reconciler.planning.taking import loses_calling
from reconciler.runs.known import Run


@dataclass
class Deed:
    """What a run did to one address: first pre-image and last value of each field, and the line of its first intent.
    `also` are fields that changed beside what was asked for; `half` is what a create that failed left behind, as it
    was read then: remote id and fields. `lost`: it is a section that went with a move or with the calling,
    `unasked`: and nothing else was done to it. `uncertain`: it is a create of which nobody knows what came of it."""

    address: str
    action: str
    line: int
    want: Fields = field(default_factory=dict)
    before: Fields = field(default_factory=dict)
    also: list[str] = field(default_factory=list)
    half: tuple[str, Fields] | None = None
    lost: bool = False
    unasked: bool = False
    uncertain: bool = False

    @property
    def kind(self) -> Kind:
        return kind_named(split_address(self.address)[0])

    @property
    def name_before(self) -> str:
        """The key that it had before it was renamed; empty where it was not."""
        names = {name: self.before[name] for name in self.kind.key_fields if name in self.want and name in self.before}
        return new_key(self.kind.name, split_address(self.address)[1], names) if self.action == "update" else ""


def deeds(run: Run) -> dict[str, Deed]:
    """What the run set out to do in the tenant, by address, as its journal has it."""
    before = {change.address: change.before for change in run.plan.changes}
    found: dict[str, Deed] = {}
    for intent in run.intents():
        deed = found.setdefault(intent.address, Deed(intent.address, intent.action, intent.line))
        deed.want |= intent.want
        # The plan's pre-image where it has one: a move in the same run may have lost the value before this write.
        first = {name: before.get(intent.address, {}).get(name, value) for name, value in intent.before.items()}
        deed.before = {**first, **deed.before}
    for deed in found.values():
        deed.uncertain = deed.action == "create"
    for outcome in run.standing.last.values():
        if outcome.address in found:
            deed = found[outcome.address]
            deed.also += outcome.also
            deed.uncertain &= outcome.verdict in (Verdict.UNKNOWN, Verdict.CONVERGING)
            if deed.action == "create" and outcome.verdict in BAD and outcome.id and outcome.read.get("after"):
                deed.half = outcome.id, outcome.read["after"]
    for owner in _bared(run, found):
        _taken_along(owner, run.standing.whole[owner].parts, found)
    return found


def renamed(found: Mapping[str, Deed]) -> list[Wanted]:
    """What the run renamed, as what was called by the new name and is to have the old one again."""
    names = {one: new_key(*split_address(one), deed.want) for one, deed in found.items() if deed.action == "update"}
    return [Wanted(*split_address(one), {}, "", found[one].line, was=name) for one, name in names.items() if name]


def by_new_names(found: dict[str, Deed], renames: Renames) -> dict[str, Deed]:
    """The same under the names that the tenant has since the run."""
    return {one.address: one for one in (_by_new_names(deed, renames.there) for deed in found.values())}


def _by_new_names(deed: Deed, names: Mapping[str, str]) -> Deed:
    owner, key = split_address(owner_address(deed.address))
    want, before = (rewritten(deed.kind, side, names) for side in (deed.want, deed.before))
    return replace(deed, address=f"{deed.kind.name}/{key_there(owner, key, names)}", want=want, before=before)


def _bared(run: Run, found: dict[str, Deed]) -> Iterator[str]:
    """Who was moved, or lost calling, and was read whole before."""
    steps = ((o, member.address) for o in run.plan.operations for member in o.members)
    for operation, address in steps:
        bares = kind_named(operation.kind).calls.bares
        if bares and address in found and address in run.standing.whole and bares(operation):
            yield address


def _taken_along(owner: str, whole: Mapping[str, Fields | None], found: dict[str, Deed]) -> None:
    """What went with a move or with the calling licence, though nobody asked for it: it was there before, and is as if
    it had been cleared."""
    own, (name, key) = found[owner], split_address(owner)
    had = whole.get(owner) or {}
    if loses_calling(Change(owner, name, key, "update", "", want=own.want, before=own.before)) and had.get("location"):
        own.before.setdefault("location", had["location"])
        own.want.setdefault("location", None)
    for section in sections_of(name).values():
        address = f"{section.name}/{key}"
        before, bare = whole.get(address), section.cleared
        if before is None or bare is None:
            continue
        if address not in found and section.inherits and covers(before, bare):
            continue  # there was nothing of its own to lose
        deed = found.setdefault(address, Deed(address, "update", own.line, unasked=True))
        deed.want = {**bare, **deed.want}
        deed.before = {**before, **deed.before}
        deed.lost = True
