"""Voicemail groups. API: `/telephony/config/voicemailGroups` (webex-behaviour.md §14); a passcode is never read."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.observed import IN_PLACE, Shape, detailed, in_place, listed, texts
from reconciler.kinds.contract.traits import Dialled, Listing

_LIST = "/telephony/config/voicemailGroups"

KIND = ResourceKind(
    name="voicemail_group",
    listing=Listing(by_location=True),
    dialled=Dialled(),
    doc="Voicemail groups: mailboxes that belong to nobody.",
    requests=(f"GET {_LIST}", "GET /telephony/config/locations/{locationId}/voicemailGroups/{voicemailGroupId}"),
    columns=(
        *texts(
            *IN_PLACE,
            ("language_code", "Language of its greeting"),
            ("message_storage.storage_type", "INTERNAL or EXTERNAL"),
        ),
        Column("enabled", "boolean", "Whether it takes messages"),
        Column("notifications.enabled", "boolean", "Whether messages are told of"),
        Column("email_copy_of_message.enabled", "boolean", "Whether copies are sent by e-mail"),
    ),
    scan=listed("voicemail_group", _LIST, "voicemailGroups", in_place, Shape(), max="2000"),
    detail=detailed("/telephony/config/locations/{locationId}/voicemailGroups/{id}", Shape()),
)
