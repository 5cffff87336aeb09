"""A kind of a snapshot in memory as the files that it has in `state/`: objects by location, and each of their sections
in files of its own, so that one is read without the others and a change of it is a line that shows nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.kinds import managed, observed, sections_of, shard_of
from reconciler.model.snapshot import Current
from reconciler.repository.store.layout import digest, file_names, part_file
from reconciler.repository.store.lines import ABSENT, observed_line, owner_line, section_line, separable


class File(NamedTuple):
    """A file of a section, or of the objects themselves (`section` empty), and what the manifest says of it."""

    section: str
    name: str
    about: dict[str, Any]
    data: bytes


def sections_in(name: str, resources: Mapping[str, Current]) -> list[str]:
    """The sections of a kind of which something is known of somebody, if only why it could not be read."""
    if name not in managed():
        return []
    return [part for part in sorted(sections_of(name)) if any(_has(current, part) for current in resources.values())]


def divided(
    name: str, resources: Mapping[str, Current], seen: Mapping[str, Mapping[str, Current]]
) -> Iterator[list[File]]:
    """The files of a kind, first its own and then those of each section. `seen` are sections of which something was
    observed beside what is managed, by the name of the section and the key of its owner.

    Resources may be read from the files that these replace: each list is whole before the first of it is written.
    """
    sections = {**dict.fromkeys(sections_in(name, resources)), **dict.fromkeys(seen)}
    shard, places = shard_of(name), dict[str, list[str]]()
    for key in sorted(resources):
        places.setdefault(_place(resources[key], shard), []).append(key)
    if not shard and not resources:
        places.clear()
    names = file_names(name, bool(shard), places)
    whole = name in observed() and (name not in managed() or bool(managed()[name].key))

    def line(key: str) -> bytes:
        return observed_line(resources[key]) if whole else owner_line(resources[key], sections)

    own = [(place, [line(key) for key in keys]) for place, keys in places.items()]
    yield [_file("", names[place], lines, place if shard else None) for place, lines in own]
    for part in sections:
        beside = seen.get(part, {})
        found: dict[str, list[bytes]] = {}
        for key in sorted({*resources, *beside}):
            fields = _managed(resources.get(key), part)
            if fields is not ABSENT or key in beside:
                place = _place(resources[key], shard) if key in resources else ""
                found.setdefault(place, []).append(section_line(f"{name}.{part}", key, fields, beside.get(key)))
        nobody = file_names(name, bool(shard), [""])[""]
        files = {place: part_file(names.get(place, nobody), name, part) for place in found}
        where = shard if part in seen else ""
        yield [_file(part, files[place], lines, place if where else None) for place, lines in found.items()]


def _has(current: Current, part: str) -> bool:
    return part in current.unknown or _managed(current, part) is not ABSENT


def _managed(current: Current | None, part: str) -> Any:
    value = current.fields.get(part, ABSENT) if current is not None else ABSENT
    return value if value is not ABSENT and separable(value) else ABSENT


def _place(current: Current, shard: str) -> str:
    """Where it lies: a remote id is the name of no place."""
    named = shard and shard not in current.unknown
    return str((current.fields.get(shard) if named else "") or "")


def _file(section: str, name: str, lines: list[bytes], place: str | None) -> File:
    data = b"".join(lines)
    about: dict[str, Any] = {"lines": len(lines), "sha256": digest(data)}
    return File(section, name, about if place is None else about | {"location": place}, data)
