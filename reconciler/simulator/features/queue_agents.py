"""Agents over all call queues (`/telephony/config/queues/agents`; webex-behaviour.md §14, §1.5). They have no table:
they are who stands in `agents` of a queue."""

from __future__ import annotations

from typing import Any

from ..core import bodies, calling, errors, ids, owners, paging, switches
from ..core.bodies import Body
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _agents
from ._feature import member, show_address, show_location, show_member
from .call_queues import QUEUES

switches.declare(
    "queue_agents_end", "link", "404", row="1.5",
    text="how the list of agents ends: without a next link, or with a 404 behind the last page",
)  # fmt: skip
switches.declare(
    "queue_agents_need_limit", "off", "on", row="1.5",
    text="whether the list of all agents is refused without `limit`, as that of one queue always is",
)  # fmt: skip

_AGENTS = "/telephony/config/queues/agents"
_PAGE = 100
_MOST = 2000


def _queues(request: Request) -> list[Json]:
    """The queues with or without Customer Assist, as the request asks."""
    cx = request.flag("hasCxEssentials")
    return [record for record in QUEUES.records(request.store).values() if bool(record.get("cx")) == cx]


def _places(queues: list[Json]) -> dict[Owner, list[tuple[Json, Json]]]:
    """Each agent with (queue, the agent's entry there)."""
    found: dict[Owner, list[tuple[Json, Json]]] = {}
    for queue in queues:
        for agent in queue["agents"]:
            found.setdefault(_agents.owner_of(agent), []).append((queue, agent))
    return found


def name_of(store: Store, owner: Owner) -> str:
    return " ".join(owners.kind_of(owner).name(store.table(owner.kind)[owner.id])).strip()


def reached_by(store: Store, owner: Owner, sought: str) -> bool:
    """Whether that number, extension or ESN is the owner's."""
    shown = show_address(store, store.table(owner.kind)[owner.id])
    return sought in (shown.get("phoneNumber"), shown.get("extension"), shown.get("esn"))


def filtered(request: Request, found: list[Owner]) -> list[Owner]:
    """By `name` and `phoneNumber`, and in the `order` of names where one is asked for."""
    store, query = request.store, request.query
    name, number = query.get("name", "").lower(), query.get("phoneNumber")
    kept = [
        owner
        for owner in found
        if name in name_of(store, owner).lower() and (not number or reached_by(store, owner, number))
    ]
    if order := query.get("order", "").lower():
        kept.sort(key=lambda owner: name_of(store, owner).lower(), reverse="desc" in order)
    return kept


def _shown(store: Store, owner: Owner) -> Json:
    """`type` is always PEOPLE, like the kind in the id (§1.7)."""
    return {**show_member(store, owner), "location": _agents.location(store, owner), "type": "PEOPLE"}


@route("GET", _AGENTS)
def list_agents(request: Request) -> Reply:
    """Read the List of Agents for Call Queue or Customer Assist."""
    store, query = request.store, request.query
    if "limit" not in query and store.switches["queue_agents_need_limit"] == "on":
        raise errors.missing_field("limit")
    places = _places(_queues(request))
    queue = ids.parse(query["queueId"], "CALL_QUEUE") if "queueId" in query else None
    location = ids.parse(query["locationId"], "LOCATION") if "locationId" in query else None
    joined = query.get("joinEnabled", "").lower()
    chosen = [
        owner
        for owner, entries in places.items()
        if (queue is None or any(record["id"] == queue for record, _ in entries))
        and (location is None or store.table(owner.kind)[owner.id]["calling"]["location"] == location)
        and (not joined or any(agent["joinEnabled"] == (joined == "true") for _, agent in entries))
    ]
    return _page(request, filtered(request, chosen), places)


def _page(request: Request, chosen: list[Owner], places: dict[Owner, list[tuple[Json, Json]]]) -> Reply:
    """A page; where the end is a 404, every page has a next link (T:callqueue)."""

    def show(owner: Owner) -> Json:
        entries = places[owner]
        joins = sum(agent["joinEnabled"] for _, agent in entries)
        return {
            **_shown(request.store, owner),
            "queueCount": len(entries),
            "locationCount": len({record["location"] for record, _ in entries}),
            "joinCount": joins,
            "unjoinCount": len(entries) - joins,
        }

    reply = paging.by_offset(request, chosen, "agents", default=_PAGE, limit=_MOST, show=show)
    if request.store.switches["queue_agents_end"] == "404":
        start = int(request.query.get("start", "0"))
        if start and not reply.body["agents"]:
            raise errors.not_found()
        if reply.body["agents"]:
            reply.headers = paging.next_link(request, start=start + len(reply.body["agents"]))
    return reply


