"""From the parsed entries of a file to resources in normal form: validated, profiles merged, ranges expanded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from reconciler.desired.entries import ABSENT, EntryType, entry_type
from reconciler.desired.messages import in_plain_english
from reconciler.desired.units import Document, Unit
from reconciler.errors import Problem
from reconciler.kinds._kind import Kind
from reconciler.model.desired import Wanted
from reconciler.model.snapshot import Fields

Profiles = Mapping[str, Any]


def resources(
    name: str, document: Document, units: Sequence[Unit], profiles: Profiles, problems: list[Problem]
) -> Iterator[tuple[Unit, list[Wanted]]]:
    """The resources that each unit describes; what is wrong with a unit goes to `problems` instead.

    Raises UntrustedSplit, before anything is yielded or reported, when the file must be read whole.
    """
    values = document.values(units)
    start = 0
    while start < len(units):
        kind = units[start].kind
        end = start
        while end < len(units) and units[end].kind is kind:
            end += 1
        entry = entry_type(kind)
        for unit, fields in zip(
            units[start:end], _valid(name, document, entry, units[start:end], values[start:end], problems), strict=True
        ):
            if fields is not None:
                yield unit, _wanted(name, document, entry, unit, fields, profiles, problems)
        start = end


def _valid(
    name: str, document: Document, entry: EntryType, units: Sequence[Unit], values: list[Any], problems: list[Problem]
) -> list[Fields | None]:
    """The normal form of each value, None where it is refused. All at once, and one by one if that fails."""
    try:
        models = entry.many.validate_python(values)
        found: list[Fields | None] = entry.many.dump_python(models, exclude_unset=True)
    except ValidationError:
        return [_one(name, document, entry, u, v, problems) for u, v in zip(units, values, strict=True)]
    return found


def _one(
    name: str, document: Document, entry: EntryType, unit: Unit, value: Any, problems: list[Problem]
) -> Fields | None:
    if isinstance(value, Problem):
        problems.append(value)
        return None
    try:
        return _normal(entry, value)
    except ValidationError:
        pass
    careful = document.careful(unit)
    try:
        return _normal(entry, careful)
    except ValidationError as error:
        problems.extend(in_plain_english(name, document, entry, unit, careful, error))
        return None


def _normal(entry: EntryType, value: Any) -> Fields:
    fields: Fields = entry.model.model_validate(value).model_dump(exclude_unset=True)
    return fields


def _wanted(
    name: str,
    document: Document,
    entry: EntryType,
    unit: Unit,
    fields: Fields,
    profiles: Profiles,
    problems: list[Problem],
) -> list[Wanted]:
    kind = entry.kind
    if fields.get("state", "") in (ABSENT, None):
        absent = fields.pop("state") == ABSENT
        if absent:
            return [_absent(kind, own, name, unit.line) for own in _expanded(kind, fields)]
    nested = [(inner, fields.pop(field)) for field, inner in entry.nested.items() if field in fields]
    try:
        for section_name, section in entry.sections.items():
            if section.profile and fields.get(section_name):
                where: tuple[str, ...] = (section_name, "profile")
                fields[section_name] = section.profile(fields[section_name], profiles)
        where = ()
        if kind.complete:
            fields = kind.complete(fields)
    except ValueError as error:
        problems.append(_refused(name, document, unit, where, str(error)))
        return []
    found = [Wanted(kind.name, own[kind.key], own, name, unit.line) for own in _expanded(kind, fields)]
    for inner, entries in nested:
        for item in entries:
            found += _inner(kind, fields, inner, item, name, unit.line)
    return found


def _inner(owner: Kind, owner_fields: Fields, kind: Kind, item: Fields, name: str, line: int) -> list[Wanted]:
    """The resources of one entry of a nested list; they refer to the resource that holds the list."""
    fields = {owner.name: owner_fields[owner.key], **item}
    absent = fields.get("state") == ABSENT
    if absent:
        return [_absent(kind, own, name, line) for own in _expanded(kind, fields)]
    return [Wanted(kind.name, own[kind.key], own, name, line) for own in _expanded(kind, fields)]


def _absent(kind: Kind, own: Fields, name: str, line: int) -> Wanted:
    """Nothing is managed of what is to be gone; the key and where to look for it is all that counts."""
    kept = {field: own[field] for field in (kind.key, kind.shard) if own.get(field)}
    return Wanted(kind.name, own[kind.key], kept, name, line, absent=True)


def _expanded(kind: Kind, fields: Fields) -> list[Fields]:
    return kind.expand(fields) if kind.expand else [fields]


def _refused(name: str, document: Document, unit: Unit, where: tuple[str, ...], why: str) -> Problem:
    """A hook's objection; its text begins with the field that it is about, unless `where` says so already."""
    path = where or tuple(why.partition(":")[0].split("."))
    line, col = document.place(unit, path, key=False)
    text = f"{where[0]}.{why}" if where else why
    return Problem(name, line, col, text)
