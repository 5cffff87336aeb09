"""What a run did, address by address, as its journal has it."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.kinds import kind as kind_named
from reconciler.kinds._kind import Kind
from reconciler.model.address import split_address
from reconciler.model.outcome import BAD
from reconciler.model.snapshot import Fields
from reconciler.runs.known import Run


@dataclass
class Deed:
    """What a run did to one address: first pre-image and last value of each field, and the line of its first intent.
    `also` are fields that changed beside what was asked for; `half` is what a create that failed left behind, as it
    was read then: remote id and fields."""

    address: str
    action: str
    line: int
    want: Fields = field(default_factory=dict)
    before: Fields = field(default_factory=dict)
    also: list[str] = field(default_factory=list)
    half: tuple[str, Fields] | None = None

    @property
    def kind(self) -> Kind:
        return kind_named(split_address(self.address)[0])


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
    for outcome in run.standing.last.values():
        if outcome.address in found:
            deed = found[outcome.address]
            deed.also += outcome.also
            if deed.action == "create" and outcome.verdict in BAD and outcome.id and outcome.read.get("after"):
                deed.half = outcome.id, outcome.read["after"]
    return found
