"""Reading the marks of a model: which fields refer, claim, are fixed; and the values they hold in a dict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from pydantic import BaseModel

from reconciler.kinds.contract.kind import Kind
from reconciler.model.marks import Claim, Fixed, How, Key, Late, Ref
from reconciler.model.snapshot import Fields


@dataclass(frozen=True)
class Marks:
    """What the engine knows of a kind's fields, by field path."""

    refs: tuple[tuple[tuple[str, ...], Ref], ...]
    claims: tuple[tuple[str, Claim], ...]
    fixed: dict[str, Fixed]
    late: frozenset[str]
    uncompared: frozenset[str]


@cache
def marks_of(kind: Kind) -> Marks:
    fields = {name: tuple(info.metadata) for name, info in kind.model.model_fields.items()}
    return Marks(
        refs=tuple(_refs(kind.model, ())),
        claims=tuple((n, mark) for n, marks in fields.items() for mark in marks if isinstance(mark, Claim)),
        fixed={n: mark for n, marks in fields.items() for mark in marks if isinstance(mark, Fixed)},
        late=frozenset(n for n, marks in fields.items() if any(isinstance(mark, Late) for mark in marks)),
        uncompared=frozenset(n for n, marks in fields.items() if any(isinstance(m, (How, Key)) for m in marks)),
    )


def _refs(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Ref]]:
    """References of a model and of the models nested in it."""
    for name, info in model.model_fields.items():
        for mark in info.metadata:
            if isinstance(mark, Ref):
                yield (*path, name), mark
        for nested in (info.annotation, *get_args(info.annotation)):
            if isinstance(nested, type) and issubclass(nested, BaseModel):
                yield from _refs(nested, (*path, name))


def references(kind: Kind, fields: Fields) -> list[tuple[Ref, str]]:
    """Every reference that the fields hold, as (mark, key of the resource referred to)."""
    return [(ref, key) for _, ref, key in referring(kind, fields)]


def referring(kind: Kind, fields: Fields) -> list[tuple[tuple[str, ...], Ref, str]]:
    """As `references`, with the path of the field that holds each."""
    found = []
    for path, ref in marks_of(kind).refs:
        value: Any = fields
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        found += [(path, ref, key) for key in _values(value)]
    return found


def needs(ref: Ref, fields: Fields) -> tuple[str, ...]:
    """The sections that must be in place at what these fields refer to."""
    return ref.needs if not ref.of or any(fields.get(name) for name in ref.of) else ()


def claims(kind: Kind, fields: Fields) -> set[str]:
    """What the fields lay claim to: `extension:<location>:<digits>`, `number::<E.164>`."""
    return {
        f"{claim.space}:{fields.get(claim.per) or '' if claim.per else ''}:{value}"
        for name, claim in marks_of(kind).claims
        for value in _values(fields.get(name))
    }


def _values(value: Any) -> list[str]:
    """The keys in a value: one, a list, or those switched on in a mapping name → bool."""
    if not value:
        return []
    if isinstance(value, dict):
        return [name for name, on in value.items() if on]
    return [value] if isinstance(value, str) else list(value)
