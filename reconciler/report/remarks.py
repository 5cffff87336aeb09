"""The warnings of a plan. What many changes are warned of in the same words is said once, and marked at each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from reconciler.model.plan import Plan
from reconciler.report.entries import Entry, Group
from reconciler.report.inert import visible
from reconciler.report.rehearsals import rehearsal_remarks
from reconciler.report.wording import number

#: So many entries say the same in full; what is not longer than this is repeated.
_SAID, _SHORT = 2, 60
_BEGINNING = 40


@dataclass(frozen=True, slots=True)
class Remark:
    """A warning that blocks nothing, once for all the `count` changes that it is about. `shown` when the entry of its
    address says it in full."""

    address: str
    text: str
    do: str
    shown: bool
    count: int = 1


def noted(plan: Plan, shown: Sequence[Group], *, full: bool) -> tuple[list[Group], list[Remark]]:
    """Findings that were lifted, what a twin would not do, then the notes on the changes in the order in which those
    are shown; and the groups, in which what is said once for many is only marked. `full` shortens nothing."""
    lifted = [(f.address, f"overridden, {f.rule}: {f.why}") for f in plan.findings if f.lifted]
    refused = [*rehearsal_remarks(plan.rehearsal)] if plan.rehearsal else []
    about: dict[str, list[Entry]] = {}
    for entry in (entry for group in shown for entry in group.entries):
        for note in entry.notes:
            about.setdefault(note, []).append(entry)
    shared = {note for note, entries in about.items() if len(entries) > _SAID and len(note) > _SHORT and not full}
    return (
        [_marked(group, shared) for group in shown] if shared else list(shown),
        [
            *_together((visible(address), visible(text)) for address, text in lifted),
            *_together(refused),
            *(_of(note, entries, shown=note not in shared) for note, entries in about.items()),
        ],
    )


def _together(said: Iterable[tuple[str, str]]) -> Iterable[Remark]:
    """Nothing else names these addresses, so all of them are named."""
    by_text: dict[str, list[str]] = {}
    for address, text in said:
        by_text.setdefault(text, []).append(address)
    return [
        Remark(", ".join(addresses), text, "", shown=False, count=len(addresses)) for text, addresses in by_text.items()
    ]


def _of(note: str, entries: list[Entry], *, shown: bool) -> Remark:
    count = sum(entry.count for entry in entries)
    others = f" and {number(count - entries[0].count)} more" if len(entries) > 1 else ""
    return Remark(f"{entries[0].address}{others}", note, "", shown, count)


def _marked(group: Group, shared: set[str]) -> Group:
    entries = (
        replace(entry, notes=tuple(_mark(note) if note in shared else note for note in entry.notes))
        for entry in group.entries
    )
    return replace(group, entries=tuple(entries))


def _mark(note: str) -> str:
    return f"{note[:_BEGINNING].rsplit(' ', 1)[0]} … (said above)"
