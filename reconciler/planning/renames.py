"""`was: OLD KEY`: a resource that is to have another name, as one update of what is there.

Until that is carried out the tenant knows it by the old name, and so does everything that refers to it there. A plan is
therefore made in the tenant's words: desired resources, what they refer to and what they claim are put under the names
that are there now (`as_there`), and the new name is one more field of the one change. It is written last, when nothing
that still says the old name is left to be done.

in the tenant           comes to
----------------------  ------------------------------------------------
only the old name       an update that renames
only the new one        nothing: it is done, which is said
both                    a finding: nobody can tell which is meant
neither                 as without `was`, which is said

Where a name goes on (A was B, and B was C) who has it gives it up first, and who has got it by then is who is meant.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.kinds import kind as kind_named
from reconciler.kinds import managed, sections_in
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.marks import marks_of, references
from reconciler.model.address import joined_key, split_address, split_key
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.selection import Selection
from reconciler.model.snapshot import Current, Fields

Lookup = Callable[[str, str], Current | None]


@dataclass(frozen=True)
class Renames:
    """`there`: address as desired has it → as the tenant has it, of what is to be renamed; `refused`: why it cannot be,
    by address; `notices` say what came of the rest."""

    there: Mapping[str, str] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.there or self.refused)


def asked(resources: Iterable[Wanted]) -> list[Wanted]:
    """Those that were called otherwise. Keys of one part come first: keys of several may hold them; and before who gets
    a name who gives it up."""
    found = {one.address: one for one in resources if one.was}
    givers = {f"{one.kind}/{one.was}": one.address for one in found.values()}

    def given(one: Wanted) -> int:
        count, address = 0, one.address
        while (address := givers.get(address, "")) and count < len(found):
            count += 1
        return count

    return sorted(found.values(), key=lambda one: (len(kind_named(one.kind).key_fields), given(one), one.address))


def judged(resources: Iterable[Wanted], get: Lookup) -> Renames:
    """What becomes of each `was`, by what is in the tenant. Where a list could not be read nothing is found in it."""
    there: dict[str, str] = {}
    refused: dict[str, str] = {}
    notices: list[str] = []
    some = asked(resources)
    for one in some:
        kind, old, new = one.kind, key_there(one.kind, one.was, there), key_there(one.kind, one.key, there)
        before, now = get(kind, old), get(kind, new)
        if f"{kind}/{new}" in there.values():
            now = None  # it goes on
        if now is not None and before is not None and _follows(one, some, get):
            before = None
        if before is None:
            said = "it has its name" if now is not None else "it is new"
            notices.append(f"{one.source}: was: there is no {kind}/{old} in the tenant, so {said}: take `was` out")
        elif now is not None:
            refused[one.address] = f"both {kind}/{old} and {kind}/{new} are in the tenant: which of them is meant?"
        elif before.candidates:
            refused[one.address] = f"{kind}/{old} is ambiguous: {len(before.candidates)} in the tenant have that name"
        else:
            there[one.address] = f"{kind}/{old}"
            notices.append(f"{one.source}: {kind}/{old} is to be called {new!r}; the plan says the name that it has")
    return Renames(there, refused, tuple(notices))


def _follows(one: Wanted, some: Iterable[Wanted], get: Lookup) -> bool:
    """Whether what is called now as this one was is another that has got that name since."""
    by_address = {other.address: other for other in some}
    while other := by_address.get(f"{one.kind}/{one.was}"):
        if get(other.kind, other.was) is None:
            return get(other.kind, other.key) is not None
        one = other
    return False


def as_there(resources: Iterable[Wanted], renames: Renames) -> list[Wanted]:
    """The resources under the names that the tenant has, sorted by address."""
    if not renames:
        return list(resources)
    return sorted((_as_there(one, renames) for one in resources), key=lambda one: one.address)


def _as_there(one: Wanted, renames: Renames) -> Wanted:
    if why := renames.refused.get(one.address):
        return replace(one, clash=why)
    kind, key = kind_named(one.kind), key_there(one.kind, one.key, renames.there)
    fields = _everywhere(one.kind, one.fields, renames.there)
    if key == one.key:
        return one if fields is one.fields else replace(one, fields=fields)
    becomes = key_there(one.kind, one.key, _without(renames.there, one.address))
    fields = {**fields, **kind.named(key)}
    return replace(one, key=key, fields=fields, becomes=becomes if becomes != key else "")


def _without(there: Mapping[str, str], address: str) -> dict[str, str]:
    return {name: other for name, other in there.items() if name != address}


def _everywhere(kind: str, fields: Fields, names: Mapping[str, str]) -> Fields:
    """The fields of a resource and of its sections with these names in place of others."""
    found = rewritten(kind_named(kind), fields, names)
    for name, section in sections_in(kind, found).items():
        if held := found[name]:
            part = rewritten(section, held, names)
            found = found if part is held else {**found, name: part}
    return found


def rewritten(kind: Kind, fields: Fields, names: Mapping[str, str]) -> Fields:
    """Fields that refer to what has another name by that; the same object where they do not. `names`: address →
    address."""
    found = fields
    for one in references(kind, fields):
        key = key_there(one.kind, one.key, names)
        if key == one.key:
            continue
        found = copy.deepcopy(fields) if found is fields else found
        inner: Any = found
        for part in one.path[:-1]:
            inner = inner[part]
        if isinstance(inner[one.path[-1]], str):
            inner[one.path[-1]] = key if len(one.ref.kinds) == 1 else f"{one.kind}/{key}"
    return found


def key_there(kind: str, key: str, names: Mapping[str, str]) -> str:
    """A key under these names: its own, or those of what it has in its parts, like its location."""
    if other := names.get(f"{kind}/{key}"):
        return split_address(other)[1]
    fields = managed()[kind].key_fields if kind in managed() else ()
    if len(fields) < 2 or not names:
        return key
    of = {path[0]: ref.kinds[0] for path, ref in marks_of(managed()[kind]).refs if len(path) == 1}
    parts = split_key(key)
    if len(parts) != len(fields):
        return key
    return joined_key(
        *(key_there(of[name], part, names) if name in of else part for name, part in zip(fields, parts, strict=True))
    )


def renamed_by(changes: Iterable[Change]) -> dict[str, str]:
    """What these changes rename: the address that they go by → the one that it has after them."""
    found = {}
    for change in changes:
        if change.action == "update" and (name := new_key(change.kind, change.key, change.want)):
            found[change.address] = f"{change.kind}/{name}"
    return found


def new_key(kind: str, key: str, want: Fields) -> str:
    """The key that a resource has after an update that wants this; empty where it stays the same."""
    one = kind_named(kind)
    if one.owner or not any(name in want for name in one.key_fields):
        return ""
    new = one.key_of({**one.named(key), **{name: want[name] for name in one.key_fields if name in want}})
    return new if new != key else ""


def named_there(selection: Selection, resources: Iterable[Wanted], renames: Renames) -> Selection:
    """The selection with the names that the tenant has of what it names as desired does."""
    target, exclude = list(selection.target), list(selection.exclude)
    for one in resources if renames.there else ():
        other = f"{one.kind}/{key_there(one.kind, one.key, renames.there)}"
        if other != one.address:
            target += [other] if selection.target and selection.touches(one) else []
            exclude += [other] if selection.leaves_out(one.address) else []
    return replace(selection, target=tuple(target), exclude=tuple(exclude))
