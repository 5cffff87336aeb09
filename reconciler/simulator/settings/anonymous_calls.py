"""Anonymous call rejection. For people it is one of the settings that only a user token reaches (webex-behaviour.md
§12, FB#1): an administrator is told that the path does not exist, as for selectiveAccept, simultaneousRing, … which
are not served at all. Professional workspaces have it for administrators."""

from __future__ import annotations

from ..core import errors, switches
from ..core.bodies import Body
from ..core.routing import Reply, Request, route
from . import _settings
from ._settings import Setting, register
from ._subjects import CONFIG, PERSON, WORKSPACE

switches.declare(
    "user_token_settings", "404", "open", row="12, 18.39",
    text="settings of people that need a user token, with the token of an administrator: no such path, or served",
)  # fmt: skip


class _Reject(Body):
    enabled: bool


REJECT = register(
    Setting(
        "anonymousCallReject",
        _Reject,
        {WORKSPACE: (CONFIG,)},
        "UserAnonymousCallRejectionGetRequest",
        {"enabled": False},
    )
)
_PERSON = PERSON.path(CONFIG, "anonymousCallReject")


def _check_token(request: Request) -> None:
    if request.store.switches["user_token_settings"] == "404":
        raise errors.no_route(request.path)


@route("GET", _PERSON)
def get_of_person(request: Request) -> Reply:
    """Get Anonymous Call Rejection Settings for a Person."""
    _check_token(request)
    return _settings.read(REJECT, PERSON, CONFIG, request)


@route("PUT", _PERSON)
def update_of_person(request: Request) -> Reply:
    """Modify Anonymous Call Rejection Settings for a Person."""
    _check_token(request)
    return _settings.write(REJECT, PERSON, CONFIG, request)
