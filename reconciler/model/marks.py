"""What a field is, said once, in the model: `Annotated[str, Ref("location")]`.

The engine reads nothing about a kind but its marks: order comes from references, uniqueness from claims.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """The field that names the resource; it is never sent as a change."""


@dataclass(frozen=True)
class Ref:
    """The value is the key of a resource of `kind`; `needs` are sections of it that must be in place first, where one
    of the fields `of` has a value (none named: always)."""

    kind: str
    needs: tuple[str, ...] = ()
    of: tuple[str, ...] = ()


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
class How:
    """Says how to carry something out; it is not a state of the tenant and never compared."""
