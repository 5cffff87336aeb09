"""Reading the marks of a model: which fields refer, claim, are fixed; and the values they hold in a dict.

References and claims are found at any depth: in nested models, lists of models, mappings to models, and in the items of
lists of texts. `EACH` in a path stands for every item of a list, or every value of a mapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from reconciler.kinds.contract.kind import Kind
from reconciler.model.marks import Claim, Fixed, Key, Late, Method, Ref
from reconciler.model.snapshot import Fields

EACH = "[]"
#: The fact of a change that says which lists a reading of it looks through for what the change says nothing of.
NAMES = "names"
Path = tuple[str, ...]
#: A path into a value: names, and the places of items in lists.
Spot = tuple[str | int, ...]
#: The mappings round a value, from the outermost.
Above = tuple[Fields, ...]


@dataclass(frozen=True)
class Marks:
    """What the engine knows of a kind's fields, by field path."""

    refs: tuple[tuple[Path, Ref], ...]
    claims: tuple[tuple[Path, Claim], ...]
    fixed: dict[str, Fixed]
    late: frozenset[str]
    uncompared: frozenset[str]

    @property
    def own_claims(self) -> tuple[tuple[str, Claim], ...]:
        """The claims of the fields themselves, without those of what nests in them."""
        return tuple((path[0], claim) for path, claim in self.claims if len(path) == 1)


class Reference(NamedTuple):
    """One reference that fields hold: where, by which mark, and to what."""

    path: Spot
    ref: Ref
    kind: str
    key: str

    @property
    def address(self) -> str:
        return f"{self.kind}/{self.key}"

    @property
    def looked_through(self) -> tuple[str, ...]:
        """The kinds whose lists a reading of it goes through: one after the other, until one has it."""
        kinds = self.ref.kinds
        return kinds[: kinds.index(self.kind) + 1] if self.kind in kinds else kinds

    def needed(self, fields: Fields) -> Iterator[str]:
        """The addresses that must be in place first: of what it refers to, and of the sections of it that it needs."""
        yield self.address
        ref = self.ref
        if not ref.of or any(fields.get(name) for name in ref.of):
            yield from (f"{name}/{self.key}" for name in ref.needs if name.partition(".")[0] == self.kind)


@cache
def marks_of(kind: Kind) -> Marks:
    fields = {name: tuple(info.metadata) for name, info in kind.managed.model_fields.items()}
    found = list(_of_model(kind.managed, (), ()))
    return Marks(
        refs=tuple((path, mark) for path, mark in found if isinstance(mark, Ref)),
        claims=tuple((path, mark) for path, mark in found if isinstance(mark, Claim)),
        fixed={n: mark for n, marks in fields.items() for mark in marks if isinstance(mark, Fixed)},
        late=frozenset(n for n, marks in fields.items() if any(isinstance(mark, Late) for mark in marks)),
        uncompared=frozenset(n for n, marks in fields.items() if any(isinstance(m, (Method, Key)) for m in marks)),
    )


def _of_model(
    model: type[BaseModel], path: Path, above: tuple[type[BaseModel], ...]
) -> Iterator[tuple[Path, Ref | Claim]]:
    """The references and claims of a model and of what nests in it. TypeError for a model within itself: nobody could
    say how deep to look."""
    if model in above:
        raise TypeError(f"{model.__name__} nests in itself, at {'.'.join(path)}")
    for name, info in model.model_fields.items():
        yield from (((*path, name), mark) for mark in info.metadata if isinstance(mark, (Ref, Claim)))
        yield from dict.fromkeys(_of_type(info.annotation, (*path, name), (*above, model)))


def _of_type(annotation: Any, path: Path, above: tuple[type[BaseModel], ...]) -> Iterator[tuple[Path, Ref | Claim]]:
    """The same of a field's type: of optionals, unions, lists, mappings, and models in them."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from ((path, mark) for mark in args[1:] if isinstance(mark, (Ref, Claim)))
        yield from _of_type(args[0], path, above)
    elif origin in (Union, UnionType):
        for one in args:
            yield from _of_type(one, path, above)
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        yield from _of_type(args[1], (*path, EACH), above)
    elif isinstance(origin, type) and issubclass(origin, Iterable):
        for one in args:
            yield from _of_type(one, (*path, EACH), above)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from _of_model(annotation, path, above)


def references(kind: Kind, fields: Fields) -> list[Reference]:
    """Every reference that the fields hold."""
    return [
        Reference(spot, ref, *ref.names(value))
        for path, ref in marks_of(kind).refs
        for spot, _, held in _held(fields, path, (), ())
        for spot, value in _values(spot, held)
    ]


def claims(kind: Kind, fields: Fields) -> set[str]:
    """What the fields lay claim to: `extension:<location>:<digits>`, `number::<E.164>`."""
    return {
        f"{claim.space}:{_within(claim, above)}:{value}"
        for path, claim in marks_of(kind).claims
        for _, above, held in _held(fields, path, (), ())
        for _, value in _values((), held)
    }


def claimed(path: Path, claim: Claim, fields: Fields) -> Iterator[tuple[str, str]]:
    """(within, value) of what one mark lays claim to; without what is unique within something that is not said."""
    for _, above, held in _held(fields, path, (), ()):
        within = _within(claim, above)
        if within or not claim.per:
            yield from ((within, value) for _, value in _values((), held))


def _within(claim: Claim, above: Above) -> str:
    """The value of `per` in the nearest mapping round the field that has one."""
    if not claim.per:
        return ""
    return next((str(fields[claim.per]) for fields in reversed(above) if fields.get(claim.per)), "")


def _held(value: Any, path: Path, at: Spot, above: Above) -> Iterator[tuple[Spot, Above, Any]]:
    """What is at a path: where, the mappings round it from the outermost, and the value."""
    if not path:
        yield at, above, value
        return
    name, rest = path[0], path[1:]
    if name != EACH:
        if isinstance(value, dict) and value.get(name):
            yield from _held(value[name], rest, (*at, name), (*above, value))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _held(part, rest, (*at, key), above)
    elif isinstance(value, list | tuple):
        for number, part in enumerate(value):
            yield from _held(part, rest, (*at, number), above)


def _values(at: Spot, value: Any) -> Iterator[tuple[Spot, str]]:
    """The keys in a value: one, a list, or those switched on in a mapping name → bool."""
    if isinstance(value, str):
        if value:
            yield at, value
    elif isinstance(value, dict):
        yield from ((at, name) for name, on in value.items() if on)
    elif isinstance(value, list | tuple | set | frozenset):
        yield from (((*at, number), item) for number, item in enumerate(value) if isinstance(item, str))
