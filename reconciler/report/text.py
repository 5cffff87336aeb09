"""A plan, an apply and its progress as plain text; colour is raw ANSI, and only ours."""

from __future__ import annotations

from reconciler.model.outcome import Outcome
from reconciler.model.wording import duration, number
from reconciler.report.entries import Entry
from reconciler.report.outcomes import OutcomesView, progress_words
from reconciler.report.view import Fact, PlanView

_BOLD, _DIM, _RED, _GREEN, _YELLOW, _MAGENTA, _CYAN = "1", "2", "31", "32", "33", "35", "36"
_COLORS = {"x": _MAGENTA, "-": _RED, "~": _YELLOW, "+": _GREEN, "?": _CYAN, "!": _YELLOW}


def plan_text(view: PlanView, *, color: bool) -> str:
    """The whole plan, ending in the line with the next command (or the verdict, when there is nothing to do)."""
    lines = [paint(view.title, _BOLD, color), *(paint(f"  {banner}", _YELLOW, color) for banner in view.banners)]
    if view.empty and view.stops:
        lines.append(f"  {paint(view.verdict, _BOLD, color)}")
    if not view.empty:
        counts = "   ".join(
            paint(f"{count.symbol} {count.word} {count.amount}", _COLORS[count.symbol], color) for count in view.counts
        )
        lines += [f"  {paint(view.verdict, _BOLD, color)}", f"  {counts}   {view.denominator}"]
        lines += table((*view.facts, *view.waves))
    for stop in view.stops:
        lines += [paint(f"  {stop.headline}", _MAGENTA, color), *(f"      {line}" for line in stop.objection.lines)]
    for remark in view.remarks:
        if not remark.shown:
            lines.append(paint(f"  ! {remark.address}  {remark.text}", _YELLOW, color))
            lines += [f"      do: {remark.do}"] if remark.do else []
    for stays in view.lasting:
        lines.append(f"  {number(stays.count)} cannot be taken back, or only in part: {stays.text}")
        lines.append(f"      {stays.address}")
    if not view.empty:
        lines += ["", paint(f"  signs: {view.legend}", _DIM, color)]
        for entry in view.entries:
            lines += _entry_lines(entry, color)
        lines.append("")
    lines.append(paint(view.last, _BOLD, color))
    return "\n".join(lines) + "\n"


def outcomes_text(view: OutcomesView, *, color: bool) -> str:
    """The end of an apply: counts, then whatever is not verified and why, then the next command."""
    lines = [paint(view.verdict, _BOLD, color), *table(view.counts)]
    for problem in view.problems:
        lines += ["", f"  {paint(problem.headline, _RED if problem.bad else _YELLOW, color)}"]
        lines += [f"      {line}" for line in problem.detail]
    lines += ["", paint(view.last, _BOLD, color)]
    return "\n".join(lines) + "\n"


def progress_line(done: int, total: int, outcome: Outcome, eta_seconds: float | None = None) -> str:
    """`[12/61] ok person/ana@example.com updated, verified in 0.8s · ~3m10s left`."""
    left = f" · ~{duration(eta_seconds)} left" if eta_seconds and eta_seconds >= 1 else ""
    return f"[{done}/{total}] {progress_words(outcome)}{left}"


def _entry_lines(entry: Entry, color: bool) -> list[str]:
    head = f"  {entry.headline}"
    if color:
        start = f"{entry.symbol} {entry.address}  {entry.what}"
        head = f"  {paint(start, _COLORS[entry.symbol], color)}{entry.headline[len(start) :]}"
    details = (f"      {line}" for line in entry.detail)
    return [head, *((paint(d, _COLORS.get(d[6], _DIM), True) for d in details) if color else details)]


def table(facts: tuple[Fact, ...]) -> list[str]:
    """Labelled lines, the texts below one another."""
    width = max((len(fact.label) for fact in facts), default=0)
    return [f"  {fact.label:<{width}}  {fact.text}" for fact in facts]


def paint(text: str, code: str, color: bool) -> str:
    """The text in one of our colours, if there is colour."""
    return f"\x1b[{code}m{text}\x1b[0m" if color else text
