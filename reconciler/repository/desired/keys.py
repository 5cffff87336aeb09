"""Keys of several parts, as files say them: the fields separately, or all of them in the last one.

    location: Madrid        name: Madrid/Sales        in a reference: Madrid/Sales, or Sales where
    name: Sales                                       whoever refers is in Madrid

A `/` or `%2F` of a name is as model/address.py says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.kinds import managed
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.marks import Reference, marks_of, references
from reconciler.model.address import joined_key, normal_address, split_address, split_key
from reconciler.model.snapshot import Fields
from reconciler.model.text import normal

#: A part of an entry: the name of a section, empty for the entry itself, and its kind.
Part = tuple[str, Kind]


def apart(kind: Kind, value: Any) -> Any:
    """A raw entry with the fields of its key apart, where the last one has them all; else the entry as it is."""
    *others, last = kind.key_fields
    if not others or not isinstance(value, dict) or not isinstance(value.get(last), str):
        return value
    said = split_key(value[last])
    if len(said) != len(kind.key_fields) or any(name in value for name in others):
        return value
    return {**value, **dict(zip(kind.key_fields, said, strict=True))}


def key_as_written(kind: Kind, entry: Mapping[str, Any]) -> str:
    """The key of a raw entry; empty where it does not say all of it."""
    fields = apart(kind, dict(entry))
    said = {name: str(fields[name]).strip() for name in kind.key_fields if fields.get(name) not in (None, "")}
    return kind.key_of(said) if len(said) == len(kind.key_fields) else ""


def key_before(kind: Kind, was: str, fields: Fields) -> str:
    """The key that an entry says it had: the whole of it, or its last part, with the others as they are."""
    parts = tuple(normal(part) for part in split_key(was))
    others = kind.key_fields[:-1]
    if others and len(parts) == 1:
        parts = (*(str(fields[name]) for name in others), *parts)
    key = joined_key(*parts) if others else was
    return split_address(normal_address(f"{kind.name}/{key}"))[1]


def referring_to_parts(kind: Kind, sections: Mapping[str, Kind]) -> tuple[Part, ...]:
    """The kind and those of these sections, by name in the entry, that refer to what has a key of several parts."""
    parts = (("", kind), *sections.items())
    return tuple((name, part) for name, part in parts if any(_of_parts(ref.kinds) for _, ref in marks_of(part).refs))


def _of_parts(names: tuple[str, ...]) -> bool:
    return any(name in managed() and len(managed()[name].key_fields) > 1 for name in names)


def completed(kind: Kind, fields: Fields, parts: Iterable[Part]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Put the whole key into each reference of an entry that leaves out the location, which is then its own. Yields the
    place of each that cannot be understood, and why. What is refused is as it was. `parts` are `referring_to_parts`."""
    for section, part in parts:
        held = (fields.get(section) or {}) if section else fields
        place = kind.key_of(fields) if kind.name == "location" else str(fields.get("location") or "")
        for one in references(part, held):
            key_fields = managed()[one.kind].key_fields if one.kind in managed() else ()
            if len(key_fields) < 2:
                continue
            try:
                key = _whole(one, key_fields, place)
            except ValueError as error:
                yield ((section, *one.path) if section else one.path), str(error)
            else:
                _put(held, one.path, key if len(one.ref.kinds) == 1 else f"{one.kind}/{key}")


def _whole(one: Reference, key_fields: tuple[str, ...], place: str) -> str:
    parts = tuple(normal(part) for part in split_key(one.key))
    form = "/".join(field.upper() for field in key_fields)
    if len(parts) == len(key_fields) - 1:
        if not place:
            raise ValueError(f"{one.key!r} does not say at which location, and neither does this entry: write {form}")
        parts = (place, *parts)
    if len(parts) != len(key_fields) or not all(parts):
        raise ValueError(f"{one.key!r} is no {one.kind.replace('_', ' ')}: write {form}, a / in a name as %2F")
    return joined_key(*parts)


def _put(fields: Any, path: tuple[str | int, ...], value: str) -> None:
    for part in path[:-1]:
        fields = fields[part]
    if isinstance(fields[path[-1]], str):
        fields[path[-1]] = value
