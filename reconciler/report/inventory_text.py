"""An inventory in a few lines for the terminal, and insights in full; colour is raw ANSI, and only ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.inert import visible
from reconciler.insights import Insight, InsightsFound
from reconciler.model.wording import counted, number
from reconciler.report.inventory import InventoryView, severity_word

_COLORS = {"critical": "35", "serious": "31", "warning": "33", "info": "36"}
#: Rules named in the summary, worst first.
_WORST = 5


def statuses_text(rows: Sequence[Mapping[str, Any]], *, every: bool) -> str:
    """What came of reading each artefact, as `Status.to_json` gives it: a line each; what there is nothing of is one
    line in all, unless `every` is wanted."""
    nothing = (row for row in rows if row["result"] == "ok" and not row["count"] and not row["not_entitled"])
    empty = [] if every else list(nothing)
    shown = [row for row in rows if row not in empty]
    width = max((len(row["artefact"]) for row in shown), default=0)
    lines = [_status(row, width) for row in shown]
    if empty:
        names = ", ".join(str(row["artefact"]) for row in empty)
        lines.append(f"{counted(len(empty), 'artefact')} with nothing: {names}")
    return "".join(f"{line}\n" for line in lines)


def _status(row: Mapping[str, Any], width: int) -> str:
    extra = [f"{number(row['not_entitled'])} not entitled"] if row["not_entitled"] else []
    if row["result"] != "ok":
        extra.append(visible(f"{row['result']}: {row['why']}"))
    return f"{row['artefact']:<{width}} {row['count']:>7,}  {', '.join(extra)}".rstrip()


def inventory_text(view: InventoryView, report: str, *, color: bool) -> str:
    """The end of an export: verdict, counts and changes, the worst findings, what is missing, where the report is."""
    lines = [_paint(visible(f"{view.title}: {view.verdict}"), "1", color)]
    tiles = [f"{row.count} {row.label}" + (f" ({row.change})" if row.change else "") for row in view.tiles]
    lines.append(f"  counts    {', '.join(tiles) or 'none'}")
    found = [f"{number(one.count)} {one.word}" for one in view.severities if one.count]
    lines.append(f"  insights  {', '.join(found) or view.nothing}")
    for group in [group for group in view.groups if group.severity != "info"][:_WORST]:
        first = group.hits[0]
        more = f" and {number(group.count - 1)} more" if group.count > 1 else ""
        head = _paint(f"{group.severity:<9}", _COLORS[group.severity], color)
        lines.append(f"    {head} {group.title}: {visible(first.address)}{more}")
    risky = [row for row in (*view.locations[:1], *view.queues[:1]) if row.score]
    if risky:
        lines.append(f"  riskiest  {', '.join(f'{visible(row.address)} {row.score:g}' for row in risky)}")
    if view.failures:
        names = ", ".join(row.artefact for row in view.failures)
        lines.append(_paint(f"  not read  {visible(names)}", "33", color))
        scopes = ", ".join(dict.fromkeys(row.scope for row in view.failures if row.scope))
        lines += [_paint(f"  missing   {visible(scopes)}", "33", color)] if scopes else []
    if report:
        lines.append(f"  report    {visible(report)}")
    return "\n".join(lines) + "\n"


def insights_text(insights: Sequence[Insight], judged: InsightsFound, *, color: bool) -> str:
    """Every insight by rule, worst first, with why and fix; then the risk; then what kept rules silent."""
    by_rule: dict[str, list[Insight]] = {}
    for insight in insights:
        by_rule.setdefault(insight.rule, []).append(insight)
    lines: list[str] = []
    for rule, hits in by_rule.items():
        first = hits[0]
        title = _paint(f"{first.severity}  {visible(first.title)}", _COLORS[first.severity], color)
        lines += [f"{title}  ({rule}, {number(len(hits))})"]
        lines += [f"  {visible(hit.address)}  {visible(hit.what)}" for hit in hits]
        lines += [f"  why: {visible(first.why)}", f"  fix: {visible(first.fix)}", ""]
    if not lines:
        lines += [f"{_nothing(judged)}.", ""]
    risky = [risk for risk in judged.risk if risk.score]
    if risky:
        lines += ["risk  (0 nothing found … 100)", *_scores([(risk.address, risk.score) for risk in risky]), ""]
    counts = ", ".join(f"{number(n)} {severity_word(s, n)}" for s, n in _counts(insights).items())
    lines.append(_paint(f"{counted(len(insights), 'insight')}{f': {counts}' if counts else ''}", "1", color))
    return "\n".join(lines) + "\n"


def _nothing(judged: InsightsFound) -> str:
    if judged.insights:
        return "Nothing of this severity or worse"
    return "Nothing found in what was read" if judged.silent else "Nothing found"


def silent_text(silent: Mapping[str, Sequence[str]]) -> str:
    """Which rules had nothing to go by, and what is to be read for them."""
    if not silent:
        return ""
    kinds = sorted({kind for lacking in silent.values() for kind in lacking})
    rules = counted(len(silent), "rule")
    return f"{rules} silent, because these are not in the snapshot, or not in full: {', '.join(kinds)}"


def _scores(rows: Sequence[tuple[str, float]]) -> list[str]:
    return [f"  {score:5.1f}  {visible(address)}" for address, score in rows[:20]]


def _counts(insights: Sequence[Insight]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for insight in insights:
        counts[insight.severity] = counts.get(insight.severity, 0) + 1
    return counts


def _paint(text: str, code: str, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text
