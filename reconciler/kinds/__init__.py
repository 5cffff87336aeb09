"""The kinds: all that is read of a tenant, and what of it is managed. Found by looking into the folders, never listed.

A module whose name begins with no underscore holds one `KIND`, or `KINDS`, several that differ in a word. It is called
as what it holds, so that one can be had without the others: `person.barge` is in `person_barge.py`, or in `barge.py`
with those of other owners, or in `person.py` with the person itself.

    kinds()       all of them, by name
    managed()     those that desired state can describe: they have a model
    observed()    those of which the inventory reads everything: they have columns
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from reconciler.kinds.contract.kind import Kind, ResourceKind, SectionKind
from reconciler.model.desired import Wanted


@cache
def kinds() -> Mapping[str, Kind]:
    """Every kind by name, sorted, owners before their sections."""
    declared: dict[str, str] = {}
    found: dict[str, Kind] = {}
    for module in _modules().values():
        for kind in _kinds_in(module):
            if kind.name in found:
                raise RuntimeError(f"the kind {kind.name} is declared twice, in {declared[kind.name]} and in {module}")
            found[kind.name], declared[kind.name] = kind, module
    return MappingProxyType(dict(sorted(found.items())))


@cache
def managed() -> Mapping[str, Kind]:
    """What desired state can describe."""
    return MappingProxyType({name: kind for name, kind in kinds().items() if kind.model is not None})


@cache
def observed() -> Mapping[str, Kind]:
    """What the inventory reads whole, whoever manages it; a plan never needs that."""
    return MappingProxyType({name: kind for name, kind in kinds().items() if kind.columns})


def kind(name: str) -> Kind:
    """One kind; no module but that which holds it is imported for it. KeyError where there is none."""
    return _found(name)[0]


def home_of(name: str) -> str:
    """The module that holds a kind, by its dotted name."""
    return _found(name)[1]


def section(name: str) -> SectionKind:
    """One kind that is a section."""
    found = kind(name)
    assert isinstance(found, SectionKind), name
    return found


def resource(name: str) -> ResourceKind:
    """One kind that is no section."""
    found = kind(name)
    assert isinstance(found, ResourceKind), name
    return found


def read_always() -> Mapping[str, Kind]:
    """The managed kinds, and of their sections those that every reading of the owner reads."""
    return {name: kind for name, kind in managed().items() if not kind.owner or kind.always}


def used(resources: Iterable[Wanted]) -> frozenset[str]:
    """The sections that these resources describe."""
    found = {(one.kind, name) for one in resources for name in one.fields}
    return frozenset(sections_of(kind)[name].name for kind, name in found if name in sections_of(kind))


def nested(name: str) -> bool:
    """Whether this is a managed section that lies in its owner alone: the inventory has none of that name."""
    return name in managed() and bool(managed()[name].owner) and name not in observed()


def shard_of(name: str) -> str:
    """The field by whose value the snapshot of a kind is divided into files; empty: one file."""
    return kinds()[name].shard if name in kinds() else ""


@cache
def owners() -> tuple[ResourceKind, ...]:
    """The managed kinds that are objects of their own, not sections."""
    return tuple(kind for kind in managed().values() if isinstance(kind, ResourceKind))


@cache
def sections_of(owner: str) -> Mapping[str, SectionKind]:
    """The managed sections of a kind, by the name under which they nest in it; those that others require come first."""
    sections = [kind for kind in managed().values() if isinstance(kind, SectionKind) and kind.owner == owner]
    found = sorted(sections, key=lambda kind: (len(kind.requires), kind.name))
    return MappingProxyType({kind.section: kind for kind in found})


@cache
def _found(name: str) -> tuple[Kind, str]:
    for stem in _stems(name):
        if module := _modules().get(stem):
            for one in _kinds_in(module):
                if one.name == name:
                    return one, module
    raise KeyError(name)


def _stems(name: str) -> Iterator[str]:
    """The modules in which a kind may be, the most particular first."""
    owner, _, part = name.partition(".")
    yield name.replace(".", "_")
    if part:
        yield part
        yield owner


@cache
def _modules() -> Mapping[str, str]:
    """By stem the modules that hold kinds, in this folder's rooms and wherever else kinds are looked for."""
    found: dict[str, str] = {}
    for path in __path__:
        for file in sorted(Path(path).glob("**/*.py")):
            room = file.relative_to(path).parent.parts
            if room != ("contract",) and not file.stem.startswith("_"):
                module = ".".join((__name__, *room, file.stem))
                if file.stem in found:
                    raise RuntimeError(f"two modules of kinds have one name: {found[file.stem]} and {module}")
                found[file.stem] = module
    return MappingProxyType(found)


def _kinds_in(module: str) -> tuple[Kind, ...]:
    held = import_module(module)
    return tuple(getattr(held, "KINDS", ())) or (held.KIND,)
