"""The managed kinds, one per file; found by looking into this folder, never listed.

`kind("person")`, `sections_of("person")` and `KINDS` are what the rest of the program knows of them.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.observed import Observed, declared


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by name, sorted, owners before their sections."""
    found: dict[str, Kind] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_") and not module.ispkg:
            kind: Kind = import_module(f"{__name__}.{module.name}").KIND
            found[kind.name] = kind
    return MappingProxyType(dict(sorted(found.items())))


@cache
def observed() -> Mapping[str, Observed]:
    """What is read and not managed, by name; a plan never needs them, so they are looked for only here."""
    package = import_module(f"{__name__}.artefacts")
    found: list[Observed] = []
    for module in pkgutil.iter_modules(package.__path__):
        if not module.name.startswith("_"):
            held = import_module(f"{package.__name__}.{module.name}")
            found += getattr(held, "ARTEFACTS", None) or [held.ARTEFACT]
    return MappingProxyType(declared(found))


def kind(name: str) -> Kind:
    return kinds()[name]


def shard_of(name: str) -> str:
    """The field by whose value the snapshot of a kind or artefact is divided into files; empty: one file."""
    if name in kinds():
        return kinds()[name].shard
    artefact = observed().get(name)
    return "location" if artefact is not None and artefact.sharded else ""


@cache
def owners() -> tuple[Kind, ...]:
    """The kinds that are objects of their own, not sections."""
    return tuple(kind for kind in kinds().values() if not kind.owner)


@cache
def sections_of(owner: str) -> Mapping[str, Kind]:
    """The sections of a kind, by the name under which they nest in it; those that others require come first."""
    found = sorted((k for k in kinds().values() if k.owner == owner), key=lambda k: (len(k.requires), k.name))
    return MappingProxyType({kind.section: kind for kind in found})
