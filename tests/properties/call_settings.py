"""Settings of people and workspaces that are one document each: what is drawn of them, and what they come to in the
tenant. Written from the API's documentation, as truth.py is: no kind of the product's.

    {"voicemail": {"rings": 5, "email_copy": "copies@example.com"}, "monitoring": {"elements": ["person/…"]}}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

Json = dict[str, Any]
NUMBER = "+12125550101"


@dataclass(frozen=True)
class Leaf:
    """Where a field lies, what it is where nobody has written it, and what may be wanted; `flag` is the switch beside
    one that is off by being nothing."""

    path: str
    rest: Any
    values: tuple[Any, ...] = (True, False)
    flag: str = ""


_MAIL, _CALLED = "copies@example.com", ("1001", NUMBER)
#: By the YAML key: the name on the wire, and the fields.
SETTINGS: dict[str, tuple[str, dict[str, Leaf]]] = {
    "call_waiting": ("callWaiting", {"enabled": Leaf("enabled", True)}),
    "do_not_disturb": (
        "doNotDisturb",
        {"enabled": Leaf("enabled", False), "ring_splash": Leaf("ringSplashEnabled", False)},
    ),
    "voicemail": (
        "voicemail",
        {
            "enabled": Leaf("enabled", None),  # on for people, off for workspaces
            "send_all_calls": Leaf("sendAllCalls.enabled", False),
            "rings": Leaf("sendUnansweredCalls.numberOfRings", 3, (3, 7, 20)),
            "email_copy": Leaf("emailCopyOfMessage.emailId", None, (_MAIL, None), "enabled"),
            "notify": Leaf("notifications.destination", None, (_MAIL, None), "enabled"),
            "transfer_to": Leaf("transferToNumber.destination", None, (*_CALLED, None), "enabled"),
            "message_waiting": Leaf("messageStorage.mwiEnabled", True),
        },
    ),
    "intercept": (
        "intercept",
        {
            "enabled": Leaf("enabled", False),
            "incoming": Leaf("incoming.type", "intercept_all", ("intercept_all", "allow_all")),
            "new_number": Leaf("incoming.announcements.newNumber.destination", None, (*_CALLED, None), "enabled"),
            "transfer_to": Leaf("outgoing.destination", None, (*_CALLED, None), "transferEnabled"),
        },
    ),
    "incoming_permissions": (
        "incomingPermission",
        {
            "external_transfer": Leaf(
                "externalTransfer", "allow_all_external", ("allow_all_external", "block_all_external")
            ),
            "internal_calls": Leaf("internalCallsEnabled", True),
            "collect_calls": Leaf("collectCallsEnabled", True),
        },
    ),
    "caller_id": (
        "callerId",
        {
            "block_in_forward_calls": Leaf("blockInForwardCallsEnabled", False),
            "external_name_policy": Leaf("externalCallerIdNamePolicy", "direct_line", ("direct_line", "location")),
        },
    ),
    "monitoring": (
        "monitoring",
        {"park_notification": Leaf("enableCallParkNotification", False), "elements": Leaf("monitoredElements", [])},
    ),
}
#: What cannot be taken back to nothing: whose number is shown depends on who has one.
_NEVER_NULL = "caller_id"
_TABLES = {"person": "people", "workspace": "workspaces", "virtual_line": "virtual_lines"}


def draw_some(draw: DrawFn, watched: list[str], most: int = 2) -> Json:
    """Up to so many sections of somebody; `watched` are the addresses that may be monitored."""
    names = draw(st.lists(st.sampled_from(sorted(SETTINGS)), unique=True, max_size=most))
    return {name: draw_one(draw, name, watched) for name in names}


def draw_one(draw: DrawFn, name: str, watched: list[str]) -> Json | None:
    if name != _NEVER_NULL and draw(st.integers(0, 5)) == 0:
        return None
    fields = SETTINGS[name][1]
    chosen = draw(st.lists(st.sampled_from(sorted(fields)), unique=True, min_size=1, max_size=3))
    members = st.lists(st.sampled_from(watched), unique=True, max_size=3) if watched else st.just([])
    return {field: draw(members if field == "elements" else st.sampled_from(fields[field].values)) for field in chosen}


def opens(entry: Json) -> Iterator[str]:
    """The paths below `calling` that a description of somebody may change: what it names, and no more of a document."""
    for name in SETTINGS.keys() & entry.keys():
        wire, fields = SETTINGS[name]
        if name in ("caller_id", "incoming_permissions"):  # the names and flags beside it are told with each write
            yield f"settings/{wire}"
            continue
        for field in entry[name] or fields:
            path = fields[field].path
            yield f"settings/{wire}/{path.replace('.', '/')}"
            if flag := fields[field].flag:
                yield f"settings/{wire}/{'/'.join([*path.split('.')[:-1], flag])}"


def unmet(record: Json, entry: Json, addresses: dict[tuple[str, str], str]) -> Iterator[tuple[str, str]]:
    """(section, what) that is not as described; `addresses` is who is called what, by table and uuid."""
    for name in SETTINGS.keys() & entry.keys():
        wire, fields = SETTINGS[name]
        own = (record.get("calling") or {}).get("settings", {}).get(wire) or {}
        if name == "incoming_permissions" and not own.get("useCustomEnabled"):
            own = {}
        wanted = {field: leaf.rest for field, leaf in fields.items()} if entry[name] is None else entry[name]
        for field, value in wanted.items():
            leaf = fields[field]
            rest = "emails" in record if (name, field) == ("voicemail", "enabled") else leaf.rest
            value = rest if value is None else value
            if (found := _shown(own, leaf, rest, addresses)) != value:
                yield name, f"{field} is {found!r}"


def _shown(own: Json, leaf: Leaf, rest: Any, addresses: dict[tuple[str, str], str]) -> Any:
    *above, last = leaf.path.split(".")
    for part in above:
        own = own.get(part) or {}
    if leaf.flag and not own.get(leaf.flag):
        return None
    found = own.get(last, rest)
    if isinstance(found, list):
        return [addresses.get(tuple(one["owner"])) for one in found if "owner" in one]
    return found.lower() if isinstance(rest, str) else found


def without_rest(record: Json) -> Json:
    """A record without what these settings read all the same where nobody has written them."""
    calling = record.get("calling") or {}
    if not calling.get("settings"):
        return record
    kept = {name: _left(record, name, own) for name, own in calling["settings"].items()}
    return {**record, "calling": {**calling, "settings": {name: own for name, own in kept.items() if own}}}


def _left(record: Json, wire: str, own: Json) -> Json:
    if wire == "incomingPermission":
        return own if own.get("useCustomEnabled") else {}
    if wire == "callerId":
        return _of_caller_id(record, own)
    return _over(_AT_REST.get(wire, {}) | ({"enabled": "emails" in record} if wire == "voicemail" else {}), own)


def _of_caller_id(record: Json, own: Json) -> Json:
    """Its names are the own ones until it is written: each write tells them as they are then, and so they stay."""
    chosen = "DIRECT_LINE" if record["calling"].get("number") else "LOCATION_NUMBER"
    kept = {name: value for name, value in own.items() if not name.endswith(_NAMES)}
    return _over(_AT_REST["callerId"] | {"selected": chosen}, kept)


def _over(rest: Json, own: Json) -> Json:
    """What differs from the rest position; of what is switched off nothing counts."""
    found: Json = {}
    for name, value in own.items():
        below = rest.get(name)
        if isinstance(value, dict) and isinstance(below, dict):
            off = not value.get("enabled", True) and below == {"enabled": False}
            value = {} if off else _over(below, value)
            below = {}
        if value != below and value not in ({}, [], None):
            found[name] = value
    if own.get("transferEnabled") is False:
        found.pop("destination", None)
    return found


_NAMES = ("irstName", "astName", "ialByName", "isplayName", "isplayDetail")
_OFF = {"enabled": False}
_AT_REST: Json = {
    "callWaiting": {"enabled": True},
    "doNotDisturb": {"enabled": False, "ringSplashEnabled": False, "webexGoOverrideEnabled": False},
    "voicemail": {
        "sendAllCalls": {"enabled": False},
        "sendBusyCalls": {"enabled": False, "greeting": "DEFAULT"},
        "sendUnansweredCalls": {"enabled": True, "greeting": "DEFAULT", "numberOfRings": 3},
        **dict.fromkeys(("notifications", "transferToNumber", "emailCopyOfMessage", "faxMessage"), _OFF),
        "messageStorage": {"mwiEnabled": True, "storageType": "INTERNAL"},
    },
    "intercept": {
        "enabled": False,
        "incoming": {
            "type": "INTERCEPT_ALL",
            "voicemailEnabled": False,
            "announcements": {"greeting": "DEFAULT", "newNumber": _OFF, "zeroTransfer": _OFF},
        },
        "outgoing": {"type": "INTERCEPT_ALL", "transferEnabled": False},
    },
    "callerId": {
        "blockInForwardCallsEnabled": False,
        "externalCallerIdNamePolicy": "DIRECT_LINE",
        "additionalExternalCallerIdDirectLineEnabled": False,
        "additionalExternalCallerIdLocationNumberEnabled": False,
        "directLineCallerIdName": {"selection": "DISPLAY_NAME"},
    },
    "monitoring": {"enableCallParkNotification": False, "monitoredElements": []},
}
