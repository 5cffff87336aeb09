"""People, workspaces and virtual lines inside of settings: ids on write, objects on read (webex-behaviour.md §12)."""

from __future__ import annotations

from typing import Any

from ..core import calling, errors, ids, owners, switches
from ..core.owners import Owner
from ..core.routing import Json
from ..core.store import Store

switches.declare(
    "setting_member_ids", "own", "people", "address", row="1.7, 12",
    text="member ids in settings: in their own kind, all as PEOPLE, or people as PEOPLE/<e-mail address>",
)  # fmt: skip

TABLES = ("people", "workspaces", "virtual_lines")


def find(store: Store, text: Any) -> Owner:
    """Whom an id names, in whatever encoding it was read (§1.7): a member with calling."""
    key = ids.any_uuid(str(text))
    key = store.emails.get(key.lower(), key)
    for table in TABLES:
        record = store.table(table).get(key)
        if record is not None and record.get("calling"):
            return Owner(table, key)
    raise errors.platform(404, f"Could not find a user with id '{text}'.")


def stored(store: Store, entries: list[Any]) -> list[Json]:
    """What is stored of a list of ids, in the order that was sent, each member once; what is stored already stays."""
    found = [Owner(*entry["owner"]) if isinstance(entry, dict) else find(store, entry) for entry in entries]
    return [{"owner": list(owner)} for owner in dict.fromkeys(found)]


def encoded(store: Store, owner: Owner) -> str:
    position = store.switches["setting_member_ids"]
    if position == "address" and owner.kind == "people":
        return ids.encode("PEOPLE", store.people[owner.id]["emails"][0])
    return ids.encode("PEOPLE" if position == "people" else owners.kind_of(owner).id_kind, owner.id)


def number(store: Store, block: Json) -> Json:
    """`external`, `extension`, `routingPrefix`, `esn`, as far as there are any."""
    shown: Json = {"external": block["number"]} if block.get("number") else {}
    if block.get("extension"):
        shown |= {"extension": block["extension"], "esn": calling.esn(store, block)}
        if prefix := (store.calling_of(block["location"]) or {}).get("routingPrefix"):
            shown["routingPrefix"] = prefix
    return shown


def show(store: Store, entry: Json) -> Json:
    """A stored member as settings read it: name, type, e-mail and numbers."""
    owner = Owner(*entry["owner"])
    record = store.table(owner.kind)[owner.id]
    first, last = owners.kind_of(owner).name(record)
    shown: Json = {
        "id": encoded(store, owner),
        "firstName": first,
        "lastName": last,
        "displayName": record["displayName"],
        "type": owners.kind_of(owner).type,
    }
    if record.get("emails"):
        shown["email"] = record["emails"][0]
    return {**shown, "numbers": [{**number(store, record["calling"]), "primary": True}]}


def show_all(store: Store, entries: list[Json]) -> list[Json]:
    return [show(store, entry) for entry in entries]
