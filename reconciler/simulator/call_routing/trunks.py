"""Trunks (`/telephony/config/premisePstn/trunks`; webex-behaviour.md §14).

Records, in table `trunks`: {id, name, location, trunkType, deviceType, dualIdentitySupportEnabled?,
maxConcurrentCalls?, pChargeInfoSupportPolicy?, address?, domain?, port?, peerIdentity?, passwordDigest?}. The password
is write-only and needed on every PUT; only a digest of it is kept, so that a change can be seen. Name and password
are all that can be changed of a trunk, with a few settings; type, location and device never.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from pydantic import StrictBool, StrictInt

from ..core import calling, errors, ids, paging
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _naming, _references, trunk_checks
from .trunk_checks import PATH, TrunkType

_LONGEST_NAME = 24  # T:telephony_call_routing
_SETTINGS = ("dualIdentitySupportEnabled", "maxConcurrentCalls", "pChargeInfoSupportPolicy")


class _Changes(Body):
    name: str
    password: str
    dual_identity_support_enabled: StrictBool | None = None
    max_concurrent_calls: StrictInt | None = None
    p_charge_info_support_policy: Literal["DISABLED", "ASSERTED_IDENTITY", "CONFIGURABLE_CHARGE_NUMBER"] | None = None


class _New(_Changes):
    location_id: str
    trunk_type: TrunkType
    device_type: str | None = None
    address: str | None = None
    domain: str | None = None
    port: StrictInt | None = None
    peer_identity: str | None = None


def find(request: Request) -> Json:
    """The trunk of the path."""
    trunk = request.store.trunks.get(request.uuid("trunkId", "TRUNK"))
    if trunk is None:
        raise errors.not_found()
    return trunk


def _row(store: Store, trunk: Json) -> Json:
    return {
        "id": ids.encode("TRUNK", trunk["id"]),
        "name": trunk["name"],
        "location": _references.place(store, trunk["location"]),
        "inUse": _references.in_use(store, "TRUNK", trunk["id"]),
        "trunkType": trunk["trunkType"],
        "isRestrictedToDedicatedInstance": False,
    }


@route("GET", PATH)
def list_trunks(request: Request) -> Reply:
    """Read the List of Trunks."""
    store, query = request.store, request.query

    def place(trunk: Json) -> str:
        return str(store.locations[trunk["location"]]["name"])

    rows = [
        trunk
        for trunk in store.trunks.values()
        if _naming.matches(request, "name", trunk["name"])
        and _naming.matches(request, "locationName", place(trunk))
        and query.get("trunkType", trunk["trunkType"]) == trunk["trunkType"]
    ]
    rows = _naming.ordered(request, rows, {"name": lambda row: row["name"], "locationName": place})
    return paging.by_offset(request, rows, "trunks", default=2000, limit=2000, show=lambda one: _row(store, one))


@route("POST", PATH)
def create_trunk(request: Request) -> Reply:
    """Create a Trunk. A certificate-based one needs address, domain and size; an SRV record has no port."""
    store = request.store
    body = parse(_New, request.document())
    _naming.check(request, store.trunks.values(), body.name, longest=_LONGEST_NAME)
    location = calling.calling_location(store, body.location_id)
    trunk_checks.check_password(body.password)
    device = trunk_checks.device_type(body.trunk_type, body.device_type)
    trunk_checks.check_size(body.trunk_type, body.max_concurrent_calls)
    record: Json = {
        "id": "",
        "name": body.name,
        "location": location,
        "trunkType": body.trunk_type,
        "deviceType": device,
        "passwordDigest": _digest(body.password),
    }
    settings = body.wire(sent=True)
    kept: tuple[str, ...] = _SETTINGS
    if body.trunk_type == "CERTIFICATE_BASED":
        trunk_checks.check_fqdn(store, body.address, body.domain, body.port)
        if body.max_concurrent_calls is None:
            raise errors.missing_field("maxConcurrentCalls")
        kept = (*_SETTINGS, "address", "domain", "port", "peerIdentity")
    record.update({name: settings[name] for name in kept if settings.get(name) is not None})
    record["id"] = store.new_id("trunks")
    store.trunks[record["id"]] = record
    return Reply(201, {"id": ids.encode("TRUNK", record["id"])})


@route("GET", PATH + "/{trunkId}")
def get_trunk(request: Request) -> Reply:
    """Get a Trunk: no password, no `inUse`."""
    store, trunk = request.store, find(request)
    label = trunk["name"].lower().replace(" ", "")
    body = _row(store, trunk)
    del body["inUse"]
    used_by = _references.locations(store, _references.PSTN, "TRUNK", trunk["id"])
    optional = ("pChargeInfoSupportPolicy", "address", "domain", "port", "peerIdentity")
    return Reply(
        200,
        {
            **body,
            "organization": _references.organization(store),
            "otgDtgId": f"{label}_lgu",
            "linePort": f"{label}_LGU@00000000.example.webex.com",
            "locationsUsingTrunk": [_references.place(store, key) for key in used_by],
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
            "dualIdentitySupportEnabled": trunk.get("dualIdentitySupportEnabled", True),
            "deviceType": trunk.get("deviceType", "Cisco Unified Border Element"),
            "maxConcurrentCalls": trunk.get("maxConcurrentCalls", trunk_checks.default_size(trunk["trunkType"])),
            **{name: trunk[name] for name in optional if name in trunk},
        },
    )


@route("PUT", PATH + "/{trunkId}")
def update_trunk(request: Request) -> Reply:
    """Modify a Trunk: name and password every time; other settings stay when left out, and what cannot be changed is
    ignored like any unknown field."""
    store, trunk = request.store, find(request)
    body = parse(_Changes, request.document())
    _naming.check(request, store.trunks.values(), body.name, trunk, longest=_LONGEST_NAME)
    trunk_checks.check_password(body.password)
    trunk_checks.check_size(trunk["trunkType"], body.max_concurrent_calls)
    sent = body.wire(sent=True)
    trunk.update({name: sent[name] for name in _SETTINGS if sent.get(name) is not None})
    trunk.update({"name": body.name, "passwordDigest": _digest(body.password)})
    return Reply(204)


@route("DELETE", PATH + "/{trunkId}")
def delete_trunk(request: Request) -> Reply:
    """Delete a Trunk; refused while anything uses it."""
    store, trunk = request.store, find(request)
    _references.refuse_used(store, "TRUNK", trunk)
    del store.trunks[trunk["id"]]
    return Reply(204)


def _digest(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()[:16]
