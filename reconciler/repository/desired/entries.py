"""What one entry of a desired file may hold: a kind's own fields, its sections, and the lists that nest in it.

One composite pydantic model per kind, of the sections that the entries at hand have; its dump without unset fields is
the normal form.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model, model_validator
from pydantic_core import SchemaValidator

from reconciler.kinds import lists_in, owners, sections_in, sections_of
from reconciler.kinds.contract.kind import ResourceKind, SectionKind
from reconciler.model.resource import Resource, Text
from reconciler.repository.desired.dict_validation import dict_validator
from reconciler.repository.desired.keys import Part, apart, referring_to_parts

ABSENT = "absent"
_WAS_DOC = "The key that it had: it is renamed, once the plan is applied; take this out then"
#: So often is a type built again because a file has a section more; then with all, so that no order of files is slow.
_OFTEN = 8
_STATE_DOC = "absent: the resource is deleted, once the plan is applied"


@dataclass(frozen=True, eq=False)
class EntryType:
    """How to read the entries of one kind.

    `model` validates one; `lean` a list of them, straight to their normal forms, where the model allows that.
    `nested` are lists of other kinds inside it (`location.numbers`), by field name. `to_parts` are those of its parts
    that may refer to what has a key of several parts.
    """

    kind: ResourceKind
    model: type[BaseModel]
    lean: SchemaValidator | None
    sections: Mapping[str, SectionKind]
    nested: Mapping[str, ResourceKind]
    to_parts: tuple[Part, ...]

    @property
    def own_state(self) -> bool:
        """Whether `state` is a field of the kind itself, of which `absent` is one more value."""
        return "state" in self.kind.managed.model_fields


class EntryTypes:
    """The types of the entries of one run: each has what the entries so far have. A kind has some sixty sections, and a
    tenant describes a few; all of them take longer to build than many a plan."""

    def __init__(self) -> None:
        self._names: dict[str, frozenset[str]] = {}
        self._found: dict[str, EntryType] = {}
        self._built: Counter[str] = Counter()

    def of(self, kind: ResourceKind, values: Iterable[Any]) -> EntryType:
        """The type with everything in it that these raw entries have; of names that nobody knows it has none."""
        names = frozenset[str]().union(*(value for value in values if type(value) is dict))
        seen = self._names.get(kind.name)
        if seen is None or not names <= seen:
            self._names[kind.name] = names = names | (seen or frozenset())
            before, self._found[kind.name] = self._found.get(kind.name), self._type(kind, names)
            self._built[kind.name] += self._found[kind.name] is not before
        return self._found[kind.name]

    def _type(self, kind: ResourceKind, names: frozenset[str]) -> EntryType:
        if self._built[kind.name] > _OFTEN:
            return entry_type(kind)
        return entry_type(kind, named_parts(kind, names))


def named_parts(kind: ResourceKind, names: Iterable[Any]) -> frozenset[str]:
    """Those of these names that are sections of an entry, or lists that nest in it."""
    own = (kind.entry or kind.managed).model_fields.keys() | {"state", "was"}
    others = [name for name in names if isinstance(name, str) and name not in own]
    sections = sections_in(kind.name, others)
    return frozenset({*sections, *lists_in(kind.name, (name for name in others if name not in sections))})


@cache
def entry_type(kind: ResourceKind, parts: frozenset[str] | None = None) -> EntryType:
    """The type with these of its sections and nested lists, or with all."""
    sections = sections_of(kind.name) if parts is None else sections_in(kind.name, parts)
    nested = lists_in(kind.name, None if parts is None else parts - sections.keys())
    fields: dict[str, Any] = {
        name: (Annotated[section.managed | None, Field(description=section.doc)], None)
        for name, section in sections.items()
    }
    for name, inner in nested.items():
        model = _with_state(inner, inner.entry or inner.managed, {})
        fields[name] = (Annotated[list[model], Field(description=inner.doc)], [])  # type: ignore[valid-type]
    model = _with_state(kind, kind.entry or kind.managed, fields)
    return EntryType(kind, model, dict_validator(model), sections, nested, referring_to_parts(kind, sections))


def _with_state(kind: ResourceKind, base: type[Resource], fields: dict[str, Any]) -> type[BaseModel]:
    """The model with `state: absent`, which is added to the values of a `state` that the kind has itself."""
    own = base.model_fields.get("state")
    if own is None:
        state: Any = (Annotated[Literal["absent"] | None, Field(description=_STATE_DOC)], None)
    else:
        state = (Annotated[own.annotation | Literal["absent"], Field(description=own.description)], own.default)
    fields = {**fields, "state": state}
    if kind.key and not kind.expand:
        fields["was"] = (Annotated[Text | None, Field(description=_WAS_DOC)], None)
    title = "".join(part.title() for part in kind.name.split("_"))
    split: Any = {"split": model_validator(mode="before")(lambda value: apart(kind, value))}
    validators = split if len(kind.key_fields) > 1 else None
    return create_model(f"{title}Entry", __base__=base, __doc__=kind.doc, __validators__=validators, **fields)


def labels() -> list[str]:
    """The top-level names to tell the user of: plurals of the kinds that can be written."""
    return sorted(kind.plural for kind in owners() if kind.writable and kind.plural)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?`, or nothing when nothing is near."""
    close = difflib.get_close_matches(str(word), list(known), n=1)
    return f"did you mean {close[0]}?" if close else ""
