"""Checks across all files: one resource per address, one owner per claim, and references that lead somewhere.

They are fed resource by resource and keep no more than names; the places are looked up when something is wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from reconciler.errors import InputError, Problem
from reconciler.kinds import kind as kind_named
from reconciler.kinds import sections_of
from reconciler.kinds.contract import marks
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.marks import EACH, marks_of
from reconciler.kinds.people.license import WHICH
from reconciler.model.claims import claim_of
from reconciler.model.desired import Wanted
from reconciler.repository.desired.entries import did_you_mean
from reconciler.repository.store import StoredSnapshot

Source = tuple[str, int]
#: Where a text stands in the entry that begins at a source: line and column.
Locate = Callable[[Source, str], tuple[int, int]]


@dataclass(frozen=True, slots=True)
class _Part:
    """Where the names in a kind's fields are, or in those of a section of it; quicker than kinds/contract/marks.py.

    `deep`: some are in lists or mappings of models, or of one of several kinds, and that finds them."""

    section: str
    kind: Kind
    deep: bool
    references: tuple[tuple[str, tuple[str, ...], str], ...]
    claims: tuple[tuple[str, str, str], ...]


class _Parts(dict[str, _Part | None]):
    """The parts of an entry by the name of the section, empty for the entry itself; None where no names are in it."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __missing__(self, section: str) -> _Part | None:
        of = sections_of(self._kind).get(section) if section else kind_named(self._kind)
        part = _part(section, of) if of else None
        self[section] = part if part and (part.references or part.claims) else None
        return self[section]


@cache
def _parts(kind: str) -> _Parts:
    return _Parts(kind)


def _part(section: str, of: Kind) -> _Part:
    found = marks_of(of)
    deep = any(EACH in path or len(ref.kinds) > 1 for path, ref in found.refs)
    deep = deep or any(len(path) > 1 for path, _ in found.claims)
    references = tuple((path[0], path[1:], f"{ref.kinds[0]}/") for path, ref in found.refs)
    claims = tuple((path[0], f"{claim.space}:", claim.per) for path, claim in found.claims)
    return _Part(section, of, deep, references, claims)


def names_in(wanted: Wanted) -> tuple[list[str], list[str]]:
    """What a resource and its sections lay claim to, and the addresses that they refer to."""
    claims: list[str] = []
    references: list[str] = []
    if wanted.absent:
        return claims, references
    parts = _parts(wanted.kind)
    for section in ("", *wanted.fields):
        part = parts[section]
        fields: Any = wanted.fields[section] if section else wanted.fields
        if part is None or not fields:
            continue
        if part.deep:
            _deep_names(part.kind, fields, claims, references)
            continue
        for name, rest, prefix in part.references:
            value = fields.get(name)
            for inner in rest:
                value = value.get(inner) if isinstance(value, dict) else None
            if value:
                references += [prefix + value] if type(value) is str else [prefix + key for key in _keys(value)]
        for name, prefix, per in part.claims:
            # What is unique per location clashes only where the location is known.
            if (value := fields.get(name)) and (not per or fields.get(per)):
                within = f"{prefix}{fields.get(per) or '' if per else ''}:"
                claims += [within + value] if type(value) is str else [within + key for key in _keys(value)]
    return claims, references


def _deep_names(kind: Kind, fields: Any, claims: list[str], references: list[str]) -> None:
    """Add what is claimed and referred to at any depth."""
    references += [one.address for one in marks.references(kind, fields)]
    for path, claim in marks_of(kind).claims:
        claims += [claim_of(claim.space, *found) for found in marks.claimed(path, claim, fields)]


def _keys(value: Any) -> list[str]:
    """The keys in a list, or those switched on in a mapping."""
    return [name for name, on in value.items() if on] if isinstance(value, dict) else list(value)


