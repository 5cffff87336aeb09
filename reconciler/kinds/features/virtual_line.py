"""Virtual lines: list, details, devices. API: `/telephony/config/virtualLines` (webex-behaviour.md §14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.contract.kind import Column, ResourceKind, SectionKind
from reconciler.kinds.contract.observed import MEMBERS, Shape, detailed, listed, section, texts
from reconciler.model.address import joined_key

_LIST = "/telephony/config/virtualLines"
_ONE = "/telephony/config/virtualLines/{id}"
_TEMPLATE = "/telephony/config/virtualLines/{virtualLineId}"
_SHAPE = Shape(drop=("devices",))  # those are `virtual_line.devices`


def _label(row: Mapping[str, Any]) -> str:
    name = " ".join(part for part in (row.get("firstName"), row.get("lastName")) if part)
    return joined_key((row.get("location") or {}).get("name", ""), name)


KINDS = (
    ResourceKind(
        name="virtual_line",
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
        scan=listed("virtual_line", _LIST, "virtualLines", _label, _SHAPE, max="2000"),
        detail=detailed(_ONE, _SHAPE),
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
