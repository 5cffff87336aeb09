"""Application services of a person ("Modify a person's Application Services Settings"). Client ids are shown of the
enabled clients only."""

from __future__ import annotations

from uuid import UUID, uuid5

from ..core import ids
from ..core.bodies import Body
from ..core.routing import Json
from ._settings import Setting, register
from ._subjects import FEATURES, PERSON, Target

_CLIENTS = ("browser", "desktop", "tablet", "mobile")
_LINES = 35


class _Applications(Body):
    ring_devices_for_click_to_dial_calls_enabled: bool | None = None
    ring_devices_for_group_page_enabled: bool | None = None
    ring_devices_for_call_park_enabled: bool | None = None
    browser_client_enabled: bool | None = None
    desktop_client_enabled: bool | None = None
    tablet_client_enabled: bool | None = None
    mobile_client_enabled: bool | None = None


def _show(target: Target, value: Json) -> Json:
    shown = dict(value)
    for client in _CLIENTS:
        if value[f"{client}ClientEnabled"]:
            # a client exists as long as it is enabled, so its id only has to be the same every time
            key = uuid5(UUID(target.record["id"]), client)
            shown[f"{client}ClientId"] = ids.encode("CALLING_DEVICE", str(key))
    enabled = sum(value[f"{client}ClientEnabled"] for client in _CLIENTS)
    return {**shown, "availableLineCount": _LINES - enabled}


APPLICATIONS = register(
    Setting(
        "applications",
        _Applications,
        {PERSON: (FEATURES,)},
        "UserGetRequestWCV15",
        {
            "ringDevicesForClickToDialCallsEnabled": True,
            "ringDevicesForGroupPageEnabled": False,
            "ringDevicesForCallParkEnabled": False,
            **{f"{client}ClientEnabled": True for client in _CLIENTS},
        },
        show=_show,
    )
)
