"""Who the token belongs to: `GET /people/me`, and what only users may ask of themselves (webex-behaviour.md §1.1)."""

from __future__ import annotations

from ..audit import recorder
from ..core import errors, switches
from ..core.routing import Json, Reply, Request, refuse, route
from . import people

switches.declare(
    "me_without_person", "kept", "401", row="1.1",
    text="GET /people/me when the person of the token is deleted: as last known, or an invalid token",
)  # fmt: skip
switches.declare(
    "user_only_endpoints", "400", "403", "404", "9601", row="1.1",
    text="what an admin token gets where a user token is needed: `Target user not authorized`, 403, 404 or code 9601",
)  # fmt: skip


@route("GET", "/people/me")
def get_me(request: Request) -> Reply:
    """Get My Own Details. The admin need not be a calling user, and need not exist any more."""
    store = request.store
    person = store.people.get(_key(request))
    if person is None:
        if store.switches["me_without_person"] == "401":
            raise errors.unauthorized()
        person = _last_known(request)
    return Reply(200, people.show(store, person, calling_data=request.flag("callingData")))


def _key(request: Request) -> str:
    return request.actor or str(request.store.org["admin"])


def _last_known(request: Request) -> Json:
    """Somebody who is gone, as far as the audit still knows."""
    key = _key(request)
    known = recorder.last_known(request.store, key)
    stamp = request.store.clock.stamp(0)
    return {
        "id": key,
        "emails": [known["actorEmail"] or f"{key}@{request.store.org.get('domain', 'example.com')}"],
        "displayName": known["actorName"] or "Administrator",
        "roles": ["id_full_admin"],
        "licenses": [],
        "created": stamp,
        "lastModified": stamp,
    }


@refuse("/telephony/config/people/me", "/telephony/calls/members/me", "/telephony/voiceMessages/members/me")
def user_only(request: Request) -> errors.ApiError:
    """404/4008 for who has no calling; an admin with calling is not a user either."""
    person = request.store.people.get(_key(request), {})
    if not person.get("calling"):
        return errors.broadworks(404, 4008, "Webex Calling license is required.")
    position = request.store.switches["user_only_endpoints"]
    if position == "400":
        return errors.platform(400, "Target user not authorized")
    if position == "9601":
        return errors.broadworks(403, 9601, "User level token is required.")
    return errors.forbidden() if position == "403" else errors.not_found()
