"""Virtual extensions (developer.webex.com "Features: Virtual Extensions"; webex-behaviour.md §14): extensions for
numbers outside. At a location they take an extension like any other; at the organisation they are unique among
themselves only.

    virtual_extensions         {id, extension, phoneNumber, displayName, firstName?, lastName?, location: uuid or None,
                                calling: {location, extension} or None at the organisation}
    virtual_extension_settings {id: org, mode: STANDARD|ENHANCED}; without a record STANDARD
"""

from __future__ import annotations

from typing import Literal

from ..core import calling, errors, ids, numbering, owners, paging
from ..core.bodies import Body, parse
from ..core.owners import Owner, OwnerKind, person_name
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

_TABLE, _SETTINGS = "virtual_extensions", "virtual_extension_settings"
KIND = "VIRTUAL_EXTENSION"  # an id of a virtual line is of the wrong type here (FB#14)
_PATH = "/telephony/config/virtualExtensions"
_ONE = _PATH + "/{extensionId}"
owners.register(OwnerKind(_TABLE, KIND, KIND, name=person_name, listed=False))


class Update(Body):
    first_name: str | None = None
    last_name: str | None = None
    display_name: str | None = None
    phone_number: str | None = None
    extension: str | None = None


class Create(Update):
    display_name: str
    phone_number: str
    extension: str
    location_id: str | None = None


class Settings(Body):
    mode: Literal["STANDARD", "ENHANCED"]


class Numbers(Body):
    phone_numbers: list[str]


def mode(store: Store) -> str:
    return str(store.table(_SETTINGS).get(store.org["id"], {}).get("mode", "STANDARD"))


def place(store: Store, record: Json) -> Json:
    """`level`, and where it is LOCATION the location; also for ranges."""
    key = record["location"]
    if key is None:
        return {"level": "ORGANIZATION"}
    return {
        "level": "LOCATION",
        "locationId": ids.encode("LOCATION", key),
        "locationName": store.locations[key]["name"],
    }


def show(store: Store, record: Json) -> Json:
    prefix = (store.calling_of(record["location"] or "") or {}).get("routingPrefix") or ""
    names = ("phoneNumber", "firstName", "lastName", "displayName")
    return {
        "id": ids.encode(KIND, record["id"]),
        "extension": record["extension"],
        **({"routingPrefix": prefix} if prefix else {}),
        "esn": prefix + record["extension"],
        **{name: record[name] for name in names if record.get(name)},
        **place(store, record),
    }


def one_scope(request: Request, *names: str) -> None:
    """Only one of these parameters may be sent."""
    if sum(name in request.query for name in names) > 1:
        raise errors.platform(400, f"Only one of {', '.join(names)} is allowed at the same time.")


def in_scope(request: Request, record: Json) -> bool:
    """What `locationId` and `orgLevelOnly` leave; also for ranges."""
    query = request.query
    if "locationId" in query and record["location"] != ids.parse(query["locationId"], "LOCATION"):
        return False
    return not request.flag("orgLevelOnly") or record["location"] is None


def _checked(store: Store, location: str | None, record: Json | None, sent: Json) -> Json:
    """What a write changes, checked; null is as good as not sent."""
    changes = {name: value for name, value in sent.items() if value is not None and name != "locationId"}
    others = [other for other in store.table(_TABLE).values() if other is not record]
    if "phoneNumber" in changes:
        number = _outside(changes["phoneNumber"])
        if number is None and mode(store) == "STANDARD":
            raise errors.broadworks(400, 4410, f"Invalid phone number: {changes['phoneNumber']}")
        changes["phoneNumber"] = number or changes["phoneNumber"]
        if any(other["phoneNumber"] == changes["phoneNumber"] for other in others):
            raise errors.platform(400, f"The phone number {changes['phoneNumber']} is already in use.")
    if "extension" not in changes:
        return changes
    if location is not None:
        owner = Owner(_TABLE, record["id"]) if record else None
        calling.check_extension(store, location, changes["extension"], owner)
    elif fault := numbering.extension_fault(changes["extension"]):
        raise errors.broadworks(400, *fault)
    elif any(other["location"] is None and other["extension"] == changes["extension"] for other in others):
        raise errors.broadworks(400, 4202, "The Extension is already in use.")
    return changes


def _outside(text: str) -> str | None:
    return numbering.e164(text) if text.startswith("+") else None


def _set(store: Store, record: Json, changes: Json) -> None:
    record |= changes
    if record["location"] is not None:
        block = {"location": record["location"], "extension": record["extension"], "number": None}
        calling.set_calling(store, Owner(_TABLE, record["id"]), record, block)


