"""A plain setting: one document of an owner, some fields of which are managed, and how the two become one another.

A field lies on the wire under its own name in camel case, at the top; `At` and `Switch` say otherwise. Its type is what
normalises it, both ways: a value as read becomes what the same value in a desired file becomes. The default of a field
is what the API gives to somebody whom nobody has configured.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BeforeValidator, GetCoreSchemaHandler, TypeAdapter, ValidationError
from pydantic_core import CoreSchema, core_schema

from reconciler.kinds.contract.access import Reader, Writer
from reconciler.kinds.contract.observed import snake
from reconciler.kinds.contract.wire import e164_number
from reconciler.model.marks import Ref
from reconciler.model.plan import Change
from reconciler.model.resource import E164, Resource
from reconciler.model.snapshot import Current, Fields


@dataclass(frozen=True)
class At:
    """Where a field lies in the document: `sendBusyCalls.enabled`. `sent`: where a write has it, if elsewhere."""

    path: str
    sent: str = ""


@dataclass(frozen=True)
class Switch:
    """A field with a flag beside it: `block.value` while `block.flag`, None while not. What is switched off stays in
    the document as it was."""

    block: str
    value: str
    flag: str = "enabled"


@dataclass(frozen=True)
class Only:
    """A field that counts only where another has one of these values, which in turn want it: a custom number with
    `selected: custom`. `wanted`: whether they do."""

    field: str
    values: tuple[str | bool, ...]
    wanted: bool = True


@dataclass(frozen=True)
class Spelled:
    """How the API spells the values of a field, where that is not upper case: ours → theirs. Theirs is read too."""

    values: Mapping[str, str]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.ours, handler(source))

    def ours(self, value: Any) -> Any:
        return next((word for word, spelled in self.values.items() if spelled == value), value)


def _lower(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


#: The default of a field that has none: what the API gives follows from something else, or is inherited.
UNDECLARED: Any = None
#: Beside a Literal of lower-case words: the wire's spelling, upper case, is read too.
WORDS = BeforeValidator(_lower)
#: A number of the organisation or outside it, read with the marks that some reads put into it.
Number = Annotated[E164, BeforeValidator(lambda value: e164_number(value) if isinstance(value, str) else value)]


#: A number is called as it is: no id stands for it.
_BY_ITSELF = ("number",)


class Setting(Resource):
    """The managed fields of a setting; what null stands for is the default of each."""

    @classmethod
    def normal(cls, document: Mapping[str, Any]) -> Fields:
        """The managed view of a document as read. What it does not show is None where it may be, else left out."""
        found: Fields = {}
        for name, place in places(cls).items():
            value = place.read(document)
            if value is not _MISSING:
                found[name] = place.ours(value)
        return found

    @classmethod
    def picked(cls, shown: Fields) -> Fields:
        """The same of the document as the inventory shows it: with names in snake_case, addresses for ids."""
        found = {name: (place, place.read(shown)) for name, place in _shown_places(cls).items()}
        return {name: place.ours(value) for name, (place, value) in found.items() if value is not _MISSING}

    @classmethod
    def sent(cls, document: Mapping[str, Any], want: Fields, *, merges: bool, read_only: tuple[str, ...]) -> Fields:
        """The body of a PUT: the document as it was just read with `want` in it, or of one that merges the parts of it
        that `want` touches. What is read only does not go back."""
        body = deepcopy(dict(document))
        for path in read_only:
            _drop(body, path.split("."))
        for place in places(cls).values():
            value = place.read(document) if place.members else _at(document, place.path)
            if (place.path != place.sent or place.members) and value is not _MISSING:
                _set(body, place.sent, value)
        touched = set()
        for name, value in want.items():
            place = places(cls)[name]
            place.write(body, value)
            touched.add(place.top)
        return {name: part for name, part in body.items() if name in touched} if merges else body

    @classmethod
    async def named(cls, reader: Reader, fields: Fields) -> Fields:
        """The managed view with addresses for the ids of those whom it refers to."""
        found = dict(fields)
        for name, place in _referring(cls, fields):
            if place.ref:
                found[name] = place.ours(await reader.address_of(fields[name], place.ref.kinds))
            elif place.members:
                found[name] = place.ours([await reader.address_of(one, place.members.kinds) for one in fields[name]])
        return found

    @classmethod
    async def with_ids(cls, writer: Writer, want: Fields) -> Fields:
        """The other way round."""
        found = dict(want)
        for name, place in _referring(cls, want):
            if place.ref:
                found[name] = await writer.id_of(*place.ref.names(want[name]))
            elif place.members:
                found[name] = [await writer.id_of(*place.members.names(one)) for one in want[name]]
        return found

    @classmethod
    async def along(cls, writer: Writer, owner: Current) -> Fields:
        """What a PUT wants beside the document, and no read of it shows, by the API's names."""
        return {}

    @classmethod
    def rest(cls) -> Fields:
        """What the API gives to somebody whom nobody has configured. An UNDECLARED default is none."""
        free = {name: info for name, info in cls.model_fields.items() if not info.is_required()}
        defaults = {name: (info.get_default(), info.annotation) for name, info in free.items()}
        return {name: value for name, (value, type_) in defaults.items() if value is not None or _optional(type_)}

    @classmethod
    def most(cls, document: Mapping[str, Any]) -> dict[str, int]:
        """What the tenant says that fields may be at most, by dotted path."""
        return {}

    @classmethod
    def refuse(cls, change: Change) -> str:
        """Fields that are valid only together: why the API would refuse these, or take them and do nothing."""
        if change.action == "delete":
            return ""
        after = {**change.before, **change.want}
        for name, place in places(cls).items():
            only = place.only
            if only is None or (name not in change.want and only.field not in change.want):
                continue
            chosen = after.get(only.field)
            if only.wanted and chosen in only.values and not after.get(name):
                return f"{only.field}: {chosen} needs {name}"
            if change.want.get(name) and chosen is not None and chosen not in only.values:
                values = " or ".join(str(value).lower() for value in only.values)
                return f"{name} only counts with {only.field}: {values}"
        return ""


