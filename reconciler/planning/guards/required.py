"""`require` in desired/tenant.yaml: these resources are described, there, and able to call, after every plan.

As with `protect`, an entry that is taken out counts until the change after the one that took it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.address import split_address
from reconciler.model.plan import Finding
from reconciler.model.text import folded, normal
from reconciler.planning.guards.proposal import Proposal
from reconciler.planning.guards.protected import entry_for
from reconciler.planning.taking import Loss

_TENANT = "desired/tenant.yaml"


def check(proposal: Proposal) -> Iterator[Finding]:
    now = dict.fromkeys(proposal.settings.get("require", ()), _TENANT)
    for change, what in proposal.taking:
        if what is not Loss.PLACE:
            entries = {**proposal.earlier().require, **now}
            if entry := entry_for(change, entries):
                yield _finding(change.address, f"{entries[entry]} requires {entry}: it is not {what}")
    yield from _undescribed(now, proposal)


def _undescribed(now: dict[str, str], proposal: Proposal) -> Iterator[Finding]:
    """What desired leaves out or wants gone. What it does describe is there, or this plan makes it."""
    if not now or proposal.described is None:
        return
    described = {address.casefold() for address in proposal.described()}
    described |= _by_alias(now, described, proposal)
    told = {change.address.casefold() for change in proposal.changes if change.action == "delete"}
    for entry in sorted(now):
        if entry.casefold() not in described | told:
            yield _finding(entry, f"{_TENANT} requires {entry}, and no desired file describes it as being there")


def _by_alias(entries: Iterable[str], described: set[str], proposal: Proposal) -> set[str]:
    """The entries that name somebody who is described under another name."""
    found = set()
    for entry in entries:
        kind, key = split_address(normal(entry))
        primary = proposal.alias(kind, folded(key))
        if primary and f"{kind}/{primary}".casefold() in described:
            found.add(entry.casefold())
    return found


def _finding(address: str, why: str) -> Finding:
    do = "describe it, or take it from `require` in a change of its own"
    return Finding("required", address, why, do, f"required:{address}")
