"""Caller id (webex-behaviour.md §12): only `selected` is required; `types` and the numbers to choose from are
read-only. Names that nobody wrote are those of the person, workspace or virtual line itself."""

from __future__ import annotations

import re
from typing import Literal

from ..core import errors, numbering, owners, switches
from ..core.bodies import Body
from ..core.routing import Json
from ..core.store import Store
from ._settings import Setting, register
from ._subjects import CONFIG, FEATURES, LINE, PERSON, WORKSPACE, Target

switches.declare(
    "caller_id_without_number", "refuse", "accept", row="12, 16",
    text="DIRECT_LINE for somebody without a number of their own: 400/5700, or taken",
)  # fmt: skip
switches.declare(
    "caller_id_characters", "refuse changes", "refuse", "accept", row="12",
    text='names with %, +, `, " or letters beyond ASCII: refused unless they are what reads show, always, or never',
)  # fmt: skip

_FORBIDDEN = re.compile(r'[%+`"]|[^\x00-\x7f]')
_NAMES = ("firstName", "lastName", "dialByFirstName", "dialByLastName", "displayName", "displayDetail", "dialByName")


class _DirectLine(Body):
    selection: Literal["CUSTOM_NAME", "FIRSTNAME_LASTNAME", "LASTNAME_FIRSTNAME", "DISPLAY_NAME"] | None = None
    custom_name: str | None = None


class _CallerId(Body):
    selected: Literal["DIRECT_LINE", "LOCATION_NUMBER", "MOBILE_NUMBER", "CUSTOM"]
    custom_number: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    display_name: str | None = None
    display_detail: str | None = None
    block_in_forward_calls_enabled: bool | None = None
    external_caller_id_name_policy: Literal["DIRECT_LINE", "LOCATION", "OTHER"] | None = None
    custom_external_caller_id_name: str | None = None
    additional_external_caller_id_direct_line_enabled: bool | None = None
    additional_external_caller_id_location_number_enabled: bool | None = None
    additional_external_caller_id_custom_number: str | None = None
    direct_line_caller_id_name: _DirectLine | None = None
    dial_by_first_name: str | None = None
    dial_by_last_name: str | None = None
    dial_by_name: str | None = None


def _own_names(target: Target) -> Json:
    """The names as they are without caller id settings; workspaces have one name, the others two."""
    if target.subject is WORKSPACE:
        name = target.record["displayName"]
        return {"displayName": name, "displayDetail": ".", "dialByName": name}
    first, last = owners.kind_of(target.owner).name(target.record)
    return {"firstName": first, "lastName": last, "dialByFirstName": first, "dialByLastName": last}


def _main_number(target: Target) -> str | None:
    line = (target.store.calling_of(target.location) or {}).get("callingLineId", {})
    found: str | None = line.get("phoneNumber")
    return found


def _check(target: Target, value: Json) -> Json:
    # "" clears (§12)
    value = {name: entry for name, entry in value.items() if entry != ""}
    _check_names(target, value)
    direct = value.get("directLineCallerIdName", {})
    if direct.get("customName") == "":
        del direct["customName"]
    if direct.get("selection") == "CUSTOM_NAME" and not direct.get("customName"):
        raise errors.missing_field("directLineCallerIdName.customName")
    without = target.store.switches["caller_id_without_number"] == "refuse" and not target.block.get("number")
    if value["selected"] == "DIRECT_LINE" and without:
        raise errors.broadworks(400, 5700, "This service requires a phone number")
    if value["selected"] == "CUSTOM" and not value.get("customNumber"):
        raise errors.missing_field("customNumber")
    if value["selected"] == "MOBILE_NUMBER":
        raise errors.invalid_value("Invalid field value: selected")
    for name in ("customNumber", "additionalExternalCallerIdCustomNumber"):
        if value.get(name):
            value[name] = _lent(target, value[name])
    return value


def _check_names(target: Target, value: Json) -> None:
    position = target.store.switches["caller_id_characters"]
    if position == "accept":
        return
    shown = {**_own_names(target), **target.own("callerId")}
    for name in _NAMES:
        text = value.get(name, "")
        if _FORBIDDEN.search(text) and (position == "refuse" or text != shown.get(name)):
            raise errors.invalid_value(f"Invalid field value: {name}")


def _zone(store: Store, location: str) -> tuple[str | None, ...]:
    """Country and PSTN provider: a number may be lent within both."""
    connection = (store.calling_of(location) or {}).get("pstn") or {}
    country = store.locations[location]["address"].get("country")
    return country, connection.get("type"), connection.get("option")


def _lent(target: Target, text: str) -> str:
    """A custom number: in the inventory of the location, or of one with the same country and PSTN provider."""
    store = target.store
    number = numbering.e164(text, store.locations[target.location]["address"].get("country", ""))
    if number is None:
        raise errors.broadworks(400, 4410, f"Invalid phone number: {text}")
    holder = store.numbers.get(number, {}).get("location")
    if holder is None or (holder != target.location and _zone(store, holder) != _zone(store, target.location)):
        raise errors.platform(400, f"Phone number {number} is not available for the caller ID.")
    return number


def _show(target: Target, value: Json) -> Json:
    number, main = target.block.get("number"), _main_number(target)
    shown: Json = {"types": ["DIRECT_LINE"] if number else []}
    shown["types"] += ["LOCATION_NUMBER", "CUSTOM"] if main else ["CUSTOM"]
    shown["selected"] = "DIRECT_LINE" if number else "LOCATION_NUMBER"
    if number:
        shown["directNumber"] = number
    if target.block.get("extension"):
        shown["extensionNumber"] = target.block["extension"]
    if main:
        shown["locationNumber"] = main
    half = target.store.calling_of(target.location) or {}
    line = half.get("callingLineId", {})
    shown |= {
        "tollFreeLocationNumber": False,
        "locationExternalCallerIdName": half.get("externalCallerIdName") or line.get("name", ""),
        **_own_names(target),
        **value,
    }
    return shown


CALLER_ID = register(
    Setting(
        "callerId",
        _CallerId,
        {PERSON: (FEATURES,), WORKSPACE: (FEATURES,), LINE: (CONFIG,)},
        "UserCallingLineIDBlockingOverrideGetRequest",
        {
            "blockInForwardCallsEnabled": False,
            "externalCallerIdNamePolicy": "DIRECT_LINE",
            "additionalExternalCallerIdDirectLineEnabled": False,
            "additionalExternalCallerIdLocationNumberEnabled": False,
            "directLineCallerIdName": {"selection": "DISPLAY_NAME"},
        },
        check=_check,
        show=_show,
    )
)
