"""Who still counts on somebody that a plan deletes, moves, leaves without calling, or gives another number or
extension: a queue or group whose agent or member they are, whoever forwards to them, a menu key, whoever watches them.
Told by name, from desired and the snapshot; nothing is asked for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.model.address import owner_address
from reconciler.model.plan import Change
from reconciler.model.snapshot import Fields
from reconciler.planning.guards.proposal import Get, Proposal
from reconciler.planning.taking import taken_away

_KINDS = frozenset({"person", "workspace"})
#: What a path has where a text in it is dialled.
_DIALLED = ("destination", "forward", "transfer", "key_configurations", "overflow", "fallback")
#: Role by the name of a list on the way, else "named in".
_ROLES = {"agents": "agent of", "targets": "member of", "originators": "member of", "members": "member of",
          "monitored_elements": "watched by"}  # fmt: skip
_NAMED = 4


@dataclass
class Leaving:
    """Whoever leaves something, by what others may call them: addresses where they are gone themselves, numbers, and
    extensions at their location; `whole` with the routing prefix before it."""

    addresses: set[str] = field(default_factory=set)
    numbers: dict[str, str] = field(default_factory=dict)
    extensions: dict[tuple[str, str], str] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.addresses or self.numbers or self.extensions)

    def texts(self) -> set[str]:
        """Every text that may stand for one of them."""
        return {*self.addresses, *self.numbers, *self.whole, *(digits for _, digits in self.extensions)}


def leaving(changes: Iterable[Change], get: Get, prefix: Callable[[str], str]) -> Leaving:
    """Who leaves what in these changes; `prefix` gives the routing prefix of a location, empty where it has none."""
    found = Leaving()
    for change in changes:
        if change.kind not in _KINDS or change.blocked or change.action not in ("update", "delete"):
            continue
        gone = taken_away(change)
        if gone:
            found.addresses.add(change.address)
        if (number := change.before.get("phone_number")) and (gone or change.want.get("phone_number", "") != number):
            found.numbers[str(number)] = change.address
        if extension := change.before.get("extension"):
            _extension(found, change, str(extension), get, prefix)
    return found


def _extension(found: Leaving, change: Change, extension: str, get: Get, prefix: Callable[[str], str]) -> None:
    """An extension is left with its location, too."""
    place = change.before.get("location")
    if place is None and (current := get(change.kind, change.key)) is not None:
        place = current.fields.get("location")
    found.extensions[str(place or ""), extension] = change.address
    if place and (before := prefix(str(place))):
        found.whole[f"{before}{extension}"] = change.address


def roles(by: str, fields: Fields, who: Leaving) -> Iterator[tuple[str, str]]:
    """(address of who leaves, what they are to `by`) for everything in a document that refers to them."""
    owner = owner_address(by)
    place = str(fields.get("location") or by.partition("/")[2])
    for path, text in _texts(fields, ""):
        address, role = _meant(path, text, place, who)
        if address and address != owner:
            yield address, f"{role} {owner}"


def _meant(path: str, text: str, place: str, who: Leaving) -> tuple[str, str]:
    if text in who.addresses:
        lists = [name for name in path.split(".") if name in _ROLES]
        return text, _ROLES[lists[0]] if lists else "named in"
    if not any(word in path for word in _DIALLED):
        return "", ""
    digits = text.replace("-", "").replace(" ", "")
    found = who.numbers.get(digits) or who.extensions.get((place, digits)) or who.whole.get(digits) or ""
    return found, "a menu key of" if "key_configurations" in path else "forwarding destination of"


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield from _texts(part, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part, path)


def warnings(proposal: Proposal) -> Iterator[tuple[str, str]]:
    for change in proposal.changes:
        if said := sorted(set(proposal.referred.get(change.address, ()))):
            more = f", and {len(said) - _NAMED} more" if len(said) > _NAMED else ""
            yield change.address, f"still counted on: {', '.join(said[:_NAMED])}{more}"
