"""What has to be read again because something changed: from rows that differ from those of the last snapshot and from
admin audit events to the parts of resources that can differ too.

    a resource changed   its own parts; every part that mentions it, by address, id or name; what it mentions itself;
                         what is derived from its location. A location's name stands in everything there, so a change
                         of a location reaches all who inherit from it.
    a part turns out to differ   then its resource has changed as well, and so on until nothing differs any more
    an event of which nobody can say what it was about   the whole kind, or everything

A part is (name, key): the sections of a resource, the details of a row, or what is asked of an owner. Nothing is
requested here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from reconciler.inventory.choice import place_of
from reconciler.inventory.observed import alone, asked
from reconciler.inventory.reading import Reading
from reconciler.kinds import kinds, managed, nested, observed, sections_of
from reconciler.kinds.contract.marks import references
from reconciler.kinds.contract.observed import MEMBERS, ORGANISATION
from reconciler.model.address import split_key
from reconciler.model.audit import NO_CHANGE, AuditEvent
from reconciler.model.remote_id import remote_id, uuid_of
from reconciler.model.snapshot import Current
from reconciler.repository.store import StoredSnapshot

Part = tuple[str, str]
_PLACES = ("location", "calling_location")
#: Everybody's resource says which of these it has; none of it is a part that would change with them.
_HELD_BY_ALL = frozenset({"license"})
_TEXTS = re.compile(rb'"((?:[^"\\]|\\.)*)"')


@dataclass
class Changes:
    """`again` are the parts to read, as far as they are known; `every`: all of them."""

    reading: Reading
    old: StoredSnapshot
    old_prints: dict[str, dict[str, str]]
    again: set[Part] = field(default_factory=set)
    every: bool = False
    _parts: dict[str, set[str]] = field(default_factory=dict)
    _tokens: set[bytes] = field(default_factory=set)
    _places: set[str] = field(default_factory=set)
    _seen: set[Part] = field(default_factory=set)

    def __post_init__(self) -> None:
        choice, snapshot = self.reading.choice, self.reading.snapshot
        for name in choice.managed:
            if choice.has_sections(name) and choice.sections_of(name):
                found = (one for one in alone(snapshot, name) if choice.selects(name, one.key, one.fields))
                self._parts[name] = {one.key for one in found}
        for name in choice.artefacts:
            artefact = observed()[name]
            if artefact.detail and choice.has_sections(name):
                self._parts[name] = {one.key for one in alone(snapshot, name)}
            elif artefact.look and name not in self.reading.refused:
                self._parts[name] = {one.key for one in asked(artefact, snapshot)[0]}

    @property
    def parts(self) -> Iterator[Part]:
        """All parts that there are."""
        return ((name, key) for name in sorted(self._parts) for key in sorted(self._parts[name]))

    def begin(self, events: Iterable[AuditEvent]) -> None:
        """What the lists and the events tell, and what the last snapshot did not have."""
        lacking = set(self.old.gaps) | (self._parts.keys() - set(self.old.kinds))
        for name in lacking:
            self._whole(name.partition(".")[0] if nested(name) else name)
        for name in self._listed():
            self._compare_list(name)
        self._attribute([event for event in events if not _harmless(event)])

    def differs(self, part: Part, old: Current | None, new: Current | None) -> None:
        """A part that was read again is not what it was."""
        name, key = part
        artefact = observed().get(name)
        if artefact is None or not artefact.look:
            self.changed(name, key, old, new)
            return
        for one in (old, new):
            self._note(one, artefact.name)

    def changed(self, name: str, key: str, old: Current | None, new: Current | None) -> None:
        """A resource is not what it was, or is new, or gone."""
        if (name, key) not in self._seen:
            self._seen.add((name, key))
            for one in _PLACES if name in _PLACES else (name,):
                self._own(one, key)
            if name not in _HELD_BY_ALL:
                self._mention(name, key, [one.id for one in (old, new) if one])
        for current in (old, new):
            self._note(current, name)

    def spread(self) -> set[Part]:
        """The parts to read now: those that are known, and those that mention what changed since the last time."""
        if self.every:
            self.again |= set(self.parts)
        for name in self._parts if self._tokens and not self.every else ():
            for key in self._parts[name] & set(self.old.keys(name) if name in self.old.kinds else ()):
                if (name, key) not in self.again and self._mentions(name, key):
                    self.again.add((name, key))
        self._tokens.clear()
        for name, keys in self._parts.items() if self._places else ():
            if name in observed() and observed()[name].derived:
                owners = self.reading.snapshot.kinds[observed()[name].of]
                here = {key for key in keys if place_of(observed()[name].of, key, owners[key].fields) in self._places}
                self.again |= {(name, key) for key in here}
        self._places.clear()
        return self.again

    def _listed(self) -> list[str]:
        choice, gaps = self.reading.choice, self.reading.snapshot.gaps
        lists = [name for name in choice.artefacts if not observed()[name].look]
        return [name for name in (*choice.managed, *lists) if name not in gaps]

    def _compare_list(self, name: str) -> None:
        found, choice = self.reading.snapshot.kinds[name], self.reading.choice
        before = set(self.old.keys(name)) if name in self.old.kinds else set()
        for key, new in found.items():
            old = self.old.get(name, key, new.fields.get("location")) if key in before else None
            if old is None or not self._same_row(name, old, new):
                self.changed(name, key, old, new)
        for key in before - found.keys():
            old = self.old.get(name, key)
            if old is not None and choice.takes(name, key, old.fields):
                self.changed(name, key, old, None)
        if name in _PLACES and before - found.keys():
            self.every = True  # its name stands everywhere, also where nobody would look for it

    def _same_row(self, name: str, old: Current, new: Current) -> bool:
        if name in observed() and observed()[name].detail:
            return self.old_prints.get(name, {}).get(new.key) == self.reading.prints[name][new.key]
        sections = sections_of(name) if name in managed() else {}
        fields = {path: value for path, value in old.fields.items() if path not in sections}
        return (old.id, fields, old.facts, old.candidates) == (new.id, new.fields, new.facts, new.candidates)

    def _attribute(self, events: list[AuditEvent]) -> None:
        if not events:
            return
        by_id: dict[str, list[Part]] = {}
        by_key: dict[str, list[Part]] = {}
        for name in self._listed():
            for key, current in self.reading.snapshot.kinds[name].items():
                if key == ORGANISATION:
                    continue  # what was changed of the organisation can reach everybody
                by_id.setdefault(uuid_of(current.id), []).append((name, key))
                by_key.setdefault(key.casefold(), []).append((name, key))
        gone: set[str] | None = None
        for event in events:
            about = by_id.get(event.target) or (not event.target and by_key.get(event.target_name.casefold())) or []
            for name, key in about:
                self.changed(name, key, self._before(name, key), self.reading.snapshot.kinds[name][key])
            self._mention("", event.target_name, [event.target])
            if not about:
                gone = self._gone() if gone is None else gone
                if event.target not in gone:
                    self._unattributed(event)

    def _unattributed(self, event: AuditEvent) -> None:
        name = next((one.name for one in kinds().values() if event.kind in one.audited.targets), event.kind.lower())
        if name in _PLACES or (name not in managed() and name not in observed()):
            self.every = True
        else:
            self._whole(name)

    def _gone(self) -> set[str]:
        """The ids of what the last snapshot has and the lists have not: that they are gone says the list."""
        found = set()
        for name in self._listed():
            keys = set(self.old.keys(name)) if name in self.old.kinds else set()
            for key in keys - self.reading.snapshot.kinds[name].keys():
                current = self.old.get(name, key)
                if current is not None:
                    found.add(uuid_of(current.id))
        return found

    def _whole(self, name: str) -> None:
        """All parts of a kind or artefact, and what is asked of it."""
        self.again |= {(name, key) for key in self._parts.get(name, ())}
        for below in self._parts:
            if below in observed() and observed()[below].of == name:
                self._whole(below)

    def _own(self, name: str, key: str) -> None:
        for part in (name, *(one for one in self._parts if one in observed() and observed()[one].of == name)):
            if key in self._parts.get(part, ()):
                self.again.add((part, key))

    def _mention(self, name: str, key: str, ids: Iterable[str]) -> None:
        """From now on whatever mentions this is read again."""
        texts = {f"{one}/{key}" for one in (_PLACES if name in _PLACES else (name,))}
        texts |= {key, key.rpartition("/")[2], split_key(key)[-1]}
        for one_id in ids:
            uuid = uuid_of(one_id)
            texts |= {one_id, uuid, _as_member(uuid)}
        self._tokens |= {json.dumps(text, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass") for text in texts}
        self._tokens.discard(b"")

    def _note(self, current: Current | None, name: str) -> None:
        """What a changed resource mentions, and where it is."""
        if current is None:
            return
        self._places.add(place_of(name, current.key, current.fields))
        for kind, key in _mentioned(name, current):
            if kind in MEMBERS and name != "device":
                self._mention(kind, key, ())  # how many queues somebody serves stands in each of them
            elif kind not in _PLACES:
                self._own(kind, key)

    def _mentions(self, name: str, key: str) -> bool:
        place = self.old.find(name, key)
        lines = self.old.lines(name, key, place) if place is not None else ()
        return any(not self._tokens.isdisjoint(_TEXTS.findall(line)) for _, line in lines)

    def _before(self, name: str, key: str) -> Current | None:
        return self.old.get(name, key) if name in self.old.kinds else None


def _harmless(event: AuditEvent) -> bool:
    """Whether it is about nothing that is read here: what people do, or settings beside calling."""
    return event.category in NO_CHANGE or (event.kind == "ORG" and event.category == "ORG_SETTINGS")


def _mentioned(name: str, current: Current) -> Iterator[Part]:
    """The resources that the fields of another name: by address, or as the marks of a kind say."""
    for text in _texts(current.shown):
        kind, slash, key = text.partition("/")
        if slash and (kind in managed() or kind in observed()):
            yield kind, key
    if name in managed() and (name not in observed() or managed()[name].key):
        yield from ((one.kind, one.key) for one in references(managed()[name], current.fields))
        for part, section in sections_of(name).items():
            yield from ((one.kind, one.key) for one in references(section, current.fields.get(part) or {}))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _as_member(uuid: str) -> str:
    """The id under which a list of members would show an object whose name it does not know (§1.7)."""
    return remote_id("PEOPLE", uuid)
