"""Call parks of a location (developer.webex.com "Features: Call Park"; webex-behaviour.md §14).

call_parks     {id, location, name, recall{option, huntGroup}, agents: [[table, uuid]], parkOnAgentsEnabled,
                extensions: [uuid of call park extensions]}
"""

from __future__ import annotations

from ..core import calling, cascade, errors, ids, switches
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _line_members, _names, _park_recall
from ._named_feature import NamedFeature
from .call_park_extensions import EXTENSIONS

switches.declare(
    "park_member_twice", "refuse", "accept", row="14",
    text="a member that is in another call park already, and so in no list of available ones: 400, or taken",
)  # fmt: skip

PARKS = NamedFeature("call_parks", "CALL_PARK", "callParks", "callParks")
_PATH = PARKS.in_location
_ONE = _PATH + "/{callParkId}"


class Update(Body):
    """Lists of id strings replace the lists that are there."""

    name: str | None = None
    recall: _park_recall.Recall | None = None
    agents: list[str] | None = None
    park_on_agents_enabled: bool | None = None
    call_park_extensions: list[str] | None = None


class Create(Update):
    """Without `recall` the API rejects a create, though the option alone is enough."""

    name: str
    recall: _park_recall.Recall


def _changes(store: Store, location: str, record: Json | None, sent: Json) -> Json:
    """What a write changes, checked and as it is stored; null is as good as not sent."""
    changes = {name: value for name, value in sent.items() if value is not None}
    _names.check_length("name", changes.get("name"), 80)
    if "name" in changes:
        PARKS.check_name(store, location, changes["name"], record)
    if "recall" in changes:
        changes["recall"] = _park_recall.checked(store, location, changes["recall"])
    if "agents" in changes:
        changes["agents"] = _line_members.parse(store, changes["agents"], location)
        _refuse_others(store, record, changes["agents"])
    if "callParkExtensions" in changes:
        changes["extensions"] = [_extension(store, location, text) for text in changes.pop("callParkExtensions")]
    return changes


def _refuse_others(store: Store, record: Json | None, agents: _line_members.Members) -> None:
    if store.switches["park_member_twice"] == "accept":
        return
    for other in PARKS.records(store).values():
        if other is not record and any(pair in other["agents"] for pair in agents):
            raise errors.platform(400, "The user is already assigned to another call park.")


def _extension(store: Store, location: str, text: str) -> str:
    key = ids.parse(text, "CALL_PARK_EXTENSION")
    found = EXTENSIONS.records(store).get(key)
    if found is None or found["location"] != location:
        raise errors.platform(400, f"Could not find a call park extension with id '{text}' in the location.")
    return key


@route("GET", PARKS.collection)
def list_nothing(request: Request) -> Reply:
    """The list over the organisation exists and is empty, whatever there is (§14, H)."""
    return Reply(200, {"callParks": []})


@route("GET", _PATH)
def list_call_parks(request: Request) -> Reply:
    """Read the List of Call Parks: of one location."""
    return PARKS.of_location(request)


@route("POST", _PATH)
def create_call_park(request: Request) -> Reply:
    """Create a Call Park."""
    calling.calling_half(request)
    store, location, document = request.store, calling.location(request)["id"], request.document()
    if missing := [name for name in ("name", "recall") if document.get(name) is None]:
        raise errors.missing_fields(*missing)
    changes = _changes(store, location, None, parse(Create, document).wire(sent=True))
    record: Json = {
        "id": store.new_id("call_parks"),
        "location": location,
        "agents": [],
        "parkOnAgentsEnabled": False,
        "extensions": [],
        **changes,
    }
    PARKS.add(store, record)
    return Reply(201, {"id": PARKS.id_of(record)})


@route("GET", _ONE)
def get_call_park(request: Request) -> Reply:
    """Get Details for a Call Park."""
    store, record = request.store, PARKS.find(request, "callParkId")
    extensions = [EXTENSIONS.records(store)[key] for key in record["extensions"]]
    return Reply(
        200,
        {
            "id": PARKS.id_of(record),
            "name": record["name"],
            "recall": _park_recall.show(store, record["recall"]),
            "agents": _line_members.show_agents(store, record["agents"]),
            "parkOnAgentsEnabled": record["parkOnAgentsEnabled"],
            "callParkExtensions": [
                {"id": EXTENSIONS.id_of(one), "name": one["name"], "extension": one["calling"]["extension"]}
                for one in extensions
            ],
        },
    )


@route("PUT", _ONE)
def update_call_park(request: Request) -> Reply:
    """Update a Call Park: fields that are not sent stay. Answers the id, which is new after a rename."""
    store, record = request.store, PARKS.find(request, "callParkId")
    record |= _changes(store, record["location"], record, parse(Update, request.document()).wire(sent=True))
    return Reply(200, {"id": PARKS.id_of(record)})


@route("DELETE", _ONE)
def delete_call_park(request: Request) -> Reply:
    """Delete a Call Park."""
    PARKS.remove(request.store, PARKS.find(request, "callParkId"))
    return Reply(204)


@route("GET", _PATH + "/availableUsers")
def list_available_users(request: Request) -> Reply:
    """Get available agents from Call Parks."""
    return _line_members.available(request, PARKS, "callParkName")


@cascade.on_end
def forget_member(store: Store, owner: Owner) -> None:
    """An ended member leaves; so do a deleted park extension and the hunt group of a recall."""
    records = PARKS.records(store).values()
    _line_members.forget(records, owner, "agents")
    for record in records:
        if owner.kind == EXTENSIONS.table:
            record["extensions"] = [key for key in record["extensions"] if key != owner.id]
        if owner.kind == _park_recall.GROUPS:
            record["recall"] = _park_recall.without(store, record["recall"], owner.id)
