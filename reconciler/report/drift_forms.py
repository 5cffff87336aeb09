"""The view of drift, and that of a history, as text and as markdown: layout only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.drift import State
from reconciler.model.wording import number
from reconciler.report.drift import DriftEntry, DriftView
from reconciler.report.markup import code
from reconciler.report.text import paint, table

_BOLD, _DIM = "1", "2"
_COLORS = {
    State.CONFLICTING: "35",
    State.DRIFTED: "33",
    State.BOTH: "36",
    State.PENDING: "32",
    State.CANNOT_TELL: "36",
}
#: Room for the line that says what was left out.
_TAIL = 200


def drift_text(view: DriftView, *, detailed: bool, color: bool) -> str:
    """Verdict, counts, then an address a line; `detailed` adds the values and the place in desired."""
    lines = [paint(view.title, _BOLD, color), *(paint(f"  {banner}", "33", color) for banner in view.banners)]
    lines += [f"  {paint(view.verdict, _BOLD, color)}   {view.denominator}", *table(view.facts)]
    if view.entries:
        lines.append("")
    for entry in view.entries:
        lines.append(f"  {paint(entry.headline, _COLORS[entry.state], color)}")
        lines += [f"      {line}" for line in _details(entry, detailed)]
    return "\n".join([*lines, "", paint(view.last, _BOLD, color)]) + "\n"


def drift_markdown(view: DriftView, *, detailed: bool, limit: int = 60_000) -> str:
    """One comment or job summary; tenant text stands in code spans only. What exceeds the limit is counted."""
    head = [f"### {code(view.title)}", "", f"**{view.verdict}** {view.denominator}"]
    for banner in view.banners:
        head += ["", f"> {code(banner)}"]
    head += ["", *(f"- {fact.label}: {code(fact.text)}" for fact in view.facts)]
    tail = ["", code(view.last), ""]
    blocks = [_block(entry, detailed) for entry in view.entries]
    return "\n".join([*head, "", *fitting(blocks, limit - _size([*head, *tail]) - _TAIL), *tail])


def fitting(blocks: Sequence[Sequence[str]], budget: int) -> list[str]:
    """The lines of as many blocks, from the first, as fit into so many bytes; then how many were left out."""
    lines: list[str] = []
    for place, block in enumerate(blocks):
        budget -= _size(block)
        if budget < 0:
            return [*lines, "", f"**+{number(len(blocks) - place)} more in the JSON report**"]
        lines += block
    return lines


def _block(entry: DriftEntry, detailed: bool) -> list[str]:
    head = f"- `{entry.symbol}` {code(entry.address)} **{entry.state}** {code(entry.names)}"
    return [head, *(f"  - {code(line)}" for line in _details(entry, detailed))]


def _details(entry: DriftEntry, detailed: bool) -> Iterable[str]:
    if detailed:
        yield from entry.fields
    yield from entry.who
    if detailed and entry.source:
        yield entry.source


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode("utf-8", "surrogatepass")) + 1 for line in lines)
