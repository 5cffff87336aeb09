"""The two ways in which a person comes into being: the People API, or SCIM and then a licence assignment."""

from __future__ import annotations

from typing import Any

from reconciler.kinds.contract.access import Writer
from reconciler.kinds.people._person_calls import calls
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Fields

_SCHEMAS = [
    "urn:ietf:params:scim:schemas:core:2.0:User",
    "urn:scim:schemas:extension:cisco:webexidentity:2.0:User",
]


async def by_people(writer: Writer, key: str, want: Fields) -> None:
    """POST /people with licence, location and extension in one request (webex-behaviour.md §8)."""
    body: dict[str, Any] = {"emails": [key], "displayName": _display_name(want)}
    for ours, theirs in (("first_name", "firstName"), ("last_name", "lastName"), ("extension", "extension")):
        if want.get(ours):
            body[theirs] = want[ours]
    if want.get("location"):
        body["locationId"] = await writer.id_of("location", want["location"])
    if want.get("phone_number"):
        body["phoneNumbers"] = [{"type": "work", "value": want["phone_number"]}]
    if want.get("licenses"):
        body["licenses"] = [await writer.id_of("license", name) for name in want["licenses"]]
    await writer.send("POST", writer.api.people.ep(), body, callingData="true")


async def by_scim(writer: Writer, key: str, want: Fields) -> None:
    """POST SCIM user, then PATCH /licenses/users, which takes location and extension with the licence (§9, §10)."""
    user = {
        "schemas": _SCHEMAS,
        "userName": key,
        "active": True,
        "displayName": _display_name(want),
        "name": {"givenName": want.get("first_name") or "", "familyName": want.get("last_name") or ""},
        "emails": [{"value": key, "type": "work", "primary": True}],
    }
    await writer.send("POST", writer.api.scim.users.ep(f"{uuid_of(writer.org_id)}/v2/Users"), user)
    if not want.get("licenses"):
        return
    calling: dict[str, str] = {}
    if want.get("location"):
        calling["locationId"] = await writer.id_of("location", want["location"])
    for ours, theirs in (("extension", "extension"), ("phone_number", "phoneNumber")):
        if want.get(ours):
            calling[theirs] = want[ours]
    licenses = [
        {"id": await writer.id_of("license", name), "operation": "add", **_properties(name, calling)}
        for name in want["licenses"]
    ]
    await writer.send("PATCH", writer.api.licenses.ep("users"), {"email": key, "licenses": licenses})


def _properties(name: str, calling: dict[str, str]) -> dict[str, Any]:
    return {"properties": calling} if calling and calls((name,)) else {}


def _display_name(want: Fields) -> str:
    return want.get("display_name") or " ".join(filter(None, (want.get("first_name"), want.get("last_name"))))
