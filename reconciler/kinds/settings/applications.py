"""Application services. API: "Modify a person's Application Services Settings" (webex-behaviour.md §12)."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import FEATURES, PERSON
from reconciler.kinds.contract.setting import At, Setting

_CLIENTS = ("browser", "desktop", "tablet", "mobile")


class Applications(Setting):
    ring_for_click_to_dial: Annotated[bool, At("ringDevicesForClickToDialCallsEnabled")] = True
    ring_for_group_page: Annotated[bool, At("ringDevicesForGroupPageEnabled")] = False
    ring_for_call_park: Annotated[bool, At("ringDevicesForCallParkEnabled")] = False
    browser_client: Annotated[bool, At("browserClientEnabled")] = True
    desktop_client: Annotated[bool, At("desktopClientEnabled")] = True
    tablet_client: Annotated[bool, At("tabletClientEnabled")] = True
    mobile_client: Annotated[bool, At("mobileClientEnabled")] = True


KINDS = kinds_of(
    "applications",
    Applications,
    "Which apps {owner} may call with, and what rings beside them.",
    {PERSON: FEATURES},
    read_only=(*(f"{client}ClientId" for client in _CLIENTS), "availableLineCount"),
)
