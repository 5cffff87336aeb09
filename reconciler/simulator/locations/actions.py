"""The smaller actions of a calling location: example passwords and the language of what exists
(webex-behaviour.md §3). validateExtensions stands in numbers/validation.py, precheckForDeletion in deletion.py."""

from __future__ import annotations

import re

from ..core import calling, errors, owners
from ..core.bodies import Body, parse
from ..core.routing import Reply, Request, route

_ACTIONS = "/telephony/config/locations/{locationId}/actions"
_LANGUAGE = re.compile(r"^[a-z]{2}_[a-z]{2}$")
_AGENTS = ("people", "workspaces")


class _Generate(Body):
    generate: list[str] | None = None


class _Language(Body):
    announcement_language_code: str
    agent_enabled: bool = False
    service_enabled: bool = False


@route("POST", _ACTIONS + "/generatePassword/invoke")
def generate_password(request: Request) -> Reply:
    """Generate example password for Location; a request without a body is fine."""
    calling.calling_half(request)
    parse(_Generate, request.document() if request.body is not None else {})
    secret = request.store.new_id("passwords").replace("-", "")
    return Reply(200, {"exampleSipPassword": f"Sp{secret[:10]}X7"})


def _change_language(request: Request) -> Reply:
    """Change Announcement Language: of the people and workspaces, or of the features, that are there already. The
    location's own default is another setting."""
    calling.calling_half(request)
    key, body = calling.location(request)["id"], parse(_Language, request.document())
    language = body.announcement_language_code
    if not _LANGUAGE.match(language):
        raise errors.platform(400, "Invalid Language Code")
    for kind in owners.kinds():
        wanted = body.agent_enabled if kind.table in _AGENTS else body.service_enabled
        for record in request.store.table(kind.table).values() if wanted else ():
            block = record.get("calling") or {}
            if block.get("location") != key:
                continue
            if kind.table in _AGENTS:
                block["announcementLanguage"] = language
            elif "languageCode" in record:
                record["languageCode"] = language
    return Reply(204)


# the official page says PUT, other descriptions POST; the SDK's own path lacks `telephony/config/locations`
for _verb in ("PUT", "POST"):
    route(_verb, _ACTIONS + "/modifyAnnouncementLanguage/invoke")(_change_language)
