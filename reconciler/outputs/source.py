"""Where an export takes its resources from: a snapshot, read one resource at a time, masked on the way if asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Protocol

from reconciler.model.address import split_address
from reconciler.model.snapshot import Current, keys_of
from reconciler.outputs.redaction import Redactor


class ListedSnapshot(Protocol):
    """A snapshot: one in memory, or the one in state/."""

    org: Mapping[str, str]

    @property
    def kinds(self) -> Iterable[str]: ...

    @property
    def gaps(self) -> Mapping[str, str]: ...

    @property
    def statuses(self) -> Mapping[str, Mapping[str, Any]]: ...

    def get(self, kind: str, key: str) -> Current | None: ...

    def keys(self, kind: str) -> list[str]: ...


class Source:
    """The resources of some kinds of a snapshot (None: of all that it has), each kind in the order of its keys."""

    def __init__(self, snapshot: ListedSnapshot, names: Iterable[str] | None = None, redactor: Redactor | None = None):
        self._snapshot, self._redactor = snapshot, redactor
        self.names = sorted(set(snapshot.kinds) if names is None else set(snapshot.kinds) & set(names))
        self._keys: dict[str, dict[str, str]] = {}
        self.id_of = lru_cache(maxsize=100_000)(self._id_of)
        if redactor is not None:
            for key in snapshot.keys("person") if "person" in snapshot.kinds else ():
                person = snapshot.get("person", key)
                redactor.learn(person.fields if person else {})

    def resources(self, kind: str) -> Iterator[Current]:
        """Every resource of a kind; none of a kind that the snapshot does not have."""
        for key in self._shown(kind):
            current = self.get(kind, key)
            if current is not None:
                yield current

    def get(self, kind: str, key: str) -> Current | None:
        """The resource under a key, the masked one if there are masks."""
        original = self._shown(kind).get(key)
        current = self._snapshot.get(kind, original) if original is not None else None
        current = current and current.in_whole()
        return self._redactor.current(current) if self._redactor and current else current

    def _id_of(self, address: str) -> str:
        """The remote id behind an address; empty when nothing has it."""
        current = self.get(*split_address(address))
        return current.id if current else ""

    def _shown(self, kind: str) -> dict[str, str]:
        """The key that is shown → the key that it has. In the order of what is shown: the other would tell something
        of what is hidden."""
        if kind not in self._keys:
            keys = keys_of(self._snapshot, kind) if kind in self._snapshot.kinds else []
            hide = self._redactor.text if self._redactor else str
            self._keys[kind] = dict(sorted((hide(key), key) for key in keys))
        return self._keys[kind]
