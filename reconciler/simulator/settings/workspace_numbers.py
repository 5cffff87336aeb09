"""Numbers of a workspace (webex-behaviour.md §13): the GET exists with and without a trailing slash, the PUT is a
delta. Without calling both are 405/25409, and the PUT for the basic tier too."""

from __future__ import annotations

from ..core import calling, ids, switches
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from . import person_numbers

switches.declare(
    "workspace_numbers_lag", "0s", "10s", row="1.6", text="how long the numbers of a workspace read as they were"
)


class _Changes(Body):
    phone_numbers: list[person_numbers.Delta]
    distinctive_ring_enabled: bool | None = None


_READ = "/workspaces/{workspaceId}/features/numbers"


@route("GET", _READ, _READ + "/")
def get_numbers(request: Request) -> Reply:
    """List numbers associated with a specific workspace: the number's key is `external`."""
    store = request.store
    workspace = calling.workspace(request)
    block = calling.numbered(workspace)
    earlier = block.get("earlierNumbers")
    if earlier and earlier["until"] > store.clock.now():
        block = {**block, "alternates": earlier["alternates"]}
    body: Json = {
        "distinctiveRingEnabled": block.get("distinctiveRing", True),
        "phoneNumbers": person_numbers.rows(store, block, "external"),
        "workspace": {"id": ids.encode("PLACE", workspace["id"])},
        "location": {
            "id": ids.encode("LOCATION", block["location"]),
            "name": store.locations[block["location"]]["name"],
        },
        "organization": {"id": ids.encode("ORGANIZATION", store.org["id"]), "name": store.org["name"]},
    }
    return Reply(200, body)


@route("PUT", "/telephony/config/workspaces/{workspaceId}/numbers")
def update_numbers(request: Request) -> Reply:
    """Assign or Unassign numbers associated with a specific workspace."""
    workspace = calling.workspace(request)
    block = calling.numbered(workspace)
    calling.refuse_basic(request.store, workspace)
    if lag := request.store.switches.seconds("workspace_numbers_lag"):
        shown = list(block.get("alternates", ()))
        block["earlierNumbers"] = {"until": request.store.clock.now() + lag, "alternates": shown}
    body = parse(_Changes, request.document()).wire(sent=True)
    person_numbers.apply_delta(request.store, Owner("workspaces", workspace["id"]), block, body["phoneNumbers"])
    if body.get("distinctiveRingEnabled") is not None:
        block["distinctiveRing"] = bool(body["distinctiveRingEnabled"])
    return Reply(204)
