"""What the tenant's own state says after a command that ended with 0: as described, and nothing else has changed.

Written from the API's documentation, by uuid and by path; it knows no reader, kind or diff of the product's.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.properties.truth import unmet
from tests.support.state import normal, quiet

Json = dict[str, Any]
_KEYS = {"people": "email", "workspaces": "name", "numbers": "number", "locations": "name"}
#: Tables that are no wish of anybody: what has been done, and when.
_BY_THE_WAY = frozenset({"org", "switches", "sequence", "jobs", "version", "audit_events", "clock"})
_PLAIN = {
    "people": {"first_name": "firstName", "last_name": "lastName", "display_name": "displayName"},
    "workspaces": {"notes": "notes", "capacity": "capacity"},
    "numbers": {"state": "state"},
    "locations": {"time_zone": "timeZone", "preferred_language": "preferredLanguage", "address": "address"},
}
_SECTIONS = {
    "forwarding": ("calling/forwarding",),
    "numbers": ("calling/alternates", "calling/distinctiveRing"),
    "outgoing_permissions": ("calling/outgoingPermission",),
    "extension": ("calling/extension",),
    "phone_number": ("calling/number",),
    "pstn": ("calling/pstn",),
    "internal_dialing": ("calling/internalDialing",),
    "licenses": ("licenses",),
    "license": ("licenses", "callingType"),
}
_CALLING = {"outside_dial_digit": "outsideDialDigit", "routing_prefix": "routingPrefix", "main_number": "callingLineId"}
#: Whose callback somebody was goes back to the location's when they leave (§15); whether that is valid is looked at by
#: classes/emergency.py.
_FOLLOWS = "calling/ecbn"


def differing(before: Json, after: Json, desired: Json) -> list[str]:
    """What is not as described, and what has changed though nobody described it; one line each."""
    wrong = [f"{address}: {what}" for address, list_ in unmet(desired, after).items() for what in list_]
    return wrong + list(unasked(before, after, desired))


def unasked(before: Json, after: Json, desired: Json) -> Iterator[str]:
    entries = {
        (plural, _key(plural, entry[_KEYS[plural]])): entry for plural, several in desired.items() for entry in several
    }
    moved = _numbers_of_movers(before, after, entries)
    for table in sorted(before.keys() | after.keys()):
        if table in _BY_THE_WAY or not isinstance(before.get(table, after.get(table)), list):
            continue
        then, now = _by_id(before.get(table, [])), _by_id(after.get(table, []))
        for key in sorted(then.keys() | now.keys()):
            entry = entries.get((table, _name(table, then.get(key) or now[key])))
            if table == "numbers" and key in moved and entry is None:
                entry = {"location": ""}
            yield from _of_one(table, then.get(key), now.get(key), entry)


def _of_one(table: str, then: Json | None, now: Json | None, entry: Json | None) -> Iterator[str]:
    what = f"{table}/{_shown(table, then or now or {})}"
    if then is None:
        if entry is None or entry.get("state") == "absent":
            yield f"{what}: is new, and nobody described it"
    elif now is None:
        if entry is None or entry.get("state") != "absent":
            yield f"{what}: is gone, and nobody asked for that"
    else:
        open_ = list(_open(table, entry, then, now)) if entry else []
        was, is_ = _leaves(quiet(then)), _leaves(quiet(now))
        for path in sorted(was.keys() | is_.keys()):
            old, new = was.get(path), is_.get(path)
            if (
                old != new
                and not path.startswith(_FOLLOWS)
                and not any(f"{path}/".startswith(f"{one}/") for one in open_)
            ):
                yield f"{what}/{path}: {old!r} became {new!r}, and nobody described it"


def _open(table: str, entry: Json, then: Json, now: Json) -> Iterator[str]:
    """Paths below this record that its description may change."""
    yield from (theirs for ours, theirs in _PLAIN[table].items() if ours in entry)
    if table == "numbers":
        yield "location"
        return
    for name, paths in _SECTIONS.items():
        if name in entry:
            yield from paths
    if table == "locations":
        yield from (f"calling/{_CALLING.get(name, name)}" for name in entry.get("calling") or {})
        return
    if {"first_name", "last_name"} & entry.keys():
        yield "displayName"  # made of them (webex-behaviour.md §8)
    if "location" in entry:
        yield from ("calling/location", "location")
    if bool(then.get("calling")) != bool(now.get("calling")) and {"licenses", "license"} & entry.keys():
        yield from ("calling", "callingType", "location")  # with the licence everything of calling comes and goes


def _moves(then: Json, now: Json) -> bool:
    places = [(one.get("calling") or {}).get("location") for one in (then, now)]
    return all(places) and places[0] != places[1]


def _numbers_of_movers(before: Json, after: Json, entries: dict[tuple[str, str], Json]) -> set[str]:
    """A number that nobody exchanges moves along with its person."""
    now = _by_id(after["people"])
    return {
        record["calling"]["number"]
        for record in before["people"]
        if (record.get("calling") or {}).get("number")
        and "location" in entries.get(("people", _name("people", record)), {})
        and _moves(record, now.get(record["id"], {}))
    }


def _by_id(records: list[Json]) -> dict[str, Json]:
    return {str(record.get("id") or record.get("number")): record for record in records}


def _name(table: str, record: Json) -> str:
    return _key(table, _shown(table, record))


def _shown(table: str, record: Json) -> str:
    if table == "people":
        return str(record["emails"][0])
    return str(record.get("displayName") or record.get("name") or record.get("number") or record.get("id"))


def _key(table: str, text: str) -> str:
    return str(normal(text.lower() if table == "people" else text))


def _leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every value by its path; nothing and empty are the same."""
    if isinstance(value, dict):
        found: dict[str, Any] = {}
        for name, item in value.items():
            found |= _leaves(item, f"{path}/{name}" if path else name)
        return found
    if isinstance(value, list):
        value = sorted(map(str, value)) if path == "licenses" else value
        return {path: value} if value else {}
    return {} if value in (None, "") else {path: value}
