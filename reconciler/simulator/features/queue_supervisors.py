"""Supervisors of call queue agents (`/telephony/config/supervisors`; webex-behaviour.md §14, §1.9).
Table `queue_supervisors`: {id: uuid of the person, cx, agents: [{kind, id}]}."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..core import bodies, cascade, errors, ids, owners, paging, switches
from ..core.bodies import Body
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _agents
from ._agents import owner_of
from ._feature import member, show_member
from .queue_agents import filtered

switches.declare(
    "agent_supervisors", "one", "many", row="14",
    text="whether an agent who has a supervisor can be given another one",
)  # fmt: skip
switches.declare(
    "supervisor_without_agents", "stays", "ends", row="17",
    text="what becomes of a supervisor whose last agent is taken away; they must have been created with one",
)  # fmt: skip

switches.declare(
    "supervisor_cx_delete", "nothing", "removes", row="1.9, 14",
    text="DELETE of one supervisor of Customer Assist answers 204 and does nothing, or removes it",
)  # fmt: skip

_PATH = "/telephony/config/supervisors"
_PAGE = 100
_MOST = 2000


def _table(store: Store) -> dict[str, Json]:
    return store.table("queue_supervisors")


def _kind(request: Request) -> bool:
    return request.flag("hasCxEssentials")


def _owners(store: Store) -> list[Owner]:
    """All who can be agents or, if they are people, supervisors."""
    return [
        Owner(table, key)
        for table in ("people", "workspaces", "virtual_lines")
        for key, record in store.table(table).items()
        if record.get("calling")
    ]


def _show(store: Store, owner: Owner) -> Json:
    return {**show_member(store, owner), "type": owners.kind_of(owner).type}


def _show_available(store: Store, owner: Owner) -> Json:
    shown, kind = _show(store, owner), owners.kind_of(owner)
    name = f"{shown['firstName']} {shown['lastName']}".strip()
    return {**shown, "id": ids.encode(kind.id_kind, owner.id), "displayName": name,
            "hasCxEssentials": _agents.is_cx(store, owner)}  # fmt: skip


def _find(request: Request) -> Json:
    record = _table(request.store).get(ids.any_uuid(request.params["supervisorId"]))
    if record is None or record["cx"] != _kind(request):
        raise errors.not_found()
    return record


@route("GET", _PATH)
def list_supervisors(request: Request) -> Reply:
    """Get List of Supervisors for Call Queue or Customer Assist."""
    store, cx = request.store, _kind(request)

    def show(owner: Owner) -> Json:
        count = len(_table(store)[owner.id]["agents"])
        return {**show_member(store, owner), "agentCount": count, "hasCxEssentials": cx}

    chosen = filtered(request, [Owner("people", key) for key, one in _table(store).items() if one["cx"] == cx])
    return paging.by_offset(request, chosen, "supervisors", default=_PAGE, limit=_MOST, show=show)


@route("GET", _PATH + "/availableSupervisors")
def list_available_supervisors(request: Request) -> Reply:
    """List Available Supervisors: people with calling, with or without the licence, who are none yet."""
    store, cx = request.store, _kind(request)
    free = [
        owner
        for owner in _owners(store)
        if owner.kind == "people" and owner.id not in _table(store) and _agents.is_cx(store, owner) == cx
    ]
    chosen = filtered(request, free)
    return paging.by_offset(
        request, chosen, "supervisors", default=_PAGE, limit=_MOST, show=lambda owner: _show_available(store, owner)
    )


@route("GET", _PATH + "/availableAgents")
def list_available_agents(request: Request) -> Reply:
    """List Available Agents: those with the licence and those without, never in both lists (T:cx_essential)."""
    store, cx = request.store, _kind(request)
    free = [
        owner
        for owner in _owners(store)
        if _agents.is_cx(store, owner) == cx and not _supervised(store, owner, but=None)
    ]
    chosen = filtered(request, free)
    return paging.by_offset(
        request, chosen, "agents", default=_PAGE, limit=_MOST, show=lambda owner: _show_available(store, owner)
    )


class _AgentId(Body):
    id: str


class _New(Body):
    id: str
    agents: list[_AgentId] = Field(min_length=1)


@route("POST", _PATH)
def create_supervisor(request: Request) -> Reply:
    """Create a Supervisor: 201 without a body, or 206 with a status for each agent that was not assigned. Without any
    agent that can be assigned there is no supervisor."""
    store = request.store
    body = bodies.parse(_New, request.document())
    owner = member(store, body.id)
    if owner.kind != "people":
        raise errors.wrong_id_kind("Wrong type of Webex ID provided")
    if owner.id in _table(store):
        raise errors.platform(409, "The supervisor already exists.")
    record: Json = {"id": owner.id, "cx": _kind(request), "agents": []}
    status = _assign(store, record, [member(store, one.id) for one in body.agents])
    if record["agents"]:
        _table(store)[owner.id] = record
    return Reply(206, {"supervisorAgentStatus": status}) if status else Reply(201)


@route("GET", _PATH + "/{supervisorId}")
def get_supervisor(request: Request) -> Reply:
    """Get Supervisor Details: the agents, in pages."""
    store, record = request.store, _find(request)
    chosen = filtered(request, [owner_of(agent) for agent in record["agents"]])
    return paging.by_offset(
        request, chosen, "agents", default=_PAGE, limit=_MOST, show=lambda owner: _show(store, owner),
        extra={"id": ids.encode("PEOPLE", record["id"])},
    )  # fmt: skip


class _Change(Body):
    id: str
    action: Literal["ADD", "DELETE"]


class _Changes(Body):
    agents: list[_Change]


@route("PUT", _PATH + "/{supervisorId}")
def change_agents(request: Request) -> Reply:
    """Assign or Unassign Agents: 204, or 206 with a status for each agent that was not assigned."""
    store, record = request.store, _find(request)
    body = bodies.parse(_Changes, request.document())
    changes = [(member(store, one.id), one.action) for one in body.agents]
    gone = {owner for owner, action in changes if action == "DELETE"}
    record["agents"] = [agent for agent in record["agents"] if owner_of(agent) not in gone]
    status = _assign(store, record, [owner for owner, action in changes if action == "ADD"])
    if not record["agents"] and store.switches["supervisor_without_agents"] == "ends":
        del _table(store)[record["id"]]
    return Reply(206, {"supervisorAgentStatus": status}) if status else Reply(204)


@route("DELETE", _PATH + "/{supervisorId}")
def delete_supervisor(request: Request) -> Reply:
    """Delete a Supervisor: 204 whatever comes of it. One without Customer Assist is gone (T:supervisors); whether one
    with it stays (§1.9, FB#15) is a switch."""
    store, key = request.store, ids.any_uuid(request.params["supervisorId"])
    record = _table(store).get(key)
    if record and (not record["cx"] or store.switches["supervisor_cx_delete"] == "removes"):
        del _table(store)[key]
    return Reply(204)


class _Bulk(Body):
    supervisor_ids: list[str]
    has_cx_essentials: bool = False
    delete_all: bool | None = None


@route("DELETE", _PATH)
def delete_supervisors(request: Request) -> Reply:
    """Delete Call Queue or Customer Assist Supervisors; the flag is documented in the body, the SDK sends it in the
    query. Refused without a body (§1.9)."""
    store = request.store
    body = bodies.parse(_Bulk, request.document())
    cx = body.has_cx_essentials or _kind(request)
    own = {key for key, record in _table(store).items() if record["cx"] == cx}
    wanted = own if body.delete_all else {ids.any_uuid(text) for text in body.supervisor_ids}
    if wanted - own:
        raise errors.not_found()
    for key in wanted:
        del _table(store)[key]
    return Reply(204)


def _supervised(store: Store, owner: Owner, but: Json | None) -> bool:
    """Whether somebody else has that agent already."""
    return any(
        owner_of(agent) == owner
        for record in _table(store).values()
        if but is None or record["id"] != but["id"]
        for agent in record["agents"]
    )


def _assign(store: Store, record: Json, wanted: list[Owner]) -> list[Json]:
    """Give those agents to the supervisor; answers a status for each that could not be given (6612)."""
    status = []
    for owner in wanted:
        if any(owner_of(agent) == owner for agent in record["agents"]):
            status.append(_refused(owner, "DUPLICATE", "is already assigned to the supervisor."))
        elif store.switches["agent_supervisors"] == "one" and _supervised(store, owner, record):
            status.append(_refused(owner, "NOT_AVAILABLE", "is not available."))
        else:
            record["agents"].append({"kind": owner.kind, "id": owner.id})
    return status


def _refused(owner: Owner, status: str, text: str) -> Json:
    message = f"[Error 6612] Agent {owner.id} {text}"
    return {"id": ids.encode("PEOPLE", owner.id), "status": status, "message": message}


@cascade.on_end
def _forget(store: Store, owner: Owner) -> None:
    """Assumed of the real API (§8): whoever is gone neither supervises nor is supervised."""
    if owner.kind == "people":
        _table(store).pop(owner.id, None)
    for record in _table(store).values():
        record["agents"] = [agent for agent in record["agents"] if owner_of(agent) != owner]
