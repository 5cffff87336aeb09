"""Voicemail (webex-behaviour.md §12)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.contract.access import Writer
from reconciler.kinds.contract.kind import Calls, Column
from reconciler.kinds.contract.observed import flags, texts, url
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import WORDS, At, Number, Only, Setting, Switch
from reconciler.kinds.contract.wire import read_document
from reconciler.model.resource import Destination, Email, Text
from reconciler.model.snapshot import Current, Fields


class Voicemail(Setting):
    enabled: bool = True
    send_all_calls: Annotated[bool, At("sendAllCalls.enabled")] = False
    send_busy_calls: Annotated[bool, At("sendBusyCalls.enabled")] = False
    send_unanswered_calls: Annotated[bool, At("sendUnansweredCalls.enabled")] = True
    rings: Annotated[int, Field(ge=0, le=20), At("sendUnansweredCalls.numberOfRings")] = 3
    email_copy: Annotated[Email | None, Switch("emailCopyOfMessage", "emailId")] = None
    notify: Annotated[Text | None, Switch("notifications", "destination")] = None
    transfer_to: Annotated[Destination | None, Switch("transferToNumber", "destination")] = None
    fax: Annotated[Number | None, Switch("faxMessage", "phoneNumber")] = None
    message_waiting: Annotated[bool, At("messageStorage.mwiEnabled")] = True
    storage: Annotated[Literal["internal", "external"], WORDS, At("messageStorage.storageType")] = "internal"
    storage_email: Annotated[Email | None, At("messageStorage.externalEmail"), Only("storage", ("external",))] = None


class OfLine(Voicemail):
    @classmethod
    async def along(cls, writer: Writer, owner: Current) -> Fields:
        """The language of announcements, which the line has itself."""
        line = await read_document(writer, url(writer, f"/telephony/config/virtualLines/{owner.id}"))
        return {"announcementLanguageCode": line["announcementLanguage"]}


_LINE = "/telephony/config/virtualLines/{virtualLineId}"

KINDS = kinds_of(
    "voicemail",
    Voicemail,
    "Voicemail of {owner}: what is sent there, greetings, notifications.",
    {PERSON: FEATURES, WORKSPACE: CONFIG, VIRTUAL_LINE: CONFIG},
    own={
        WORKSPACE: {"defaults": {"enabled": False}},
        VIRTUAL_LINE: {
            "model": OfLine,
            "defaults": {"enabled": False},
            "calls": Calls(send=lambda _: [f"GET {_LINE}", f"PUT {_LINE}/voicemail"]),
        },
    },
    read_only=(
        "sendBusyCalls.greetingUploaded",
        "sendUnansweredCalls.greetingUploaded",
        "sendUnansweredCalls.systemMaxNumberOfRings",
        "voiceMessageForwardingEnabled",
    ),
    shown=(PERSON,),
    columns=(
        *flags(
            ("enabled", "Whether there is voicemail"),
            ("send_all_calls.enabled", "Whether all calls go there"),
            ("send_busy_calls.enabled", "Whether calls go there when busy"),
            ("send_unanswered_calls.enabled", "Whether calls go there when not answered"),
        ),
        Column("send_unanswered_calls.number_of_rings", "integer", "After how many rings"),
        *texts(("message_storage.storage_type", "INTERNAL or EXTERNAL"), ("email_copy_of_message.email_id", "Copies")),
        *flags(("email_copy_of_message.enabled", "Whether copies are sent by e-mail")),
    ),
)
