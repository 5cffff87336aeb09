"""Call captions of locations and of people, who use those of the location until they choose otherwise."""

from __future__ import annotations

from ..core.bodies import Body
from ..core.routing import Json
from ._settings import Setting, laid, register
from ._subjects import CONFIG, LOCATION, PERSON, Target


class _OfLocation(Body):
    location_closed_captions_enabled: bool | None = None
    location_transcripts_enabled: bool | None = None
    use_org_settings_enabled: bool | None = None


class _OfPerson(Body):
    user_closed_captions_enabled: bool | None = None
    user_transcripts_enabled: bool | None = None
    use_location_settings_enabled: bool | None = None


_OF_LOCATION: Json = {
    "locationClosedCaptionsEnabled": False,
    "locationTranscriptsEnabled": False,
    "orgClosedCaptionsEnabled": False,
    "orgTranscriptsEnabled": False,
    "useOrgSettingsEnabled": True,
}


def _show_of_person(target: Target, value: Json) -> Json:
    half = target.store.calling_of(target.location) or {}
    place = laid(_OF_LOCATION, half.get("settings", {}).get("callCaptions", {}))
    names = ("locationClosedCaptionsEnabled", "locationTranscriptsEnabled")
    return {**value, **{name: place[name] for name in names}}


OF_LOCATION = register(Setting("callCaptions", _OfLocation, {LOCATION: (CONFIG,)}, "GroupGetRequest22V3", _OF_LOCATION))
OF_PERSON = register(
    Setting(
        "callCaptions",
        _OfPerson,
        {PERSON: (CONFIG,)},
        "UserGetRequestWCV15",
        {
            "userClosedCaptionsEnabled": False,
            "userTranscriptsEnabled": False,
            "useLocationSettingsEnabled": True,
        },
        show=_show_of_person,
    )
)
