"""A snapshot as rules look at it: every resource of a kind, and whether it was read at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Iterator
from functools import cached_property
from typing import Any, Protocol, TypeVar

from reconciler.kinds.contract.namesakes import is_namesake
from reconciler.model.snapshot import Current, Snapshot

T = TypeVar("T")


class ReadableSnapshot(Snapshot, Protocol):
    """A snapshot that also says which kinds it has; that in `state/` and that in memory both do."""

    @property
    def kinds(self) -> Container[str]: ...


class TenantFacts:
    """Lists are read once and kept, because most rules look at the same few kinds."""

    def __init__(self, snapshot: ReadableSnapshot) -> None:
        self._snapshot = snapshot
        self._lists: dict[str, list[Current]] = {}
        self._derived: dict[Callable[[TenantFacts], Any], Any] = {}

    def read(self, kind: str) -> bool:
        """Whether a kind or an artefact was read; one with gaps was."""
        return kind in self._snapshot.kinds

    def proven(self, kind: str) -> bool:
        """Whether it was read, and what is not listed is known not to be there."""
        return self.read(kind) and not self._snapshot.incomplete(kind)

    def all(self, kind: str) -> list[Current]:
        """The resources of a kind by key; ambiguous names, of which nothing is known, are left out."""
        return [current for current in self._listed(kind) if not current.candidates]

    def ambiguous(self, kind: str) -> dict[str, int]:
        """Names that several have, and how many."""
        namesakes = Counter(one.key.rpartition(" [")[0] for one in self.all(kind) if is_namesake(one))
        return dict(namesakes) | {one.key: len(one.candidates) for one in self._listed(kind) if one.candidates}

    def get(self, kind: str, key: str) -> Current | None:
        current = self._snapshot.get(kind, key)
        return current and current.in_whole()

    def _listed(self, kind: str) -> list[Current]:
        if kind not in self._lists:
            found = (self.get(kind, key) for key in self._snapshot.keys(kind)) if self.read(kind) else ()
            self._lists[kind] = [current for current in found if current is not None]
        return self._lists[kind]

    def derived(self, make: Callable[[TenantFacts], T]) -> T:
        """What `make` makes of these facts, made once however many rules look at it."""
        if make not in self._derived:
            self._derived[make] = make(self)
        found: T = self._derived[make]
        return found

    @cached_property
    def calling_people(self) -> list[Current]:
        """People with calling."""
        return [person for person in self.all("person") if person.facts.get("calling")]


def at(fields: Any, path: str) -> Any:
    """The value at a dotted path, None where there is none; lists on the way are not gone into."""
    for part in path.split("."):
        if not isinstance(fields, dict):
            return None
        fields = fields.get(part)
    return fields


def rows_at(fields: Any, path: str) -> list[dict[str, Any]]:
    """The rows of the list at a dotted path; none where there is no such list."""
    found = at(fields, path)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def members(current: Current, name: str) -> list[Any] | None:
    """A list of members, None where it was not read."""
    found = current.fields.get(name)
    return found if isinstance(found, list) else None


def addresses(rows: list[Any] | None) -> list[str]:
    """The addresses of members, however their list has them: as `{id: address}` or as addresses alone."""
    found = [row.get("id") if isinstance(row, dict) else row for row in rows or ()]
    return [one for one in found if isinstance(one, str)]


def texts_under(fields: Any, word: str) -> Iterator[str]:
    """Every text below a name that contains `word`, at any depth."""
    if isinstance(fields, dict):
        for name, value in fields.items():
            if word in name and isinstance(value, str):
                yield value
            else:
                yield from texts_under(value, word)
    elif isinstance(fields, list):
        for value in fields:
            yield from texts_under(value, word)
