"""A plan as one pull request comment, within a budget of bytes that is filled in the order of risk.

Tenant text only ever stands in code (a fence longer than any run of backticks in it, or `<code>` inside a
`<summary>`), where a forge reads no mentions, links, references or HTML. `view` has made line ends visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reconciler.report.entries import SYMBOLS, Entry, Group
from reconciler.report.view import PlanView
from reconciler.report.wording import counted, number

_MOST_REMARKS = 20
_LONGEST_INLINE = 300
_FOLDS_OPEN_UP_TO = 10
#: Room for the line that says what was left out.
_TAIL = 120


@dataclass(slots=True)
class _Section:
    """A titled fence of entries; folded unless it holds what must be seen. `kept` is filled within the budget."""

    title: str
    groups: list[Group]
    folded: bool
    kept: list[str] = field(default_factory=list)
    shown: int = 0

    @property
    def entries(self) -> list[Entry]:
        return [entry for group in self.groups for entry in group.entries]

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)


def plan_markdown(view: PlanView, *, limit: int = 60_000) -> str:
    """The comment; its first line is the hidden marker by which a job finds and updates it."""
    title = f"### reconcile plan · {code(view.org_name)}"
    title += f" · desired {code(view.modified)}" if view.modified else ""  # a clean one is the pull request's own
    head = [marker(view), title, "", f"**{view.verdict.rstrip('.')}**"]
    if view.empty:
        return "\n".join([*head, *_quoted(view.banners), *_stops(view), ""])
    head[-1] += f" {view.denominator}"
    head += [*_quoted(view.banners), *_stops(view)]
    facts, last = _facts(view), f"{code(view.last)}"
    sections = _sections(view)
    fixed = _size([*head, "", *facts, "", last, ""])
    left = _fill(sections, limit - fixed - _TAIL)
    risky = [line for section in sections if not section.folded for line in _render(section, False)]
    folds_open = len(view.groups) <= _FOLDS_OPEN_UP_TO
    folds = [line for section in sections if section.folded for line in _render(section, folds_open)]
    more = ["", f"**+{number(left)} more in the job's artifact**"] if left else []
    return "\n".join([*head, *risky, "", *facts, *folds, *more, "", last, ""])


def marker(view: PlanView) -> str:
    """The hidden first line: org id and digest, nothing that could end the comment early."""
    org = re.sub(r"[^A-Za-z0-9_=.:/]", "", view.org_id)
    return f"<!-- reconciler:plan:{org} {view.digest} -->"


def code(text: str) -> str:
    """A code span: its delimiter is longer than any run of backticks in it. Cut where it is very long."""
    text = _unmarked(text if len(text) <= _LONGEST_INLINE else f"{text[:_LONGEST_INLINE]}…") or " "
    ticks = "`" * (_longest_run([text]) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or text.strip() != text else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _unmarked(text: str) -> str:
    """No tenant text can pass for the hidden marker of a comment."""
    return text.replace("<!--", "<\\!--").replace("-->", "--\\>")


def _in_html(text: str) -> str:
    """Inside `<summary>`: every character that HTML, markdown or a forge could read becomes an entity."""
    short = text if len(text) <= _LONGEST_INLINE else f"{text[:_LONGEST_INLINE]}…"
    return re.sub(r"[^\w .,…+-]", lambda match: f"&#{ord(match.group())};", short)


def _quoted(banners: Iterable[str]) -> list[str]:
    return [line for banner in banners for line in ("", f"> {code(banner)}")]


def _stops(view: PlanView) -> list[str]:
    """What stops the whole plan, in a fence of its own, which is never cut."""
    lines = [line for stop in view.stops for line in (stop.headline, *(f"    {text}" for text in stop.objection.lines))]
    kept = [_unmarked(line) for line in lines]
    fence = "`" * max(3, _longest_run(kept) + 1)
    return ["", f"{fence}diff", *kept, fence] if kept else []


def _facts(view: PlanView) -> list[str]:
    lines = ["| | changes |", "|---|---:|"]
    lines += [f"| `{count.symbol}` {count.word} | {count.amount} |" for count in view.counts]
    lines += ["", *(f"- {fact.label}: {code(fact.text)}" for fact in (*view.facts, *view.waves))]
    if view.remarks:
        lines += ["", f"#### {counted(sum(remark.count for remark in view.remarks), 'warning')}", ""]
        for remark in view.remarks[:_MOST_REMARKS]:
            do = f" · do: {code(remark.do)}" if remark.do else ""
            lines.append(f"- {code(remark.address)} {code(remark.text)}{do}")
        if len(view.remarks) > _MOST_REMARKS:
            lines.append(f"- and {number(len(view.remarks) - _MOST_REMARKS)} more")
    return lines


def _sections(view: PlanView) -> list[_Section]:
    risky = {"blocked": _Section("Blocked", [], False), "delete": _Section("Deletes", [], False)}
    folds: dict[str, _Section] = {}
    for group in view.groups:
        if group.risky:
            risky[group.status].groups.append(group)
        else:
            folds.setdefault(group.place, _Section(group.place, [], True)).groups.append(group)
    return [section for section in [*risky.values(), *folds.values()] if section.groups]


def _fill(sections: Sequence[_Section], budget: int) -> int:
    """Keep what fits, riskiest first; details give way to the headlines of other risky entries. Returns the rest."""
    reserved = sum(_frame(s) + sum(_size([_unmarked(e.headline)]) for e in s.entries) for s in sections if not s.folded)
    left = 0
    for section in sections:
        frame = _frame(section)
        if section.folded and budget < frame:
            left += section.count
            continue
        budget -= frame
        reserved -= 0 if section.folded else frame
        for entry in section.entries:
            head, detail = _unmarked(entry.headline), [_unmarked(f"    {line}") for line in entry.detail]
            reserved -= 0 if section.folded else _size([head])
            whole = [head, *detail]
            kept = next(
                (lines for lines in (whole, [head]) if _size(lines) <= budget - reserved * (lines is whole)), None
            )
            if kept is None:
                left += entry.count
                continue
            budget -= _size(kept)
            section.kept += kept
            section.shown += entry.count
    return left


def _render(section: _Section, is_open: bool) -> list[str]:
    if not section.kept:
        return []
    shown = "" if section.shown == section.count else f", {number(section.shown)} shown"
    fence = "`" * max(3, _longest_run(section.kept) + 1)
    body = [f"{fence}diff", *section.kept, fence]
    if not section.folded:
        return ["", f"#### {section.title} ({number(section.count)}{shown})", "", *body]
    counts = ", ".join(
        f"{SYMBOLS[status]} {number(count)}"
        for status in SYMBOLS
        if (count := sum(entry.count for entry in section.entries if entry.status == status))
    )
    title = f"<code>{_in_html(section.title)}</code> · {counted(section.count, 'change')} ({counts}{shown})"
    opening = "<details open>" if is_open else "<details>"
    return ["", f"{opening}<summary>{title}</summary>", "", *body, "", "</details>"]


def _frame(section: _Section) -> int:
    """The most bytes that a section takes beside its entries."""
    fences = 2 * max(3, _longest_run([text for e in section.entries for text in (e.headline, *e.detail)]) + 1)
    return fences + 150 + (_size([_in_html(section.title)]) if section.folded else 0)


def _longest_run(texts: Iterable[str]) -> int:
    """The longest run of backticks."""
    return max((len(run) for text in texts if "`" in text for run in re.findall("`+", text)), default=0)


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)
