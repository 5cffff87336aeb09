"""Call park extensions (developer.webex.com "Features: Call Park"; webex-behaviour.md §14): a name and an extension
that nobody else in the location has; they never stand in the numbers list.

    call_park_extensions  {id, location, name, calling{location, extension}}
"""

from __future__ import annotations

from ..core import calling, errors, ids, numbering, owners, paging
from ..core.bodies import Body, parse
from ..core.owners import Owner, OwnerKind
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _names
from ._feature import Feature, show_address, show_location

_TABLE = "call_park_extensions"
EXTENSIONS = Feature(
    _TABLE, "CALL_PARK_EXTENSION", "callParkExtensions", "callParkExtensions",
    owners.register(OwnerKind(_TABLE, "CALL_PARK_EXTENSION", "CALL_PARK_EXTENSION", listed=False)),
)  # fmt: skip
_PATH = EXTENSIONS.in_location
_ONE = _PATH + "/{callParkExtensionId}"
_SORTS = {"groupName": "locationName", "callParkExtension": "extension", "callParkExtensionName": "name",
          "callParkExtensionExternalId": "id"}  # fmt: skip


class Update(Body):
    name: str | None = None
    extension: str | None = None


class Create(Update):
    name: str
    extension: str


def _check(store: Store, location: str, record: Json | None, sent: Update) -> None:
    """The extension is refused with 9495, not with the 4202 of the others (§14)."""
    _names.check_length("name", sent.name, 30)
    if sent.name is not None:
        EXTENSIONS.check_name(store, location, sent.name, record)
    if sent.extension is None:
        return
    if fault := numbering.extension_fault(sent.extension):
        raise errors.broadworks(400, *fault)
    holder = store.extensions.get(location, {}).get(sent.extension)
    if holder is not None and holder != (Owner(_TABLE, record["id"]) if record else None):
        whom = "as a Call Park Extension" if holder.kind == _TABLE else "to a user"
        text = f"The extension is not available. It is already assigned {whom}: {sent.extension}."
        raise errors.broadworks(400, 9495, text)


def _details(store: Store, record: Json) -> Json:
    return {"name": record["name"], **show_address(store, record)}


@route("GET", EXTENSIONS.collection)
def list_call_park_extensions(request: Request) -> Reply:
    """Read the List of Call Park Extensions, over the organisation."""
    store, query = request.store, request.query
    location = ids.parse(query["locationId"], "LOCATION") if "locationId" in query else ""
    rows = [
        {"id": EXTENSIONS.id_of(record), **_details(store, record), **show_location(store, record)}
        for record in EXTENSIONS.records(store).values()
        if not location or record["location"] == location
    ]
    for name in ("name", "extension", "locationName"):
        rows = [row for row in rows if query.get(name, "").lower() in row[name].lower()]
    for term in reversed(request.listed("order")):
        field, _, direction = term.partition("-")
        if field in _SORTS:
            key = _SORTS[field]
            rows.sort(key=lambda row: str(row[key]).lower(), reverse=direction.lower() == "desc")
    return paging.by_offset(request, rows, EXTENSIONS.list_key, default=2000, limit=2000)


@route("POST", _PATH)
def create_call_park_extension(request: Request) -> Reply:
    """Create a Call Park Extension."""
    calling.calling_half(request)
    store, location = request.store, calling.location(request)["id"]
    sent = parse(Create, request.document())
    _check(store, location, None, sent)
    record: Json = {
        "id": store.new_id(_TABLE),
        "location": location,
        "name": sent.name,
        "calling": {"location": location, "extension": sent.extension, "number": None},
    }
    EXTENSIONS.add(store, record)
    return Reply(201, {"id": EXTENSIONS.id_of(record)})


@route("GET", _ONE)
def get_call_park_extension(request: Request) -> Reply:
    """Get Details for a Call Park Extension: without its id."""
    return Reply(200, _details(request.store, EXTENSIONS.find(request, "callParkExtensionId")))


@route("PUT", _ONE)
def update_call_park_extension(request: Request) -> Reply:
    """Update a Call Park Extension: what is not sent stays; the id does too."""
    store, record = request.store, EXTENSIONS.find(request, "callParkExtensionId")
    sent = parse(Update, request.document())
    _check(store, record["location"], record, sent)
    record["name"] = sent.name or record["name"]
    if sent.extension:
        EXTENSIONS.change_address(store, record, {**record["calling"], "extension": sent.extension})
    return Reply(204)


@route("DELETE", _ONE)
def delete_call_park_extension(request: Request) -> Reply:
    """Delete a Call Park Extension; call parks lose it."""
    EXTENSIONS.remove(request.store, EXTENSIONS.find(request, "callParkExtensionId"))
    return Reply(204)
