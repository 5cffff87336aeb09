"""Which part of the tenant an export reads: kinds and artefacts, one location of them, addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from reconciler.errors import UsageError
from reconciler.kinds import managed, nested, observed, owners, sections_of
from reconciler.kinds.contract.namesakes import name_of
from reconciler.model.address import matches

#: Artefacts under a location: their key begins with its name, or is it.
_OF_LOCATION = "calling_location"


@dataclass(frozen=True)
class Choice:
    """`managed` are the kinds to read, `artefacts` the artefacts, each with all that it is asked of. `whole` are those
    that end up in the snapshot; the others are only there to be asked of, and are left out of it in the end.
    `sections` are read beside those that always are. `location` and `patterns` leave only resources there, or with such
    an address."""

    managed: tuple[str, ...] = ()
    artefacts: tuple[str, ...] = ()
    whole: frozenset[str] | None = None
    location: str = ""
    patterns: tuple[str, ...] = ()
    sections: frozenset[str] = frozenset()

    @property
    def names(self) -> frozenset[str]:
        """The kinds and artefacts that end up in the snapshot."""
        return frozenset((*self.managed, *self.artefacts)) if self.whole is None else self.whole

    @property
    def narrow(self) -> bool:
        """Whether only some resources of a kind are read: then the others are not known to be gone."""
        return bool(self.location or self.patterns)

    def takes(self, name: str, key: str, fields: Mapping[str, Any]) -> bool:
        """Whether a resource is to be listed: it is selected, or something that is asked of it is."""
        if not self.narrow:
            return True
        here = not self.location or place_of(name, key, fields) == self.location
        parts = (name, *_sections(name), *self._below(name))
        return here and any(self.matches(part, key) for part in parts)

    def selects(self, name: str, key: str, fields: Mapping[str, Any]) -> bool:
        """Whether a resource itself belongs to the choice, in whole."""
        if not self.narrow:
            return True
        here = not self.location or place_of(name, key, fields) == self.location
        return here and any(self.matches(part, key) for part in (name, *_sections(name)))

    def matches(self, name: str, key: str) -> bool:
        """Whether an address is chosen by itself; of those who share a name all are."""
        named = {f"{name}/{key}", f"{name}/{name_of(name, key)}"}
        return not self.patterns or any(matches(pattern, one) for pattern in self.patterns for one in named)

    def sections_of(self, name: str) -> list[str]:
        """The sections of a kind that are read: those that have no reading of their own here."""
        found = (one for one in sections_of(name).values() if one.always or one.name in self.sections)
        return [one.name for one in found if not (one.picked and one.name in self.artefacts)]

    def has_sections(self, name: str) -> bool:
        return self.whole is None or name in self.whole

    def keys(self, name: str) -> frozenset[str] | None:
        """The keys that the patterns name one by one; None when one of them stands for many."""
        if self.location or not self.patterns or self._below(name):
            return None
        found = [pattern.partition("/")[2] for pattern in self.patterns if _head(pattern) == name]
        plain = bool(found) and not any(sign in key for key in found for sign in "*?[")
        return frozenset(found) if plain and not any(_wild(_head(pattern)) for pattern in self.patterns) else None

    def to_json(self) -> dict[str, Any]:
        """What was chosen, in order, for comparing with another time."""
        return {
            "managed": sorted(self.managed),
            "artefacts": sorted(self.artefacts),
            "location": self.location,
            "patterns": sorted(self.patterns),
            **({"sections": sorted(self.sections)} if self.sections else {}),
        }

    def _below(self, name: str) -> list[str]:
        """What is asked of resources of this kind or artefact, as far as it is chosen."""
        found = [one for one in self.artefacts if observed()[one].of == name]
        return found + [deeper for one in found for deeper in self._below(one)]


EVERYTHING = Choice()


def chosen(
    names: Iterable[str] = (),
    *,
    location: str = "",
    patterns: Iterable[str] = (),
    without: Iterable[str] = (),
    used: Iterable[str] = (),
) -> Choice:
    """The choice that these words make: kinds and artefacts (none: all), a location, patterns of addresses. An artefact
    brings along what it is asked of. `used` are sections that desired state describes.
    UsageError for a kind that there is not, or a choice of nothing."""
    named, wanted = list(dict.fromkeys(names)), tuple(dict.fromkeys(patterns))
    known = list(dict.fromkeys([*(owner.name for owner in owners() if owner.scan), *observed()]))
    for name in named:
        if name not in managed() and name not in observed():
            raise UsageError(f"there is no kind {name!r}", do=f"one of: {', '.join(known)}")
    # a section lies in its owner
    whole = {name.partition(".")[0] if nested(name) else name for name in named} or set(known)
    whole -= set(without)
    if location:
        whole = {name for name in whole if placed(name)}
    if wanted:
        whole = {name for name in whole if any(_meant(name, _head(pattern)) for pattern in wanted)}
        if not whole:
            raise UsageError(
                f"no kind matches --address {' '.join(wanted)}",
                do="an address is kind/key, like person/ana@example.com; patterns take * and ?",
            )
    needed: set[str] = set()
    for name in whole:
        while name:
            needed.add(name)
            name = observed()[name].of if name in observed() else ""
    narrow = frozenset(whole) if location or wanted else None
    return Choice(
        tuple(sorted((needed & {owner.name for owner in owners()}) - observed().keys())),
        tuple(sorted(needed & observed().keys())),
        narrow,
        location,
        wanted,
        frozenset((*used, *filter(nested, named))),
    )


def placed(name: str) -> bool:
    """Whether resources of a kind or artefact are somewhere."""
    if name not in observed():
        return name == "location" or "location" in managed()[name].managed.model_fields
    one = observed()[name]
    return (
        bool(one.shard)
        or name == _OF_LOCATION
        or one.of == _OF_LOCATION
        or any(column.path == "location" for column in one.columns)
    )


def place_of(name: str, key: str, fields: Mapping[str, Any]) -> str:
    """The location of a resource, empty when it has none."""
    if name in ("location", _OF_LOCATION) or (name in observed() and observed()[name].of == _OF_LOCATION):
        return str(fields.get("location") or name_of(name, key))
    return str(fields.get("location") or "")


def _head(pattern: str) -> str:
    return pattern.partition("/")[0]


def _meant(name: str, head: str) -> bool:
    """Whether a pattern that begins like this can name something of a kind: itself, a section, what it is a part of."""
    return any(fnmatchcase(one, head) for one in (name, name.partition(".")[0], *_sections(name)))


def _sections(name: str) -> list[str]:
    return [section.name for section in sections_of(name).values() if nested(section.name)]


def _wild(text: str) -> bool:
    return any(sign in text for sign in "*?[")
