"""Call queues (`queues`; webex-behaviour.md §14). Table `call_queues`, described in _group.py, with the fields of
_queue_body.Queue and {cx: true for a queue of Customer Assist (CX Essentials), services: see queue_services.py,
announcements?: [{fileName, fileSize}]}."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..core import calling, errors, numbering, owners, switches
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..numbers import _available
from . import _agents, _announcements, _audio, _group, feature_forwarding
from ._feature import Feature, member, show_address, show_location
from ._queue_body import CX_ONLY, Queue

switches.declare(
    "queue_caller_id_number", "hidden", "shown", row="14",
    text="whether reads give `callingLineIdPhoneNumber`, without which CUSTOM cannot be written back",
)  # fmt: skip
switches.declare(
    "cx_queue_needs_licenses", "off", "on", row="14",
    text="whether a Customer Assist queue refuses agents without that licence, as documented",
)  # fmt: skip

_OWNER = owners.register(owners.OwnerKind("call_queues", "CALL_QUEUE", "CALL_QUEUE"))
QUEUES = Feature("call_queues", "CALL_QUEUE", "queues", "queues", _OWNER)
ONE = QUEUES.in_location + "/{queueId}"
_SKILLED = {"CIRCULAR", "REGULAR", "UNIFORM"}
_PLAIN = ("callingLineIdPolicy", "allowCallWaitingForAgentsEnabled", "allowAgentJoinEnabled",
          "phoneNumberForOutgoingCallsEnabled")  # fmt: skip
_DOCUMENTED = (
    "callPolicies.routingType",
    "callPolicies.callBounce",
    "callPolicies.distinctiveRing",
    "queueSettings.overflow.action",
    "queueSettings.overflow.greeting",
)

feature_forwarding.register(QUEUES, "queueId")
_available.serve(QUEUES.in_location + "/availableNumbers", _available.FEATURE)
_available.serve(QUEUES.in_location + "/alternate/availableNumbers", _available.FEATURE)
_available.serve(QUEUES.in_location + "/callForwarding/availableNumbers", _available.TARGET)


@route("GET", QUEUES.collection)
def list_queues(request: Request) -> Reply:
    """Read the List of Call Queue or Customer Assist Queues: those of Customer Assist are hidden without
    `hasCxEssentials=true`, and alone with it (T:cx_essential; §14)."""
    cx, inbox = request.flag("hasCxEssentials"), request.query.get("digitalInboxEnabled")
    department = request.query.get("departmentId")

    def keep(record: Json) -> bool:
        if bool(record.get("cx")) != cx or (
            inbox and record["digitalInboxEnabled"] != request.flag("digitalInboxEnabled")
        ):
            return False
        return not department or (record["department"] or {}).get("id") == department

    return QUEUES.list(request, _row, keep)


def _row(store: Store, record: Json) -> Json:
    shown = {"id": QUEUES.id_of(record), "name": record["name"], "enabled": record["enabled"]}
    cx = {"hasCxEssentials": bool(record.get("cx"))}
    return {**shown, **show_location(store, record), **show_address(store, record), **_only_cx(record), **cx}


@route("POST", QUEUES.in_location)
def create_queue(request: Request) -> Reply:
    """Create Call Queue or Customer Assist Queue: the policy suffices (wxcli call-features-major.md)."""
    store, document, cx = request.store, request.document(), request.flag("hasCxEssentials")
    location = calling.location(request)["id"]
    if store.switches["group_required_fields"] == "documented":
        _need_all(document)
    sent = document.get("queueSettings")
    if isinstance(sent, dict) and sent.get("queueSize") == 0:
        raise errors.invalid_value("Invalid field value: queueSettings.queueSize")
    document = {"agents": [], **document}
    record = _group.create(request, QUEUES, Queue, document, lambda kept: _check(store, location, kept, document, cx))
    if cx:
        record["cx"] = True
    return Reply(201, {"id": QUEUES.id_of(record)})


@route("GET", ONE)
def get_queue(request: Request) -> Reply:
    """Get Details for a Call Queue or Customer Assist Queue. Without the flag a queue of Customer Assist is not to be
    found; with it, another one is refused."""
    store, record = request.store, QUEUES.find(request, "queueId")
    cx = bool(record.get("cx"))
    if request.flag("hasCxEssentials") and not cx:
        raise not_cx()
    if cx and not request.flag("hasCxEssentials"):
        raise errors.not_found()
    shown = {**_group.show(store, QUEUES, record), **show_address(store, record), **_only_cx(record)}
    shown.update({name: record[name] for name in _PLAIN}, hasCxEssentials=cx)
    shown["agents"] = [_show_agent(store, agent) for agent in record["agents"]]
    if record["calling"]["number"]:
        shown.update(numberUsageType="PSTN_NUMBER", tollFreeNumber=False, businessTextingEnabled=False)
    if record["callingLineIdPhoneNumber"] and store.switches["queue_caller_id_number"] == "shown":
        shown["callingLineIdPhoneNumber"] = record["callingLineIdPhoneNumber"]
    if record["department"]:
        shown["department"] = record["department"]
    return Reply(
        200,
        {**shown, "callPolicies": record["callPolicies"], "queueSettings": _show_settings(store, record)},
    )


@route("PUT", ONE)
def update_queue(request: Request) -> Reply:
    """Update a Call Queue: merges, although `queueSettings` is documented as required (T:callqueue)."""
    store, record, document = request.store, QUEUES.find(request, "queueId"), request.document()
    sent = document.get("callPolicies")
    policies: Json = sent if isinstance(sent, dict) else {}
    if policies.get("policy") not in (None, record["callPolicies"]["policy"]) and policies.get("routingType") is None:
        # a new policy cannot be set without it (T:callqueue test_004)
        raise errors.missing_field("callPolicies.routingType")
    cx, location = bool(record.get("cx")), record["location"]
    _group.update(request, QUEUES, record, Queue, document, lambda kept: _check(store, location, kept, document, cx))
    return Reply(204)


@route("DELETE", ONE)
def delete_queue(request: Request) -> Reply:
    """Delete a Call Queue."""
    QUEUES.remove(request.store, QUEUES.find(request, "queueId"))
    return Reply(204)


def not_cx() -> errors.ApiError:
    return errors.broadworks(400, 28018, "CX Essentials is not enabled for this Call center.")


def _need_all(document: Json) -> None:
    """What the documentation requires beyond what live tests send."""
    for path in _DOCUMENTED:
        value: Any = document
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value is None:
            raise errors.missing_field(path)


def _check(store: Store, location: str, kept: Json, document: Json, cx: bool) -> None:
    """What one field demands of another."""
    policies, settings = kept["callPolicies"], kept["queueSettings"]
    if policies["routingType"] == "SKILL_BASED" and policies["policy"] not in _SKILLED:
        raise errors.invalid_value("Invalid field value: callPolicies.policy")
    if document.get("callingLineIdPolicy") == "CUSTOM" and not document.get("callingLineIdPhoneNumber"):
        raise errors.platform(400, "Missing callingLineIdPhoneNumber")
    if not cx and (set(CX_ONLY) & set(document.get("queueSettings") or ()) or document.get("digitalInboxEnabled")):
        raise not_cx()
    overflow = settings["overflow"]
    overflow["transferNumber"] = feature_forwarding.destination(
        overflow["transferNumber"], "queueSettings.overflow.transferNumber"
    )
    if overflow["action"] == "TRANSFER_TO_PHONE_NUMBER" and not overflow["transferNumber"]:
        raise errors.missing_field("queueSettings.overflow.transferNumber")
    for block in _audio.blocks(settings):
        _audio.clean(store, location, block, "audioAnnouncementFiles", "greeting")
    if cx and store.switches["cx_queue_needs_licenses"] == "on":
        _need_licenses(store, document)


def _need_licenses(store: Store, document: Json) -> None:
    for agent in document.get("agents") or ():
        owner = member(store, agent["id"])
        if not _agents.is_cx(store, owner):
            raise errors.platform(400, f"Agent {owner.id} has no Customer Assist license.")


def _only_cx(record: Json) -> Json:
    return {"digitalInboxEnabled": record["digitalInboxEnabled"]} if record.get("cx") else {}


def _show_agent(store: Store, agent: Json) -> Json:
    shown = {**_agents.show(store, agent), "joinEnabled": agent["joinEnabled"]}
    shown["hasCxEssentials"] = _agents.is_cx(store, _agents.owner_of(agent))
    return {**shown, "skillLevel": agent["skillLevel"]} if "skillLevel" in agent else shown


def _show_settings(store: Store, record: Json) -> Json:
    settings = _show_files(store, record["queueSettings"])
    overflow = settings["overflow"]
    overflow["isTransferNumberSet"] = "transferNumber" in overflow
    if "transferNumber" in overflow:
        overflow["transferNumber"] = numbering.dashed(overflow["transferNumber"])
    return {name: value for name, value in settings.items() if record.get("cx") or name not in CX_ONLY}


def _show_files(store: Store, value: Json) -> Json:
    """A copy in which every list of files is shown with names, and what is not set is not there."""
    copied = {name: _show_files(store, inner) if isinstance(inner, dict) else inner for name, inner in value.items()}
    if "audioAnnouncementFiles" in value:
        copied["audioAnnouncementFiles"] = _audio.show(store, value["audioAnnouncementFiles"])
    return _group.without_none(copied)


@_announcements.on_reference
def _played(store: Store) -> Iterator[tuple[str, Json]]:
    """Which queue plays which announcement, in its settings or its services."""
    for record in QUEUES.records(store).values():
        entry = _announcements.reference(store, QUEUES.id_of(record), record["name"], "Call Queue", record["location"])
        for settings in (record["queueSettings"], *(record.get("services") or {}).values()):
            yield from ((key, entry) for key in _audio.played(settings))
