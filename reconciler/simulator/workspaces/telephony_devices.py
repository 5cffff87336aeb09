"""Devices as Webex Calling sees them ("Device Call Settings"): details, supported models and MAC addresses. The id in
the path is the `callingDeviceId`."""

from __future__ import annotations

from ..core import errors, ids
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route, unserved
from . import _device_models, _devices

_ROOT = "/telephony/config/devices"
_ONE = f"{_ROOT}/{{deviceId}}"
_STATES = {
    25220: ("INVALID", "Invalid MAC address."),  # live tests want no "[Error …]" before it (T:telephony_devices)
    5675: ("UNAVAILABLE", "[Error 5675] MAC Address is in use."),
    5676: ("DUPLICATE_IN_LIST", "[Error 5676] Duplicate MAC Address in the request."),
}
unserved(f"{_ROOT}/settings", f"{_ROOT}/lineKeyTemplates", f"{_ROOT}/backgroundImages")


class _Password(Body):
    sip_password: str


class _Macs(Body):
    macs: list[str]


@route("GET", "/telephony/config/supportedDevices")
def supported_devices(request: Request) -> Reply:
    """Read the List of Supported Devices, by `type` or `not:type`."""
    kind = request.query.get("type", "")
    rows = _device_models.supported()
    if kind:
        excluded = kind.removeprefix("not:")
        rows = [row for row in rows if (row["type"] == excluded) != kind.startswith("not:")]
    if "allowConfigureLayoutEnabled" in request.query:
        rows = [
            row for row in rows if row["allowConfigureLayoutEnabled"] == request.flag("allowConfigureLayoutEnabled")
        ]
    return Reply(200, {"upgradeChannelList": list(_device_models.CHANNELS), "devices": rows})


@route("POST", f"{_ROOT}/actions/validateMacs/invoke")
def validate_macs(request: Request) -> Reply:
    """Validate a list of MAC address: 200 whatever is wrong, one code for each (§14)."""
    seen: set[str] = set()
    rows = []
    for text in parse(_Macs, request.document()).macs:
        mac = _devices.mac_of(text)
        code = 0
        if mac is None:
            code = 25220
        elif mac in seen:
            code = 5676
        elif _devices.has_mac(request.store, mac):
            code = 5675
        seen.add(mac or "")
        rows.append(_mac_row(text, code))
    return Reply(200, {"status": "ERRORS" if any("errorCode" in row for row in rows) else "OK", "macStatus": rows})


def _mac_row(text: str, code: int) -> Json:
    if not code:
        return {"mac": text, "state": "AVAILABLE"}
    state, message = _STATES[code]
    return {"mac": text, "state": state, "errorCode": code, "message": message}


@route("GET", _ONE)
def get_device(request: Request) -> Reply:
    """Get Webex Calling Device Details."""
    device = _devices.by_calling_id(request)
    model = _device_models.find(device["model"]) or {}
    body: Json = {
        "manufacturer": model.get("manufacturer", "CISCO"),
        "managedBy": model.get("managedBy", "CISCO"),
        "id": ids.encode("CALLING_DEVICE", device["callingId"]),
        "ip": "",
        "model": device["model"],
        "activationState": "activating" if device["status"] == "activating" else "activated",
        "description": [*device["tags"], device["product"]],
        "upgradeChannelEnabled": bool(model.get("upgradeChannelEnabled")),
        "owner": {"sipUserName": device["callingId"][:8], "linePort": f"{device['callingId'][:8]}@calls.example.com"},
        "proxy": {},
    }
    if device.get("mac"):
        body["mac"] = device["mac"]
    return Reply(200, body)


@route("PUT", _ONE)
def update_third_party(request: Request) -> Reply:
    """Update Third Party Device: its SIP password, which nobody reads back."""
    device, body = _devices.by_calling_id(request), parse(_Password, request.document())
    if (_device_models.find(device["model"]) or {}).get("manufacturer") != "THIRD_PARTY":
        raise errors.platform(400, "The password of this device cannot be changed.")
    if not body.sip_password:
        raise errors.missing_field("sipPassword")
    return Reply(204)


@route("POST", f"{_ONE}/actions/applyChanges/invoke")
def apply_changes(request: Request) -> Reply:
    """Apply Changes for a specific device."""
    _devices.by_calling_id(request)
    return Reply(204)
