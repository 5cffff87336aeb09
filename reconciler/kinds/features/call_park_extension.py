"""`call_park_extension`. API: `/telephony/config/callParkExtensions` (webex-behaviour.md §14)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.kinds.contract.feature import Feature, feature
from reconciler.kinds.contract.observed import texts
from reconciler.kinds.contract.traits import Dialled, Listing
from reconciler.model.audit import Audited
from reconciler.model.marks import Claim, Key
from reconciler.model.plan import Change
from reconciler.model.resource import Extension, Text


class CallParkExtension(Feature):
    name: Annotated[Text, Key(), Field(max_length=30)]
    extension: Annotated[Extension | None, Claim("extension", per="location")] = None

    @classmethod
    def refuse(cls, change: Change) -> str:
        needs = change.action == "create" or (change.action == "update" and "extension" in change.want)
        lacks = needs and not change.want.get("extension")
        return "a call park extension needs an extension (behaviour §14)" if lacks else ""


KIND = feature(
    "call_park_extension",
    CallParkExtension,
    "Extensions on which calls are parked; their details say nothing more than their list.",
    plural="call_park_extensions",
    path="callParkExtensions",
    parameter="callParkExtensionId",
    list_path="/telephony/config/callParkExtensions",
    key="callParkExtensions",
    listing=Listing(by_location=True),
    dialled=Dialled(apart=True),
    in_list=None,
    columns=texts(("extension", "Extension")),
    audited=Audited(("CALLING",), ("CALL_PARK_EXTENSION",)),  # unproven: the word of its ids (§1.7)
)
