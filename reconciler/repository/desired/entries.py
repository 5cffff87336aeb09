"""What one entry of a desired file may hold: a kind's own fields, its sections, and the lists that nest in it.

One composite pydantic model per kind, built once; its dump without unset fields is the normal form.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model, model_validator
from pydantic_core import SchemaValidator

from reconciler.kinds import owners, sections_of
from reconciler.kinds.contract.kind import ResourceKind, SectionKind
from reconciler.model.resource import Resource, Text
from reconciler.repository.desired.dict_validation import dict_validator
from reconciler.repository.desired.keys import apart

ABSENT = "absent"
_WAS_DOC = "The key that it had: it is renamed, once the plan is applied; take this out then"
_STATE_DOC = "absent: the resource is deleted, once the plan is applied"


@dataclass(frozen=True, eq=False)
class EntryType:
    """How to read the entries of one kind.

    `model` validates one; `lean` a list of them, straight to their normal forms, where the model allows that.
    `nested` are lists of other kinds inside it (`location.numbers`), by field name.
    """

    kind: ResourceKind
    model: type[BaseModel]
    lean: SchemaValidator | None
    sections: Mapping[str, SectionKind]
    nested: Mapping[str, ResourceKind]

    @property
    def own_state(self) -> bool:
        """Whether `state` is a field of the kind itself, of which `absent` is one more value."""
        return "state" in self.kind.managed.model_fields


@cache
def entry_type(kind: ResourceKind) -> EntryType:
    sections = sections_of(kind.name)
    nested = {k.nested_in[1]: k for k in owners() if k.nested_in and k.nested_in[0] == kind.name}
    fields: dict[str, Any] = {
        name: (Annotated[section.managed | None, Field(description=section.doc)], None)
        for name, section in sections.items()
    }
    for name, inner in nested.items():
        model = _with_state(inner, inner.entry or inner.managed, {})
        fields[name] = (Annotated[list[model], Field(description=inner.doc)], [])  # type: ignore[valid-type]
    model = _with_state(kind, kind.entry or kind.managed, fields)
    return EntryType(kind, model, dict_validator(model), sections, nested)


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


@cache
def by_label() -> Mapping[str, ResourceKind]:
    """The kind behind each plural and alias, as a file's top-level name or a CSV's stem, lower case."""
    return {label.lower(): kind for kind in owners() for label in (kind.plural, *kind.aliases) if label}


def labels() -> list[str]:
    """The top-level names to tell the user of: plurals of the kinds that can be written."""
    return sorted(kind.plural for kind in owners() if kind.writable and kind.plural)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean X?`, or nothing when nothing is near."""
    close = difflib.get_close_matches(str(word), list(known), n=1)
    return f"did you mean {close[0]}?" if close else ""
