"""A plan as one pull request comment, within a budget of bytes that is filled in the order of risk.

Tenant text only ever stands in code (a fence longer than any run of backticks in it, or `<code>` inside a
`<summary>`), where a forge reads no mentions, links, references or HTML. `view` has made line ends visible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from reconciler.model.wording import counted, number
from reconciler.report.entries import SYMBOLS, Entry, Group
from reconciler.report.markup import LONGEST, code, longest_run, unmarked
from reconciler.report.remarks import Remark
from reconciler.report.risk_table import risk_table
from reconciler.report.view import PlanView

_MOST_REMARKS = 20
_MOST_REASONS = 3
_WARNINGS = ("warning", "warnings")
_LASTING = ("change cannot be taken back, or only in part", "changes cannot be taken back, or only in part")
#: The part of a comment that its table may take.
_TABLE_PART = 8
_FOLDS_OPEN_UP_TO = 10
#: One entry's names take no more than one part of so many of what is left.
_ONE_OF = 3
#: Room for the line that says what was left out.
_TAIL = 160


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
    title = f"### Plan for {code(view.org_name)}: {view.verdict.rstrip('.')}"
    title += f", {number(view.in_part)} not fully undoable" if view.in_part else ""
    title += f" · desired {code(view.modified)}" if view.modified else ""  # a clean one is the pull request's own
    head, facts, last = [marker(view), title], _facts(view), f"{code(view.last)}"
    warned = [*_quoted(view.banners), *_caution(view), *_stops(view)]
    if view.empty:
        return "\n".join([*head, *warned, ""])
    head += ["", _all_shown(view, 0)]
    warned += [*risk_table(view.risks, limit // _TABLE_PART), *_list(_LASTING, view.lasting)]
    sections = _sections(view)
    fixed = _size([*head, *warned, "", *facts, "", last, ""])
    left = _fill(sections, limit - fixed - _TAIL)
    head[-1] = _all_shown(view, left)
    risky = [line for section in sections if not section.folded for line in _render(section, False)]
    folds_open = len(view.groups) <= _FOLDS_OPEN_UP_TO
    folds = [line for section in sections if section.folded for line in _render(section, folds_open)]
    more = ["", f"**+{number(left)} more in the job's artifact**"] if left else []
    return "\n".join([*head, *warned, *risky, "", *facts, *folds, *more, "", last, ""])


def _all_shown(view: PlanView, left: int) -> str:
    """How much of the plan stands in the comment, and of how many it is."""
    shown = f"All {number(view.total)} are shown" if view.total > 1 else "It is shown"
    return f"{f'{number(view.total - left)} of {number(view.total)} are shown' if left else shown}, {view.denominator}"


def _caution(view: PlanView) -> list[str]:
    """That nothing of it is carried out, and what is in the way; why stands below, with each."""
    if not view.refused:
        return []
    against = [(stop.address, stop.objection.rule) for stop in view.stops if not stop.aside]
    against += [
        (entry.address, one.rule) for entry in view.entries if entry.status == "blocked" for one in entry.objections
    ]
    said = ", ".join(f"{code(address)} by {code(rule)}" for address, rule in against[:_MOST_REASONS])
    more = f" and {number(len(against) - _MOST_REASONS)} more" if len(against) > _MOST_REASONS else ""
    return ["", "> [!CAUTION]", f"> **Blocked, so nothing of this would be applied:** {said}{more}"]


def marker(view: PlanView) -> str:
    """The hidden first line: org id and digest, nothing that could end the comment early."""
    org = re.sub(r"[^A-Za-z0-9_=.:/]", "", view.org_id)
    return f"<!-- reconciler:plan:{org} {view.digest} -->"


def _in_html(text: str) -> str:
    """Inside `<summary>`: every character that HTML, markdown or a forge could read becomes an entity."""
    short = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return re.sub(r"[^\w .,…+-]", lambda match: f"&#{ord(match.group())};", short)


def _quoted(banners: Iterable[str]) -> list[str]:
    return [line for banner in banners for line in ("", f"> {code(banner)}")]


def _stops(view: PlanView) -> list[str]:
    """What stops the whole plan, in a fence of its own, which is never cut."""
    lines = [line for stop in view.stops for line in (stop.headline, *(f"    {text}" for text in stop.objection.lines))]
    kept = [unmarked(line) for line in lines]
    fence = "`" * max(3, longest_run(kept) + 1)
    return ["", f"{fence}diff", *kept, fence] if kept else []


def _facts(view: PlanView) -> list[str]:
    counts = " · ".join(f"`{count.symbol}` {count.word} {count.amount}" for count in view.counts)
    lines = [counts, "", *(f"- {fact.label}: {code(fact.text)}" for fact in view.facts)]
    waves = [f"- {fact.label}: {code(fact.text)}" for fact in view.waves]
    lines += ["", "<details><summary>In this order</summary>", "", *waves, "", "</details>"] if waves else []
    return [*lines, *_list(_WARNINGS, view.remarks)]


def _list(words: tuple[str, str], remarks: Sequence[Remark]) -> list[str]:
    count = sum(remark.count for remark in remarks)
    if not count:
        return []
    lines = ["", f"#### {number(count)} {words[count > 1]}", ""]
    for remark in remarks[:_MOST_REMARKS]:
        do = f" · do: {code(remark.do)}" if remark.do else ""
        lines.append(f"- {code(remark.address)} {code(remark.text)}{do}")
    if len(remarks) > _MOST_REMARKS:
        lines.append(f"- and {number(len(remarks) - _MOST_REMARKS)} more")
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
    """Keep what fits, riskiest first; details give way to the headlines of other entries that are risky or stand for
    many. Returns the rest."""
    promised = {id(entry) for section in sections for entry in section.entries if _comes_first(section, entry)}
    framed = {id(section) for section in sections if any(id(entry) in promised for entry in section.entries)}
    reserved = sum(_frame(section) for section in sections if id(section) in framed)
    reserved += sum(_size([unmarked(e.headline)]) for s in sections for e in s.entries if id(e) in promised)
    left = 0
    for section in sections:
        frame = _frame(section)
        if section.folded and budget < frame:
            left += section.count
            continue
        budget -= frame
        reserved -= frame if id(section) in framed else 0
        for entry in section.entries:
            head = [unmarked(entry.headline)]
            reserved -= _size(head) if id(entry) in promised else 0
            kept = _whole_or_part(entry, head, budget - reserved) or (head if _size(head) <= budget else None)
            if kept is None:
                left += entry.count
                continue
            budget -= _size(kept)
            section.kept += kept
            section.shown += entry.count
    return left


def _comes_first(section: _Section, entry: Entry) -> bool:
    return not section.folded or entry.count > 1


def _whole_or_part(entry: Entry, head: list[str], room: int) -> list[str]:
    """The lines of an entry; of one that stands for many, what they have in common and as many names as take a part of
    the room; nothing where that does not fit."""
    names, shared = len(entry.members), [unmarked(f"    {line}") for line in entry.detail]
    members, common = shared[:names], shared[names:]
    if _size([*head, *shared]) <= room:
        return [*head, *shared]
    room = room - _size([*head, *common]) - _TAIL if names else -1
    if room < 0:
        return []
    kept = []
    for line in members:
        room -= _size([line]) * _ONE_OF
        if room < 0:
            break
        kept.append(line)
    return [*head, *kept, f"    … {number(names - len(kept))} more lines of names, in the job's artifact", *common]


def _render(section: _Section, is_open: bool) -> list[str]:
    if not section.kept:
        return []
    shown = "" if section.shown == section.count else f", {number(section.shown)} shown"
    fence = "`" * max(3, longest_run(section.kept) + 1)
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
    fences = 2 * max(3, longest_run([text for e in section.entries for text in (e.headline, *e.detail)]) + 1)
    return fences + 150 + (_size([_in_html(section.title)]) if section.folded else 0)


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)
