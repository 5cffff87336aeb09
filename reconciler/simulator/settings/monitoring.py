"""Monitoring of people and workspaces (webex-behaviour.md §12). Read and write differ in every name: elements are
written flat, even as plain ids, and read wrapped; the flag is written as enableCallParkNotification, the SDK sends it
as text. A list that is empty is not shown. The PUT merges (T:person_monitoring sends one field at a time), the order
is kept, and there are at most 50."""

from __future__ import annotations

from typing import Any, Literal

from ..core import errors, ids
from ..core.bodies import Body
from ..core.owners import Owner
from ..core.routing import Json
from ..core.store import Store
from . import _members
from ._settings import Setting, register
from ._subjects import FEATURES, PERSON, WORKSPACE, Target

_MOST = 50
_PARKS = "call_park_extensions"


class _Element(Body):
    id: str | None = None
    member_id: str | None = None
    type: Literal["MEMBER", "CALL_PARK_EXTENSION", "SPEED_DIAL"] | None = None
    line_key_label: str | None = None
    phone_number: str | None = None


class _Monitoring(Body):
    enable_call_park_notification: bool | None = None
    monitored_elements: list[str | _Element] | None = None


def _check(target: Target, value: Json) -> Json:
    elements = value.get("monitoredElements", [])
    if len(elements) > _MOST:
        raise errors.platform(400, f"At most {_MOST} elements can be monitored.")
    return {**value, "monitoredElements": [_stored(target.store, element) for element in elements]}


def _stored(store: Store, element: Any) -> Json:
    """An element as it is kept: {type, owner?: [table, uuid], lineKeyLabel?, phoneNumber?}."""
    if isinstance(element, dict) and "owner" in element:
        return element
    sent = {"id": element} if isinstance(element, str) else element
    text = sent.get("id") or sent.get("memberId")
    labels = {name: sent[name] for name in ("lineKeyLabel", "phoneNumber") if sent.get(name)}
    if not text:
        return _any_number(sent, labels)
    kind = sent.get("type") or _type_of(text)
    owner = _park(store, text) if kind == "CALL_PARK_EXTENSION" else _members.find(store, text)
    return {"type": kind, "owner": list(owner), **labels}


def _any_number(sent: Json, labels: Json) -> Json:
    """Only a speed dial may go to a number that is nobody's."""
    if sent.get("type") != "SPEED_DIAL":
        raise errors.missing_field("monitoredElements.id")
    if "phoneNumber" not in labels:
        raise errors.missing_field("monitoredElements.phoneNumber")
    return {"type": "SPEED_DIAL", **labels}


def _type_of(text: str) -> str:
    found = ids.decode(text)
    return "CALL_PARK_EXTENSION" if found and found[0] == "CALL_PARK_EXTENSION" else "MEMBER"


def _park(store: Store, text: str) -> Owner:
    key = ids.any_uuid(text)
    if key not in store.table(_PARKS):
        raise errors.platform(404, f"Could not find a call park extension with id '{text}'.")
    return Owner(_PARKS, key)


def _place(store: Store, location: str) -> Json:
    return {"location": store.locations[location]["name"], "locationId": ids.encode("LOCATION", location)}


def _shown(store: Store, element: Json) -> Json:
    label = {"lineKeyLabel": element["lineKeyLabel"]} if element.get("lineKeyLabel") else {}
    if "owner" not in element:
        return {"speedDial": {"phoneNumber": element["phoneNumber"], **label}}
    owner = Owner(*element["owner"])
    record = store.table(owner.kind)[owner.id]
    block = record["calling"]
    place = _place(store, block["location"])
    if element["type"] == "CALL_PARK_EXTENSION":
        number = _members.number(store, block)
        return {
            "callparkextension": {
                "id": ids.encode("CALL_PARK_EXTENSION", owner.id), "name": record["name"], **number, **place, **label
            }
        }  # fmt: skip
    member = {**_members.show(store, element), **place, **label}
    if element["type"] == "MEMBER":
        return {"member": member}
    number = member.pop("numbers")[0]
    member.pop("email", None)
    for name, value in (("phoneNumber", element.get("phoneNumber") or number.get("external")),
                        ("extension", number.get("extension"))):  # fmt: skip
        if value:
            member[name] = value
    return {"speedDial": member}


def _show(target: Target, value: Json) -> Json:
    elements = value.get("monitoredElements", [])
    shown: Json = {"callParkNotificationEnabled": value["enableCallParkNotification"]}
    if elements:
        shown["monitoredElements"] = [_shown(target.store, element) for element in elements]
    return {**shown, "availableEntriesCount": _MOST - len(elements)}


MONITORING = register(
    Setting(
        "monitoring",
        _Monitoring,
        {PERSON: (FEATURES,), WORKSPACE: (FEATURES,)},
        "UserBusyLampFieldGetRequest",
        {"enableCallParkNotification": False},
        check=_check,
        show=_show,
        members=("monitoredElements",),
        merges=True,
    )
)