def _find(request: Request) -> Json:
    record = request.store.table(_TABLE).get(request.uuid("extensionId", KIND))
    if record is None:
        raise errors.not_found()
    return record


@route("GET", _PATH)
def list_virtual_extensions(request: Request) -> Reply:
    """Read the List of Virtual Extensions: by extension, ten to a page where `max` is not sent."""
    one_scope(request, "locationName", "locationId", "orgLevelOnly")
    store, query = request.store, request.query
    rows = [show(store, row) for row in store.table(_TABLE).values() if in_scope(request, row)]
    for name in ("extension", "phoneNumber", "locationName"):
        rows = [row for row in rows if query.get(name, "").lower() in row.get(name, "").lower()]
    name = query.get("name", "").lower()
    rows = [row for row in rows if any(name in row.get(key, "").lower() for key in ("firstName", "lastName"))]
    rows.sort(key=lambda row: row["extension"], reverse=query.get("order", "").lower().startswith("d"))
    return paging.by_offset(request, rows, "virtualExtensions", default=10, limit=2000)


@route("POST", _PATH)
def create_virtual_extension(request: Request) -> Reply:
    """Create a Virtual Extension, of a location or of the organisation."""
    if request.document().get("phoneNumber") is None:
        raise errors.missing_fields("externalNumber")  # the field goes by another name further in
    store, sent = request.store, parse(Create, request.document()).wire(sent=True)
    location = calling.calling_location(store, sent["locationId"]) if sent.get("locationId") else None
    changes = _checked(store, location, None, sent)
    record: Json = {"id": store.new_id(_TABLE), "location": location, "calling": None}
    store.table(_TABLE)[record["id"]] = record
    _set(store, record, changes)
    return Reply(201, {"id": ids.encode(KIND, record["id"])})


@route("GET", _ONE)
def get_virtual_extension(request: Request) -> Reply:
    """Get a Virtual Extension."""
    return Reply(200, show(request.store, _find(request)))


@route("PUT", _ONE)
def update_virtual_extension(request: Request) -> Reply:
    """Update a Virtual Extension: what is not sent stays; the location cannot be changed."""
    store, record = request.store, _find(request)
    _set(store, record, _checked(store, record["location"], record, parse(Update, request.document()).wire(sent=True)))
    return Reply(204)


@route("DELETE", _ONE)
def delete_virtual_extension(request: Request) -> Reply:
    """Delete a Virtual Extension."""
    store, record = request.store, _find(request)
    calling.set_calling(store, Owner(_TABLE, record["id"]), record, None)
    del store.table(_TABLE)[record["id"]]
    return Reply(204)


@route("GET", _PATH + "/settings")
def get_settings(request: Request) -> Reply:
    """Get Virtual extension settings."""
    return Reply(200, {"mode": mode(request.store)})


@route("PUT", _PATH + "/settings")
def update_settings(request: Request) -> Reply:
    """Modify Virtual Extension Settings."""
    store, sent = request.store, parse(Settings, request.document())
    store.table(_SETTINGS)[store.org["id"]] = {"id": store.org["id"], "mode": sent.mode}
    return Reply(204)


@route("POST", _PATH + "/actions/validateNumbers/invoke")
def validate_numbers(request: Request) -> Reply:
    """Validate an external phone number: 200 whatever is found. Without a fault the answer is the status alone;
    with one every number is named, the good ones too (T:telephony_virtual_extensions). Codes are not known."""
    store, seen = request.store, set()
    used = {record["phoneNumber"] for record in store.table(_TABLE).values()} | store.numbers.keys()
    rows: list[Json] = []
    for text in parse(Numbers, request.document()).phone_numbers:
        number = _outside(text)
        if number is None:
            rows.append({"phoneNumber": text, "state": "INVALID", "message": f"The number {text} is invalid."})
        elif number in seen:
            rows.append({"phoneNumber": text, "state": "DUPLICATE_IN_LIST", "message": f"{text} is listed twice."})
        elif number in used:
            rows.append({"phoneNumber": text, "state": "DUPLICATE", "message": f"The number {text} is in use."})
        else:
            rows.append({"phoneNumber": text, "state": "VALID"})
        seen.add(number)
    if all(row["state"] == "VALID" for row in rows):
        return Reply(200, {"status": "OK"})
    return Reply(200, {"status": "ERRORS", "phoneNumberStatus": rows})
