"""Call recording (webex-behaviour.md §12): `notification.type` reads "None" and has to be written as null. Without a
recording vendor writes fail in the vendor's name."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from pydantic import Field

from ..core import errors, switches
from ..core.bodies import Body
from ..core.routing import Json
from ._settings import Setting, register
from ._subjects import CONFIG, CONFIG_FEATURES, FEATURES, LINE, PERSON, WORKSPACE, Target

switches.declare(
    "call_recording_vendor", "Webex", "none 503", "none 403", row="12",
    text="the recording vendor of the organisation; with none writes fail with 503 or 403",
)  # fmt: skip


class _Notification(Body):
    type: Literal["Beep", "Play Announcement"] | None = None
    enabled: bool


class _Repeat(Body):
    interval: Annotated[int, Field(ge=10, le=1800)]
    enabled: bool


class _StartStop(Body):
    internal_calls_enabled: bool | None = None
    pstn_calls_enabled: bool | None = None


class _Access(Body):
    view_and_play_recordings_enabled: bool | None = None
    download_recordings_enabled: bool | None = None
    delete_recordings_enabled: bool | None = None
    share_recordings_enabled: bool | None = None


class _PostCall(Body):
    summary_and_action_items_enabled: bool | None = None
    transcript_enabled: bool | None = None


class _Recording(Body):
    enabled: bool | None = None
    record: (
        Literal[
            "Always",
            "Never",
            "On Demand",
            "Always with Pause/Resume",
            "On Demand with User Initiated Start",
        ]
        | None
    ) = None
    record_voicemail_enabled: bool | None = None
    start_stop_announcement_enabled: bool | None = None
    notification: _Notification | None = None
    repeat: _Repeat | None = None
    start_stop_announcement: _StartStop | None = None
    call_recording_access_settings: _Access | None = None
    post_call_recording_settings: _PostCall | None = None


def _check(target: Target, value: Json) -> Json:
    position = target.store.switches["call_recording_vendor"]
    if position != "Webex":
        raise errors.platform(int(position.removeprefix("none ")), "Dubber API Error: Unauthorized")
    return value


def _show(target: Target, value: Json) -> Json:
    notification = {**value["notification"], "type": value["notification"].get("type", "None")}
    identifier = f"{target.record['id']}.{target.store.org['id'].split('-')[0]}"
    return {**value, "notification": notification, "serviceProvider": "Webex", "externalIdentifier": identifier}


RECORDING = register(
    Setting(
        "callRecording",
        _Recording,
        {PERSON: (FEATURES,), LINE: (CONFIG,)},
        "UserCallRecordingGetRequest23",
        {
            "enabled": False,
            "record": "Never",
            "recordVoicemailEnabled": False,
            "startStopAnnouncementEnabled": False,
            "notification": {"enabled": False},
            "repeat": {"interval": 15, "enabled": False},
            "startStopAnnouncement": {"internalCallsEnabled": False, "pstnCallsEnabled": False},
            "callRecordingAccessSettings": {
                "viewAndPlayRecordingsEnabled": True,
                "downloadRecordingsEnabled": True,
                "deleteRecordingsEnabled": False,
                "shareRecordingsEnabled": False,
            },
            "postCallRecordingSettings": {"summaryAndActionItemsEnabled": False, "transcriptEnabled": False},
        },
        check=_check,
        show=_show,
    )
)
# the same setting with another last part of the path, which the SDK does not have
OF_WORKSPACE = register(replace(RECORDING, at={WORKSPACE: (CONFIG_FEATURES,)}, path="callRecordings"))
