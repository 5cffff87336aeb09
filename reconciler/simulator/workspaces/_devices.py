"""Devices of people and workspaces, under both of their ids (webex-behaviour.md §1.7, FB#10): `id` for `/devices`,
`callingDeviceId` for `/telephony/config/devices`.

    devices   {id, callingId, owner: [table, uuid], model, product, type: phone|roomdesk, mac?, tags: [text], created,
               status: connected|activating|…, method: MAC_ADDRESS|ACTIVATION_CODE, hiddenUntil?, layout?,
               members: [{owner: [table, uuid], port, primaryOwner, lineType, lineWeight, …}]}
"""

from __future__ import annotations

import re
from uuid import UUID, uuid5

from ..core import cascade, errors, ids, switches
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, after_write
from ..core.store import Store

switches.declare(
    "telephony_device_id", "both", "calling_only", row="1.7",
    text="whether telephony calls take a device's `id` too, or its `callingDeviceId` only",
)  # fmt: skip

TABLE = "devices"
_MAC = re.compile(r"^[0-9A-F]{12}$")


def mac_of(text: str) -> str | None:
    """Twelve hexadecimal digits without separators; None for anything else."""
    bare = re.sub(r"[:.\-]", "", text).upper()
    return bare if _MAC.match(bare) else None


def all_of(store: Store) -> list[Json]:
    """The devices that can be seen by now; those of the 9800 series take a while (§1.6)."""
    now = store.clock.now()
    return [one for one in store.tables.get(TABLE, {}).values() if one.get("hiddenUntil", 0) <= now]


def owned(store: Store, owner: Owner) -> list[Json]:
    return [one for one in all_of(store) if one["owner"] == list(owner)]


def on_devices(store: Store, owner: Owner) -> list[tuple[Json, Json]]:
    """(device, member) wherever that owner has a line."""
    return [
        (device, member) for device in all_of(store) for member in device["members"] if member["owner"] == list(owner)
    ]


def has_mac(store: Store, mac: str) -> bool:
    """Devices that are not visible yet count too."""
    return any(one.get("mac") == mac for one in store.tables.get(TABLE, {}).values())


def add(store: Store, owner: Owner, fields: Json) -> Json:
    key = store.new_id("devices")
    member = {"owner": list(owner), "port": 1, "primaryOwner": True, "lineType": "PRIMARY", "lineWeight": 1}
    record: Json = {
        "id": key,
        "callingId": str(uuid5(UUID(key), "calling")),
        "owner": list(owner),
        "tags": [],
        "created": store.clock.stamp(),
        "members": [member],
        **fields,
    }
    store.table(TABLE)[key] = record
    return record


def by_id(request: Request) -> Json:
    """The device of a `/devices` path."""
    key = request.uuid("deviceId", "DEVICE")
    return _found(next((one for one in all_of(request.store) if one["id"] == key), None))


def by_calling_id(request: Request) -> Json:
    """The device of a telephony path."""
    store, text = request.store, request.params["deviceId"]
    if store.switches["telephony_device_id"] == "both":
        key = ids.any_uuid(text)
        return _found(next((one for one in all_of(store) if key in (one["id"], one["callingId"])), None))
    key = ids.parse(text, "CALLING_DEVICE")
    return _found(next((one for one in all_of(store) if one["callingId"] == key), None))


def _found(record: Json | None) -> Json:
    if record is None:
        raise errors.not_found()
    return record


@cascade.on_end
def forget_lines(store: Store, owner: Owner) -> None:
    """Without calling there is no line: phones of that owner go, and its lines vanish from other devices."""
    devices = store.tables.get(TABLE, {})
    for key, device in list(devices.items()):
        if device["owner"] == list(owner) and device["type"] == "phone":
            del devices[key]
        else:
            device["members"] = [one for one in device["members"] if one["owner"] != list(owner)]


@after_write
def forget_orphans(request: Request, reply: Reply) -> None:
    """Devices go with the person or workspace they belong to (§13)."""
    devices = request.store.tables.get(TABLE)
    if request.method != "DELETE" or not devices:
        return
    for key, device in list(devices.items()):
        table, owner = device["owner"]
        if owner not in request.store.table(table):
            del devices[key]
