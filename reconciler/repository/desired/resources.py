"""From the parsed entries of a file to resources in normal form: validated, profiles merged, ranges expanded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from reconciler.errors import Problem
from reconciler.inert import quoted
from reconciler.kinds.contract.kind import ResourceKind
from reconciler.kinds.contract.namesakes import namesake
from reconciler.kinds.people.license import NAMING, named_now
from reconciler.model.address import normal_address
from reconciler.model.desired import Wanted
from reconciler.model.snapshot import Fields
from reconciler.repository.desired.countries import Countries, place_of
from reconciler.repository.desired.entries import ABSENT, EntryType, EntryTypes, entry_type
from reconciler.repository.desired.keys import completed, key_as_written, key_before
from reconciler.repository.desired.messages import in_plain_english, unlike_numbers
from reconciler.repository.desired.phone import as_e164
from reconciler.repository.desired.units import Document, Unit
from reconciler.repository.yamlfile import Path

#: So many resources at most, ranges expanded: a mistake is more likely than a tenant that has them.
MOST_RESOURCES = 500_000


@dataclass(frozen=True, eq=False)
class FileReading:
    """The reading of one file: what it needs to know of the rest, and where its problems go.

    `refused` collects the addresses of units with problems (empty: not even that could be read; `number/`: some of that
    kind, which nest in such a unit), so that what refers to them is not reported as well. `tally` is how many resources
    all files have so far, and whether that was said to be too many; `national` which units were read by the country of
    a location (Loading.national). `types` are those of the entries of all files.
    """

    file: str
    document: Document
    profiles: Mapping[str, Any]
    aliases: Mapping[str, str]
    countries: Countries
    problems: list[Problem]
    refused: set[str]
    notices: list[str]
    tally: list[int]
    national: dict[tuple[str, int], str]
    types: EntryTypes

    def _too_many(self, unit: Unit, more: int = 0) -> bool:
        """Whether more than fits has been described, these `more` included; said once."""
        if self.tally[0] + more > MOST_RESOURCES and not self.tally[1]:
            self.tally[1] = 1
            what = f"with this more than {MOST_RESOURCES:,} resources are described"
            self.problems.append(Problem(self.file, unit.line, 1, what, "correct the ranges, or divide the tenant"))
        return self.tally[0] + more > MOST_RESOURCES

    def resources(self, units: Sequence[Unit]) -> Iterator[tuple[Unit, list[Wanted]]]:
        """The resources that each unit describes; what is wrong with a unit goes to `problems` instead.

        Raises UntrustedSplit, before anything is yielded or reported, when the file must be read whole.
        """
        values = self.document.values(units)
        start = 0
        while start < len(units):
            kind = units[start].kind
            end = start
            while end < len(units) and units[end].kind is kind:
                end += 1
            entry, some = self.types.of(kind, values[start:end]), units[start:end]
            for unit, fields in zip(some, self._valid(entry, some, values[start:end]), strict=True):
                if fields is not None and not self._too_many(unit):
                    found = self._wanted(entry, unit, fields)
                    self.tally[0] += len(found)
                    yield unit, found
            start = end

    def _valid(self, entry: EntryType, units: Sequence[Unit], values: list[Any]) -> list[Fields | None]:
        """The normal form of each value, None where it is refused: all at once, and one by one if that fails."""
        if entry.lean is not None:
            try:
                found: list[Fields | None] = entry.lean.validate_python(values)
            except ValidationError:
                pass
            else:
                return found
        return [self._one(entry, unit, value) for unit, value in zip(units, values, strict=True)]

    def _one(self, entry: EntryType, unit: Unit, value: Any) -> Fields | None:
        if isinstance(value, Problem):
            self.problems.append(value)
            self.refused.add("")
            return None
        try:
            return _normal(entry, value)
        except ValidationError:
            pass
        careful = self.document.careful(unit)
        entry = self.types.of(entry.kind, [careful])
        try:
            return _normal(entry, careful)
        except ValidationError as error:
            if (fields := self._in_e164(entry, unit, careful, error)) is not None:
                return fields
            key = key_as_written(entry.kind, careful) if isinstance(careful, dict) else ""
            self.refused.add(normal_address(f"{entry.kind.name}/{key}") if key else "")
            self.refused.update(f"{inner.name}/" for field, inner in entry.nested.items() if field in _names(careful))
            alone = key and isinstance(careful[entry.kind.key_fields[-1]], str)
            name = f"{entry.kind.name}/{key}" if alone else f"{self.file}:{unit.line} ({entry.kind.name})"

            def place(path: Path, *, key: bool) -> tuple[int, int, str]:
                return (*self.document.place(unit, path, key=key), self.document.raw(unit, path))

            def country_of(value: Any) -> str:
                return self.countries.of(entry.kind.name, value)

            model = entry_type(entry.kind).model  # the whole of it, for what was meant by a name that nobody knows
            said = in_plain_english(self.file, model, entry.kind.name, careful, error, place, country_of)
            for problem in said:
                problem.entries = (name,)
                self.problems.append(problem)
            return None

    def _in_e164(self, entry: EntryType, unit: Unit, value: Any, error: ValidationError) -> Fields | None:
        """The normal form where nothing is wrong but that numbers are written as they are dialled in a country that is
        known; each is said. None where something else is wrong too, or it is not certain which number is meant."""
        said, value = [], deepcopy(value)
        for path, text in unlike_numbers(value, error).items():
            number = as_e164(text, self.countries.of(entry.kind.name, value), certain=True)
            if not number:
                return None
            inner = value
            for part in path[:-1]:
                inner = inner[part]
            inner[path[-1]] = number
            line, col = self.document.place(unit, path, key=False)
            name = ".".join(str(part) for part in path if not isinstance(part, int))
            said.append(f"{self.file}:{line}:{col}: {name}: {quoted(text)} is read as {number}")
        try:
            fields = _normal(entry, value) if said else None
        except ValidationError:
            return None
        self.notices.extend(said)
        if fields is not None:
            self.national[self.file, unit.number] = place_of(entry.kind.name, value)
        return fields

    def _wanted(self, entry: EntryType, unit: Unit, fields: Fields) -> list[Wanted]:
        kind, file, line = entry.kind, self.file, unit.line
        if entry.to_parts and (refused := self._incomplete(entry, unit, fields)) is not None:
            return refused
        if (name := _key_of(kind, fields)) and namesake(name):
            field = kind.key_fields[-1]
            why = f"{field}: {name!r} is how a snapshot tells namesakes apart, and no name: rename all but one"
            return self._refused(unit, (), why, f"{kind.name}/{name}")
        was = fields.pop("was", None)
        if "state" in fields and fields["state"] in (ABSENT, None) and fields.pop("state") == ABSENT:
            return [_absent(kind, own, file, line) for own in _expanded(kind, fields)]
        nested = [(inner, fields.pop(field)) for field, inner in entry.nested.items() if field in fields]
        where: Path = ()
        try:
            for name, section in entry.sections.items():
                if section.profile and fields.get(name):
                    where = (name, "profile")
                    fields[name] = section.profile(fields[name], self.profiles)
            where = ()
            if not NAMING.isdisjoint(fields):
                fields = named_now(fields, self.aliases)
            if kind.complete:
                fields = kind.complete(fields)
        except ValueError as error:
            self.refused.update(f"{inner.name}/" for inner, items in nested if items)
            return self._refused(unit, where, str(error), f"{kind.name}/{_key_of(kind, fields)}")
        found = [Wanted(kind.name, kind.key_of(own), own, file, line) for own in _expanded(kind, fields)]
        if was:
            found[0] = replace(found[0], was=key_before(kind, was, fields))
        for inner, items in nested:
            for item in items:
                if self._too_many(unit, len(found)):
                    break
                found += _inner(kind, fields, inner, item, file, line)
        return found

    def _incomplete(self, entry: EntryType, unit: Unit, fields: Fields) -> list[Wanted] | None:
        """Complete the references of an entry that leave out the location; None where all of them are understood."""
        found = list(completed(entry.kind, fields, entry.to_parts))
        for path, why in found:
            label = ".".join(part for part in path if isinstance(part, str))
            self._refused(unit, path, f"{label}: {why}", f"{entry.kind.name}/{_key_of(entry.kind, fields)}", said=True)
        if found:
            return []
        fields |= _normal(entry, fields)  # what was sorted by the shorter names is so by the whole ones
        return None

    def _refused(self, unit: Unit, where: Path, why: str, address: str, *, said: bool = False) -> list[Wanted]:
        """What is wrong with a unit as a whole, and nothing of it; the text begins with the field that it is about,
        unless `where` says so already and it is not `said`."""
        line, col = self.document.place(unit, where or tuple(why.partition(":")[0].split(".")), key=False)
        problem = Problem(self.file, line, col, f"{where[0]}.{why}" if where and not said else why, entries=(address,))
        self.problems.append(problem)
        self.refused.add(address)
        return []


def _key_of(kind: ResourceKind, fields: Fields) -> str:
    """The key of an entry, empty where it describes several, like a range."""
    if type(kind.key) is str:
        return "" if (key := fields.get(kind.key)) is None else str(key)
    return kind.key_of(fields) if all(fields.get(name) is not None for name in kind.key) else ""


def _names(value: Any) -> Iterable[str]:
    return value if isinstance(value, dict) else ()


def _normal(entry: EntryType, value: Any) -> Fields:
    fields: Fields = entry.model.model_validate(value).model_dump(exclude_unset=True)
    return fields


def _inner(owner: ResourceKind, fields: Fields, kind: ResourceKind, item: Fields, file: str, line: int) -> list[Wanted]:
    """The resources of one entry of a nested list; they refer to the resource that holds the list."""
    full = {owner.name: owner.key_of(fields), **item}
    if full.get("state") == ABSENT:
        return [_absent(kind, own, file, line) for own in _expanded(kind, full)]
    return [Wanted(kind.name, kind.key_of(own), own, file, line) for own in _expanded(kind, full)]


def _absent(kind: ResourceKind, own: Fields, file: str, line: int) -> Wanted:
    """Nothing is managed of what is to be gone; its key, and where to look for it, is all that counts."""
    kept = {field: own[field] for field in (*kind.key_fields, kind.shard) if own.get(field)}
    return Wanted(kind.name, kind.key_of(own), kept, file, line, absent=True)


def _expanded(kind: ResourceKind, fields: Fields) -> list[Fields]:
    return kind.expand(fields) if kind.expand else [fields]
