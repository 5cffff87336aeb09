"""Dial plans (`/telephony/config/premisePstn/dialPlans`; webex-behaviour.md §14): patterns that lead to a trunk or a
route group, for the whole organisation.

Records, in table `dial_plans`: {id, name, routeType: TRUNK|ROUTE_GROUP, route, patterns: [text]}.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..core import errors, ids, paging
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..locations import pstn
from . import _naming, _references, dial_patterns

PATH = "/telephony/config/premisePstn/dialPlans"


class _Plan(Body):
    name: str
    route_id: str
    route_type: Literal["TRUNK", "ROUTE_GROUP"]


class _New(_Plan):
    dial_patterns: list[str] = Field(default_factory=list)


def find(request: Request) -> Json:
    """The dial plan of the path."""
    record = request.store.table("dial_plans").get(request.uuid("dialPlanId", "DIAL_PLAN"))
    if record is None:
        raise errors.not_found()
    return record


def _route(store: Store, body: _Plan) -> Json:
    found = pstn.premise(store, body.wire(), "routeType", "routeId")
    return {"routeType": found["routeType"], "route": found["route"]}


def _route_name(store: Store, record: Json) -> str:
    routes = store.trunks if record["routeType"] == "TRUNK" else store.route_groups
    return str(routes[record["route"]]["name"])


def _row(store: Store, record: Json) -> Json:
    return {
        "id": ids.encode("DIAL_PLAN", record["id"]),
        "name": record["name"],
        "routeId": ids.encode(record["routeType"], record["route"]),
        "routeName": _route_name(store, record),
        "routeType": record["routeType"],
    }


@route("GET", PATH)
def list_dial_plans(request: Request) -> Reply:
    """Read the List of Dial Plans: filtered by its name and by the name of its trunk or route group."""
    store, query = request.store, request.query

    def leads(record: Json) -> bool:
        kinds = {kind for kind, name in (("TRUNK", "trunkName"), ("ROUTE_GROUP", "routeGroupName")) if name in query}
        parameter = "trunkName" if record["routeType"] == "TRUNK" else "routeGroupName"
        return not kinds or (
            record["routeType"] in kinds and _naming.matches(request, parameter, _route_name(store, record))
        )

    rows = [
        record
        for record in store.table("dial_plans").values()
        if _naming.matches(request, "dialPlanName", record["name"]) and leads(record)
    ]
    fields = {
        "name": lambda row: str(row["name"]),
        "routeName": lambda row: _route_name(store, row),
        "routeType": lambda row: str(row["routeType"]),
    }
    rows = _naming.ordered(request, rows, fields)
    return paging.by_offset(request, rows, "dialPlans", default=2000, limit=2000, show=lambda one: _row(store, one))


@route("POST", PATH)
def create_dial_plan(request: Request) -> Reply:
    """Create a Dial Plan. Patterns are strings here; the bad ones are named in `dialPatternErrors`, and the plan is
    made with the others all the same (T:dialplans test_004)."""
    store = request.store
    body = parse(_New, request.document())
    _naming.check(request, store.table("dial_plans").values(), body.name)
    found = _route(store, body)
    wrong = dial_patterns.faults(store, body.dial_patterns)
    refused = {fault["dialPattern"] for fault in wrong if fault["patternStatus"] != "DUPLICATE_IN_LIST"}
    patterns = [pattern for pattern in dict.fromkeys(body.dial_patterns) if pattern not in refused]
    record: Json = {"id": store.new_id("dial_plans"), "name": body.name, **found, "patterns": patterns}
    store.table("dial_plans")[record["id"]] = record
    return Reply(201, {"id": ids.encode("DIAL_PLAN", record["id"]), "dialPatternErrors": wrong})


@route("GET", PATH + "/{dialPlanId}")
def get_dial_plan(request: Request) -> Reply:
    """Get a Dial Plan: without its patterns, which have a list of their own."""
    store, record = request.store, find(request)
    return Reply(200, {**_row(store, record), "customer": _references.organization(store)})


@route("PUT", PATH + "/{dialPlanId}")
def update_dial_plan(request: Request) -> Reply:
    """Modify a Dial Plan: name and route, all three every time; the patterns stay."""
    store, record = request.store, find(request)
    body = parse(_Plan, request.document())
    _naming.check(request, store.table("dial_plans").values(), body.name, record)
    record.update({"name": body.name, **_route(store, body)})
    return Reply(204)


@route("DELETE", PATH + "/{dialPlanId}")
def delete_dial_plan(request: Request) -> Reply:
    """Delete a Dial Plan with its patterns."""
    record = find(request)
    del request.store.table("dial_plans")[record["id"]]
    return Reply(204)