@route("GET", "/telephony/config/queues/{queueId}/agents")
def list_agents_of_queue(request: Request) -> Reply:
    """The agents of one queue, refused without `limit` (§1.5, FB#25)."""
    if "limit" not in request.query:
        raise errors.platform(400, "Bad Request")
    record = QUEUES.records(request.store).get(request.uuid("queueId", "CALL_QUEUE"))
    if record is None:
        raise errors.not_found()
    size = paging.page_size(request, _PAGE, _MOST, "limit")
    shown = [{**_agents.show(request.store, agent), "joinEnabled": agent["joinEnabled"]} for agent in record["agents"]]
    return Reply(200, {"agents": shown[:size]})


@route("GET", _AGENTS + "/availableAgents")
def list_available_agents(request: Request) -> Reply:
    """Get Call Queue Available Agents: everyone with calling but people on the Standard licence. `locationId` is
    required and no filter."""
    store = request.store
    if "locationId" not in request.query:
        raise errors.missing_field("locationId")
    calling.calling_location(store, request.query["locationId"])
    found = [
        Owner(table, key)
        for table in ("people", "workspaces", "virtual_lines")
        for key, record in store.table(table).items()
        if record.get("calling") and not calling.has_offer(store, record.get("licenses", []), frozenset({"BCBAS"}))
    ]
    chosen = filtered(request, found)
    return paging.by_offset(
        request, chosen, "agents", default=_PAGE, limit=_MOST, show=lambda owner: show_available(store, owner)
    )


def show_available(store: Store, owner: Owner) -> Json:
    kind, record = owners.kind_of(owner), store.table(owner.kind)[owner.id]
    first, last = kind.name(record)
    address = show_address(store, record)
    number = {"external": address.get("phoneNumber"), "extension": address.get("extension")}
    shown: Json = {
        "id": ids.encode(kind.id_kind, owner.id),
        "firstName": first,
        "lastName": last,
        "displayName": record.get("displayName", name_of(store, owner)),
        "type": kind.type,
        "hasCxEssentials": _agents.is_cx(store, owner),
        "phoneNumbers": [{name: value for name, value in number.items() if value}],
    }
    return {**shown, "email": record["emails"][0]} if record.get("emails") else shown


def _agent(request: Request) -> tuple[Owner, list[tuple[Json, Json]]]:
    owner = member(request.store, request.params["id"])
    entries = _places(_queues(request)).get(owner)
    if not entries:
        raise errors.not_found()
    return owner, entries


@route("GET", _AGENTS + "/{id}")
def get_agent(request: Request) -> Reply:
    """Get Details for an Agent for Call Queue or Customer Assist; `max` and `start` are required."""
    store = request.store
    for name in ("max", "start"):
        if name not in request.query:
            raise errors.missing_field(name)
    owner, entries = _agent(request)

    def show(entry: tuple[Json, Json]) -> Json:
        record, agent = entry
        shown: dict[str, Any] = {"id": QUEUES.id_of(record), "name": record["name"]}
        address = {"routingPrefix": "", **show_address(store, record)}
        return {**shown, **address, **show_location(store, record), "joinEnabled": agent["joinEnabled"]}

    return paging.by_offset(
        request, entries, "queues", default=50, limit=_MOST, show=show, extra={"agent": _shown(store, owner)}
    )


class _Setting(Body):
    queue_id: str
    join_enabled: bool


class _Settings(Body):
    settings: list[_Setting]


@route("PUT", _AGENTS + "/{id}/settings")
def update_agent_settings(request: Request) -> Reply:
    """Update an Agent's Settings of One or More Call Queues: joins and leaves; all or nothing."""
    body = bodies.parse(_Settings, request.document())
    _, entries = _agent(request)
    own = {record["id"]: agent for record, agent in entries}
    wanted = {ids.parse(one.queue_id, "CALL_QUEUE"): one.join_enabled for one in body.settings}
    if wanted.keys() - own.keys():
        raise errors.platform(404, "The agent is not assigned to the queue.")
    for key, joined in wanted.items():
        own[key]["joinEnabled"] = joined
    return Reply(204)
