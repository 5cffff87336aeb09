"""Who can hold a number or an extension: each kind says how the numbers list and the ids name it (§4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

Json = dict[str, Any]


class Owner(NamedTuple):
    """Who holds a number or an extension. `kind` is the table, or `voicePortal` with the location's id."""

    kind: str
    id: str


def _feature_name(record: Json) -> tuple[str, str]:
    """Features are shown as a last name, with nothing before it."""
    return "", str(record.get("name", ""))


@dataclass(frozen=True)
class OwnerKind:
    """`table` of records that carry a `calling` block; `type` in the rows of the numbers list; `filter` is the word
    of the request where it differs (GROUP_PAGING reads PAGING_GROUP); `name` gives (first name, last name); `type_of`
    the type of one record, where not all are of one."""

    table: str
    type: str
    id_kind: str
    filter: str = ""
    name: Callable[[Json], tuple[str, str]] = _feature_name
    listed: bool = True  # False: takes an extension without a row in the numbers list
    type_of: Callable[[Json], str] | None = None

    def types(self, record: Json) -> tuple[str, ...]:
        """The owner's type as rows name it, and as the filter does where that differs."""
        return (self.type_of(record), "") if self.type_of else (self.type, self.filter)


_kinds: dict[str, OwnerKind] = {}


def register(kind: OwnerKind) -> OwnerKind:
    """To be called at import by the resource that keeps the table."""
    _kinds[kind.table] = kind
    return kind


def kinds() -> list[OwnerKind]:
    return list(_kinds.values())


def kind_of(owner: Owner) -> OwnerKind:
    return _kinds[owner.kind]


def person_name(record: Json) -> tuple[str, str]:
    return str(record.get("firstName", "")), str(record.get("lastName", ""))


def place_name(record: Json) -> tuple[str, str]:
    return str(record["displayName"]), "."


register(OwnerKind("people", "PEOPLE", "PEOPLE", name=person_name))
register(OwnerKind("workspaces", "PLACE", "PLACE", name=place_name))
