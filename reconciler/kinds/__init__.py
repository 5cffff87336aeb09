"""The kinds: all that is read of a tenant, and what of it is managed. Found by looking into the folders, never listed.

A module whose name begins with no underscore holds one `KIND`, or `KINDS`, several that differ in a word. It is called
as what it holds, so that one can be had without the others: `person.barge` is in `person_barge.py`, or in `barge.py`
with those of other owners, or in `person.py` with the person itself.

    kinds()       all of them, by name
    managed()     those that desired state can describe: they have a model
    observed()    those of which the inventory reads everything: they have columns

What is asked for by name imports the module that holds it, and what it rests on; only who goes through all of them has
all imported. With some hundred settings that is most of what a plan would cost.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from importlib import import_module
from types import MappingProxyType
from typing import Literal

from reconciler.kinds.contract.by_name import ByName
from reconciler.kinds.contract.kind import Kind, ResourceKind, SectionKind
from reconciler.kinds.contract.traits import Dialled
from reconciler.model.desired import Wanted

#: What may be particular about a list (contract/traits.py).
Trait = Literal["by_location", "small", "alike", "register"]


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
    return ByName(_managed, lambda: {name: kind for name, kind in kinds().items() if kind.model is not None})


@cache
def observed() -> Mapping[str, Kind]:
    """What the inventory reads whole, whoever manages it; a plan never needs that."""
    return ByName(_observed, lambda: {name: kind for name, kind in kinds().items() if kind.columns})


def kind(name: str) -> Kind:
    """One kind; no module but that which holds it is imported for it. KeyError where there is none."""
    return _at_home(name)[0]


def home_of(name: str) -> str:
    """The module that holds a kind, by its dotted name."""
    return _at_home(name)[1]


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


def used(resources: Iterable[Wanted]) -> frozenset[str]:
    """The sections that these resources describe."""
    found = {(one.kind, name) for one in resources for name in one.fields}
    return frozenset(sections_of(kind)[name].name for kind, name in found if name in sections_of(kind))


def nested(name: str) -> bool:
    """Whether this is a managed section that lies in its owner alone: the inventory has none of that name."""
    found = _managed(name)
    return found is not None and bool(found.owner) and not found.columns


def shard_of(name: str) -> str:
    """The field by whose value the snapshot of a kind is divided into files; empty: one file."""
    found = _found(name)
    return found[0].shard if found else ""


@cache
def owners() -> tuple[ResourceKind, ...]:
    """The managed kinds that are objects of their own, not sections."""
    return tuple(kind for kind in managed().values() if isinstance(kind, ResourceKind))


@cache
def sections_of(owner: str) -> Mapping[str, SectionKind]:
    """The managed sections of a kind, by the name under which they nest in it; those that others require come first."""

    def every() -> Mapping[str, SectionKind]:
        return _in_order(one for one in managed().values() if isinstance(one, SectionKind) and one.owner == owner)

    return ByName(partial(_section, owner), every)


def sections_in(owner: str, names: Iterable[str]) -> Mapping[str, SectionKind]:
    """Those of them that have one of these names; the fields of an entry, say."""
    return _in_order(found for name in names if (found := _section(owner, name)))


@cache
def always_read(owner: str) -> Mapping[str, SectionKind]:
    """Those of them that every reading of the owner reads."""
    return _in_order(
        one
        for one in _declaring("always=True")
        if one.name in managed() and isinstance(one, SectionKind) and one.owner == owner and one.always
    )


def heirs(name: str) -> list[Kind]:
    """The kinds that inherit from this one."""
    return [found for found in _declaring(f'"{name}"') if found.inherits == name]


@cache
def with_extensions() -> Mapping[str, Dialled]:
    """How those are called of which each has an extension of its own."""
    return {one.name: one.dialled for one in _declaring("dialled=Dialled(") if one.dialled}


@cache
def listed(trait: Trait) -> Mapping[str, Kind]:
    """Those whose list is so (contract/traits.py)."""
    return {one.name: one for one in _declaring(f"{trait}=True") if getattr(one.listing, trait)}


@cache
def licensed() -> Mapping[str, Kind]:
    """Those who call by a licence: people and workspaces. They have extensions and numbers, and say where they are."""
    return {one.name: one for one in _declaring("entitles=") if one.entitles}


@cache
def by_label() -> Mapping[str, ResourceKind]:
    """The kind behind each plural and alias, as a file's top-level name or a CSV's stem, lower case."""

    def one(label: str) -> ResourceKind | None:
        return _resource_said(label, lambda kind: label in _labels(kind))

    return ByName(one, lambda: {label: kind for kind in owners() for label in _labels(kind)})


def lists_in(owner: str, names: Iterable[str] | None = None) -> Mapping[str, ResourceKind]:
    """The kinds of which lists may stand in an entry of `owner`, by the field: all, or those in fields of these
    names."""
    if names is None:
        return {kind.nested_in[1]: kind for kind in owners() if kind.nested_in and kind.nested_in[0] == owner}
    found = ((name, _resource_said(name, partial(_lies_in, (owner, name)))) for name in names)
    return {name: kind for name, kind in found if kind}


def _labels(kind: ResourceKind) -> list[str]:
    return [label.lower() for label in (kind.plural, *kind.aliases) if label and kind.model is not None]


def _lies_in(place: tuple[str, str], kind: ResourceKind) -> bool:
    return kind.nested_in == place


def _in_order(sections: Iterable[SectionKind]) -> Mapping[str, SectionKind]:
    return {one.section: one for one in sorted(sections, key=lambda one: (len(one.requires), one.name))}


def _managed(name: str) -> Kind | None:
    found = _found(name)
    return found[0] if found and found[0].model is not None else None


def _observed(name: str) -> Kind | None:
    found = _found(name)
    return found[0] if found and found[0].columns else None


def _section(owner: str, name: str) -> SectionKind | None:
    found = _managed(f"{owner}.{name}")
    return found if isinstance(found, SectionKind) else None


def _at_home(name: str) -> tuple[Kind, str]:
    found = _found(name)
    if found is None:
        raise KeyError(name)
    return found


@cache
def _found(name: str) -> tuple[Kind, str] | None:
    for stem in _stems(name):
        if module := _modules().get(stem):
            for one in _kinds_in(module):
                if one.name == name:
                    return one, module
    return None


def _stems(name: str) -> Iterator[str]:
    """The modules in which a kind may be, the most particular first."""
    owner, _, part = name.partition(".")
    yield name.replace(".", "_")
    if part:
        yield part
        yield owner


def _resource_said(word: str, fits: Callable[[ResourceKind], bool]) -> ResourceKind | None:
    """The managed resource that fits: in the module of which the word is the name, else in one that has the word."""
    likely = (_modules()[stem] for stem in (word.removesuffix("s"), word) if stem in _modules())
    for modules in (likely, _having(f'"{word}"')):
        for module in modules:
            for kind in _kinds_in(module):
                if isinstance(kind, ResourceKind) and kind.model is not None and fits(kind):
                    return kind
    return None


def _declaring(text: str) -> Iterator[Kind]:
    """The kinds in modules in whose source a text stands."""
    return (kind for module in _having(text) for kind in _kinds_in(module))


def _having(text: str) -> Iterator[str]:
    """The modules in whose source a text stands: no other declares what is written so (a test holds that). To read some
    hundred files costs a few milliseconds, to import them a hundred times as much."""
    return (module for module, source in _sources().items() if text.encode() in source)


@cache
def _sources() -> Mapping[str, bytes]:
    found = {}
    for module, path in _files().items():
        with open(path, "rb") as file:
            found[module] = file.read()
    return found


@cache
def _modules() -> Mapping[str, str]:
    """By stem the modules that hold kinds, in this folder's rooms and wherever else kinds are looked for."""
    found: dict[str, str] = {}
    for module in _files():
        stem = module.rpartition(".")[2]
        if stem in found:
            raise RuntimeError(f"two modules of kinds have one name: {found[stem]} and {module}")
        found[stem] = module
    return MappingProxyType(found)


@cache
def _files() -> Mapping[str, str]:
    """Their files."""
    return {module: path for folder in __path__ for module, path in sorted(_below(folder, __name__))}


def _below(folder: str, package: str) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            stem, dot, ending = entry.name.partition(".")
            if stem.startswith("_"):
                continue
            if dot and ending == "py":
                yield f"{package}.{stem}", entry.path
            elif not dot and entry.is_dir() and (package, stem) != (__name__, "contract"):
                yield from _below(entry.path, f"{package}.{stem}")


def _kinds_in(module: str) -> tuple[Kind, ...]:
    held = import_module(module)
    return tuple(getattr(held, "KINDS", ())) or (held.KIND,)
