"""What the history says, as it is shown and as data. One view, `Page`, laid out as text or markdown; JSON beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.drift import Difference, Drift, Field
from reconciler.inert import visible
from reconciler.masking import SECRET, is_secret, redacted
from reconciler.model.history import MODIFIED, Blame, Commit, Kept, PastRun, short_commit
from reconciler.model.wording import counted, moment, number
from reconciler.report.drift import step_text
from reconciler.report.drift_forms import fitting
from reconciler.report.fields import value_text
from reconciler.report.markup import code
from reconciler.report.text import paint

FORMAT_VERSION = 1
_SYMBOLS = {"came": "+", "went": "-", "changed": "~"}
_COLORS = {"+": "32", "-": "31", "~": "33"}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line, and the lines that belong to it."""

    head: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    title: str
    verdict: str
    banners: tuple[str, ...]
    blocks: tuple[Paragraph, ...]


def page_text(page: Page, *, color: bool) -> str:
    lines = [paint(page.title, "1", color), *(paint(f"  {banner}", "33", color) for banner in page.banners)]
    for block in page.blocks:
        lines.append(f"  {paint(block.head, _COLORS.get(block.head[:1], '0'), color)}")
        lines += [f"      {line}" for line in block.details]
    return "\n".join([*lines, paint(page.verdict, "1", color)]) + "\n"


def page_markdown(page: Page, *, limit: int = 60_000) -> str:
    """As a comment or job summary: tenant text stands in code spans only; what exceeds the limit is counted."""
    head = [f"### {code(page.title)}", "", f"**{page.verdict}**"]
    for banner in page.banners:
        head += ["", f"> {code(banner)}"]
    blocks = [[f"- {code(block.head)}", *(f"  - {code(line)}" for line in block.details)] for block in page.blocks]
    return "\n".join([*head, "", *fitting(blocks, limit), ""])


# --- diff and show ---------------------------------------------------------------------------------------------


def diff_page(drift: Drift, before: Kept | None, after: Kept, runs: Iterable[PastRun]) -> Page:
    """From one snapshot to another; without `before` the first one there is."""
    title = f"history · {_label(before)} -> {_label(after)}" if before else f"history · {_label(after)}, the first"
    commit = after.commit
    banners = [f"{visible(commit.author)} <{visible(commit.email)}>: {visible(commit.title)}"] if commit else []
    banners += [_run_words(run) for run in runs]
    banners += [f"incomplete: {visible(kind)}: {visible(why)}" for kind, why in sorted(drift.gaps.items())]
    shown = [one for one in drift.differences if one.fields]
    words = _changes({deed: sum(1 for one in shown if one.deed == deed) for deed in _SYMBOLS})
    verdict = f"{counted(len(shown), 'address')} changed: {words}" if shown else "No change"
    if before is None:
        verdict = ", ".join(counted(count, kind) for kind, count in after.counts.items() if count) or "empty"
    return Page(title, verdict, tuple(banners), tuple(_difference(one) for one in shown))


def diff_json(drift: Drift, before: Kept | None, after: Kept, runs: Iterable[PastRun]) -> dict[str, Any]:
    """The same as data, secrets left out; differences by address, fields by path."""
    return {
        "format_version": FORMAT_VERSION,
        "before": _side_json(before) if before else None,
        "after": _side_json(after),
        "incomplete": dict(sorted(drift.gaps.items())),
        "runs": [_run_json(run) for run in runs],
        "changes": [
            {"address": one.address, "deed": one.deed, "fields": [_field_json(each) for each in one.fields]}
            for one in drift.differences
            if one.fields
        ],
    }


def _difference(one: Difference) -> Paragraph:
    details = tuple(_field_words(each) for each in one.fields if each.path or not _presence(each))
    return Paragraph(f"{_SYMBOLS[one.deed]} {visible(one.address)}", details)


def _field_words(one: Field) -> str:
    path = visible(one.path) or "(the section)"
    if is_secret(one.path):
        return f"{path}: {SECRET}"
    return f"{path}: {step_text(one.snapshot, one.live, one.path)}"


def _field_json(one: Field) -> dict[str, Any]:
    return {"path": one.path, "before": redacted(one.snapshot, one.path), "after": redacted(one.live, one.path)}


def _presence(one: Field) -> bool:
    return type(one.snapshot) is bool and type(one.live) is bool


# --- list ------------------------------------------------------------------------------------------------------


def list_page(commits: Sequence[Kept], copies: Sequence[Kept], runs: Sequence[PastRun], note: str) -> Page:
    """Snapshots in git, dated copies and runs, newest first; `note` says why one of them cannot be listed."""
    blocks = [_kept(one) for one in (*commits, *copies)] + [Paragraph(_run_words(run)) for run in runs]
    parts = [
        counted(len(commits), "snapshot") + " in git",
        counted(len(copies), "dated copy"),
        counted(len(runs), "run"),
    ]
    return Page("history", ", ".join(parts), (visible(note),) if note else (), tuple(blocks))


