"""Devices that are out of reach or nobody's, and rooms without one."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.insights.facts import TenantFacts, members
from reconciler.insights.rule import Hit, Rule, about
from reconciler.model.snapshot import Current

DEVICE, DEVICES_OF_WORKSPACE = "device", "workspace.devices"
#: The fields that can name a device's owner, by address or by id.
_OWNERS = ("person_id", "workspace_id", "place_id", "person", "workspace", "owner")
_OUT_OF_REACH = {
    "disconnected": "is disconnected",
    "offline_expired": "has been offline for long",
    "connected_with_issues": "is connected with issues",
}


def _owned_by(device: Current) -> set[str]:
    return {value for name in _OWNERS if isinstance(value := device.fields.get(name), str) and value}


def _without_device(facts: TenantFacts) -> Iterator[Hit]:
    """Both lists are asked: that of a workspace has phones, that of the organisation room systems too."""
    owners = {owner for device in facts.all(DEVICE) for owner in _owned_by(device)}
    for section in facts.all(DEVICES_OF_WORKSPACE):
        workspace = facts.get("workspace", section.key)
        if workspace is None or not workspace.facts.get("calling") or members(section, "devices") != []:
            continue
        if not owners & {workspace.address, workspace.id}:
            yield about(workspace, "has calling and no device")


def _without_owner(facts: TenantFacts) -> Iterator[Hit]:
    for device in facts.all(DEVICE):
        if not _owned_by(device):
            yield about(device, f"{device.fields.get('product') or 'a device'} belongs to nobody")


def _offline(facts: TenantFacts) -> Iterator[Hit]:
    for device in facts.all(DEVICE):
        words = _OUT_OF_REACH.get(str(device.fields.get("connection_status")))
        if words:
            codes = device.fields.get("error_codes")
            trouble = f": {', '.join(map(str, codes[:3]))}" if isinstance(codes, list) and codes else ""
            yield about(device, f"{words}{trouble}")


RULES = (
    Rule(
        id="workspace-without-device",
        severity="warning",
        title="Workspaces without a device",
        why="The licence is paid for, and a call to the room rings nowhere.",
        fix="Put a device there, or take the calling licence away.",
        needs=("workspace", DEVICES_OF_WORKSPACE),
        check=_without_device,
    ),
    Rule(
        id="device-without-owner",
        severity="warning",
        title="Devices that belong to nobody",
        why="It has no line, and nobody notices when it is gone.",
        fix="Assign it to a person or a workspace, or delete it.",
        needs=(DEVICE,),
        check=_without_owner,
    ),
    Rule(
        id="device-offline",
        severity="warning",
        title="Devices that are not well connected",
        why="Calls to it fail, emergency calls from it too.",
        fix="Look at power, network and registration of the device; delete it when it is gone.",
        needs=(DEVICE,),
        check=_offline,
    ),
)
