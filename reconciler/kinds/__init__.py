"""The managed kinds, one per file; found by looking into this folder, never listed.

`kind("person")`, `sections_of("person")` and `KINDS` are what the rest of the program knows of them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from reconciler.kinds._kind import Kind


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by name, sorted, owners before their sections."""
    found: dict[str, Kind] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            kind: Kind = import_module(f"{__name__}.{module.name}").KIND
            found[kind.name] = kind
    return MappingProxyType(dict(sorted(found.items())))


def kind(name: str) -> Kind:
    return kinds()[name]


@cache
def owners() -> tuple[Kind, ...]:
    """The kinds that are objects of their own, not sections."""
    return tuple(kind for kind in kinds().values() if not kind.owner)


@cache
def sections_of(owner: str) -> Mapping[str, Kind]:
    """The sections of a kind, by the name under which they nest in it; those that others require come first."""
    found = sorted((k for k in kinds().values() if k.owner == owner), key=lambda k: (len(k.requires), k.name))
    return MappingProxyType({kind.section: kind for kind in found})
