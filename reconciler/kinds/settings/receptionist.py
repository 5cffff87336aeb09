"""Receptionist client (webex-behaviour.md §12). While it is off nobody can be monitored; those who were are kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from reconciler.kinds.contract.members import MemberSet
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import FEATURES, PERSON
from reconciler.kinds.contract.setting import At, Only, Setting
from reconciler.model.snapshot import Fields


class Receptionist(Setting):
    enabled: Annotated[bool, At("receptionEnabled")] = False
    members: Annotated[MemberSet, At("monitoredMembers"), Only("enabled", (True,), wanted=False)] = []

    @classmethod
    def sent(cls, document: Mapping[str, Any], want: Fields, *, merges: bool, read_only: tuple[str, ...]) -> Fields:
        body = super().sent(document, want, merges=merges, read_only=read_only)
        if not body["receptionEnabled"] and want.get("members") != []:
            body.pop("monitoredMembers", None)
        return body


KINDS = kinds_of(
    "receptionist",
    Receptionist,
    "Whether {owner} has the receptionist client, and whose calls it shows.",
    {PERSON: FEATURES},
    path="reception",
)
