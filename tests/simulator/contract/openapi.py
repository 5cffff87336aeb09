"""The published OpenAPI documents, and where they are wrong about the API.

They are read from the folder that WEBEX_OPENAPI names and never copied: `webex-admin.json` and `webex-device.json` of
webex/webex-openapi-specs, and `webex-calling.json`, the calling API.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]
FOLDER = "WEBEX_OPENAPI"
_NAMED = os.environ.get(FOLDER)  # now: each test gets an environment without it
DOCUMENTS = ("webex-admin", "webex-device")
#: Held against every answer of the contract run (responses.py), and generated from in a campaign.
CALLING = "webex-calling"

_BOOLEAN: Json = {"type": "boolean"}
_TEXT: Json = {"type": "string"}
_WEBEX_GROUP = "urn:scim:schemas:extension:cisco:webexidentity:2.0:Group"
_LOCATION: Json = {
    "type": "object",
    "required": ["id", "name", "address"],
    "properties": {
        "id": _TEXT,
        "name": _TEXT,
        "orgId": _TEXT,
        "timeZone": _TEXT,
        "preferredLanguage": _TEXT,
        "address": {
            "type": "object",
            "required": ["address1", "city", "country"],
            "properties": dict.fromkeys(("address1", "city", "state", "postalCode", "country"), _TEXT),
        },
    },
    "not": {"anyOf": [{"required": [name]} for name in ("displayName", "locationId", "countryCode")]},
}
_WORKSPACE_LOCATION: Json = {
    "type": "object",
    "required": ["id", "locationId", "displayName", "address", "countryCode"],
    "properties": {
        **dict.fromkeys(("id", "locationId", "displayName", "address", "countryCode", "cityName", "notes"), _TEXT),
        **{name: {"type": "number"} for name in ("latitude", "longitude")},
    },
    "additionalProperties": False,
}
_OLD_PLACES = "paths/~1workspaceLocations~1{locationId}"


@dataclass(frozen=True)
class Deviation:
    """At `place` of a document (a JSON pointer: keys, joined by /, with ~1 for a / inside one) the API is as `truth`
    says; `row` says how that is known."""

    document: str
    place: str
    truth: Any
    row: str


DEVIATIONS = (
    Deviation("webex-admin", "components/schemas/Person/properties/loginEnabled", _BOOLEAN,
              "§8: a boolean, and the SDK takes nothing else"),
    Deviation("webex-admin", "components/schemas/Person/properties/invitePending", _BOOLEAN,
              "§8: a boolean, and the SDK takes nothing else"),
    Deviation("webex-admin", "components/schemas/PersonCollectionResponse/properties/notFoundIds/nullable", True,
              "§1.5: null where no ids were asked for"),
    Deviation("webex-admin", "components/schemas/GetUserResponse/required",
              ["schemas", "id", "userName", "userType"], "§10: meta is missing in details"),
    Deviation("webex-admin", "components/schemas/AccountStatusObject",
              {"type": "array", "items": _TEXT}, "its own text says an array, and the SDK takes nothing else"),
    Deviation("webex-admin", f"components/schemas/GetGroupResponse/properties/{_WEBEX_GROUP}/properties/meta/required",
              ["organizationId"], "organizationID in the document, organizationId in users and for the SDK"),
    Deviation("webex-device", "components/schemas/Location", _LOCATION,
              "source conflicts, §2: displayName, locationId, countryCode do not exist; name, address.country do"),
    *(
        Deviation("webex-device", place, _WORKSPACE_LOCATION,
                  "the same schema as /locations, which is not what they are; coordinates are optional for the SDK")
        for place in (
            f"{_OLD_PLACES}/get/responses/200/content/application~1json/schema",
            "components/schemas/WorkspaceLocationsCollectionResponse/properties/items/items",
        )
    ),
    Deviation("webex-admin", "components/schemas/Location/required",
              ["id", "locationId", "displayName", "address", "countryCode"],
              "coordinates: optional for the SDK, and places of /locations have none"),
    Deviation("webex-device", "components/schemas/WorkspaceIssue/properties/level", _TEXT,
              "§13 health.issues[]: the document describes the enum instead of using it"),
    Deviation("webex-device", "components/schemas/ApplyLineKeyTemplateJobErrors/required", ["items"],
              "§1.2 E9: the errors of a job are a list in pages, not one error"),
    Deviation("webex-device", "components/schemas/devices/properties/activationState",
              {"$ref": "#/components/schemas/DeviceActivationStates"},
              "devices of people: in capitals, as for workspaces in the same document, and for the SDK"),
    Deviation("webex-device", "components/schemas/MemberObject/required",
              ["id", "firstName", "lastName", "primaryOwner", "port", "lineType", "lineWeight", "hotlineEnabled",
               "allowCallDeclineEnabled", "memberType"], "its own text: only with hotlineEnabled"),
    *(
        Deviation("webex-device", f"components/schemas/{name}/required",
                  ["name", "id", "trackingId", "instanceId", "latestExecutionStatus"],
                  "§15: jobType, operationType and two locations are those of moving users, not of device settings")
        for name in ("StartJobResponse", "jobIdResponseObject")
    ),
)  # fmt: skip


def folder() -> Path | None:
    """Where the documents are, None where nobody has said."""
    return Path(_NAMED) if _NAMED else None


def has(document: str) -> bool:
    where = folder()
    return where is not None and (where / f"{document}.json").is_file()


def load(document: str) -> Json:
    """A document as published."""
    where = folder()
    assert where is not None
    found: Json = json.loads((where / f"{document}.json").read_text("utf-8"))
    return found


def corrected(document: str, but: Deviation | None = None) -> Json:
    """A document with the truth put in where it deviates; `but` leaves one place as published."""
    found = load(document)
    for one in DEVIATIONS:
        if one.document == document and one is not but:
            *parents, last = (key.replace("~1", "/") for key in one.place.split("/"))
            holder = found
            for key in parents:
                holder = holder[key]
            holder[last] = one.truth
    return found
