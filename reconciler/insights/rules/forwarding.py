"""Forwarding that ends nowhere, goes round in a circle, or leaves the tenant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from reconciler.insights.directory import DIALABLE, Directory
from reconciler.insights.facts import TenantFacts
from reconciler.insights.forwards import Forward, forwards
from reconciler.insights.rule import Hit, Rule

_ALL = (*DIALABLE, "number", "location")


def _nobody(facts: TenantFacts) -> Iterator[Hit]:
    for one in facts.derived(forwards):
        if facts.derived(Directory).reach(one.destination, one.place).where == "nobody":
            yield Hit(one.address, f"{one.when} go to {one.destination}, which nobody has", one.place)


def _outside(facts: TenantFacts) -> Iterator[Hit]:
    return _leaving(facts, abroad=False)


def _abroad(facts: TenantFacts) -> Iterator[Hit]:
    return _leaving(facts, abroad=True)


def _leaving(facts: TenantFacts, *, abroad: bool) -> Iterator[Hit]:
    countries = {one.key: (one.fields.get("address") or {}).get("country") for one in facts.all("location")}
    for one in facts.derived(forwards):
        reach = facts.derived(Directory).reach(one.destination, one.place)
        home = countries.get(one.place)
        if reach.where == "outside" and abroad == bool(reach.country and home and reach.country != home):
            where = f" ({reach.country})" if abroad else ""
            yield Hit(one.address, f"{one.when} go to {one.destination}{where}, outside the tenant", one.place)


def _loops(facts: TenantFacts) -> Iterator[Hit]:
    return _hits(_circles(facts, always=True), "all calls go round")


def _circles_sometimes(facts: TenantFacts) -> Iterator[Hit]:
    """Circles in which somebody forwards only when busy or when there is no answer."""
    always = {frozenset(path) for path, _ in _circles(facts, always=True)}
    found = [(path, place) for path, place in _circles(facts, always=False) if frozenset(path) not in always]
    return _hits(found, "unanswered calls go round")


def _hits(circles: Iterable[tuple[list[str], str]], words: str) -> Iterator[Hit]:
    for path, place in circles:
        shown = path if len(path) <= 8 else [*path[:4], "…", *path[-3:]]
        yield Hit(path[0], f"{words}: {' → '.join([*shown, path[0]])}", place)


def _circles(facts: TenantFacts, *, always: bool) -> list[tuple[list[str], str]]:
    """Circles, each once, from its first address on, with the location of that. What a caller chooses by a key, and
    what goes to several, is no circle."""
    after: dict[str, list[Forward]] = defaultdict(list)
    for one in facts.derived(forwards):
        if not one.chosen and (one.always or not always):
            after[one.address].append(one)
    edges: dict[str, list[str]] = {}
    for address, found in sorted(after.items()):
        first = [one for one in found if one.always] or found  # who forwards always never comes to the others
        reached = [facts.derived(Directory).reach(one.destination, one.place) for one in first]
        edges[address] = sorted({to for reach in reached if len(reach.addresses) == 1 for to in reach.addresses})
    places = {address: found[0].place for address, found in after.items()}
    return [(path, places[path[0]]) for path in _paths(edges)]


def _paths(edges: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """One circle for every address that closes one, none twice, in time linear in the edges."""
    state: dict[str, int] = {}  # 1: on the way, 2: done
    for start in edges:
        if start in state:
            continue
        way, pending = [start], [iter(edges[start])]
        state[start] = 1
        while way:
            to = next(pending[-1], None)
            if to is None:
                state[way.pop()] = 2
                pending.pop()
            elif state.get(to) == 1:
                circle = way[way.index(to) :]
                least = circle.index(min(circle))
                yield circle[least:] + circle[:least]
            elif to in edges and to not in state:
                state[to] = 1
                way.append(to)
                pending.append(iter(edges[to]))


RULES = (
    Rule(
        id="forwarding-to-nobody",
        severity="serious",
        title="Calls forwarded to nobody",
        why="The caller hears that the number does not exist, and whoever forwards does not know.",
        fix="Correct the destination, give it to somebody, or switch it off.",
        proven=_ALL,
        check=_nobody,
    ),
    Rule(
        id="forwarding-loop",
        severity="serious",
        title="Calls forwarded in a loop",
        why="Nobody in the loop can ever answer: the call goes round until the network drops it.",
        fix="Let one of them forward to somebody who answers, or not at all.",
        needs=("person", "location"),
        check=_loops,
    ),
    Rule(
        id="forwarding-circle",
        severity="warning",
        title="Unanswered calls forwarded in a circle",
        why="When nobody answers, the caller goes round instead of reaching a voicemail or an operator.",
        fix="Let one of them forward to an attendant, a hunt group or voicemail.",
        needs=("person", "location"),
        check=_circles_sometimes,
    ),
    Rule(
        id="forwarding-outside",
        severity="warning",
        title="Calls forwarded to outside the tenant",
        why="Every such call is paid for by the tenant; forwarding to outside is the usual trace of toll fraud.",
        fix="Ask who set it and what for; else switch it off, and block forwarding in outgoing_permissions.",
        proven=("number",),
        needs=("person", "location"),
        check=_outside,
    ),
    Rule(
        id="forwarding-abroad",
        severity="serious",
        title="Calls forwarded to another country",
        why="International minutes at the tenant's cost, day and night: toll fraud until proven otherwise.",
        fix="Switch it off now, ask afterwards; block INTERNATIONAL with transfer: false where nobody needs it.",
        proven=("number",),
        needs=("person", "location"),
        check=_abroad,
    ),
)
