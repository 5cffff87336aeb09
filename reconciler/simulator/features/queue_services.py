"""Holiday service, night service, stranded calls and forced forward of a call queue (webex-behaviour.md §14). Kept in
`services` of the queue's record: {name of the service: its fields}. Every PUT merges (T:callqueue policies)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from ..core import bodies, errors, numbering
from ..core.bodies import Body
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _audio, _schedules, feature_forwarding
from ._announcements import AudioFile
from ._group import without_none
from .call_queues import ONE, QUEUES

_Level = Literal["ORGANIZATION", "LOCATION"]
_Greeting = Literal["DEFAULT", "CUSTOM"]


def _files() -> list[AudioFile]:
    return []


class _Service(Body):
    transfer_phone_number: str | None = None
    audio_message_selection: _Greeting = "DEFAULT"
    audio_files: list[AudioFile] = Field(default_factory=_files, max_length=4)


class _Holiday(_Service):
    holiday_service_enabled: bool
    action: Literal["BUSY", "TRANSFER"] = "BUSY"
    holiday_schedule_level: _Level | None = None
    holiday_schedule_name: str | None = None
    play_announcement_before_enabled: bool = False


class _Night(_Service):
    night_service_enabled: bool
    action: Literal["BUSY", "TRANSFER"] = "BUSY"
    play_announcement_before_enabled: bool = False
    announcement_mode: Literal["NORMAL", "MANUAL"] = "NORMAL"
    business_hours_name: str | None = None
    business_hours_level: _Level | None = None
    force_night_service_enabled: bool = False
    manual_audio_message_selection: _Greeting = "DEFAULT"
    manual_audio_files: list[AudioFile] = Field(default_factory=_files, max_length=4)


class _Stranded(_Service):
    action: Literal["NONE", "BUSY", "TRANSFER", "NIGHT_SERVICE", "RINGING", "ANNOUNCEMENT"] = "NONE"
    trigger_policy_when_all_agents_are_unreachable_enabled: bool = False


class _Forced(_Service):
    forced_forward_enabled: bool
    play_announcement_before_enabled: bool = False


_MODELS: dict[str, type[_Service]] = {
    "holidayService": _Holiday,
    "nightService": _Night,
    "strandedCalls": _Stranded,
    "forcedForward": _Forced,
}
_OFF: dict[str, Json] = {
    "holidayService": {"holidayServiceEnabled": False},
    "nightService": {"nightServiceEnabled": False},
    "strandedCalls": {},
    "forcedForward": {"forcedForwardEnabled": False},
}
_DOCUMENTED = {
    "holidayService": ("holidayServiceEnabled", "playAnnouncementBeforeEnabled", "audioMessageSelection"),
    "nightService": ("nightServiceEnabled", "playAnnouncementBeforeEnabled", "announcementMode",
                     "audioMessageSelection", "forceNightServiceEnabled", "manualAudioMessageSelection"),
    "strandedCalls": ("action", "audioMessageSelection"),
    "forcedForward": ("forcedForwardEnabled", "playAnnouncementBeforeEnabled", "audioMessageSelection"),
}  # fmt: skip
# which schedules a service can follow: (their type, name and level in the body, the read-only list)
_SCHEDULES = {
    "holidayService": ("holidays", "holidayScheduleName", "holidayScheduleLevel", "holidaySchedules"),
    "nightService": ("businessHours", "businessHoursName", "businessHoursLevel", "businessHourSchedules"),
}


def _serve(name: str) -> None:
    @route("GET", f"{ONE}/{name}")
    def get_service(request: Request) -> Reply:
        """Get Details for a Call Queue Holiday Service, Night Service, Stranded Calls or Forced Forward."""
        return Reply(200, _show(request.store, QUEUES.find(request, "queueId"), name))

    @route("PUT", f"{ONE}/{name}")
    def update_service(request: Request) -> Reply:
        """Update one of them; what the documentation requires may stay away, but for the flag itself."""
        store, record, document = request.store, QUEUES.find(request, "queueId"), request.document()
        strict = store.switches["group_required_fields"] == "documented"
        for field in _DOCUMENTED[name] if strict else _DOCUMENTED[name][:1]:
            if document.get(field) is None:
                raise errors.missing_field(field)
        body = bodies.merge_nested(_MODELS[name], _stored(record, name), document).wire()
        _check(store, record, name, body)
        record.setdefault("services", {})[name] = body
        return Reply(204)


for _name in _MODELS:
    _serve(_name)


def _stored(record: Json, name: str) -> Json:
    found: Json | None = (record.get("services") or {}).get(name)
    return found if found is not None else bodies.parse(_MODELS[name], _OFF[name]).wire()


def _check(store: Store, record: Json, name: str, body: Json) -> None:
    body["transferPhoneNumber"] = feature_forwarding.destination(body["transferPhoneNumber"], "transferPhoneNumber")
    transfers = body["forcedForwardEnabled"] if name == "forcedForward" else body["action"] == "TRANSFER"
    if transfers and not body["transferPhoneNumber"]:
        raise errors.missing_field("transferPhoneNumber")
    _audio.clean(store, record["location"], body, "audioFiles", "audioMessageSelection")
    if name == "nightService":
        _audio.clean(store, record["location"], body, "manualAudioFiles", "manualAudioMessageSelection")
    if name in _SCHEDULES:
        _, chosen, level, _ = _SCHEDULES[name]
        here = {(one["scheduleName"], one["scheduleLevel"]) for one in _to_follow(store, record, name)}
        if body[chosen] and not body[level]:
            raise errors.missing_field(level)
        if body[chosen] and (body[chosen], body[level]) not in here:
            raise errors.invalid_value(f"Invalid field value: {chosen}")


def _to_follow(store: Store, record: Json, name: str) -> list[Json]:
    """The schedules of the queue's location that the service can follow; none stands at the organisation's level."""
    return [
        {"scheduleName": one["name"], "scheduleLevel": "LOCATION"}
        for one in _schedules.OF_LOCATION.own(store, record["location"])
        if one["type"] == _SCHEDULES[name][0]
    ]


@_schedules.on_use
def _followed(store: Store, location: str, kind: str) -> Iterator[tuple[Json, str]]:
    """Where the services of queues hold names of schedules."""
    for record in QUEUES.records(store).values():
        for name, body in (record.get("services") or {}).items():
            if record["location"] == location and _SCHEDULES.get(name, ("",))[0] == kind:
                yield body, _SCHEDULES[name][1]


def _show(store: Store, record: Json, name: str) -> Json:
    own = _stored(record, name)
    shown = without_none(own)
    for files in ("audioFiles", "manualAudioFiles"):
        if files in own:
            shown[files] = _audio.show(store, own[files])
    if own["transferPhoneNumber"]:
        shown["transferPhoneNumber"] = numbering.dashed(own["transferPhoneNumber"])
    if name in _SCHEDULES:
        shown[_SCHEDULES[name][3]] = _to_follow(store, record, name)
    return shown