class Checks:
    """What has been seen so far; `problems` hold what clashes, `finish` adds references to nothing."""

    def __init__(self, locate: Locate) -> None:
        self._locate = locate
        self.problems: list[Problem] = []
        self.addresses: dict[str, Source] = {}
        self._claims: dict[str, tuple[str, Source]] = {}
        self._references: dict[str, tuple[str, Source]] = {}
        self._before: dict[str, tuple[str, Source]] = {}

    def add(self, wanted: Wanted) -> None:
        source = (wanted.file, wanted.line)
        address = wanted.address
        first = self.addresses.setdefault(address, source)
        if first is not source:
            what = f"{address} is described twice; the first time at {_spot(first)}"
            self.problems.append(self._problem(source, wanted.key, what, "keep one of the two", address))
            return
        if wanted.was:
            self._was(wanted, source)
        claims, references = names_in(wanted)
        for claim in claims:
            holder = self._claims.setdefault(claim, (address, source))
            if holder[0] != address:
                what = f"{address}: {_claimed(claim)} already belongs to {holder[0]} ({_spot(holder[1])})"
                value = claim.rpartition(":")[2]
                self.problems.append(self._problem(source, value, what, "give one of them another", address, holder[0]))
        for reference in references:
            self._references.setdefault(reference, (address, source))

    def _was(self, wanted: Wanted, source: Source) -> None:
        address, before = wanted.address, f"{wanted.kind}/{wanted.was}"
        other, spot = self._before.setdefault(before, (address, source))
        if other != address:
            what = f"{address} says that it was {before}, as {other} does ({_spot(spot)})"
            self.problems.append(self._problem(source, wanted.was, what, "only one of them can have been", address))

    @property
    def _names(self) -> dict[str, str]:
        """Who said first that it had a name, by that name."""
        return {before: address for before, (address, _) in self._before.items()}

    def _circle(self, before: str) -> list[str]:
        """Those whose names go round, told once: at the one that comes first."""
        names = self._names
        told = [before]
        while (following := names.get(told[-1])) and following != before and following not in told:
            told.append(following)
        return sorted(told) if following == before and before == min(told) else []

    def by_old_names(self) -> Iterator[Problem]:
        """Problems of what is described, or referred to, by a name that something else says it had."""
        for before, (address, source) in self._before.items():
            if before == address:
                yield self._problem(source, "was", f"{address} says that it was itself", "take `was` out", address)
            elif circle := self._circle(before):
                what = f"{' and '.join(circle)} would take each other's names"
                do = "give one of them a third name first, and that one its name after it is applied"
                yield self._problem(source, before.partition("/")[2], what, do, address)
            elif (spot := self.addresses.get(before)) and before not in self._names.values():
                what = f"{address} says that it was {before}, which is described too ({_spot(spot)})"
                yield self._problem(source, before.partition("/")[2], what, "keep one of the two", address)
            elif spot is None and before in self._references:
                by, place = self._references[before]
                what = f"{by} refers to {before}, which is {address} now ({_spot(source)})"
                do = f"write {address.partition('/')[2]}"
                yield self._problem(place, before.partition("/")[2], what, do, by)

    def finish(self, snapshot: Callable[[], StoredSnapshot | None], refused: set[str]) -> list[Problem]:
        """All problems. `snapshot` gives the current state, if there is one; it is asked for only when needed.

        `refused` are resources with problems of their own; an empty address among them is something unreadable, and
        then nobody can tell which references lead nowhere; `number/` are numbers that nest in such a resource.
        """
        open_ends = self._references.keys() - self.addresses.keys() - self._before.keys() - refused
        open_ends = {ref for ref in open_ends if f"{ref.partition('/')[0]}/" not in refused}
        if open_ends and "" not in refused:
            self.problems += self._missing(open_ends, snapshot())
        return self.problems

    def _missing(self, open_ends: Iterable[str], snapshot: StoredSnapshot | None) -> Iterator[Problem]:
        """A problem for each reference that neither desired nor the snapshot knows.

        Where neither knows anything of the kind, or its list is not complete, nobody can tell.
        """
        desired = _by_kind(self.addresses)
        for kind, keys, listed in lacking(open_ends, desired, snapshot):
            for key in keys:
                address, source = self._references[f"{kind}/{key}"]
                where = "desired/ or state/" if listed else "desired/ (and state/ does not know that kind)"
                what = f"{address}: there is no {kind.replace('_', ' ')} {key!r} in {where}"
                near = did_you_mean(key, [*desired.get(kind, ()), *(listed.keys(kind) if listed else ())])
                do = near or "correct the name, describe it, or run `reconcile export` if it is new"
                yield self._problem(source, key, what, do, address)

    def _problem(self, source: Source, value: str, what: str, do: str, *entries: str) -> Problem:
        return Problem(source[0], *self._locate(source, value), what, do, entries)


def lacking(
    open_ends: Iterable[str], desired: Mapping[str, Collection[str]], snapshot: StoredSnapshot | None
) -> Iterator[tuple[str, list[str], StoredSnapshot | None]]:
    """Of references that desired (keys by kind) does not know those that the snapshot does not know either: a kind, its
    keys, and the snapshot where its list is complete. Where neither knows anything of a kind, nobody can tell."""
    for kind, keys in sorted(_by_kind(open_ends).items()):
        gap = snapshot.incomplete(kind) if snapshot else "not read"
        if gap and (gap != "not read" or kind not in desired):
            continue
        listed = snapshot if snapshot and not gap else None
        yield kind, sorted(listed.lacking(kind, set(keys)) if listed else keys), listed


#: Up to so many with the same doubt are named each.
_EACH_DOUBT = 3


def refuse_doubts(doubts: list[tuple[Wanted, str]]) -> None:
    """InputError where nobody can tell which licences are meant; of many with the same doubt the first are named."""
    often, said, problems = Counter(doubt for _, doubt in doubts), Counter[str](), list[Problem]()
    for wanted, doubt in doubts:
        said[doubt] += 1
        if said[doubt] <= _EACH_DOUBT:
            more = f"; so do {often[doubt] - _EACH_DOUBT:,} others" if said[doubt] == _EACH_DOUBT < often[doubt] else ""
            problems.append(Problem(wanted.file, wanted.line, 1, f"{wanted.address}: {doubt}{more}", WHICH))
    if problems:
        raise InputError(sorted(problems, key=Problem.order))


def _by_kind(addresses: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for address in addresses:
        kind, _, key = address.partition("/")
        found.setdefault(kind, []).append(key)
    return found


def _claimed(claim: str) -> str:
    """`extension:Madrid:42` → extension 42 at Madrid."""
    space, _, rest = claim.partition(":")
    per, _, value = rest.rpartition(":")
    return f"{space} {value} at {per}" if per else f"{space} {value}"


def _spot(source: Source) -> str:
    return f"{source[0]}:{source[1]}"
