"""What is not the same in two snapshots: the resources any of whose lines differ, with the sections that do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from reconciler.errors import ReconcileError
from reconciler.history.sides import Side
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.repository.store.layout import part_file
from reconciler.repository.store.lines import ABSENT, current_of, decoded_key, line_pattern, managed_of, observed_of


class _Lines(NamedTuple):
    """The line about a resource, under its key as it stands there, and those about sections of it."""

    key: bytes
    own: bytes
    sections: tuple[tuple[str, bytes], ...]


def differing(before: Side, after: Side) -> tuple[MemorySnapshot, MemorySnapshot]:
    """Both snapshots, reduced to the resources whose lines are not the same, and of their sections to those whose files
    are not; files with equal digests are not read. What a format of before has nested is compared as well."""
    found = MemorySnapshot(before.org, gaps=before.gaps()), MemorySnapshot(after.org, gaps=after.gaps())
    for kind in sorted({*before.kinds, *after.kinds}):
        lines = [set(_lines(side, other, kind)) for side, other in ((before, after), (after, before))]
        for snapshot, side, own, others in zip(found, (before, after), lines, reversed(lines), strict=True):
            if kind in side.kinds:
                resources = (_resource(side, kind, one) for one in own - others)
                snapshot.kinds[kind] = {one.key: one for one in resources if one is not None}
        then, now = (snapshot.kinds.get(kind, {}) for snapshot in found)
        for key in [key for key in then.keys() & now.keys() if then[key] == now[key]]:
            del then[key], now[key]  # said in another format
    return found


def _lines(side: Side, other: Side, kind: str) -> Iterator[_Lines]:
    """Those in the files of a kind that are not the same on the other side, or have sections that are not."""
    files, theirs = side.files(kind), other.files(kind)
    parts, their_parts = side.parts(kind), other.parts(kind)
    for file, sha256 in files.items():
        names = {part: part_file(file, kind, part) for part in sorted({*parts, *their_parts})}
        ours = {part: parts.get(part, {}).get(name) for part, name in names.items()}
        differ = [part for part, name in names.items() if ours[part] != their_parts.get(part, {}).get(name)]
        if sha256 == theirs.get(file) and not differ:
            continue
        sections: dict[bytes, list[tuple[str, bytes]]] = {}
        for part in differ:
            if (known := ours[part]) is not None:
                for key, line in _by_key(side, f"{kind}.{part}", names[part], known):
                    sections.setdefault(key, []).append((part, line))
        for key, line in _by_key(side, kind, file, sha256):
            yield _Lines(key, line, tuple(sections.get(key, ())))


def _by_key(side: Side, kind: str, file: str, sha256: str) -> Iterator[tuple[bytes, bytes]]:
    for match in line_pattern(kind).finditer(side.content(file, sha256)):
        yield match[1], match[0]


def _resource(side: Side, kind: str, lines: _Lines) -> Current | None:
    """The resource in these lines; None in one that is about the managed half of a section."""
    line = lines.own
    try:
        key = decoded_key(lines.key)
        if kind in side.both:
            return observed_of(line, kind, key)
        current = current_of(line, kind, key, sections=side.parts(kind))
        for part, line in lines.sections:
            if (fields := managed_of(line, f"{kind}.{part}", lines.key)) is not ABSENT:
                current.fields[part] = fields
    except (ValueError, LookupError, TypeError, AttributeError):
        raise ReconcileError(
            "this snapshot is damaged", where=side.label, why=f"not a line about a {kind}: {line[:80]!r}"
        ) from None
    return current
