"""Who can be monitored or dialled by a speed dial ("Get Available Members for Person monitoring", …)."""

from __future__ import annotations

from functools import partial
from operator import itemgetter

from ..core import errors, ids, owners, paging
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _members
from ._subjects import CONFIG, PERSON, WORKSPACE, Subject, find
from .monitoring import MONITORING

_SORTS = ("firstName", "lastName")


def _row(store: Store, owner: Owner) -> Json:
    record = store.table(owner.kind)[owner.id]
    block = record["calling"]
    first, last = owners.kind_of(owner).name(record)
    place = store.locations[block["location"]]
    row: Json = {
        "id": _members.encoded(store, owner),
        "firstName": first,
        "lastName": last,
        "displayName": record["displayName"],
        "type": owners.kind_of(owner).type,
        "location": {"id": ids.encode("LOCATION", place["id"]), "name": place["name"]},
    }
    if block.get("number"):
        row["phoneNumber"] = block["number"]
    if block.get("extension"):
        row["extension"] = block["extension"]
    return row


def _wanted(request: Request, row: Json) -> bool:
    query = request.query
    name, number = query.get("memberName", "").lower(), query.get("phoneNumber", "")
    if "locationId" in query and ids.parse(query["locationId"], "LOCATION", bare=True) != ids.any_uuid(
        row["location"]["id"]
    ):
        return False
    known = (row.get("phoneNumber", ""), row.get("extension", ""))
    return name in row["displayName"].lower() and (not number or any(number in one for one in known))


def _list(subject: Subject, speed_dials: bool, request: Request) -> Reply:
    """Members with calling, without the one who asks; whoever is monitored already is not available for that."""
    target = find(request, subject, CONFIG, MONITORING.oci)
    store = request.store
    taken = [element["owner"] for element in target.own("monitoring").get("monitoredElements", ())
             if element["type"] == "MEMBER"]  # fmt: skip
    rows = [
        _row(store, Owner(table, key))
        for table in _members.TABLES
        for key, record in store.table(table).items()
        if record.get("calling") and Owner(table, key) != target.owner and (speed_dials or [table, key] not in taken)
    ]
    rows = [row for row in rows if _wanted(request, row)]
    for term in reversed(request.listed("order")):
        field, _, direction = term.partition("-")
        if field not in _SORTS or direction not in ("", "asc", "desc"):
            raise errors.invalid_value("Invalid field value: order")
        rows.sort(key=itemgetter(field), reverse=direction == "desc")
    return paging.by_offset(request, rows, "members", default=2000, limit=2000)


for _subject in (PERSON, WORKSPACE):
    for _path, _dials in (("monitoring/availableMembers", False), ("monitoring/speedDials/availableMembers", True)):
        route("GET", _subject.path(CONFIG, _path))(partial(_list, _subject, _dials))
