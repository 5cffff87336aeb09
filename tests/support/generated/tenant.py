"""Whose settings are tried, and what there is around them that a setting can name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.errors import NotEntitledError
from reconciler.kinds.contract.access import Reader
from reconciler.kinds.contract.kind import SectionKind
from reconciler.model.marks import Ref
from reconciler.model.snapshot import Current
from reconciler.simulator import Simulator
from reconciler.simulator.core import ids

#: Those of the sample tenant that may have all settings: with calling, a number, and nothing configured.
LIKELY = {
    "person": "jose.dvorak@example.com",
    "workspace": "Café",
    "location": "London HQ",
    "virtual_line": "London HQ/Front Desk",
}
#: Who is not in it, and how the API makes one.
_MADE = {
    "virtual_line": (
        "/telephony/config/virtualLines",
        {"firstName": "Front", "lastName": "Desk", "extension": "5001", "phoneNumber": "+442079460075"},
    )
}


@dataclass(frozen=True)
class Surroundings:
    """What the tenant has, by kind and key, as its lists show it."""

    lists: Mapping[str, Mapping[str, Current]]

    def numbers(self, owner: Current) -> list[str]:
        """The numbers of the owner's location that nobody has."""
        place = owner.key if owner.kind == "location" else owner.fields.get("location")
        rows, taken = self.lists["number"].values(), self._taken()
        free = [one.key for one in rows if one.fields.get("location") == place and one.key not in taken]
        return sorted(free)

    def named(self, refs: tuple[Ref, ...], owner: Current) -> Iterator[str]:
        """What a reference of this owner can name: at its own location, and reachable by a number."""
        for ref in refs:
            for kind in ref.kinds:
                if kind == "number":
                    yield from self.numbers(owner)[:4]
                    continue
                for key, one in sorted(self.lists.get(kind, {}).items()):
                    if self._suits(one, owner):
                        yield key if len(ref.kinds) == 1 else f"{kind}/{key}"

    def _suits(self, one: Current, owner: Current) -> bool:
        if one.address == owner.address or one.candidates:
            return False
        if "location" not in one.fields:
            return True
        place = owner.key if owner.kind == "location" else owner.fields.get("location")
        return one.fields["location"] == place and bool(one.fields.get("phone_number", True))

    def _taken(self) -> set[str]:
        found = set()
        for rows in self.lists.values():
            for one in rows.values():
                calling = one.fields.get("calling") or {}
                found |= {one.fields.get("phone_number"), calling.get("main_number")} - {None}
                found |= set((one.fields.get("numbers") or {}).get("secondary") or ())
        return {number for number in found if number}


def furnish(server: Simulator, owner: str) -> None:
    """Somebody who may have settings is in the tenant, where the sample has nobody."""
    path, body = _MADE.get(owner, ("", {}))
    state = server.state() if path else {}
    if path and not state.get(f"{owner}s"):
        place = next(one["id"] for one in state["locations"] if one["name"] == LIKELY["location"])
        server.edit("POST", path, {**body, "locationId": ids.encode("LOCATION", place)})


async def owner_of(reader: Reader, kind: SectionKind) -> Current:
    """Somebody who has the setting."""
    assert kind.fetch is not None
    rows = await reader.all(kind.owner)
    likely = LIKELY.get(kind.owner, "")
    for key in [likely, *(key for key in sorted(rows) if key != likely)] if likely in rows else sorted(rows):
        try:
            if await kind.fetch(reader, Current(kind.owner, key, rows[key].id, {})) is not None:
                return rows[key]
        except NotEntitledError:
            continue
    raise AssertionError(f"{kind.name}: the sample tenant has no {kind.owner} with it, so nothing can be proven of it")
