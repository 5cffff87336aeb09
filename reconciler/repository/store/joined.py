"""The fields of an object in `state/`: its own, and its sections, each of which lies in a file of its own and is read
when somebody asks for it. A plan that does not look at a section does not open its file, and rests on none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from reconciler.repository.store.lines import ABSENT

Read = Callable[[str], Any]


class JoinedFields(dict[str, Any]):
    """Equal to the plain fields that they stand for, and in the same order (by name) once all are there. `read` gives
    a section by its name, ABSENT where this object has none; `joined` are those that were asked for."""

    __slots__ = ("_left", "_read", "joined")

    def __init__(self, own: dict[str, Any], sections: set[str], read: Read) -> None:
        super().__init__(own)
        self._left = sections
        self._read = read
        self.joined: list[str] = []

    def _join(self, name: str) -> None:
        self._left.discard(name)
        self.joined.append(name)
        if (value := self._read(name)) is not ABSENT:
            super().__setitem__(name, value)

    def whole(self) -> JoinedFields:
        """The same, every section read."""
        if self._left:
            for name in sorted(self._left):
                self._join(name)
            ordered = sorted(super().items())
            super().clear()
            super().update(ordered)
        return self

    def __missing__(self, name: str) -> Any:
        if name in self._left:
            self._join(name)
            if super().__contains__(name):
                return super().__getitem__(name)
        raise KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        if name in self._left:
            self._join(name)
        return super().get(name, default)

    def __contains__(self, name: object) -> bool:
        if name in self._left:
            self._join(str(name))
        return super().__contains__(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self._left.discard(name)
        super().__setitem__(name, value)

    def __iter__(self) -> Iterator[str]:
        return super(JoinedFields, self.whole()).__iter__()

    def __len__(self) -> int:
        return super(JoinedFields, self.whole()).__len__()

    def __eq__(self, other: object) -> bool:
        return super(JoinedFields, self.whole()).__eq__(other.whole() if isinstance(other, JoinedFields) else other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None

    def __repr__(self) -> str:
        return repr(dict(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self.items()),)

    def __or__(self, other: Any) -> Any:
        return dict(self.items()) | other

    def __ror__(self, other: Any) -> Any:
        return other | dict(self.items())

    def __ior__(self, other: Any) -> Any:
        super(JoinedFields, self.whole()).update(other)
        return self

    def __reversed__(self) -> Iterator[str]:
        return super(JoinedFields, self.whole()).__reversed__()

    def __delitem__(self, name: str) -> None:
        super(JoinedFields, self.whole()).__delitem__(name)

    def copy(self) -> dict[str, Any]:
        return dict(self.items())

    def keys(self) -> Any:
        return super(JoinedFields, self.whole()).keys()

    def values(self) -> Any:
        return super(JoinedFields, self.whole()).values()

    def items(self) -> Any:
        return super(JoinedFields, self.whole()).items()

    def pop(self, *arguments: Any) -> Any:
        return super(JoinedFields, self.whole()).pop(*arguments)

    def popitem(self) -> Any:
        return super(JoinedFields, self.whole()).popitem()

    def setdefault(self, name: str, default: Any = None) -> Any:
        return super(JoinedFields, self.whole()).setdefault(name, default)

    def update(self, *arguments: Any, **more: Any) -> None:
        super(JoinedFields, self.whole()).update(*arguments, **more)

    def clear(self) -> None:
        self._left.clear()
        super().clear()


def joined(fields: dict[str, Any]) -> tuple[str, ...]:
    """The sections among these fields that somebody looked at, of those that lie apart."""
    return tuple(sorted(fields.joined)) if isinstance(fields, JoinedFields) else ()
