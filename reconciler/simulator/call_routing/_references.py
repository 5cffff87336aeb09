"""Who uses a trunk or a route group (webex-behaviour.md §14): what the usage endpoints count, and what a delete is
refused for. The delete order of §14 follows from it: dial plans, route lists, route groups, trunks."""

from __future__ import annotations

from ..core import errors, ids, switches
from ..core.routing import Json
from ..core.store import Store

switches.declare(
    "route_in_use", "refuse", "conflict", row="14, 18.36",
    text="deleting a trunk or route group that something uses (dial plans of a trunk aside): 400, or 409",
)  # fmt: skip

PSTN, EXTENSIONS = "pstn", "internalDialing"  # both are blocks {routeType, route} of a location's calling half


def locations(store: Store, block: str, kind: str, key: str) -> list[str]:
    """The locations whose PSTN connection or whose unknown extensions go through this trunk or route group. Unknown
    extensions count even while the policy is off, because the location still names the route."""
    found = []
    for location, record in store.locations.items():
        used = (record.get("calling") or {}).get(block) or {}
        if used.get("routeType") == kind and used["route"] == key:
            found.append(location)
    return found


def dial_plans(store: Store, kind: str, key: str) -> list[Json]:
    return [plan for plan in store.table("dial_plans").values() if (plan["routeType"], plan["route"]) == (kind, key)]


def route_groups(store: Store, trunk: str) -> list[Json]:
    return [group for group in store.route_groups.values() if any(one["id"] == trunk for one in group["trunks"])]


def route_lists(store: Store, group: str) -> list[Json]:
    return [one for one in store.table("route_lists").values() if one["routeGroup"] == group]


def through(store: Store, block: Json, trunk: str) -> bool:
    """Whether a block {routeType, route} leads through this trunk, directly or by a route group."""
    if block.get("routeType") == "TRUNK":
        return bool(block["route"] == trunk)
    group = store.route_groups.get(block.get("route", ""))
    return group is not None and any(one["id"] == trunk for one in group["trunks"])


def counts(store: Store, kind: str, key: str) -> dict[str, int]:
    """The four numbers of the usage endpoints."""
    found = {
        "pstnConnectionCount": len(locations(store, PSTN, kind, key)),
        "callToExtensionCount": len(locations(store, EXTENSIONS, kind, key)),
        "dialPlanCount": len(dial_plans(store, kind, key)),
    }
    if kind == "TRUNK":
        return {**found, "routeGroupCount": len(route_groups(store, key))}
    return {**found, "routeListCount": len(route_lists(store, key))}


def in_use(store: Store, kind: str, key: str) -> bool:
    if locations(store, PSTN, kind, key) or locations(store, EXTENSIONS, kind, key) or dial_plans(store, kind, key):
        return True
    return bool(route_groups(store, key) if kind == "TRUNK" else route_lists(store, key))


def refuse_used(store: Store, kind: str, record: Json) -> None:
    """A trunk of a dial plan is refused in that plan's name (27349), any other use without saying which."""
    plans = dial_plans(store, kind, record["id"])
    if kind == "TRUNK" and plans:
        raise errors.broadworks(400, 27349, f"Trunk {record['name']} is used by dial plan {plans[0]['name']}.")
    if in_use(store, kind, record["id"]):
        noun = "Trunk" if kind == "TRUNK" else "Route Group"
        status = 409 if store.switches["route_in_use"] == "conflict" else 400
        raise errors.platform(status, f"{noun} is in use and cannot be deleted.")


def place(store: Store, key: str) -> Json:
    """{id, name} of a location."""
    return {"id": ids.encode("LOCATION", key), "name": store.locations[key]["name"]}


def organization(store: Store) -> Json:
    return {"id": ids.encode("ORGANIZATION", store.org["id"]), "name": store.org["name"]}
