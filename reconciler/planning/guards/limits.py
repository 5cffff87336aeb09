"""`limits` in desired/tenant.yaml: more deletes, updates or creates than this in a plan are a mistake until confirmed.

    limits.delete                 of everything that is managed
    manage.person.limits.delete   of people alone (a section by its own name: manage.person.forwarding.limits…)

All of them hold together, absolute and percent. Resources are counted, not their sections: someone whose forwarding and
permissions change is one update. Percent counts of what is managed, and only where `min_population` resources are,
because a percentage of few says nothing (octoDNS's lesson).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.model.address import owner_address
from reconciler.model.plan import Change, Finding
from reconciler.planning.guards.proposal import Proposal

_ACTIONS = ("create", "update", "delete")
_FEW = 10


@dataclass(frozen=True)
class _Bound:
    """One entry of `limits`: `path` is where it stands, `kind` whom it is about (empty: everybody)."""

    path: str
    kind: str
    action: str
    limit: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"limits:{self.kind}.{self.action}" if self.kind else f"limits:{self.action}"

    def takes(self, change: Change) -> bool:
        whose = change.kind if "." in self.kind else change.kind.partition(".")[0]
        return change.action == self.action and self.kind in ("", whose)


def check(proposal: Proposal) -> Iterator[Finding]:
    for bound in _bounds(proposal.settings):
        hit = [change for change in proposal.changes if bound.takes(change)]
        why, or_else = _excess(bound, len({owner_address(change.address) for change in hit}), proposal)
        if why:
            do = f"raise {bound.path} in desired/tenant.yaml for this change{or_else}"
            yield from (Finding("limits", change.address, why, do, bound.name) for change in hit)


def _bounds(settings: Mapping[str, Any]) -> Iterator[_Bound]:
    yield from (_Bound(f"limits.{a}", "", a, one) for a, one in _said(settings))
    for kind, managed in settings.get("manage", {}).items():
        yield from (_Bound(f"manage.{kind}.limits.{a}", kind, a, one) for a, one in _said(managed))


def _said(settings: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    limits = settings.get("limits") or {}
    yield from ((action, limits[action]) for action in _ACTIONS if limits.get(action))


def _excess(bound: _Bound, count: int, proposal: Proposal) -> tuple[str, str]:
    """Why it is too much, and what helps beside raising the limit; empty where it is not. A part of the plan has fewer
    resources, so it helps with a number and not with a percentage."""
    most, percent = bound.limit.get("max"), bound.limit.get("percent")
    said = f"{count} {bound.action}s" + (f" of {bound.kind}" if bound.kind else "")
    if most is not None and count > most:
        return f"{said}, more than {bound.path}.max {most}", ", or plan a part with --target"
    if percent is None:
        return "", ""
    population = _population(bound.kind, proposal)
    if population >= bound.limit.get("min_population", _FEW) and count * 100 > percent * population:
        share = count * 100 / population
        return f"{said}, {share:.1f} % of {population} managed, more than {bound.path}.percent {percent:g}", ""
    return "", ""


def _population(kind: str, proposal: Proposal) -> int:
    if not kind:
        return proposal.managed.count
    return Counter(address.partition("/")[0] for address in proposal.managed.addresses())[kind.partition(".")[0]]
