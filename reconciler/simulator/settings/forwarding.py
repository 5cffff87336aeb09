"""Call forwarding of people, workspaces and virtual lines (webex-behaviour.md §12, §13)."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import Field

from ..core import errors, numbering, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ._subjects import CONFIG, FEATURES, LINE, PERSON, WORKSPACE, find

switches.declare(
    "forwarding_needs_number", "off", "on", row="12",
    text="whether forwarding to an outside number without a DID is refused with 5700",
)  # fmt: skip

_OCI = "UserCallForwardingBusyGetRequest"
_SEGMENT = "callForwarding"
_DESTINATION = re.compile(r"^\+?[0-9*#][0-9*#\-]{0,29}$")
_MAX_RINGS = 15


class _Entry(Body):
    enabled: bool
    destination: str | None = None
    destination_voicemail_enabled: bool | None = None
    ring_reminder_enabled: bool | None = None
    number_of_rings: Annotated[int, Field(ge=0, le=_MAX_RINGS)] | None = None


class _Halves(Body):
    always: _Entry | None = None
    busy: _Entry | None = None
    no_answer: _Entry | None = None


class _Forwarding(Body):
    call_forwarding: _Halves | None = None
    business_continuity: _Entry | None = None


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


def _checked(store: Store, block: Json, name: str, entry: _Entry) -> Json:
    """One block of a write body, as it is stored."""
    destination = numbering.undashed(entry.destination or "")
    if entry.enabled:
        if not destination:
            raise errors.missing_field(f"{name}.destination")
        if not _DESTINATION.match(destination):
            raise errors.invalid_value(f"Invalid value for {name}.destination")
        outside = destination.startswith("+")
        if outside and store.switches["forwarding_needs_number"] == "on" and not block.get("number"):
            raise errors.broadworks(400, 5700, "This service requires a phone number")
    stored: Json = {
        "enabled": entry.enabled,
        "destination": destination if entry.enabled else "",
        "destinationVoicemailEnabled": bool(entry.destination_voicemail_enabled),
    }
    if name == "always":
        stored["ringReminderEnabled"] = bool(entry.ring_reminder_enabled)
    if name == "noAnswer":
        stored["numberOfRings"] = 3 if entry.number_of_rings is None else entry.number_of_rings
    return stored


def _write(store: Store, block: Json, body: Json) -> Reply:
    """A block that is sent replaces its like; one that is not sent stays."""
    sent = parse(_Forwarding, body)
    halves = sent.call_forwarding or _Halves()
    entries = {"always": halves.always, "busy": halves.busy, "noAnswer": halves.no_answer,
               "businessContinuity": sent.business_continuity}  # fmt: skip
    changed = {name: _checked(store, block, name, entry) for name, entry in entries.items() if entry is not None}
    block["forwarding"] = {**(block.get("forwarding") or {}), **changed}
    return Reply(204)


def _need_both(body: Json) -> None:
    for name in ("callForwarding", "businessContinuity"):
        if body.get(name) is None:
            raise errors.missing_field(name)


@route("GET", PERSON.path(FEATURES, _SEGMENT))
def get_of_person(request: Request) -> Reply:
    """Read Forwarding Settings for a Person."""
    return _read(find(request, PERSON, FEATURES, _OCI).block)


@route("PUT", PERSON.path(FEATURES, _SEGMENT))
def update_of_person(request: Request) -> Reply:
    """Configure Call Forwarding Settings for a Person."""
    return _write(request.store, find(request, PERSON, FEATURES, _OCI).block, request.document())


@route("GET", WORKSPACE.path(FEATURES, _SEGMENT))
def get_of_workspace(request: Request) -> Reply:
    """Retrieve Call Forwarding Settings for a Workspace; every tier has them. The telephony/config path of the
    same name does not exist and answers E4."""
    return _read(find(request, WORKSPACE, FEATURES, _OCI).block)


@route("PUT", WORKSPACE.path(FEATURES, _SEGMENT))
def update_of_workspace(request: Request) -> Reply:
    """Modify Call Forwarding Settings for a Workspace: both halves are required."""
    block, body = find(request, WORKSPACE, FEATURES, _OCI).block, request.document()
    _need_both(body)
    return _write(request.store, block, body)


@route("GET", LINE.path(CONFIG, _SEGMENT))
def get_of_virtual_line(request: Request) -> Reply:
    """Read Call Forwarding Settings for a Virtual Line."""
    return _read(find(request, LINE, CONFIG, _OCI).block)


@route("PUT", LINE.path(CONFIG, _SEGMENT))
def update_of_virtual_line(request: Request) -> Reply:
    """Configure Call Forwarding Settings for a Virtual Line: both halves are required (wxcli virtual-lines.md)."""
    block, body = find(request, LINE, CONFIG, _OCI).block, request.document()
    _need_both(body)
    return _write(request.store, block, body)