def list_json(commits: Sequence[Kept], copies: Sequence[Kept], runs: Sequence[PastRun], note: str) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "snapshots": [_kept_json(one) for one in commits],
        "copies": [_kept_json(one) for one in copies],
        "runs": [_run_json(run) for run in runs],
        "note": note,
    }


def _kept(one: Kept) -> Paragraph:
    changes = visible(one.why) if one.why else "the first" if one.changes is None else _changes(one.changes)
    total = counted(sum(one.counts.values()), "resource")
    title = f"  {visible(one.commit.author)}: {visible(one.commit.title)}" if one.commit else ""
    return Paragraph(f"{_label(one)}  {total}  {changes}{title}")


def _kept_json(one: Kept) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": one.label,
        "at": _iso(one.at) if one.at else None,
        "counts": one.counts,
        "addresses": list(one.addresses),
    }
    if one.changes is not None:
        data["changes"] = {deed: one.changes[deed] for deed in _SYMBOLS}
    return data | ({"commit": _commit_json(one.commit)} if one.commit else {}) | ({"why": one.why} if one.why else {})


# --- blame -----------------------------------------------------------------------------------------------------


def blame_page(address: str, found: Sequence[Blame], note: str) -> Page:
    """The fields with their values, under the snapshot since which they have them, the youngest first; `note` says what
    of the history is missing."""
    alike: dict[tuple[Any, ...], list[Blame]] = {}
    for one in found:
        alike.setdefault((one.commit, one.first, one.run.name if one.run else ""), []).append(one)
    youngest = sorted(alike.values(), key=lambda fields: (fields[0].first, -_age(fields[0].commit)))
    blocks = []
    for fields in youngest:
        one = fields[0]
        details = [_run_words(one.run)] if one.run else []
        if one.desired:
            details.append(f"desired: {one.desired.short} {visible(one.desired.author)}: {visible(one.desired.title)}")
        details += [_value_line(each, address) for each in fields]
        blocks.append(Paragraph(_since(one), tuple(details)))
    return Page(f"history of {visible(address)}", counted(len(found), "field"), (note,) if note else (), tuple(blocks))


def _age(commit: Commit | None) -> float:
    return commit.at.timestamp() if commit is not None else float("inf")


def _value_line(one: Blame, address: str) -> str:
    place = "" if one.address == address else f"{visible(one.address)} "
    return f"{place}{visible(one.path) or '(the section)'}: {value_text(one.value, path=one.path, full=False)}"


def blame_json(address: str, found: Sequence[Blame], note: str) -> dict[str, Any]:
    fields = []
    for one in found:
        fields.append(
            {
                "address": one.address,
                "path": one.path,
                "value": redacted(one.value, one.path),
                "first": one.first,
                "commit": _commit_json(one.commit) if one.commit else None,
                "run": _run_json(one.run) if one.run else None,
                "desired": _commit_json(one.desired) if one.desired else None,
            }
        )
    return {"format_version": FORMAT_VERSION, "address": address, "fields": fields, "note": note}


def _since(one: Blame) -> str:
    if one.commit is None:
        return "not committed yet" if not one.first else "not committed: there is no history of it"
    since = "since the first snapshot, " if one.first else "since "
    commit = one.commit
    return f"{since}{commit.short} {moment(commit.at)} {visible(commit.author)}: {visible(commit.title)}"


# --- words -----------------------------------------------------------------------------------------------------


def _changes(changes: Mapping[str, int]) -> str:
    return " ".join(f"{symbol}{number(changes[deed])}" for deed, symbol in _SYMBOLS.items())


def _label(side: Kept) -> str:
    return visible(side.label) + (f" ({moment(side.at)})" if side.at else "")


def _run_words(run: PastRun) -> str:
    totals = ", ".join(f"{number(count)} {verdict.replace('_', ' ')}" for verdict, count in sorted(run.totals.items()))
    of = f" of desired {short_commit(run.commit, 10)}" if run.commit else ""
    if run.commit.endswith(MODIFIED):
        of += f" (content {run.content[:12]})"
    return f"run {visible(run.name)}  plan {visible(run.digest[:12])}{visible(of)}  {totals or 'did not end'}"


def _run_json(run: PastRun) -> dict[str, Any]:
    return {
        "run": run.name,
        "at": _iso(run.at),
        "plan": run.digest,
        "desired": run.commit,
        "content": run.content,
        "verdicts": run.totals,
        "ended": run.ended,
        "addresses": sorted(run.wrote),
    }


def _commit_json(commit: Commit) -> dict[str, Any]:
    about = {"author": commit.author, "email": commit.email, "message": commit.message}
    return {"commit": commit.id, "at": _iso(commit.at), **about}


def _side_json(side: Kept) -> dict[str, Any]:
    data: dict[str, Any] = {"name": side.label, "at": _iso(side.at) if side.at else None, "counts": side.counts}
    return data | ({"commit": _commit_json(side.commit)} if side.commit else {})


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
