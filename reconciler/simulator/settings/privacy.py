"""Privacy: who may pick up and barge in is written as ids and read as objects (webex-behaviour.md §12)."""

from __future__ import annotations

from ..core.bodies import Body
from ..core.routing import Json
from . import _members
from ._settings import Setting, register
from ._subjects import CONFIG, FEATURES, LINE, PERSON, WORKSPACE, Target


class _Privacy(Body):
    aa_extension_dialing_enabled: bool | None = None
    aa_naming_dialing_enabled: bool | None = None
    enable_phone_status_directory_privacy: bool | None = None
    enable_phone_status_pickup_barge_in_privacy: bool | None = None
    monitoring_agents: list[str] | None = None


def _check(target: Target, value: Json) -> Json:
    return {**value, "monitoringAgents": _members.stored(target.store, value.get("monitoringAgents", []))}


def _show(target: Target, value: Json) -> Json:
    """Without agents there is no list (T:person_call_privacy)."""
    agents = _members.show_all(target.store, value.pop("monitoringAgents"))
    return {**value, **({"monitoringAgents": agents} if agents else {})}


PRIVACY = register(
    Setting(
        "privacy",
        _Privacy,
        {PERSON: (FEATURES,), WORKSPACE: (CONFIG,), LINE: (CONFIG,)},
        "UserPrivacyGetRequest13mp17",
        {
            "aaExtensionDialingEnabled": True,
            "aaNamingDialingEnabled": True,
            "enablePhoneStatusDirectoryPrivacy": False,
            "enablePhoneStatusPickupBargeInPrivacy": False,
            "monitoringAgents": [],
        },
        check=_check,
        show=_show,
        members=("monitoringAgents",),
    )
)
