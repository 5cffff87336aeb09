"""Music on hold of people, workspaces, virtual lines and locations (webex-behaviour.md §13: one of the two settings
that basic workspaces have under /telephony/config). Members hear it only where their location has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from ..core import errors, ids
from ..core.bodies import Body
from ..core.routing import Json
from ..core.store import Store
from ..features import _announcements
from ..features._announcements import AudioFile
from ._settings import Setting, laid, register
from ._subjects import CONFIG, LINE, LOCATION, MEMBERS, PERSON, WORKSPACE, Target

_OF_LOCATION: Json = {"callHoldEnabled": True, "callParkEnabled": True, "greeting": "SYSTEM"}


class _OfMember(Body):
    moh_enabled: bool | None = None
    greeting: Literal["DEFAULT", "CUSTOM"] | None = None
    audio_announcement_file: AudioFile | None = None


class _OfLocation(Body):
    call_hold_enabled: bool | None = None
    call_park_enabled: bool | None = None
    greeting: Literal["SYSTEM", "CUSTOM"] | None = None
    audio_file: AudioFile | None = None
    playlist_id: str | None = None


def _file(target: Target, value: Json, name: str) -> Json:
    """The announcement file as it is kept; files of a music that is not custom do not count."""
    file = value.pop(name, None)
    if value.get("greeting") != "CUSTOM":
        return {}
    if file is None:
        raise errors.missing_field(name)
    return {name: _announcements.resolve(target.store, target.location, AudioFile(**file), name)}


def _check_member(target: Target, value: Json) -> Json:
    return {**value, **_file(target, value, "audioAnnouncementFile")}


def _check_location(target: Target, value: Json) -> Json:
    """Playlists do not exist here, so that naming one is naming nothing."""
    if value.get("playlistId"):
        raise errors.platform(400, "The playlist does not exist.")
    return {**value, **_file(target, value, "audioFile")}


def _show_member(target: Target, value: Json) -> Json:
    half = target.store.calling_of(target.location) or {}
    place = laid(_OF_LOCATION, half.get("settings", {}).get("musicOnHold", {}))
    shown = {**value, "mohLocationEnabled": place["callHoldEnabled"]}
    if "audioAnnouncementFile" in value:
        shown["audioAnnouncementFile"] = _announcements.show(target.store, value["audioAnnouncementFile"])
    return shown


def _show_location(target: Target, value: Json) -> Json:
    if "audioFile" in value:
        return {**value, "audioFile": _announcements.show(target.store, value["audioFile"])}
    return value


OF_MEMBER = register(
    Setting(
        "musicOnHold",
        _OfMember,
        {PERSON: (CONFIG,), WORKSPACE: (CONFIG,), LINE: (CONFIG,)},
        "UserMusicOnHoldUserGetRequest",
        {"mohEnabled": True, "greeting": "DEFAULT"},
        check=_check_member,
        show=_show_member,
        basic=True,
    )
)
OF_LOCATION = register(
    Setting(
        "musicOnHold",
        _OfLocation,
        {LOCATION: (CONFIG,)},
        "GroupMusicOnHoldGetInstanceRequest",
        _OF_LOCATION,
        check=_check_location,
        show=_show_location,
    )
)


@_announcements.on_reference
def _references(store: Store) -> Iterator[tuple[str, Json]]:
    """Announcements that are music on hold are in use (6675), under that name (T:announcements_repo)."""
    for subject in (*MEMBERS, LOCATION):
        for key, record in store.table(subject.table).items():
            own = ((record.get("calling") or {}).get("settings") or {}).get("musicOnHold")
            for used in _announcements.inside(store, own):
                place = key if subject is LOCATION else record["calling"]["location"]
                of = ids.encode(subject.kind, key)
                entry = _announcements.reference(store, of, "Music On Hold", "Music On Hold", place)
                yield used, entry
