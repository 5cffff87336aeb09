"""Named safety rules, outside the desired resources, so that removing a block does not lift its protection.

A rule is a function `Proposal -> findings` in a file of its own; a finding blocks its change, or the whole plan where
it is about no change of it, and the plan is printed all the same. Some can be lifted, each by its name; what the API
cannot do and what would lock everybody out cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from reconciler.model.plan import Finding
from reconciler.planning import isolation
from reconciler.planning.guards import (
    aliases,
    bounds,
    callbacks,
    carried,
    carriers,
    changed_key,
    circles,
    complete,
    connections,
    contradiction,
    extensions,
    identity,
    licenses,
    limits,
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
from reconciler.planning.guards.proposal import Managed, Proposal

__all__ = ["Managed", "Proposal", "findings", "isolated", "judged", "warnings"]

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
    prefixes.check,
    bounds.check,
    licenses.check,
    callbacks.check,
    limits.check,
)
#: What is told of a change and blocks nothing.
_WARNINGS = (callbacks.warnings, numbers.warnings, bounds.warnings, referred.warnings)


def findings(proposal: Proposal, lift: Collection[str] = ()) -> list[Finding]:
    """What the rules object to; the changes concerned are marked as blocked. `lift` are names of findings that block
    nothing: UsageError where such a name is none of this plan's."""
    found = judged(proposal, lift)
    overrides.refuse_idle(lift, found)
    return found


def isolated(proposal: Proposal, lift: Collection[str] = ()) -> list[Finding]:
    """As `findings`, with everything that is refused set aside, and all that rests on it; what is left is judged again,
    because what was set aside may have been what made it possible. Limits are no fault of an entry: they hold for what
    is left, counted over everything that is managed."""
    found: list[Finding] = []
    rest, before = proposal, -1
    while len(rest.changes) != before:
        before = len(rest.changes)
        found += judged(rest, lift, _RULES[:-1])
        found += _resting(proposal)
        rest = rest.open()
    about = {change.address for change in proposal.changes}
    for finding in found:
        finding.aside = finding.address in about and not finding.lifted and finding.rule != complete.RULE
    found += judged(rest, lift, _RULES[-1:])
    overrides.refuse_idle(lift, found)
    once = {(finding.address, finding.rule, finding.override): finding for finding in reversed(found)}
    return sorted(once.values(), key=_order)


def _resting(proposal: Proposal) -> list[Finding]:
    by_address = {change.address: change for change in proposal.changes}
    found = []
    for address, other in isolation.resting(proposal.changes).items():
        why = f"rests on {other}, which is set aside"
        by_address[address].blocked = f"{isolation.RULE}: {why}"
        found.append(Finding(isolation.RULE, address, why, f"resolve what is said of {other}"))
    return found


def judged(proposal: Proposal, lift: Collection[str] = (), rules: tuple[Rule, ...] | None = None) -> list[Finding]:
    """As `findings`, but names that lift nothing are let pass. `rules`: only these."""
    found = [
        Finding("refused", change.address, change.blocked, "change or remove what the desired state asks for")
        for change in proposal.changes
        if change.blocked
    ]
    by_address = {change.address: change for change in proposal.changes}
    for rule in _RULES if rules is None else rules:
        for finding in rule(proposal.open()):
            found.append(finding)
            finding.lifted = finding.override in lift
            if not finding.lifted and finding.address in by_address:
                by_address[finding.address].blocked = f"{finding.rule}: {finding.why}"
    return sorted(found, key=_order)


def _order(finding: Finding) -> tuple[str, str, str]:
    return finding.address, finding.rule, finding.override


def warnings(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """(address of a change, what to know about it) of those that are not blocked."""
    for rule in _WARNINGS:
        yield from rule(proposal.open())
