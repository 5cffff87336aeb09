"""`virtual_line`, and its devices. API: `/telephony/config/virtualLines` (webex-behaviour.md §14).

One is named by its location and its first and last name, which the API wants both; PUT merges. The name shown follows
them only at the creation, so that whoever renames one that is shown as it is called says both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.contract.access import Writer
from reconciler.kinds.contract.both import found_by
from reconciler.kinds.contract.kind import Column, ResourceKind, Rules, SectionKind
from reconciler.kinds.contract.observed import MEMBERS, Shape, detailed, filled, listed, section, texts, url
from reconciler.kinds.contract.traits import Dialled
from reconciler.kinds.contract.wire import e164_number
from reconciler.kinds.settings.forwarding import expand_policy
from reconciler.model.address import joined_key
from reconciler.model.audit import Audited
from reconciler.model.marks import Claim, Key, Ref
from reconciler.model.plan import Change
from reconciler.model.resource import E164, Extension, Resource, Text
from reconciler.model.snapshot import Current, Fields
from reconciler.model.text import normal

_LIST = "/telephony/config/virtualLines"
_ONE = "/telephony/config/virtualLines/{id}"
_TEMPLATE = "/telephony/config/virtualLines/{virtualLineId}"
_SPELLED = {"extension": "extension", "phone_number": "phoneNumber"}
_SHAPE = Shape(drop=("devices",))  # those are `virtual_line.devices`


class VirtualLine(Resource):
    location: Annotated[Text, Key(), Ref("location", needs=("location.calling",))]
    name: Annotated[Text, Key(), Field(description="First and last name; the first word is the first")]
    extension: Annotated[Extension | None, Claim("extension", per="location")] = None
    phone_number: Annotated[E164 | None, Ref("number"), Claim("number")] = None


def picked(shown: Fields) -> Fields:
    number = shown.get("number") or {}
    return {
        "location": shown.get("location"),
        "name": " ".join(part for part in (shown.get("first_name"), shown.get("last_name")) if part),
        "extension": number.get("extension") or None,
        "phone_number": e164_number(number.get("external")),
    }


async def create(writer: Writer, key: str, want: Fields) -> None:
    body = {"locationId": await writer.id_of("location", want["location"]), **_body(want)}
    await writer.send("POST", url(writer, _LIST), body)


async def update(writer: Writer, current: Current, want: Fields) -> None:
    body, had = _body(want), current.observed or {}
    if "name" in want and had.get("display_name") == current.fields["name"]:
        body["displayName"] = want["name"]
    await writer.send("PUT", url(writer, filled(_ONE, current)), body)


async def delete(writer: Writer, current: Current) -> None:
    await writer.send("DELETE", url(writer, filled(_ONE, current)))


def refuse(change: Change) -> str:
    name = str(change.want.get("name", "two words"))
    if change.action != "delete" and " " not in name:
        return "a virtual line needs a first and a last name (behaviour §14)"
    if change.action == "create" and not (change.want.get("extension") or change.want.get("phone_number")):
        return "a virtual line needs an extension or a phone_number (behaviour §14)"
    return ""


def _body(want: Fields) -> dict[str, Any]:
    body = {wire: want[name] for name, wire in _SPELLED.items() if name in want}
    if "name" in want:
        body["firstName"], _, body["lastName"] = want["name"].partition(" ")
    return body


def _label(row: Mapping[str, Any]) -> str:
    name = " ".join(normal(part) for part in (row.get("firstName"), row.get("lastName")) if part)
    return joined_key(normal((row.get("location") or {}).get("name", "")), name)


_scan = listed("virtual_line", _LIST, "virtualLines", _label, _SHAPE, max="2000")
_detail = detailed(_ONE, _SHAPE)

KINDS = (
    ResourceKind(
        name="virtual_line",
        dialled=Dialled(("first_name", "last_name")),
        model=VirtualLine,
        source="GET/POST /telephony/config/virtualLines, GET/PUT/DELETE /telephony/config/virtualLines/{id}",
        doc="Virtual lines: lines that belong to no person and no place.",
        requests=(f"GET {_LIST}", f"GET {_TEMPLATE}"),
        columns=(
            *texts(
                ("first_name", "First name"),
                ("last_name", "Last name"),
                ("display_name", "Name shown"),
                ("location", "Location"),
                ("number.external", "Number"),
                ("number.extension", "Extension"),
                ("caller_id_first_name", "First name shown to those called"),
                ("caller_id_last_name", "Last name shown to those called"),
                ("announcement_language", "Language of announcements"),
                ("time_zone", "Time zone"),
            ),
            Column("number_of_devices_assigned", "integer", "How many devices have it"),
            Column("directory_search_enabled", "boolean", "Whether the directory finds it"),
        ),
        plural="virtual_lines",
        key=("location", "name"),
        renames=("name",),
        scan=_scan,
        detail=_detail,
        picked=picked,
        find=found_by(_scan, _detail, picked),
        create=create,
        update=update,
        delete=delete,
        complete=expand_policy,
        rules=Rules(refuse=refuse),
        audited=Audited(("CALLING",), ("VIRTUAL_LINE",)),  # unproven: the word of its ids (§1.7)
    ),
    SectionKind(
        name="virtual_line.devices",
        doc="Devices that have a virtual line.",
        requests=(f"GET {_TEMPLATE}/devices",),
        columns=(
            *texts(("location", "Location"), ("available_endpoint_type", "What further devices may be")),
            Column("devices", "list", "Devices: model, mac, owner"),
            Column("max_device_count", "integer", "How many there may be"),
        ),
        of="virtual_line",
        look=section(
            "virtual_line.devices",
            f"{_ONE}/devices",
            Shape(refs={"devices[].owner.id": MEMBERS}),
        ),
    ),
)
