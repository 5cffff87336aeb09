"""The resources in a report: some rows per kind to read, and compact rows of nearly all to search in.

A page must open anywhere, also that of 20,000 people: per kind `ROWS` rows are listed and at most `SEARCHED` rows are
searched, people first; what is left out is counted, and lies in the tables beside the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.insights import ReadableSnapshot
from reconciler.insights.directory import extension_of, numbers_of
from reconciler.insights.rule import place_of
from reconciler.model.snapshot import Current, keys_of
from reconciler.model.wording import noun_of, number

ROWS = 100
SEARCHED = 30_000
#: Which kinds are worth their rows most; the others follow by name.
_FIRST = ("person", "workspace", "location", "hunt_group", "call_queue", "auto_attendant", "virtual_line", "device")
#: Who has a number is told with its owner, so numbers come last.
_LAST = ("number",)


@dataclass(frozen=True)
class ResourceRow:
    key: str
    name: str
    location: str
    number: str
    extension: str


@dataclass(frozen=True)
class ResourceGroup:
    kind: str
    label: str
    total: int
    rows: tuple[ResourceRow, ...]
    note: str


def resource_groups(snapshot: ReadableSnapshot, kinds: Sequence[str], tables: str) -> tuple[ResourceGroup, ...]:
    """The first rows of every kind that has any."""
    groups = []
    for kind in _ordered(kinds):
        keys = keys_of(snapshot, kind)
        if keys:
            rows = tuple(_row(current) for current in _some(snapshot, kind, keys[:ROWS]))
            label = noun_of(len(keys), kind).capitalize()
            groups.append(ResourceGroup(kind, label, len(keys), rows, _note(kind, len(keys), tables)))
    return tuple(groups)


def search_rows(snapshot: ReadableSnapshot, kinds: Sequence[str]) -> tuple[tuple[tuple[str, ...], ...], str]:
    """(address, name, location, number, extension) of as many as are searched, and what to say of the rest."""
    found: list[tuple[str, ...]] = []
    total = 0
    for kind in _ordered(kinds):
        keys = keys_of(snapshot, kind)
        total += len(keys)
        for current in _some(snapshot, kind, keys[: max(SEARCHED - len(found), 0)]):
            row = _row(current)
            found.append((current.address, row.name, row.location, row.number, row.extension))
    if len(found) == total:
        return tuple(found), f"All {number(total)} resources are searched."
    return tuple(found), f"{number(len(found))} of {number(total)} resources are searched, people first."


def _ordered(kinds: Sequence[str]) -> list[str]:
    """Objects, not parts of them, in the order of their worth."""
    own = [kind for kind in kinds if "." not in kind]
    middle = sorted(kind for kind in own if kind not in (*_FIRST, *_LAST))
    return [kind for kind in (*_FIRST, *middle, *_LAST) if kind in own]


def _some(snapshot: ReadableSnapshot, kind: str, keys: Iterable[str]) -> Iterable[Current]:
    return (current for key in keys if (current := snapshot.get(kind, key)) is not None)


def _row(current: Current) -> ResourceRow:
    if current.candidates:
        return ResourceRow(current.key, f"ambiguous: {number(len(current.candidates))} have this name", "", "", "")
    fields = current.fields
    names = fields.get("display_name") or fields.get("name")
    name = names if isinstance(names, str) else ""
    place = place_of(current) if current.kind != "location" else ""
    return ResourceRow(
        current.key,
        "" if name == current.key else name,
        place,
        ", ".join(dict.fromkeys(numbers_of(current))),
        extension_of(current),
    )


def _note(kind: str, total: int, tables: str) -> str:
    if total <= ROWS:
        return ""
    where = f"{tables}/{kind}.csv" if tables else f"reconcile export --format csv ({kind}.csv)"
    return f"The first {number(ROWS)} of {number(total)}; all of them: {where}"
