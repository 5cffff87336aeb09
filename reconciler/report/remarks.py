"""The warnings of a plan, and what of it cannot be taken back. What many changes are told in the same words is said
once, and marked at each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from reconciler.inert import visible
from reconciler.model.plan import Plan
from reconciler.model.wording import number
from reconciler.report.entries import Entry, Group
from reconciler.report.rehearsals import rehearsal_remarks

#: So many entries say the same in full; what is not longer than this is repeated.
_SAID, _SHORT = 2, 60
_BEGINNING = 40
_MOST_NAMES = 10


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
    about = _by_text(shown, lambda entry: entry.notes)
    shared = _shared(about, full)
    return (
        [_marked(group, shared) for group in shown] if shared else list(shown),
        [
            *_together((visible(address), visible(text)) for address, text in lifted),
            *_together(refused),
            *(_of(note, entries, shown=note not in shared) for note, entries in about.items()),
        ],
    )


def lasting(shown: Sequence[Group], *, full: bool) -> tuple[list[Group], list[Remark]]:
    """What cannot be taken back, or only in part: why, with all that it is true of, where it is said of many; and the
    groups, in which that is only marked."""
    about = _by_text(shown, lambda entry: entry.lasting)
    shared = _shared(about, full)
    groups = [_marked(group, shared) for group in shown] if shared else list(shown)
    return groups, [Remark(_listed(about[text]), text, "", False, _count(about[text])) for text in shared]


def _by_text(shown: Sequence[Group], texts: Callable[[Entry], tuple[str, ...]]) -> dict[str, list[Entry]]:
    about: dict[str, list[Entry]] = {}
    for entry in (entry for group in shown for entry in group.entries):
        for text in texts(entry):
            about.setdefault(text, []).append(entry)
    return about


def _shared(about: dict[str, list[Entry]], full: bool) -> dict[str, None]:
    """What is long and said of many, in the order in which it is shown."""
    often = (text for text, entries in about.items() if len(entries) > _SAID and len(text) > _SHORT)
    return {} if full else dict.fromkeys(often)


def _count(entries: Iterable[Entry]) -> int:
    return sum(entry.count for entry in entries)


def _listed(entries: Sequence[Entry]) -> str:
    more = _count(entries[_MOST_NAMES:])
    names = ", ".join(entry.address for entry in entries[:_MOST_NAMES])
    return names + (f" and {number(more)} more" if more else "")


def _together(said: Iterable[tuple[str, str]]) -> Iterable[Remark]:
    """Nothing else names these addresses, so all of them are named."""
    by_text: dict[str, list[str]] = {}
    for address, text in said:
        by_text.setdefault(text, []).append(address)
    return [
        Remark(", ".join(addresses), text, "", shown=False, count=len(addresses)) for text, addresses in by_text.items()
    ]


def _of(note: str, entries: list[Entry], *, shown: bool) -> Remark:
    count = _count(entries)
    others = f" and {number(count - entries[0].count)} more" if len(entries) > 1 else ""
    return Remark(f"{entries[0].address}{others}", note, "", shown, count)


def _marked(group: Group, shared: Collection[str]) -> Group:
    def marked(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_mark(text) if text in shared else text for text in texts)

    entries = (replace(entry, notes=marked(entry.notes), lasting=marked(entry.lasting)) for entry in group.entries)
    return replace(group, entries=tuple(entries))


def _mark(note: str) -> str:
    return f"{note[:_BEGINNING].rsplit(' ', 1)[0]} … (said above)"
