"""Named safety rules, outside the desired resources, so that removing a block does not lift its protection.

A rule is a function `Proposal -> findings` in a file of its own; a finding blocks its change, or the whole plan where
it is about no change of it, and the plan is printed all the same. Some can be lifted, each by its name; what the API
cannot do and what would lock everybody out cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from reconciler.model.plan import Change, Finding
from reconciler.planning import isolation
from reconciler.planning.guards import (
    aliases,
    bounds,
    callbacks,
    carried,
    carriers,
    changed_key,
    chosen_callbacks,
    circles,
    complete,
    connections,
    contradiction,
    extensions,
    identity,
    licenses,
    limits,
    members,
    number_lengths,
    numbers,
    overrides,
    own_admin,
    places,
    prefixes,
    professional,
    protected,
    referred,
    required,
    secrets,
    still_used,
)
from reconciler.planning.guards.proposal import Population, Proposal

__all__ = ["Judged", "Population", "Proposal", "judge", "judged", "warnings"]

Rule = Callable[[Proposal], Iterable[Finding]]
#: In this order; each sees what the ones before left open, so that what is blocked anyway is not counted by the last.
_RULES = (
    secrets.check,
    aliases.check,
    own_admin.check,
    identity.check,
    protected.check,
    required.check,
    complete.check,
    still_used.check,
    changed_key.check,
    carried.check,
    contradiction.check,
    circles.check,
    places.check,
    carriers.check,
    connections.check,
    number_lengths.check,
    numbers.check,
    professional.check,
    extensions.check,
    members.check,
    prefixes.check,
    bounds.check,
    licenses.check,
    chosen_callbacks.check,
    callbacks.check,
    limits.check,
)
#: What is told of a change and blocks nothing.
_WARNINGS = (callbacks.warnings, numbers.warnings, bounds.warnings, referred.warnings)


@dataclass(frozen=True)
class Judged:
    """The changes as the rules leave them, blocked where they object, and what they object to."""

    changes: Sequence[Change]
    findings: list[Finding]


def judge(proposal: Proposal, lift: Collection[str] = (), *, isolate: bool = False) -> Judged:
    """What the rules object to. `lift` are names of findings that block nothing: UsageError where such a name is none
    of this plan's. `isolate`: what is refused is set aside, with all that rests on it."""
    found = _isolated(proposal, lift) if isolate else judged(proposal, lift)
    overrides.refuse_idle(lift, found.findings)
    return found


def _isolated(proposal: Proposal, lift: Collection[str]) -> Judged:
    """What is left is judged again, because what was set aside may have been what made it possible. Limits are no fault
    of an entry: they hold for what is left, counted over everything that is managed."""
    every, found = {change.address: change for change in proposal.changes}, list[Finding]()
    rest, before = proposal, -1
    while len(rest.changes) != before:
        before = len(rest.changes)
        one = judged(rest, lift, _RULES[:-1])
        every |= {change.address: change for change in one.changes}
        resting = isolation.resting(every.values())
        every |= {address: every[address].stopped(_rests_on(other)) for address, other in resting.items()}
        found += [*one.findings, *(_resting(address, other) for address, other in resting.items())]
        rest = replace(proposal, changes=[change for change in every.values() if not change.blocked])
    found = [replace(one, aside=one.address in every and not one.lifted and one.rule != complete.RULE) for one in found]
    last = judged(rest, lift, _RULES[-1:])
    every |= {change.address: change for change in last.changes}
    once = {(one.address, one.rule, one.override): one for one in reversed([*found, *last.findings])}
    return Judged(list(every.values()), sorted(once.values(), key=_order))


def _rests_on(other: str) -> str:
    return f"{isolation.RULE}: rests on {other}, which is set aside"


def _resting(address: str, other: str) -> Finding:
    return Finding(isolation.RULE, address, f"rests on {other}, which is set aside", f"resolve what is said of {other}")


def judged(proposal: Proposal, lift: Collection[str] = (), rules: tuple[Rule, ...] | None = None) -> Judged:
    """As `judge`, but names that lift nothing are let pass. `rules`: only these."""
    changes, still = proposal.changes, proposal.open()
    found = [
        Finding("refused", change.address, change.blocked, "change or remove what the desired state asks for")
        for change in changes
        if change.blocked
    ]
    for rule in _RULES if rules is None else rules:
        if told := [replace(one, lifted=one.override in lift) for one in rule(still)]:
            changes = _after(changes, told)
            still = replace(proposal, changes=changes).open()
            found += told
    return Judged(changes, sorted(found, key=_order))


def _after(changes: Sequence[Change], told: Collection[Finding]) -> list[Change]:
    """The changes after what one rule objects to."""
    hidden = {finding.address for finding in told if finding.rule == secrets.RULE}
    stops = {finding.address: f"{finding.rule}: {finding.why}" for finding in told if not finding.lifted}
    shown = [secrets.masked(change) if change.address in hidden else change for change in changes]
    return [change.stopped(stops[change.address]) if change.address in stops else change for change in shown]


def _order(finding: Finding) -> tuple[str, str, str]:
    return finding.address, finding.rule, finding.override


def warnings(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """(address of a change, what to know about it) of those that are not blocked."""
    still = proposal.open()
    for rule in _WARNINGS:
        yield from rule(still)
