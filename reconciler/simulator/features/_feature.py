"""What the features of a location share (webex-behaviour.md §14): listed for the whole organisation, kept under a
location, named uniquely per location and type, reached by a number or an extension that nobody else has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..core import calling, errors, ids, numbering, owners, paging, switches
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request
from ..core.store import Store

switches.declare(
    "feature_name_duplicate", "conflict", "refuse", row="14, 17.2",
    text="a second feature of the same type and name in a location: 409, or 400",
)  # fmt: skip


@dataclass(frozen=True)
class Feature:
    """`table` in the store, `kind` of its ids, `path` segment of its addresses, `list_key` of its list.

    Records: {id, location, name, calling: {location, extension, number, alternates?} | None, …}.
    """

    table: str
    kind: str
    path: str
    list_key: str
    owner: owners.OwnerKind | None = None

    @property
    def collection(self) -> str:
        """The list over the whole organisation."""
        return f"/telephony/config/{self.path}"

    @property
    def in_location(self) -> str:
        return f"/telephony/config/locations/{{locationId}}/{self.path}"

    def records(self, store: Store) -> dict[str, Json]:
        return store.table(self.table)

    def find(self, request: Request, parameter: str) -> Json:
        """The record of the path, which must be in the location of the path."""
        location = calling.location(request)
        calling.group(request)
        record = self.records(request.store).get(request.uuid(parameter, self.kind))
        if record is None or record["location"] != location["id"]:
            raise errors.not_found()
        return record

    def id_of(self, record: Json) -> str:
        return ids.encode(self.kind, record["id"])

    def list(
        self, request: Request, show: Callable[[Store, Json], Json], keep: Callable[[Json], bool] | None = None
    ) -> Reply:
        """The list over the organisation, filtered by location, name, number or extension, and `keep`, in pages."""
        store, query = request.store, request.query
        location = ids.parse(query["locationId"], "LOCATION") if "locationId" in query else ""
        name = query.get("name", "").lower()
        number = query.get("phoneNumber", "")
        rows = [
            record
            for record in self.records(store).values()
            if (not location or record["location"] == location)
            and name in record["name"].lower()
            and (not number or number in _addresses(record))
            and (keep is None or keep(record))
        ]
        return paging.by_offset(
            request, rows, self.list_key, default=2000, limit=2000, show=lambda row: show(store, row)
        )

    def check_name(self, store: Store, location: str, name: str, record: Json | None) -> None:
        taken = any(
            other["name"].lower() == name.lower() and other["location"] == location and other is not record
            for other in self.records(store).values()
        )
        if taken:
            status = 409 if store.switches["feature_name_duplicate"] == "conflict" else 400
            raise errors.platform(status, f"The name {name} is already in use in the location.")

    def add(self, store: Store, record: Json) -> None:
        """Enter a new record; its `calling` block must have been checked by `address`."""
        self.records(store)[record["id"]] = record
        if record.get("calling"):
            store.hold(Owner(self.table, record["id"]), record["calling"])

    def remove(self, store: Store, record: Json) -> None:
        calling.set_calling(store, Owner(self.table, record["id"]), record, None)
        del self.records(store)[record["id"]]

    def address(self, store: Store, location: str, record: Json | None, body: Json, *, needed: bool = True) -> Json:
        """The `calling` block that `phoneNumber` and `extension` of a write body make; "" or null clears, what is
        not sent stays. Refused: taken ones, numbers that are not in the location, and neither of both."""
        owner = Owner(self.table, record["id"]) if record else None
        block: Json = dict((record or {}).get("calling") or {"location": location, "extension": None, "number": None})
        if "extension" in body:
            block["extension"] = str(body["extension"]) if body["extension"] else None
            if block["extension"]:
                calling.check_extension(store, location, block["extension"], owner)
        if "phoneNumber" in body:
            text = body["phoneNumber"]
            block["number"] = calling.check_number(store, location, str(text), owner) if text else None
        if needed and not (block["extension"] or block["number"]):
            raise errors.platform(400, "Either a phone number or an extension is required.")
        return block

    def change_address(self, store: Store, record: Json, block: Json) -> None:
        calling.set_calling(store, Owner(self.table, record["id"]), record, block)


def _addresses(record: Json) -> tuple[str | None, str | None]:
    block = record.get("calling") or {}
    return block.get("number"), block.get("extension")


def show_address(store: Store, record: Json, *, national: bool = False) -> Json:
    """`phoneNumber`, `extension`, `routingPrefix`, `esn`, as far as there are any."""
    block = record.get("calling") or {}
    shown: Json = {}
    if block.get("number"):
        shown["phoneNumber"] = numbering.dashed(block["number"]) if national else block["number"]
    if block.get("extension"):
        shown["extension"] = block["extension"]
        shown["esn"] = calling.esn(store, block)
        if prefix := (store.calling_of(block["location"]) or {}).get("routingPrefix"):
            shown["routingPrefix"] = prefix
    return shown


def show_location(store: Store, record: Json) -> Json:
    """`locationId` and `locationName`, which only lists give."""
    return {
        "locationName": store.locations[record["location"]]["name"],
        "locationId": ids.encode("LOCATION", record["location"]),
    }


def member(store: Store, text: Any) -> Owner:
    """Whom an agent or member id names: a person, a workspace or a virtual line with calling. Ids of workspaces and
    virtual lines are read back as PEOPLE here (§1.7), so every kind is taken for every table."""
    key = ids.any_uuid(str(text))
    for table in ("people", "workspaces", "virtual_lines"):
        record = store.table(table).get(key)
        if record is not None and record.get("calling"):
            return Owner(table, key)
    raise errors.platform(404, f"Could not find a user with id '{text}'.")


def show_member(store: Store, owner: Owner) -> Json:
    """{id, firstName, lastName, phoneNumber?, extension?, …}: the part of an agent or member that its own record
    gives; always in the encoding of people (§1.7)."""
    record = store.table(owner.kind)[owner.id]
    first, last = owners.kind_of(owner).name(record)
    return {
        "id": ids.encode("PEOPLE", owner.id),
        "firstName": first,
        "lastName": last,
        **show_address(store, record),
    }
