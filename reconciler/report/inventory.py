"""One view model of an inventory, for the page, the terminal and JSON: counts, trends, status, insights, risk, search.

Pure: it says nothing of the clock, so that an unchanged tenant gives the same page, byte for byte.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reconciler.insights import Insight, InsightsFound, ReadableSnapshot, RiskScore
from reconciler.insights.risk import QUEUE
from reconciler.model.snapshot import keys_of
from reconciler.model.wording import counted, noun_of, number
from reconciler.report.inventory_resources import ResourceGroup, resource_groups, search_rows

#: Insights of one rule that are listed; the rest is counted. All of them are in `reconcile insights`.
HITS = 50
#: Locations and queues in the tables of risk.
RISKS = 25
SPARK_WIDTH, SPARK_HEIGHT = 96, 20
#: Kinds worth a tile at the top, in this order, where they were read.
_TILES = ("person", "workspace", "location", "number", "hunt_group", "call_queue", "auto_attendant", "device")


@dataclass(frozen=True)
class InventoryReport:
    """What a report is made of. `statuses` are rows as `Status.to_json` gives them; `earlier` counts by kind of earlier
    snapshots, oldest first; `requests` the API behind each kind; `taken` when the tenant was first read as it is here;
    `tables` where all rows lie as tables, or empty."""

    org: Mapping[str, str]
    snapshot: ReadableSnapshot
    kinds: Sequence[str]
    statuses: Sequence[Mapping[str, Any]]
    judged: InsightsFound
    earlier: Sequence[Mapping[str, int]] = ()
    requests: Mapping[str, str] | None = None
    docs: Mapping[str, str] | None = None
    fingerprint: str = ""
    taken: str = ""
    tables: str = ""


@dataclass(frozen=True)
class Tile:
    """One number at the top."""

    label: str
    count: str
    change: str


@dataclass(frozen=True)
class ArtefactRow:
    """What came of reading one artefact: how many there are and were, and why some could not be read.

    `spark` are the points of a line through the earlier counts and this one, `trend` the same in words.
    """

    artefact: str
    doc: str
    result: str
    count: int
    change: str
    spark: str
    trend: str
    not_entitled: int
    failed: int
    why: str
    scope: str
    request: str

    @property
    def bad(self) -> bool:
        return self.result != "ok"


@dataclass(frozen=True)
class RuleGroup:
    """Everything that one rule found."""

    rule: str
    severity: str
    title: str
    why: str
    fix: str
    count: int
    hits: tuple[Insight, ...]
    more: str


@dataclass(frozen=True)
class SeverityCount:
    severity: str
    word: str
    count: int


@dataclass(frozen=True)
class RiskRow:
    address: str
    score: float
    band: str
    what: str


@dataclass(frozen=True)
class InventoryView:
    title: str
    org_id: str
    fingerprint: str
    taken: str
    verdict: str
    complete: bool
    tiles: tuple[Tile, ...]
    artefacts: tuple[ArtefactRow, ...]
    compared: str
    severities: tuple[SeverityCount, ...]
    groups: tuple[RuleGroup, ...]
    silent: str
    locations: tuple[RiskRow, ...]
    queues: tuple[RiskRow, ...]
    risk_note: str
    resources: tuple[ResourceGroup, ...]
    search: tuple[tuple[str, ...], ...]
    search_note: str

    @property
    def nothing(self) -> str:
        """What is said where there are no insights."""
        return "nothing found" if self.complete else "nothing found in what was read"

    @property
    def failures(self) -> tuple[ArtefactRow, ...]:
        return tuple(row for row in self.artefacts if row.bad)


def inventory_view(inventory: InventoryReport) -> InventoryView:
    judged = inventory.judged
    artefacts = tuple(_artefact(row, inventory) for row in inventory.statuses)
    groups = resource_groups(inventory.snapshot, inventory.kinds, inventory.tables)
    search, search_note = search_rows(inventory.snapshot, inventory.kinds)
    locations = [risk for risk in judged.risk if not risk.address.startswith(f"{QUEUE}/")]
    queues = [risk for risk in judged.risk if risk.address.startswith(f"{QUEUE}/")]
    failed = sum(row.bad for row in artefacts)
    return InventoryView(
        title=f"Inventory of {inventory.org.get('name') or inventory.org.get('id') or 'the tenant'}",
        org_id=inventory.org.get("id", ""),
        fingerprint=inventory.fingerprint[:12],
        taken=inventory.taken,
        verdict=_verdict(len(artefacts), failed, judged),
        complete=not failed,
        tiles=tuple(_tile(kind, inventory) for kind in _TILES if _known(kind, inventory)),
        artefacts=artefacts,
        compared=_compared(inventory.earlier),
        severities=tuple(SeverityCount(s, severity_word(s, count), count) for s, count in judged.counts.items()),
        groups=tuple(_groups(judged.insights)),
        silent=_silent(judged),
        locations=tuple(_risk(risk) for risk in locations[:RISKS]),
        queues=tuple(_risk(risk) for risk in queues[:RISKS]),
        risk_note=_risk_note(len(locations), len(queues)),
        resources=groups,
        search=search,
        search_note=search_note,
    )


def _verdict(artefacts: int, failed: int, judged: InsightsFound) -> str:
    read = f"{counted(artefacts - failed, 'list')} read in full"
    read += f", {number(failed)} not" if failed else ""
    counts = judged.counts
    bad = [f"{number(count)} {severity_word(s, count)}" for s, count in counts.items() if count and s != "info"]
    if not judged.insights:
        return f"{read}. Nothing found that needs attention{' in what was read' if failed else ''}."
    if not bad:
        return f"{read}. Nothing but remarks: {number(counts['info'])}."
    return f"{read}. To look at: {', '.join(bad)}."


def severity_word(severity: str, count: int) -> str:
    """`3 warnings`, `1 warning`, `3 serious`."""
    return "warnings" if severity == "warning" and count != 1 else severity


def _known(kind: str, inventory: InventoryReport) -> bool:
    """Whether a count can be told: none of what could not be read is not nothing."""
    snapshot = inventory.snapshot
    return kind in inventory.kinds and bool(snapshot.keys(kind) or not snapshot.incomplete(kind))


def _tile(kind: str, inventory: InventoryReport) -> Tile:
    count = len(keys_of(inventory.snapshot, kind))
    return Tile(noun_of(count, kind), number(count), _change(_past(kind, inventory), count))


def _artefact(status: Mapping[str, Any], inventory: InventoryReport) -> ArtefactRow:
    name, count = str(status["artefact"]), int(status.get("count") or 0)
    past = _past(name, inventory)
    return ArtefactRow(
        artefact=name,
        doc=(inventory.docs or {}).get(name, "").replace("`", ""),
        result=str(status["result"]),
        count=count,
        change=_change(past, count),
        spark=sparkline([*past, count]) if past else "",
        trend=" → ".join(map(number, [*past, count])) if past else "",
        not_entitled=int(status.get("not_entitled") or 0),
        failed=int(status.get("failed") or 0),
        why=str(status.get("why") or ""),
        scope=str(status.get("scope") or ""),
        request=(inventory.requests or {}).get(name, ""),
    )


def _past(kind: str, inventory: InventoryReport) -> list[int]:
    return [earlier[kind] for earlier in inventory.earlier if kind in earlier]


def _change(past: Sequence[int], count: int) -> str:
    return "" if not past or past[-1] == count else f"{count - past[-1]:+,}"


def sparkline(values: Sequence[int]) -> str:
    """The points of an SVG polyline over these counts, drawn from the least to the greatest of them."""
    low, high = min(values), max(values)
    step = SPARK_WIDTH / max(len(values) - 1, 1)
    span = high - low

    def y(value: int) -> float:
        return SPARK_HEIGHT / 2 if not span else SPARK_HEIGHT - 2 - (value - low) / span * (SPARK_HEIGHT - 4)

    return " ".join(f"{index * step:.1f},{y(value):.1f}" for index, value in enumerate(values))


def _compared(earlier: Sequence[Mapping[str, int]]) -> str:
    if not earlier:
        return "There is no earlier snapshot to compare with."
    if len(earlier) == 1:
        return "Compared with the snapshot before this one."
    return f"Compared with the last of {number(len(earlier))} earlier snapshots; the line shows all of them."


def _groups(insights: Iterable[Insight]) -> list[RuleGroup]:
    """By severity and rule, as they are sorted already."""
    found: dict[str, list[Insight]] = {}
    for insight in insights:
        found.setdefault(insight.rule, []).append(insight)
    return [
        RuleGroup(
            rule=rule,
            severity=hits[0].severity,
            title=hits[0].title,
            why=hits[0].why,
            fix=hits[0].fix,
            count=len(hits),
            hits=tuple(hits[:HITS]),
            more=f"and {number(len(hits) - HITS)} more: reconcile insights -o json" if len(hits) > HITS else "",
        )
        for rule, hits in found.items()
    ]


def _silent(judged: InsightsFound) -> str:
    if not judged.silent:
        return ""
    lacking = sorted({kind for kinds in judged.silent.values() for kind in kinds})
    rules = f"{number(len(judged.silent))} of {counted(len(judged.rules), 'rule')}"
    return f"{rules} had nothing to go by, because these were not read in full: {', '.join(lacking)}."


def _risk(risk: RiskScore) -> RiskRow:
    band = "high" if risk.score >= 50 else "medium" if risk.score >= 20 else "low"
    parts = [f"{number(count)} {severity_word(s, count)}" for s, count in risk.counts.items() if count]
    return RiskRow(risk.address, risk.score, band, ", ".join(parts) or "nothing found")


def _risk_note(locations: int, queues: int) -> str:
    note = "0 is nothing found; 100 is never quite reached. Critical findings weigh 40, serious 15, warnings 5, info 1."
    if locations > RISKS or queues > RISKS:
        note += f" The {RISKS} riskiest of {counted(locations, 'location')} and {counted(queues, 'queue')} are shown."
    return note
