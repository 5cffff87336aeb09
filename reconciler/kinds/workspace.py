"""`workspace`: a room or a phone in a place, created *with* calling, by licence tier.

API: `/workspaces` (webex-behaviour.md §13). Names are not unique in Webex: two of one name make that name ambiguous,
which is an error that lists them. Extension and number are not in a workspace's document; they come from the numbers
list. Location and calling cannot change afterwards.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.errors import ApiError, ReconcileError
from reconciler.kinds._forwarding import expand_policy
from reconciler.kinds._kind import Calls, Held, Kind, Reader, Scope, Writer
from reconciler.kinds._wire import e164_number, named, number_rows, read_document, uuid_of
from reconciler.model.marks import Claim, Fixed, Key, Ref
from reconciler.model.plan import Change, Operation
from reconciler.model.resource import E164, Extension, Prose, Resource, Text
from reconciler.model.snapshot import Current, Fields
from reconciler.model.text import normal

_PLAIN = ("capacity", "type", "notes")
_HOT_DESK = "Webex Calling - Hot desk only"
_GONE = "delete the workspace (state: absent) and create it again"
_ADDRESS = ("extension", "phone_number")
_NO_ADDRESS = "a workspace with calling needs an extension or a phone_number (behaviour §13)"
_NO_CALLING = "the workspace has no Webex Calling, and the API has no way to give it any"


class Workspace(Resource):
    name: Annotated[Text, Key(), Field(description="Display name; must be unique to be managed")]
    location: Annotated[Text, Ref("location", needs=("location.calling",)), Fixed(_GONE)] = ""
    license: Annotated[
        Text, Ref("license"), Fixed(_GONE), Field(description="Licence tier, by name; gives it Webex Calling")
    ] = ""
    extension: Annotated[Extension | None, Claim("extension", per="location")] = None
    phone_number: Annotated[E164 | None, Ref("number"), Claim("number")] = None
    capacity: Annotated[int | None, Field(ge=1)] = None
    type: Literal["notSet", "focus", "huddle", "meetingRoom", "open", "desk", "other"] | None = None
    notes: Prose | None = None


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    """One list of workspaces, and one of the numbers that places own, if somebody manages those."""
    documents = [row async for row in reader.pages(reader.api.workspaces.ep(), "items", max="1000")]
    numbers = await _numbers(reader) if scope.wants("extension", "phone_number") else {}
    return [await _current(reader, document, numbers, scope) for document in documents]


async def find(reader: Reader, key: str, remote_id: str) -> Current | None:
    if remote_id:
        try:
            documents = [await read_document(reader, reader.api.workspaces.ep(remote_id))]
        except ApiError as error:
            if error.status == 404:
                return None
            raise
    else:
        rows = [row async for row in reader.pages(reader.api.workspaces.ep(), "items", displayName=key)]
        documents = [row for row in rows if normal(row["displayName"]) == key]
    if not documents:
        return None
    workspace = await _current(reader, documents[0], {}, Scope())
    workspace.candidates = [document["id"] for document in documents] if len(documents) > 1 else []
    if workspace.facts["calling"]:
        row = await _number_row(reader, workspace.id)
        workspace.fields["extension"] = row.get("extension") or None
        workspace.fields["phone_number"] = e164_number(row.get("phoneNumber"))
    return workspace


async def create(writer: Writer, key: str, want: Fields) -> None:
    """With calling in the same request: a workspace created without it stays without it (§13)."""
    body: dict[str, Any] = {"displayName": key} | {name: want[name] for name in _PLAIN if want.get(name)}
    if want.get("location"):
        body["locationId"] = await writer.id_of("location", want["location"])
        body["calling"] = await _calling(writer, want)
        body["supportedDevices"] = "phones"
    await writer.send("POST", writer.api.workspaces.ep(), body)


async def update(writer: Writer, current: Current, want: Fields) -> None:
    """PUT is documented to clear capacity, type and notes where they are left out, and was seen to keep them: what
    stays goes along as it was read, and what is to be cleared goes along as null."""
    body: dict[str, Any] = {"displayName": current.wire["displayName"]}
    body |= {name: current.wire[name] for name in _PLAIN if current.wire.get(name) is not None}
    body |= {name: want[name] for name in _PLAIN if name in want}
    if {"extension", "phone_number"} & want.keys():
        calling = {**{n: current.fields.get(n) for n in ("location", "extension", "phone_number")}, **want}
        body["calling"] = await _calling(writer, calling)
    await writer.send("PUT", writer.api.workspaces.ep(current.id), body)


async def delete(writer: Writer, current: Current) -> None:
    await writer.send("DELETE", writer.api.workspaces.ep(current.id))


async def _calling(writer: Writer, want: Fields) -> dict[str, Any]:
    if not want.get("location"):
        raise ReconcileError(_NO_CALLING, do=_GONE)
    settings: dict[str, Any] = {"locationId": await writer.id_of("location", want["location"])}
    if want.get("extension"):
        settings["extension"] = want["extension"]
    if want.get("phone_number"):
        settings["phoneNumber"] = want["phone_number"]
    if want.get("license"):
        settings["licenses"] = [await writer.id_of("license", want["license"])]
    return {"type": "webexCalling", "webexCalling": settings}


async def _numbers(reader: Reader) -> dict[str, dict[str, Any]]:
    """Primary number rows by owner uuid: owner ids come in another encoding than workspace ids (row 24)."""
    rows = [row async for row in number_rows(reader, ownerType="PLACE")]
    return {uuid_of(row["owner"]["id"]): row for row in rows if _primary(row)}


async def _number_row(reader: Reader, remote_id: str) -> dict[str, Any]:
    rows = [row async for row in number_rows(reader, ownerId=remote_id)]
    return next((row for row in rows if _primary(row)), {})


def _primary(row: dict[str, Any]) -> bool:
    return bool(row.get("owner")) and row.get("phoneNumberType", "PRIMARY") in ("PRIMARY", "Default", None)


async def _current(
    reader: Reader, document: dict[str, Any], numbers: dict[str, dict[str, Any]], scope: Scope
) -> Current:
    calling = document.get("calling") or {}
    has_calling = calling.get("type") == "webexCalling"
    licenses = (calling.get("webexCalling") or {}).get("licenses") or []
    location = document.get("locationId") or (calling.get("webexCalling") or {}).get("locationId")
    row = numbers.get(uuid_of(document["id"]), {})
    unknown: dict[str, str] = {}
    fields: Fields = {
        "name": document["displayName"],
        "extension": row.get("extension") or None,
        "phone_number": e164_number(row.get("phoneNumber")),
        **{name: document.get(name) for name in _PLAIN},
    }
    if scope.wants("location", "extension", "phone_number", "numbers", "outgoing_permissions", "forwarding"):
        place = location if has_calling else None
        fields["location"] = await named(reader, "location", place, unknown, "location") if place else None
    if scope.wants("license"):
        fields["license"] = await named(reader, "license", licenses[0], unknown, "license") if licenses else None
    facts: Fields = {"calling": has_calling}
    return Current("workspace", document["displayName"], document["id"], fields, facts, unknown, wire=document)


def refuse(change: Change) -> str:
    if change.action != "create":
        return ""
    numbered = change.want.get("extension") or change.want.get("phone_number")
    if change.want.get("license") == _HOT_DESK:
        return f"{_HOT_DESK} takes neither extension nor phone_number (behaviour §13)" if numbered else ""
    if change.want.get("location") and not numbered:
        return _NO_ADDRESS
    if change.want.get("location") and not change.want.get("license"):
        return "a workspace with calling needs a license, like Webex Calling - Workspaces"
    if numbered and not change.want.get("location"):
        return "a workspace with an extension or a phone_number needs a location and a license (behaviour §13)"
    return ""


def clash(want: Fields, have: Fields) -> str:
    """Without calling there is neither extension nor number, and with it there is one of them."""
    asked, had, left = (any(side.get(n) for n in _ADDRESS) for side in (want, have, {**have, **want}))
    if asked and "location" in have and not have["location"]:
        return f"{_NO_CALLING}: {_GONE}"
    return _NO_ADDRESS if had and not left else ""


def entitles(fields: Fields) -> frozenset[str]:
    """Calling comes with a place and a licence, at the creation."""
    return frozenset(str(fields[name]) for name in ("location", "license") if fields.get(name))


def warn(change: Change) -> list[str]:
    return ["deletes the workspace, its devices and its settings"] if change.action == "delete" else []


def _find_calls(operation: Operation, after: bool, held: Held) -> list[str]:
    """With calling, the names behind ids cost a look into two lists, and the extension one into the numbers."""
    created, member = operation.action == "create", operation.members[0]
    if created and not after:
        return ["GET /workspaces"]
    if operation.action == "delete" and after:
        return ["GET /workspaces/{workspaceId}"]
    calling = ["location", "license", "GET /telephony/config/numbers"]
    start = "GET /workspaces" if created else "GET /workspaces/{workspaceId}"
    return [start, *(calling if not created or member.want.get("location") else [])]


def _send_calls(operation: Operation) -> list[str]:
    want = operation.members[0].want
    names = [kind for kind in ("location", "license") if want.get(kind)]
    if operation.action == "create":
        return [*names, "POST /workspaces"]
    if operation.action == "delete":
        return ["DELETE /workspaces/{workspaceId}"]
    return [*(["location"] if {"extension", "phone_number"} & want.keys() else []), "PUT /workspaces/{workspaceId}"]


KIND = Kind(
    name="workspace",
    model=Workspace,
    doc="A room or a shared phone, with calling by licence tier.",
    source="GET/POST /workspaces, GET/PUT/DELETE /workspaces/{id}",
    requests=("GET /workspaces", "GET /telephony/config/numbers"),
    replaces=True,
    names_repeat=True,
    page=1000,
    plural="workspaces",
    aliases=("espacios",),
    key="name",
    shard="location",
    calls=Calls(find=_find_calls, send=_send_calls),
    scan=scan,
    find=find,
    create=create,
    update=update,
    delete=delete,
    complete=expand_policy,
    warn=warn,
    refuse=refuse,
    clash=clash,
    entitles=entitles,
)
