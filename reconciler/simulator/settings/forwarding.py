"""Call forwarding of people and workspaces (webex-behaviour.md §12, §13)."""

from __future__ import annotations

import re
from typing import Any

from ..core import calling, errors, numbering, switches
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

switches.declare(
    "forwarding_needs_number", "off", "on", row="12",
    text="whether forwarding to an outside number without a DID is refused with 5700",
)  # fmt: skip

_OCI = "UserCallForwardingBusyGetRequest"
_PERSON = "/people/{personId}/features/callForwarding"
_WORKSPACE = "/workspaces/{workspaceId}/features/callForwarding"
_DESTINATION = re.compile(r"^\+?[0-9*#][0-9*#\-]{0,29}$")
_MAX_RINGS = 15
_BLOCKS = ("always", "busy", "noAnswer")


def _off() -> Json:
    return {"enabled": False, "destination": "", "destinationVoicemailEnabled": False}


def _shown(block: Json | None, **more: Any) -> Json:
    """A disabled block reads an empty destination; numbers read `+CC-NSN`."""
    value = {**_off(), **(block or {})}
    shown = {
        "enabled": value["enabled"],
        "destination": numbering.dashed(value["destination"]) if value["enabled"] else "",
        "destinationVoicemailEnabled": value["destinationVoicemailEnabled"],
    }
    return {**shown, **more}


def _read(block: Json) -> Reply:
    own = block.get("forwarding") or {}
    always, no_answer = own.get("always") or {}, own.get("noAnswer") or {}
    return Reply(
        200,
        {
            "callForwarding": {
                "always": _shown(always, ringReminderEnabled=always.get("ringReminderEnabled", False)),
                "busy": _shown(own.get("busy")),
                "noAnswer": _shown(
                    no_answer,
                    numberOfRings=no_answer.get("numberOfRings", 3),
                    systemMaxNumberOfRings=_MAX_RINGS,
                ),
            },
            "businessContinuity": _shown(own.get("businessContinuity")),
        },
    )


def _checked(store: Store, block: Json, name: str, entry: Any) -> Json:
    """One block of a write body, as it is stored."""
    if not isinstance(entry, dict):
        raise errors.invalid_value(f"Invalid value for {name}")
    if entry.get("enabled") is None:
        raise errors.missing_field(f"{name}.enabled")
    destination = numbering.undashed(str(entry.get("destination") or ""))
    if entry["enabled"]:
        if not destination:
            raise errors.missing_field(f"{name}.destination")
        if not _DESTINATION.match(destination):
            raise errors.invalid_value(f"Invalid value for {name}.destination")
        outside = destination.startswith("+")
        if outside and store.switches["forwarding_needs_number"] == "on" and not block.get("number"):
            raise errors.broadworks(400, 5700, "This service requires a phone number")
    rings = entry.get("numberOfRings")
    if rings is not None and not 0 <= int(rings) <= _MAX_RINGS:
        raise errors.invalid_value("Invalid value for noAnswer.numberOfRings")
    stored: Json = {
        "enabled": bool(entry["enabled"]),
        "destination": destination if entry["enabled"] else "",
        "destinationVoicemailEnabled": bool(entry.get("destinationVoicemailEnabled")),
    }
    if name == "always":
        stored["ringReminderEnabled"] = bool(entry.get("ringReminderEnabled"))
    if name == "noAnswer":
        stored["numberOfRings"] = int(rings) if rings is not None else 3
    return stored


def _write(store: Store, block: Json, body: Json) -> Reply:
    """A block that is sent replaces its like; one that is not sent stays."""
    changed = dict(block.get("forwarding") or {})
    sent = body.get("callForwarding") or {}
    for name in _BLOCKS:
        if sent.get(name) is not None:
            changed[name] = _checked(store, block, name, sent[name])
    if body.get("businessContinuity") is not None:
        changed["businessContinuity"] = _checked(store, block, "businessContinuity", body["businessContinuity"])
    block["forwarding"] = changed
    return Reply(204)


@route("GET", _PERSON)
def get_of_person(request: Request) -> Reply:
    """Read Forwarding Settings for a Person."""
    return _read(calling.calling_block(calling.person(request), _OCI))


@route("PUT", _PERSON)
def update_of_person(request: Request) -> Reply:
    """Configure Call Forwarding Settings for a Person."""
    block = calling.calling_block(calling.person(request), _OCI)
    return _write(request.store, block, request.document())


@route("GET", _WORKSPACE)
def get_of_workspace(request: Request) -> Reply:
    """Retrieve Call Forwarding Settings for a Workspace; every tier has them. The telephony/config path of the
    same name does not exist and answers E4."""
    return _read(calling.calling_block(calling.workspace(request), _OCI))


@route("PUT", _WORKSPACE)
def update_of_workspace(request: Request) -> Reply:
    """Modify Call Forwarding Settings for a Workspace: both halves are required."""
    block, body = calling.calling_block(calling.workspace(request), _OCI), request.document()
    for name in ("callForwarding", "businessContinuity"):
        if body.get(name) is None:
            raise errors.missing_field(name)
    return _write(request.store, block, body)
