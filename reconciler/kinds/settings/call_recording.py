"""Call recording (webex-behaviour.md §12). `notification.type` reads "None" and has to be written as null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import At, Setting, Spelled, Switch
from reconciler.model.snapshot import Fields

_RECORD = {
    "always": "Always",
    "never": "Never",
    "always_with_pause_resume": "Always with Pause/Resume",
    "on_demand": "On Demand with User Initiated Start",
}
Record = Literal["always", "never", "always_with_pause_resume", "on_demand"]
Sound = Literal["beep", "play_announcement"]
_SOUND = {"beep": "Beep", "play_announcement": "Play Announcement"}


class CallRecording(Setting):
    enabled: bool = False
    record: Annotated[Record, Spelled(_RECORD)] = "never"
    voicemail: Annotated[bool, At("recordVoicemailEnabled")] = False
    notification: Annotated[Sound | None, Spelled(_SOUND), Switch("notification", "type")] = None
    reminder_seconds: Annotated[int | None, Field(ge=10, le=1800), Switch("repeat", "interval")] = None
    announce_internal_calls: Annotated[bool, At("startStopAnnouncement.internalCallsEnabled")] = False
    announce_pstn_calls: Annotated[bool, At("startStopAnnouncement.pstnCallsEnabled")] = False

    @classmethod
    def sent(cls, document: Mapping[str, Any], want: Fields, *, merges: bool, read_only: tuple[str, ...]) -> Fields:
        body = super().sent(document, want, merges=merges, read_only=read_only)
        if body.get("notification", {}).get("type") == "None":
            body["notification"]["type"] = None
        return body


_DOC = "Whether calls of {owner} are recorded."
_READ_ONLY = ("externalGroup", "externalIdentifier", "serviceProvider")

KINDS = (
    *kinds_of("call_recording", CallRecording, _DOC, {PERSON: FEATURES, VIRTUAL_LINE: CONFIG}, read_only=_READ_ONLY),
    *kinds_of(
        "call_recording", CallRecording, _DOC, {WORKSPACE: CONFIG}, path="features/callRecordings", read_only=_READ_ONLY
    ),
)
