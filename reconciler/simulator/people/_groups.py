"""Groups as both APIs see them (`/groups` and SCIM), and who is in them.

    groups   {id, displayName, description?, externalId?, usage,
              members: [{id, type: user|machine|group, hiddenUntil?}], owners?, managedBy?, created, lastModified}

Every location has a group of its name besides (webex-behaviour.md §2): it follows from the location and is in no table.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from ..core import ids, switches
from ..core.routing import Json, Reply, Request, after_write
from ..core.store import Store

switches.declare(
    "group_membership_lag", "0s", "25s", row="1.6", text="how long new members of a group are not among its members"
)
switches.declare("group_name_duplicate", "allow", "409", row="10", text="a second group of the same displayName")
switches.declare("location_group_write", "403", "404", row="2", text="a write to the group that belongs to a location")

TABLE = "groups"
MOST_MEMBERS = 500
USAGE = "policy"
_CALLERS = ("people", "workspaces", "auto_attendants", "call_queues")
_BEGINNING = "1970-01-01T00:00:00.000Z"


def records(store: Store) -> list[Json]:
    """The locations' groups and those that were made."""
    return [_of_location(store, one) for one in store.locations.values()] + list(store.tables.get(TABLE, {}).values())


def find(store: Store, key: str) -> Json | None:
    made = store.tables.get(TABLE, {}).get(key)
    place = next((one for one in store.locations.values() if _key_of(one) == key), None)
    return made or (_of_location(store, place) if place else None)


def is_made(store: Store, record: Json) -> bool:
    """False for a location's group, which nobody can write to."""
    return record["id"] in store.tables.get(TABLE, {})


def _key_of(location: Json) -> str:
    return str(uuid5(UUID(location["id"]), "group"))


def _of_location(store: Store, location: Json) -> Json:
    """Its members are who calls from there: people as users, everything else as machines (recorded in a tenant)."""
    members = [
        {"id": key, "type": "user" if table == "people" else "machine"}
        for table in _CALLERS
        for key, record in store.tables.get(table, {}).items()
        if (record.get("calling") or {}).get("location") == location["id"]
    ]
    return {
        "id": _key_of(location),
        "displayName": location["name"],
        "usage": "location",
        "members": members,
        "created": _BEGINNING,
        "lastModified": _BEGINNING,
    }


def name_is_taken(store: Store, name: str, record: Json | None = None) -> bool:
    if store.switches["group_name_duplicate"] == "allow":
        return False
    return any(
        one["displayName"].lower() == name.lower() and (record is None or one["id"] != record["id"])
        for one in records(store)
    )


def visible(store: Store, record: Json) -> list[Json]:
    """The members that can be seen by now."""
    now = store.clock.now()
    return [member for member in record["members"] if member.get("hiddenUntil", 0) <= now]


def is_member(store: Store, key: str) -> bool:
    """Whether somebody or something of that uuid can be in a group."""
    return key in store.people or find(store, key) is not None


def member(store: Store, key: str, kind: Any = None) -> Json:
    """A new member, visible when the switch says so."""
    entry: Json = {"id": key, "type": str(kind or ("user" if key in store.people else "group"))}
    if seconds := store.switches.seconds("group_membership_lag"):
        entry["hiddenUntil"] = store.clock.now() + seconds
    return entry


def name_of(store: Store, entry: Json) -> str:
    for table in _CALLERS:
        if record := store.tables.get(table, {}).get(entry["id"]):
            return str(record.get("displayName") or record.get("name") or "")
    group = find(store, entry["id"])
    return str(group["displayName"]) if group else ""


def of_person(store: Store, key: str) -> list[Json]:
    return [one for one in records(store) if key in (member["id"] for member in visible(store, one))]


def create(store: Store, fields: Json, members: list[Json]) -> Json:
    stamp = store.clock.stamp()
    record = {"usage": USAGE, **fields, "members": members, "created": stamp, "lastModified": stamp}
    record = {"id": store.new_id("groups"), **record}
    store.table(TABLE)[record["id"]] = record
    return record


@after_write
def forget_members(request: Request, reply: Reply) -> None:
    """A person or group that is deleted is in no group any more."""
    store = request.store
    if request.method != "DELETE" or not store.tables.get(TABLE):
        return
    # a group's id has two uuids in it
    for key in [part for text in request.params.values() for part in ids.any_uuid(text).split(":")]:
        if not is_member(store, key):
            for record in store.tables[TABLE].values():
                record["members"] = [entry for entry in record["members"] if entry["id"] != key]
