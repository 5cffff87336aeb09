"""`GET /telephony/config/numbers`: one row per number, and one per extension without a number (§4)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..core import calling, errors, ids, owners, paging, switches
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

switches.declare(
    "extension_row_empty_number", "on", "off", row="1.8",
    text="whether extension-only rows of the numbers list carry `phoneNumber: \"\"` or lack the key",
)  # fmt: skip


class Row(NamedTuple):
    location: str
    number: str  # "" for an extension-only row
    extension: str
    owner: Owner | None


def _block(store: Store, owner: Owner) -> Json:
    if owner.kind == "voicePortal":
        half = store.calling_of(owner.id) or {}
        number = half.get("portal", {}).get("phoneNumber")
        return {"location": owner.id, "extension": half.get("voicePortal"), "number": number}
    found: Json = store.table(owner.kind)[owner.id]["calling"]
    return found


def _types(store: Store, owner: Owner | None) -> tuple[str, ...]:
    if owner is None:
        return ()
    if owner.kind == "voicePortal":
        return ("VOICE_MESSAGING",)
    return owners.kind_of(owner).types(store.table(owner.kind)[owner.id])


def rows(store: Store, numbers: list[str] | None = None) -> Iterator[Row]:
    """All rows: numbers in order, then extension-only entries by location and extension. `numbers` names the only
    candidates, where the filters tell, because a tenant may hold tens of thousands."""
    for number in store.sorted_numbers() if numbers is None else sorted(numbers):
        owner = store.owners.get(number)
        extension = ""
        if owner is not None and (block := _block(store, owner)).get("number") == number:
            extension = block.get("extension") or ""
        yield Row(store.numbers[number]["location"], number, extension, owner)
    if numbers is not None:
        return
    for location, taken in store.extensions.items():
        for extension in sorted(taken):
            if _is_listed(taken[extension]) and not _block(store, taken[extension]).get("number"):
                yield Row(location, "", extension, taken[extension])


def _is_listed(owner: Owner) -> bool:
    return owner.kind == "voicePortal" or owners.kind_of(owner).listed


def show(store: Store, row: Row) -> Json:
    record = store.numbers.get(row.number, {})
    body: Json = {
        "state": record.get("state", "ACTIVE"),
        "phoneNumberType": "PRIMARY",
        "mainNumber": calling.is_main(store, row.number),
        "tollFreeNumber": bool(record.get("tollFree")),
        "isServiceNumber": bool(record.get("service")),
        "isReservedNumber": False,
        "includedTelephonyTypes": "MOBILE_NUMBER" if record.get("mobile") else "PSTN_NUMBER",
        "location": {
            "id": ids.encode("LOCATION", row.location),
            "name": store.locations[row.location]["name"],
        },
    }
    if row.number:
        body["phoneNumber"] = row.number
    elif store.switches["extension_row_empty_number"] == "on":
        body["phoneNumber"] = ""
    if row.extension:
        prefix = (store.calling_of(row.location) or {}).get("routingPrefix")
        body["extension"] = row.extension
        body["esn"] = f"{prefix or ''}{row.extension}"
        if prefix:
            body["routingPrefix"] = prefix
    if row.owner is not None:
        if row.number and _block(store, row.owner).get("number") != row.number:
            body["phoneNumberType"] = "ALTERNATE"
        body["owner"] = show_owner(store, row.owner)
    return body


def show_owner(store: Store, owner: Owner) -> Json:
    """Owner ids come in another encoding than the owner's own id (§1.7)."""
    if owner.kind == "voicePortal":
        portal = {"id": ids.encode_owner("VOICE_MESSAGING", owner.id), "type": "VOICE_MESSAGING"}
        return {**portal, "lastName": "Voice Portal", "firstName": store.locations[owner.id]["name"]}
    kind = owners.kind_of(owner)
    record = store.table(owner.kind)[owner.id]
    shown = {"id": ids.encode_owner(kind.id_kind, owner.id), "type": kind.types(record)[0]}
    return {**shown, **dict(zip(("firstName", "lastName"), kind.name(record), strict=True))}


def _check(request: Request) -> None:
    """The combinations that the documentation forbids."""
    query = request.query
    if "available" in query and "ownerType" in query:
        raise errors.platform(400, "available and ownerType cannot be combined.")
    if query.get("numberType") == "EXTENSION" and ("available" in query or "state" in query):
        raise errors.platform(400, "available and state cannot be combined with numberType EXTENSION.")
    if "reservedNumber" in query and "available" in query:
        raise errors.platform(400, "reservedNumber and available cannot be combined.")


def _filtered(request: Request) -> Iterator[Row]:
    store, query = request.store, request.query
    location = ids.parse(query["locationId"], "LOCATION") if "locationId" in query else ""
    numbers, extensions = set(request.listed("phoneNumber")), set(request.listed("extension"))
    owner_id = ids.any_uuid(query["ownerId"]) if "ownerId" in query else ""
    sought = query.get("ownerName", "").lower()
    candidates = [number for number in numbers if number in store.numbers] if numbers else None
    for row in rows(store, candidates):
        if location and row.location != location:
            continue
        if (numbers and row.number not in numbers) or (extensions and row.extension not in extensions):
            continue
        if owner_id and (row.owner is None or row.owner.id != owner_id):
            continue
        if "ownerType" in query and query["ownerType"] not in _types(store, row.owner):
            continue
        if sought and (row.owner is None or sought not in owner_name(store, row.owner)):
            continue
        if "available" in query and request.flag("available") != _is_available(store, row):
            continue
        if "assigned" in query and request.flag("assigned") != (row.owner is not None):
            continue
        if "state" in query and (not row.number or store.numbers[row.number]["state"] != query["state"]):
            continue
        if query.get("numberType") == "NUMBER" and not row.number:
            continue
        if query.get("numberType") == "EXTENSION" and row.number:
            continue
        yield row


def owner_name(store: Store, owner: Owner) -> str:
    body = show_owner(store, owner)
    return f"{body['firstName']} {body['lastName']}".lower()


def _is_available(store: Store, row: Row) -> bool:
    """The main number may be unowned, and is not available all the same."""
    return bool(row.number) and row.owner is None and not calling.is_main(store, row.number)


@route("GET", "/telephony/config/numbers")
def list_numbers(request: Request) -> Reply:
    """Get Phone Numbers for an Organization with Given Criteria; `details=true` adds the counts."""
    _check(request)
    store, chosen = request.store, list(_filtered(request))
    extra = {"count": _counts(store, chosen)} if request.flag("details") else None
    return paging.by_offset(
        request,
        chosen,
        "phoneNumbers",
        default=2000,
        limit=2000,
        show=lambda row: show(store, row),
        extra=extra,
    )


def _counts(store: Store, chosen: list[Row]) -> Json:
    numbers = [row for row in chosen if row.number]
    assigned = sum(row.owner is not None for row in numbers)
    return {
        "assigned": assigned,
        "unAssigned": len(numbers) - assigned,
        "inActive": sum(store.numbers[row.number]["state"] == "INACTIVE" for row in numbers),
        "extensionOnly": len(chosen) - len(numbers),
        "tollFreeNumbers": sum(bool(store.numbers[row.number].get("tollFree")) for row in numbers),
        "total": len(chosen),
    }
