"""Calling behaviour of a person: which app calls. It belongs to the person, with or without Webex Calling; null is
the organisation's default."""

from __future__ import annotations

from typing import Literal

from ..core.bodies import Body, parse
from ..core.routing import Reply, Request, route
from ._subjects import FEATURES, PERSON

_PATH = PERSON.path(FEATURES, "callingBehavior")
_DEFAULT = "NATIVE_WEBEX_TEAMS_CALLING"


class _Behavior(Body):
    behavior_type: (
        Literal[
            "NATIVE_WEBEX_TEAMS_CALLING",
            "CALL_WITH_APP_REGISTERED_FOR_CISCOTEL",
            "CALL_WITH_APP_REGISTERED_FOR_TEL",
            "CALL_WITH_APP_REGISTERED_FOR_WEBEXCALLTEL",
            "NATIVE_SIP_CALL_TO_UCM",
        ]
        | None
    ) = None
    profile_id: str | None = None


@route("GET", _PATH)
def get_behavior(request: Request) -> Reply:
    """Read Person's Calling Behavior."""
    own = PERSON.record(request).get("callingBehavior", {})
    shown = {"behaviorType": own.get("behaviorType"), "effectiveBehaviorType": own.get("behaviorType") or _DEFAULT}
    if own.get("profileId"):
        shown["profileId"] = own["profileId"]
    return Reply(200, shown)


@route("PUT", _PATH)
def update_behavior(request: Request) -> Reply:
    """Configure a person's Calling Behavior."""
    record = PERSON.record(request)
    sent = parse(_Behavior, request.document()).wire(sent=True)
    record["callingBehavior"] = {name: value for name, value in sent.items() if value is not None}
    return Reply(204)
