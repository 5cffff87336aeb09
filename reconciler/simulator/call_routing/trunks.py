"""Trunks (`/telephony/config/premisePstn/trunks`; webex-behaviour.md §14): read only, they come with the tenant."""

from __future__ import annotations

from ..core import errors, ids, paging
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

_PATH = "/telephony/config/premisePstn/trunks"


def used_by(store: Store, kind: str, key: str) -> list[str]:
    """The locations whose PSTN connection goes through this trunk or route group."""
    return [
        location
        for location, record in store.locations.items()
        if ((record.get("calling") or {}).get("pstn") or {}).get("routeType") == kind
        and record["calling"]["pstn"]["route"] == key
    ]


def _in_use(store: Store, key: str) -> bool:
    grouped = any(member["id"] == key for group in store.route_groups.values() for member in group["trunks"])
    return grouped or bool(used_by(store, "TRUNK", key))


def _place(store: Store, key: str) -> Json:
    return {"id": ids.encode("LOCATION", key), "name": store.locations[key]["name"]}


def _row(store: Store, trunk: Json) -> Json:
    return {
        "id": ids.encode("TRUNK", trunk["id"]),
        "name": trunk["name"],
        "location": _place(store, trunk["location"]),
        "inUse": _in_use(store, trunk["id"]),
        "trunkType": trunk["trunkType"],
        "isRestrictedToDedicatedInstance": False,
    }


@route("GET", _PATH)
def list_trunks(request: Request) -> Reply:
    """Read the List of Trunks."""
    store, name = request.store, request.query.get("name", "").lower()
    rows = [trunk for trunk in store.trunks.values() if name in trunk["name"].lower()]
    return paging.by_offset(request, rows, "trunks", default=2000, limit=2000, show=lambda one: _row(store, one))


@route("GET", _PATH + "/{trunkId}")
def get_trunk(request: Request) -> Reply:
    """Get a Trunk."""
    store = request.store
    trunk = store.trunks.get(request.uuid("trunkId", "TRUNK"))
    if trunk is None:
        raise errors.not_found()
    label = trunk["name"].lower().replace(" ", "")
    body = _row(store, trunk)
    del body["inUse"]
    return Reply(
        200,
        {
            **body,
            "organization": {"id": ids.encode("ORGANIZATION", store.org["id"]), "name": store.org["name"]},
            "otgDtgId": f"{label}_lgu",
            "linePort": f"{label}_LGU@00000000.example.webex.com",
            "locationsUsingTrunk": [_place(store, key) for key in used_by(store, "TRUNK", trunk["id"])],
            "pilotUserId": f"{label}_LGU@00000000.example.webex.com",
            "outboundProxy": {
                "sipAccessServiceType": "",
                "dnsType": "",
                "outboundProxy": "proxy.example.webex.com",
                "srvPrefix": "",
                "cnameRecords": "",
                "attachmentUpdated": False,
            },
            "sipAuthenticationUserName": f"{label}_LGU",
            "status": "online",
            "errorCodes": [],
            "responseStatus": [],
            "dualIdentitySupportEnabled": True,
            "deviceType": trunk.get("deviceType", "Cisco Unified Border Element"),
            "maxConcurrentCalls": 250,
        },
    )
