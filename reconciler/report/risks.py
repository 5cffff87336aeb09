"""What a plan would do, riskiest first and in a few rows, for whoever has a minute to judge it.

high     takes something away, or what `--yes` does not approve (planning/consent.py)
medium   cannot be taken back whole, or has a warning
low      everything else that is carried out
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reconciler.inert import visible
from reconciler.model.address import owner_address
from reconciler.model.plan import Change, Plan
from reconciler.model.wording import counted, number
from reconciler.planning.consent import category
from reconciler.report.entries import place_of
from reconciler.report.folding import sources_of

_LEVELS = ("high", "medium", "low")
_DOES = {"delete": "deletes", "update": "updates", "create": "creates"}
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Risk:
    """One row: `does` is ours (`deletes 2 workspaces`); `names` are the first of them, `why` may be empty; `where` and
    `source` are a place and a file with its line, or how many."""

    level: str
    does: str
    names: tuple[str, ...]
    more: int
    why: str
    where: str
    source: str


def risks(plan: Plan) -> list[Risk]:
    """The rows of what is not blocked."""
    owners: dict[str, list[Change]] = {}
    for change in plan.changes:
        owners.setdefault(owner_address(change.address), []).append(change)
    places = {owner: place_of(changes, plan.places) for owner, changes in owners.items()}
    rows: dict[tuple[int, str, str, str], list[Change]] = {}
    for change in plan.changes:
        if not change.blocked and change.action in _DOES:
            for key in _keys(change):
                rows.setdefault(key, []).append(change)
    return [_row(key, changes, places) for key, changes in sorted(rows.items(), key=lambda row: row[0][0])]


def _keys(change: Change) -> Iterator[tuple[int, str, str, str]]:
    """Level, what is done, to which kind, and why it is no matter of course."""
    done = _DOES[change.action]
    reasons = [*change.irreversible, *change.notes]
    why = visible(reasons[0]) if reasons else ""
    if change.action == "delete":
        yield 0, done, change.kind, why
        return
    opened = dict.fromkeys(map(category, change.explicit))
    for words in opened:
        yield 0, visible(words), change.kind, ""
    if not opened:
        yield (1 if reasons or change.reset else 2), done, change.kind, why


def _row(key: tuple[int, str, str, str], changes: Sequence[Change], places: dict[str, str]) -> Risk:
    level, done, kind, why = key
    what = counted(len(changes), visible(kind).replace(".", " "))
    names = tuple(visible(change.key) for change in changes[:_MOST_NAMES])
    return Risk(
        _LEVELS[level],
        f"{done} {what}" if done in _DOES.values() else f"{done} ({what})",
        names,
        len(changes) - len(names),
        why,
        _one_or_many((places[owner_address(change.address)] for change in changes), "places"),
        _source([change for change in changes if change.source]),
    )


def _source(changes: Sequence[Change]) -> str:
    """`people.csv:2-9`, or how many files it comes from."""
    files = list(dict.fromkeys(change.source.rpartition(":")[0] for change in changes))
    return sources_of(changes) if len(files) == 1 else f"{number(len(files))} files" if files else ""


def _one_or_many(texts: Iterable[str], noun: str) -> str:
    different = list(dict.fromkeys(texts))
    return different[0] if len(different) == 1 else f"{number(len(different))} {noun}" if different else ""
