"""The voice portal of a location: where people call to hear their messages and to record announcements
(`…/voicePortal`; webex-behaviour.md §4: it owns an extension in every calling location).

Stored as `voicePortal` (the extension) and `portal` {name, languageCode, phoneNumber, firstName, lastName} of the
location's calling half, as far as they were written. The passcode is never read.
"""

from __future__ import annotations

from ..core import calling, errors, ids
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..features import _names

_PATH = "/telephony/config/locations/{locationId}/voicePortal"
_TEXTS = ("name", "languageCode", "firstName", "lastName")


class _Passcode(Body):
    new_passcode: str
    confirm_passcode: str


class _Changes(Body):
    name: str | None = None
    language_code: str | None = None
    extension: str | None = None
    phone_number: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    passcode: _Passcode | None = None


@route("GET", _PATH)
def get_voice_portal(request: Request) -> Reply:
    """Get VoicePortal. Without a number of its own it has none in the answer."""
    half, key = calling.calling_half(request), calling.location(request)["id"]
    own = half.get("portal", {})
    language = own.get("languageCode") or half["announcementLanguage"]
    body: Json = {
        "id": ids.encode("VOICEMAIL_GROUP", key),  # as the documentation's example has it
        "name": own.get("name") or "Voice Portal",
        "language": _names.language(language),
        "languageCode": language,
        "extension": half.get("voicePortal"),
        "firstName": own.get("firstName") or calling.location(request)["name"],
        "lastName": own.get("lastName") or "Voice Portal",
    }
    if number := own.get("phoneNumber"):
        body["phoneNumber"] = number
    return Reply(200, body)


@route("PUT", _PATH)
def update_voice_portal(request: Request) -> Reply:
    """Update VoicePortal: merges; extension and number must be free, "" takes the number away."""
    store, half, key = request.store, calling.calling_half(request), calling.location(request)["id"]
    sent = parse(_Changes, request.document()).wire(sent=True)
    owner, own = Owner("voicePortal", key), half.get("portal", {})
    before, number = own.get("phoneNumber"), own.get("phoneNumber")
    if passcode := sent.get("passcode"):
        _check_passcode(passcode)
    if extension := sent.get("extension"):
        calling.check_extension(store, key, extension, owner)
    if "phoneNumber" in sent:
        number = calling.check_number(store, key, sent["phoneNumber"], owner) if sent["phoneNumber"] else None

    if extension:
        store.extensions[key].pop(half.get("voicePortal", ""), None)
        store.extensions[key][extension] = owner
        half["voicePortal"] = extension
    if number != before:
        store.owners.pop(before or "", None)
        if number:
            store.owners[number] = owner
    texts = {name: sent[name] for name in _TEXTS if sent.get(name)}
    half["portal"] = {**own, **texts, **({"phoneNumber": number} if number else {})}
    if not number:
        half["portal"].pop("phoneNumber", None)
    return Reply(204)


def _check_passcode(passcode: Json) -> None:
    if passcode["newPasscode"] != passcode["confirmPasscode"]:
        raise errors.platform(400, "The passcodes are not the same.")
