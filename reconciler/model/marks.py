"""What a field is, said once, in the model: `Annotated[str, Ref("location")]`.

The engine reads nothing about a kind but its marks: order comes from references, uniqueness from claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from reconciler.model.address import normal_address
from reconciler.model.wording import either


@dataclass(frozen=True)
class Key:
    """The field that names the resource; it is never sent as a change."""


@dataclass(frozen=True, init=False)
class Ref:
    """The value names a resource of one of `kinds`: by its key where there is one kind, else by its address.

    `needs` are sections of it that must be in place first, where one of the fields `of` has a value (none named:
    always). Of several kinds a file says the address too; a person may be named by the e-mail address alone.
    """

    kinds: tuple[str, ...]
    needs: tuple[str, ...]
    of: tuple[str, ...]

    def __init__(self, *kinds: str, needs: tuple[str, ...] = (), of: tuple[str, ...] = ()) -> None:
        for name, value in (("kinds", kinds), ("needs", needs), ("of", of)):
            object.__setattr__(self, name, value)

    def names(self, value: str) -> tuple[str, str]:
        """(kind, key) of what a value in normal form refers to."""
        if len(self.kinds) == 1:
            return self.kinds[0], value
        kind, _, key = value.partition("/")
        return kind, key

    def read(self, text: str) -> str:
        """The address that a text stands for, where there are several kinds; ValueError where that would be a guess."""
        kind, slash, key = text.partition("/")
        if kind in self.kinds and key.strip():
            return normal_address(text)
        if "person" in self.kinds and "@" in text and not slash:
            return normal_address(f"person/{text}")
        forms = [f"{name}/{'E-MAIL' if name == 'person' else 'NAME'}" for name in self.kinds]
        raise ValueError(f"{text!r} does not say what it is: write {either(forms)}")

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        if len(self.kinds) == 1:
            return schema
        return core_schema.no_info_after_validator_function(self._read, schema)

    def _read(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._read(item) for item in value]
        return self.read(value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Claim:
    """The value can belong to one resource at a time, within the value of the field `per` (or tenant-wide)."""

    space: str
    per: str = ""


@dataclass(frozen=True)
class Fixed:
    """Cannot change after creation; `why` tells what to do instead. `once`: it may be set where there is none."""

    why: str
    once: bool = False


@dataclass(frozen=True)
class Late:
    """Can only be set by an update after the creation, because what it refers to needs this resource first."""


@dataclass(frozen=True)
class Method:
    """Says how to carry something out; it is not a state of the tenant and never compared."""
