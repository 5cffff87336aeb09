"""Monitoring of lines (webex-behaviour.md §12).

Elements are read wrapped, by what they are, and written flat; their order is that of the keys. Speed dials to numbers
that are nobody's cannot be described: they stay behind the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.observed import MEMBERS, Shape
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import FEATURES, PERSON, WORKSPACE
from reconciler.kinds.contract.setting import At, Setting
from reconciler.model.marks import Ref
from reconciler.model.remote_id import uuid_of
from reconciler.model.resource import Text
from reconciler.model.snapshot import Fields

Watched = Annotated[Text, Ref(*MEMBERS, "call_park_extension")]
_TYPES = {"member": "MEMBER", "callparkextension": "CALL_PARK_EXTENSION", "speedDial": "SPEED_DIAL"}
_FLAT = ("lineKeyLabel", "phoneNumber")


class Monitoring(Setting):
    park_notification: Annotated[bool, At("callParkNotificationEnabled", "enableCallParkNotification")] = False
    elements: Annotated[list[Watched], At("monitoredElements"), Field(max_length=50)] = []

    @classmethod
    def sent(cls, document: Mapping[str, Any], want: Fields, *, merges: bool, read_only: tuple[str, ...]) -> Fields:
        if "elements" in want:
            there = [_flat(element) for element in document.get("monitoredElements") or ()]
            known = {uuid_of(element["id"]): element for element in there if "id" in element}
            wanted = [known.get(uuid_of(one), {"id": one}) for one in want["elements"] or ()]
            want = want | {"elements": [*wanted, *(element for element in there if "id" not in element)]}
        return super().sent(document, want, merges=merges, read_only=read_only)


def _flat(wrapped: Mapping[str, Mapping[str, Any]]) -> Fields:
    """An element as it is written: what it is, whose, and what it is called."""
    ((name, one),) = wrapped.items()
    found: Fields = {"type": _TYPES[name]} | {part: one[part] for part in _FLAT if one.get(part)}
    return found | ({"id": one["id"]} if one.get("id") else {})


KINDS = kinds_of(
    "monitoring",
    Monitoring,
    "Whose lines {owner} watches, in the order of the keys.",
    {PERSON: FEATURES, WORKSPACE: FEATURES},
    merges=True,  # T:person_monitoring sends one field at a time
    read_only=("availableEntriesCount",),
    shown=(PERSON,),
    columns=(
        Column("call_park_notification_enabled", "boolean", "Whether parked calls are told"),
        Column("monitored_elements", "list", "Members and park extensions in their order, by address"),
    ),
    shape=Shape(
        refs={
            "monitored_elements[].member.id": MEMBERS,
            "monitored_elements[].callparkextension.id": ("call_park_extension",),
            "monitored_elements[].speed_dial.id": MEMBERS,
        },
        ordered=("monitored_elements",),
    ),
)
