"""Call park settings of a location (developer.webex.com "Features: Call Park"; webex-behaviour.md §14).

call_park_settings  {id: location, recall{option, huntGroup}, settings{ringPattern, recallTime, huntWaitTime}};
                    a location without a record has the defaults
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..core import calling, cascade, ids, paging
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _park_recall
from .call_parks import PARKS

TABLE = "call_park_settings"
_PATH = PARKS.in_location + "/settings"
_Seconds = Annotated[int, Field(ge=30, le=600)]


class Timing(Body):
    ring_pattern: Literal["NORMAL", "LONG_LONG", "SHORT_SHORT_LONG", "SHORT_LONG_SHORT"]
    recall_time: _Seconds | None = None
    hunt_wait_time: _Seconds | None = None


class Update(Body):
    call_park_recall: _park_recall.Recall | None = None
    call_park_settings: Timing | None = None


def _of(store: Store, location: str) -> Json:
    default = {
        "id": location,
        "recall": dict(_park_recall.DEFAULT),
        "settings": {"ringPattern": "NORMAL", "recallTime": 45, "huntWaitTime": 45},
    }
    return store.table(TABLE).get(location) or default


@route("GET", _PATH)
def get_settings(request: Request) -> Reply:
    """Get Call Park Settings."""
    calling.calling_half(request)
    record = _of(request.store, calling.location(request)["id"])
    recall = _park_recall.show(request.store, record["recall"])
    return Reply(200, {"callParkRecall": recall, "callParkSettings": record["settings"]})


@route("PUT", _PATH)
def update_settings(request: Request) -> Reply:
    """Update Call Park Settings: a block that is not sent stays, and so does a time that its block leaves out."""
    calling.calling_half(request)
    store, location = request.store, calling.location(request)["id"]
    sent = parse(Update, request.document())
    record = dict(_of(store, location))
    if sent.call_park_recall:
        record["recall"] = _park_recall.checked(store, location, sent.call_park_recall.wire(sent=True))
    if sent.call_park_settings:
        times = {name: value for name, value in sent.call_park_settings.wire().items() if value is not None}
        record["settings"] = {**record["settings"], **times}
    store.table(TABLE)[location] = record
    return Reply(204)


@route("GET", PARKS.in_location + "/availableRecallHuntGroups")
def list_recall_hunt_groups(request: Request) -> Reply:
    """Get available recall hunt groups from Call Parks."""
    calling.calling_half(request)
    store, query = request.store, request.query
    name = query.get("name", "").lower()
    rows = [
        {"id": ids.encode("HUNT_GROUP", group["id"]), "name": group["name"]}
        for group in _park_recall.groups_of(store, calling.location(request)["id"])
        if name in group["name"].lower()
    ]
    if query.get("order", "").partition("-")[0] == "lname":  # a hunt group's name is its last name
        rows.sort(key=lambda row: row["name"].lower(), reverse=query["order"].endswith("-desc"))
    return paging.by_offset(request, rows, "huntGroups", default=2000, limit=2000)


@cascade.on_end
def forget_hunt_group(store: Store, owner: Owner) -> None:
    for record in store.table(TABLE).values() if owner.kind == _park_recall.GROUPS else ():
        record["recall"] = _park_recall.without(store, record["recall"], owner.id)
