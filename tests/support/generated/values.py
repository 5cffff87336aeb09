"""Values that a field has not, from its declaration and from what there is in the tenant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, ValidationError

from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.setting import Setting, places
from reconciler.model.marks import Method, Ref
from reconciler.model.snapshot import Current, Fields
from tests.support.generated.tenant import Surroundings

_MAILS = ("copies@example.com", "other.copies@example.com")
_WORDS = ("Reception", "Front Desk")
_EXTENSIONS = ("1001", "1002")


class NoValueError(AssertionError):
    """Nothing is known that a field could be set to."""


@dataclass(frozen=True)
class Values:
    """Values for the fields of a kind, for one owner."""

    kind: Kind
    owner: Current
    around: Surroundings

    def other(self, field: str, have: Any, *, turn: int = 0) -> Any:
        """A value in normal form that is not `have`; with another `turn` another one where there are several."""
        model = self.kind.managed
        info = model.model_fields[field]
        annotation: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
        fit: list[Any] = []
        named = self.kind.named(self.owner.key) if self.kind.key_fields else {}
        for value in self._of(annotation):
            try:
                normal = model.model_validate({**named, field: value}).model_dump(exclude_unset=True)[field]
            except ValidationError:
                continue
            if normal != have and normal not in fit:
                fit.append(normal)
        if not fit:
            raise NoValueError(f"{self.kind.name}.{field}: no value is known for {info.annotation}")
        fit.sort(key=lambda value: value is None)  # to be something else tells more than to be nothing
        return fit[turn % len(fit)]

    def company(self, want: Fields) -> Fields:
        """With what these fields are only valid together with."""
        found = dict(want)
        model = self.kind.managed
        for name, place in places(model).items() if issubclass(model, Setting) else ():
            only = place.only
            if only and want.get(name) is not None:
                found[only.field] = only.values[0]
            elif only and only.wanted and want.get(only.field) in only.values:
                found[name] = self.other(name, None)
        return found

    def all_other(self, have: Fields) -> Fields:
        """Every field another value, those that are valid only together in a form that is."""
        found: Fields = {}
        for field in fields_of(self.kind):
            found |= self.company({field: self.other(field, have.get(field))})
        return found

    def _of(self, annotation: Any, refs: tuple[Ref, ...] = ()) -> Iterator[Any]:
        """Values of a type, the likely ones first; those that the model refuses are passed over."""
        origin, args = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            yield from self._of(args[0], refs + tuple(mark for mark in args[1:] if isinstance(mark, Ref)))
        elif origin is Literal:
            yield from reversed(args)
        elif origin in (list, set, frozenset, tuple):
            items = list(self._of(args[0], refs))
            yield from ([item] for item in items)
            yield items[:2]
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from self._models(annotation)
        elif annotation is bool:
            yield from (True, False)
        elif annotation is int:
            yield from range(4, 24)
        elif annotation is str:
            yield from self.around.named(refs, self.owner) if refs else self._texts()
        elif isinstance(annotation, type) and issubclass(annotation, Mapping):
            return
        else:  # a union, an optional
            for part in args:
                if part is not NoneType:
                    yield from self._of(part, refs)

    def _models(self, model: type[BaseModel]) -> Iterator[Fields]:
        """What nests in a field: each of its own fields with a value, and then one of them with another."""
        fit: dict[str, list[Any]] = {}
        for name, info in model.model_fields.items():
            full: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            fit[name] = [value for value in self._of(full) if _fits(full, value)]
        first = {name: values[0] for name, values in fit.items()}
        yield first
        yield from (first | {name: values[1]} for name, values in reversed(fit.items()) if len(values) > 1)

    def _texts(self) -> Iterator[str]:
        yield from _MAILS
        yield from self.around.numbers(self.owner)[:2]
        yield from _WORDS
        yield from _EXTENSIONS


#: Documented call types that no tenant has shown (webex-behaviour.md §7), so that the simulator has none either.
_NEVER_SHOWN = {"outgoing_permissions": ("LOCAL", "TOLL")}


def fields_of(kind: Kind) -> list[str]:
    """The fields that are a state of the tenant, and not a way to do something."""
    found = kind.managed.model_fields.items()
    states = [name for name, info in found if not any(isinstance(mark, Method) for mark in info.metadata)]
    return [name for name in states if name not in _NEVER_SHOWN.get(kind.section, ())]


def _fits(annotation: Any, value: Any) -> bool:
    try:
        TypeAdapter(annotation).validate_python(value)
    except ValidationError:
        return False
    return True