class _Missing:
    pass


_MISSING: Any = _Missing()


@dataclass(frozen=True)
class Place:
    """One field on the wire: `path` of its value in what is read, `sent` in what is written, `flag` that of its switch;
    `words` are its spellings there, `only` the choice that it goes with; `ref` is whom it refers to, `members` whom a
    list does, which is read as objects and written as ids."""

    path: tuple[str, ...]
    sent: tuple[str, ...]
    type: TypeAdapter[Any]
    optional: bool
    flag: tuple[str, ...] = ()
    words: Mapping[str, str] | None = None
    only: Only | None = None
    ref: Ref | None = None
    members: Ref | None = None

    @property
    def top(self) -> str:
        return self.sent[0]

    def snaky(self) -> Place:
        """The same in a document whose names are in snake_case."""
        path, flag = (tuple(map(snake, names)) for names in (self.path, self.flag))
        return replace(self, path=path, flag=flag)

    def read(self, document: Mapping[str, Any]) -> Any:
        if self.flag and not _at(document, self.flag):
            return None
        value = _at(document, self.path)
        if self.members:
            return [found for one in value or () if (found := _id_in(one))] if value is not _MISSING else []
        return None if self.optional and value in (_MISSING, "") else value

    def ours(self, value: Any) -> Any:
        """A value as a desired file would come to have it; one that this version does not know stays as it is."""
        if self.words and value is not None:
            value = Spelled(self.words).ours(value)
        if (ref := self.ref or self.members) and len(ref.kinds) == 1 and value:  # called by its key alone
            kind = f"{ref.kinds[0]}/"
            value = value.removeprefix(kind) if self.ref else [one.removeprefix(kind) for one in value]
        try:
            return self.type.dump_python(self.type.validate_python(value), mode="json", exclude_unset=True)
        except ValidationError:
            return value

    def write(self, body: dict[str, Any], value: Any) -> None:
        if self.flag:
            _set(body, self.flag, value is not None)
            if value is None:
                return
        if self.path != self.sent:
            _drop(body, list(self.path))
        _set(body, self.sent, self.words.get(value, value) if self.words and value is not None else value)


@cache
def places(model: type[Setting]) -> Mapping[str, Place]:
    """Where each field of a setting lies."""
    return {name: _place(name, info.annotation, list(info.metadata)) for name, info in model.model_fields.items()}


@cache
def _shown_places(model: type[Setting]) -> Mapping[str, Place]:
    """Where the inventory shows them; an export asks that of everybody."""
    return {name: place.snaky() for name, place in places(model).items()}


def _place(name: str, annotation: Any, marks: list[Any]) -> Place:
    def of(mark: type) -> Any:
        return next((one for one in marks if isinstance(one, mark)), None)

    at, switch, spelled = of(At), of(Switch), of(Spelled)
    path = at.path if at else f"{switch.block}.{switch.value}" if switch else camel(name)
    words = spelled.values if spelled else {word: word.upper() for word in _literals(annotation)}
    kept = tuple(mark for mark in marks if not isinstance(mark, At | Switch | Only))
    full: Any = Annotated[(annotation, *kept)] if kept else annotation
    return Place(
        path=tuple(path.split(".")),
        sent=tuple((at.sent if at and at.sent else path).split(".")),
        type=TypeAdapter(full),
        optional=_optional(annotation),
        flag=(*switch.block.split("."), switch.flag) if switch else (),
        words=words or None,
        only=of(Only),
        ref=next((ref for ref in _refs(annotation, marks) if ref.kinds != _BY_ITSELF), None),
        members=next(_refs(get_args(annotation)[0], ()), None) if get_origin(annotation) is list else None,
    )


def _referring(model: type[Setting], fields: Fields) -> Iterator[tuple[str, Place]]:
    """The fields that name somebody."""
    return ((name, place) for name, place in places(model).items() if (place.ref or place.members) and fields.get(name))


def _refs(annotation: Any, marks: Iterable[Any]) -> Iterator[Ref]:
    """The reference that a single value is, however its type is put together."""
    yield from (mark for mark in marks if isinstance(mark, Ref))
    if get_origin(annotation) is Annotated:
        yield from _refs(get_args(annotation)[0], annotation.__metadata__)
    elif get_origin(annotation) in (Union, UnionType):
        for part in get_args(annotation):
            yield from _refs(part, ())


def _id_in(member: Mapping[str, Any]) -> str:
    """Whom an element of a list is, which may be wrapped by what it is; empty where it is nobody's."""
    return next(
        (str(one["id"]) for one in (member, *member.values()) if isinstance(one, Mapping) and one.get("id")), ""
    )


def _optional(annotation: Any) -> bool:
    return type(None) in get_args(annotation)


def _literals(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from (word for word in get_args(annotation) if isinstance(word, str))
    else:
        for part in get_args(annotation):
            yield from _literals(part)


def camel(name: str) -> str:
    """`ring_splash_enabled` → `ringSplashEnabled`."""
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


def _at(document: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(document, Mapping) or name not in document:
            return _MISSING
        document = document[name]
    return document


def _set(body: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        inner = body.get(name)
        if not isinstance(inner, dict):
            inner = body[name] = {}
        body = inner
    body[path[-1]] = value


def _drop(body: dict[str, Any], path: list[str]) -> None:
    for name in path[:-1]:
        inner = body.get(name)
        if not isinstance(inner, dict):
            return
        body = inner
    body.pop(path[-1], None)
