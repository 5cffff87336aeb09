"""Who changed what, when and from where: differences matched to the admin audit events since the snapshot was taken.

An event names the object that was changed and often the setting, seldom the field. Whoever is the only one that can
have made a change is named; where two people touched the same object in that time and the events do not tell their
changes apart, it is nobody: a wrong name is worse than none. Pure: data in, data out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from reconciler.drift import Difference
from reconciler.kinds import kinds, managed, observed, sections_of
from reconciler.kinds.contract.kind import Kind
from reconciler.model.audit import NO_CHANGE, AuditEvent
from reconciler.model.remote_id import uuid_of


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who it was; or nobody (`actor` empty) and `why` nobody can be named. `among` are those it can have been."""

    actor: str = ""
    name: str = ""
    email: str = ""
    at: str = ""
    ip: str = ""
    action: str = ""
    event: str = ""
    why: str = ""
    among: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        return bool(self.actor)


@dataclass(frozen=True)
class Subjects:
    """What an event about an address can name beside the object itself: `locations` are the uuids of locations by
    name, because what has no id of its own, like a number, is changed on behalf of its location."""

    locations: Mapping[str, str] = field(default_factory=dict)

    def of(self, difference: Difference) -> set[str]:
        """The uuids of the objects that an event about this difference names."""
        found = {uuid_of(difference.id)} if difference.id and difference.id != difference.key else set()
        for one in difference.fields:
            found |= {uuid_of(str(value)) for value in (one.snapshot, one.live) if one.path == "id" and value}
        kind = managed().get(difference.kind)
        if kind is not None and kind.batch is not None and difference.place in self.locations:
            found.add(self.locations[difference.place])
        return found


def attribute(
    differences: Iterable[Difference], events: Iterable[AuditEvent], subjects: Subjects | None = None
) -> dict[tuple[str, str], Attribution]:
    """Address and path of every field that drifted → who it was."""
    by_target: dict[str, list[AuditEvent]] = {}
    by_name: dict[str, list[AuditEvent]] = {}
    for event in sorted(events, key=lambda one: (one.at, one.id)):
        if event.target:
            by_target.setdefault(event.target, []).append(event)
        elif event.target_name:
            by_name.setdefault(event.target_name.casefold(), []).append(event)
    found: dict[tuple[str, str], Attribution] = {}
    for difference in differences:
        about = [event for target in (subjects or Subjects()).of(difference) for event in by_target.get(target, ())]
        about += by_name.get(difference.key.casefold(), ())  # only events that give no id
        about = [event for event in about if _filed(event, difference.kind)]
        about.sort(key=lambda one: (one.at, one.id))
        for one in difference.drifted:
            found[difference.address, one.path] = _who(difference, one.path, about)
    return found


def _filed(event: AuditEvent, name: str) -> bool:
    """Whether the log files changes of this kind where this event is: who logged in has changed nothing. Of a category
    that no kind speaks of nobody knows what is in it."""
    kind = kinds().get(name)
    own = _categories(kind) if kind else frozenset()
    return not own or event.category in own or event.category not in _known()


def _categories(kind: Kind) -> frozenset[str]:
    owner = kinds().get(kind.of or kind.owner)
    return frozenset(kind.audited.categories or (owner.audited.categories if owner else ()))


@cache
def _known() -> frozenset[str]:
    return NO_CHANGE.union(*(kind.audited.categories for kind in kinds().values()))


def nobody(differences: Iterable[Difference], why: str) -> dict[tuple[str, str], Attribution]:
    """The same answer for every field that drifted: nobody can be named, for this reason."""
    unknown = Attribution(why=why)
    return {(one.address, drifted.path): unknown for one in differences for drifted in one.drifted}


def _who(difference: Difference, path: str, about: list[AuditEvent]) -> Attribution:
    candidates = _candidates(difference, path, about)
    if not candidates:
        others = f" ({len(about)} about other settings of it)" if about else ""
        return Attribution(why=f"no audit event about it since the snapshot{others}")
    actors = {event.actor: event for event in candidates}
    last = candidates[-1]
    named = all(path and _names(event, path) for event in candidates)
    if not last.actor:
        return Attribution(why="the audit event does not say who it was", at=last.at, event=last.id)
    if len(actors) > 1 and not named:
        among = tuple(sorted(_person(event) for event in actors.values()))
        why = f"{len(actors)} people changed it in that time, and the events do not tell the field"
        return Attribution(why=why, among=among)
    # several who named this very field: the value that is there now is the last one's
    return Attribution(last.actor, last.name, last.email, last.at, last.ip, last.text, last.id)


def _candidates(difference: Difference, path: str, about: list[AuditEvent]) -> list[AuditEvent]:
    """The events that can have made this change: those that name the field, else those that name its section, else
    those that name no other one."""
    telling = [event for event in about if _names(event, path)]
    if telling:
        return telling
    open_ones = [event for event in about if not event.fields]  # the others name their fields, and not this one
    part = _part(difference)
    if part:
        named = [event for event in open_ones if _says(event, part)]
        if named:
            return named
    others = _other_parts(difference, part)
    return [event for event in open_ones if not any(_says(event, other) for other in others)]


def _names(event: AuditEvent, path: str) -> bool:
    """Whether the event names this field, by its path or by the last or first part of it."""
    parts = path.split(".")
    return bool(path) and not event.fields.isdisjoint({path, parts[0], parts[-1]})


def _part(difference: Difference) -> str:
    """The setting of an object that an address is about, in words: `forwarding`, `incoming permissions`."""
    kind = managed().get(difference.kind)
    if kind is not None:
        if kind.owner:
            return kind.section.replace("_", " ")
        return kind.name.replace("_", " ") if kind.batch is not None else ""
    artefact = observed().get(difference.kind)
    if artefact is None or not artefact.of:
        return ""
    return difference.kind.removeprefix(artefact.of)[1:].replace("_", " ")


def _other_parts(difference: Difference, part: str) -> list[str]:
    """The settings beside this one that the same object has."""
    artefact = observed().get(difference.kind)
    owner = artefact.of if artefact is not None and artefact.of else difference.kind.partition(".")[0]
    names = list(sections_of(owner)) if owner in managed() else []
    names += [one.name.removeprefix(owner)[1:] for one in observed().values() if one.of == owner]
    words = (name.replace("_", " ") for name in names)
    # what is a part of our own words, like "forwarding" in "call forwarding", does not speak of another setting
    return [name for name in words if not {*name.split()} <= {*part.split()}]


def _says(event: AuditEvent, part: str) -> bool:
    """Whether the event's description names a setting: all its words, in the singular or plural. The longer text of an
    event is not looked at, because names of objects stand in it."""
    said = {_stem(word) for word in re.findall(r"[a-z]+", event.description.lower())}
    return all(_stem(word) in said for word in part.split())


def _stem(word: str) -> str:
    return word.removesuffix("s")


def _person(event: AuditEvent) -> str:
    if event.name and event.email:
        return f"{event.name} <{event.email}>"
    return event.email or event.name or event.actor
