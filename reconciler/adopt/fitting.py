"""What of an entry desired files take: the models and checks of `validate` decide before anything is written.

What is refused is left out with its reason, and as little of the rest as makes sense: a field of the resource itself,
in a section what belongs together (a branch of forwarding, a call type), the whole entry where its key is refused.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from reconciler.kinds import sections_of
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.marks import references
from reconciler.model.desired import Wanted
from reconciler.model.snapshot import Fields
from reconciler.repository.desired.checks import Checks
from reconciler.repository.desired.entries import entry_type
from reconciler.repository.desired.messages import faults
from reconciler.repository.yamlfile import Path


@dataclass
class Fitted:
    """What can be written of an entry (empty: nothing), and why not the rest, each text about one field."""

    fields: Fields
    without: list[str] = field(default_factory=list)


def fitted(kind: Kind, said: Fields, known: Callable[[str, str], bool]) -> Fitted:
    """The part of an entry that desired files take. `known(kind, key)`: whether a reference leads somewhere."""
    found = Fitted(copy.deepcopy(said))
    model = entry_type(kind).model
    while found.fields:
        try:
            normal = model.model_validate(found.fields).model_dump(exclude_unset=True)
        except ValidationError as error:
            refused = faults(model, kind.name, found.fields, error)
        else:
            refused = list(_reshaped(found.fields, normal))
        for path, what in refused:
            _leave_out(kind, found, path, what)
        if not refused:
            break
    for path, what in list(_unfounded(kind, found.fields, known)):
        _leave_out(kind, found, path, what)
    return found


def _reshaped(said: Fields, normal: Fields, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """What desired files would hold in another form than the tenant has it: that would be planned as a change."""
    for name, value in said.items():
        other = normal.get(name)
        if isinstance(value, dict) and isinstance(other, dict):
            yield from _reshaped(value, other, (*path, name))
        elif value != other:
            yield (*path, name), f"{value!r} cannot be written as it is: desired files would hold {other!r}"


def _unfounded(kind: Kind, fields: Fields, known: Callable[[str, str], bool]) -> Iterator[tuple[Path, str]]:
    """The references of an entry that lead nowhere: of these `validate` would say the same."""
    for section, part in (("", kind), *sections_of(kind.name).items()):
        held = fields.get(section) or {} if section else fields
        for one in references(part, held):
            if not known(one.kind, one.key):
                named = one.kind.replace("_", " ")
                path = (section, *one.path) if section else one.path
                yield path, f"there is no {named} {one.key!r} in the snapshot"


def _leave_out(kind: Kind, found: Fitted, path: Path, what: str) -> None:
    names: list[str] = []
    for part in path:  # of a list nothing is left out alone: a list is the whole list
        if isinstance(part, int):
            break
        names.append(part)
    found.without.append(f"{'.'.join(names)}: {what}" if names else what)
    if not names or names[0] in kind.key_fields:
        found.fields = {}
    else:
        _remove(found.fields, names[:2] if names[0] in sections_of(kind.name) else names)


def _remove(fields: Fields, names: list[str]) -> None:
    """Take away what is there at a path, and what is empty without it."""
    inner = fields.get(names[0])
    if len(names) > 1 and isinstance(inner, dict):
        _remove(inner, names[1:])
        if inner:
            return
    fields.pop(names[0], None)


class Together:
    """What is described already and what is to be: two resources cannot lay claim to the same thing."""

    def __init__(self, described: Iterable[Wanted]) -> None:
        self._checks = Checks(lambda source, value: (0, 0))
        for wanted in described:
            self._checks.add(wanted)

    def refuses(self, kind: Kind, fields: Fields, file: str) -> str:
        """Why an entry cannot stand beside the others; empty where it can, and then it is one of them."""
        before = len(self._checks.problems)
        self._checks.add(Wanted(kind.name, kind.key_of(fields), fields, file, 0))
        return "; ".join(problem.what.replace(":0)", ")") for problem in self._checks.problems[before:])
