"""Paging groups and virtual lines: what is drawn of them, and what they come to in the tenant.

{"paging_groups": [{"location": "Site 001", "name": "Paging 0005", "targets": ["person/…"]}], "virtual_lines": […]}
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.support.state import normal

Json = dict[str, Any]
PLURALS = {"paging_groups": "paging_group", "virtual_lines": "virtual_line"}
MEMBERS = ("originators", "targets")
_NEW = {"paging_groups": "Pagers {}", "virtual_lines": "Lena Line{}"}
_ADDRESS = {"extension": "extension", "phone_number": "number"}


def name_of(record: Json) -> str:
    """A virtual line is called by its first and last name."""
    return str(normal(record.get("name") or f"{record['firstName']} {record['lastName']}"))


def draw_some(draw: DrawFn, plural: str, there: list[Json], places: list[str], address: Callable[[Json], None],
              members: list[str]) -> Iterator[Json]:  # fmt: skip
    """Entries over those that are `there` ({location, name}) and a new one at times; `address` gives one an extension,
    or a number; `members` are the addresses of who may be in a group."""
    chosen = draw(st.lists(st.integers(0, len(there) - 1), unique=True, max_size=2)) if there else []
    for at in chosen:
        entry: Json = dict(there[at])
        kind = draw(st.sampled_from(["absent", "renamed", "changed", "changed", "changed"]))
        if kind == "absent":
            yield {**entry, "state": "absent"}
            continue
        if kind == "renamed":
            entry |= {"was": entry["name"], "name": f"{entry['name']}b"}
        if draw(st.booleans()):
            address(entry)
        yield _with_members(draw, plural, entry, members)
    for number in range(draw(st.sampled_from([0, 0, 1]))):
        entry = {"location": draw(st.sampled_from(places)), "name": _NEW[plural].format(number)}
        address(entry)
        yield _with_members(draw, plural, entry, members)


def _with_members(draw: DrawFn, plural: str, entry: Json, members: list[str]) -> Json:
    for name in MEMBERS if plural == "paging_groups" and members else ():
        if draw(st.booleans()):
            entry[name] = draw(st.lists(st.sampled_from(members), unique=True, max_size=3))
    if plural == "paging_groups" and draw(st.integers(0, 2)) == 0:
        entry["enabled"] = draw(st.booleans())
    return entry


def opens(plural: str, entry: Json) -> Iterator[str]:
    """Paths of the state that a description may change."""
    path = f"{plural}/{entry['name']}"
    if entry.get("state") == "absent" or "was" in entry:
        yield path
        yield f"{plural}/{entry.get('was', entry['name'])}"
    yield from (f"{path}/calling/{theirs}" for ours, theirs in _ADDRESS.items() if ours in entry)
    yield from (f"{path}/{name}" for name in (*MEMBERS, "enabled") if name in entry)


def unmet(records: list[Json], entry: Json, place: str | None, addresses: dict[tuple[str, str], str]) -> Iterator[str]:
    """What is not as described of one of these, by the records of its kind at its location."""
    here = [one for one in records if one["location"] == place]
    found = [one for one in here if name_of(one) == normal(entry["name"])]
    if entry.get("state") == "absent":
        yield from ("still there" for _ in found)
        return
    if len(found) != 1:
        yield f"{len(found)} of it are there"
        return
    if any(name_of(one) == normal(entry.get("was")) for one in here):
        yield "the one of before is still there"
    (record,) = found
    for ours, theirs in _ADDRESS.items():
        if ours in entry and (record["calling"].get(theirs) or None) != entry[ours]:
            yield f"{ours} is {record['calling'].get(theirs)!r}"
    if "enabled" in entry and record["enabled"] != entry["enabled"]:
        yield f"enabled is {record['enabled']}"
    for name in MEMBERS:
        if name in entry:
            have = {addresses.get(tuple(pair), "?") for pair in record[name]}
            if have != {_plain(one) for one in entry[name] or ()}:
                yield f"{name} are {sorted(have)}"


def _plain(address: str) -> str:
    kind, _, key = address.partition("/")
    return f"{kind}/{normal(key.lower() if kind == 'person' else key)}"
