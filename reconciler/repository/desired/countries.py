"""Whose national numbers an entry of desired writes: its own country's, or its location's, wherever that is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from reconciler.errors import ReconcileError
from reconciler.model.text import normal
from reconciler.repository.desired.documents import UntrustedSplit, open_document
from reconciler.repository.desired.units import Document
from reconciler.repository.store import StoredSnapshot


class Countries:
    """Countries (ISO 3166) by location: first as desired describes them, else as the snapshot has them; looked up only
    when a number asks for one. `names` and `read` give the desired files."""

    def __init__(
        self,
        names: Callable[[], Iterable[str]],
        read: Callable[[str], bytes],
        snapshot: Callable[[], StoredSnapshot | None],
    ) -> None:
        self._names = names
        self._read = read
        self._snapshot = snapshot

    def of(self, kind: str, entry: Any) -> str:
        """The country of an entry; empty when nobody knows."""
        return _own(entry) or self.at(place_of(kind, entry))

    def at(self, place: str) -> str:
        """The country of a location; empty when nobody knows."""
        return (self._described.get(place) or self._in_state(place)) if place else ""

    @cached_property
    def _described(self) -> Mapping[str, str]:
        found: dict[str, str] = {}
        for name in self._names():
            data = self._read(name)
            if b"country" not in data and b"\0" not in data:  # which UTF-16 has
                continue
            document: Document = open_document(name, data)
            for value in _values(document):
                if country := _own(value):
                    found[normal(str(value.get("name")))] = country
        return found

    def _in_state(self, place: str) -> str:
        try:
            snapshot = self._snapshot()
            current = snapshot.get("location", place) if snapshot else None
        except ReconcileError:
            return ""
        return str(((current.fields.get("address") or {}) if current else {}).get("country") or "")


def place_of(kind: str, entry: Any) -> str:
    """The location whose country an entry's national numbers are of; empty where it says its country, or none."""
    if not isinstance(entry, dict) or _own(entry):
        return ""
    return normal(str(entry.get("name" if kind == "location" else "location") or ""))


def _own(entry: Any) -> str:
    own = entry.get("address") if isinstance(entry, dict) else None
    return str(own.get("country") or "") if isinstance(own, dict) else ""


def _values(document: Document) -> list[Any]:
    """The locations in a file that can be read; what cannot is reported in its own place."""
    units = [unit for unit in document.units if unit.kind.name == "location"]
    try:
        return document.values(units) if units else []
    except UntrustedSplit:
        return []
