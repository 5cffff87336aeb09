"""`workspace`: a room or a phone in a place, with calling by licence tier, or without.

API: `/workspaces` (webex-behaviour.md §13). Names are not unique in Webex: two of one name make that name ambiguous,
which is an error that lists them. Extension and number are not in a workspace's document; they come from the numbers
list. A location is set once, at the creation or later, and says nothing of calling: that is the type's to say.

    described                                    created                  of one without calling    of one with
    -------------------------------------------  -----------------------  ------------------------  ----------------
    location                                     there, without calling   compared                  compared
    license, and an extension or a phone_number  with calling             refused: it gets none     compared
    license: null                                without calling          same                      refused: it keeps
"""

from __future__ import annotations

from collections import ChainMap
from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.errors import ApiError, IncompleteError, ReconcileError, TemporaryError
from reconciler.kinds.contract.access import Reader, Scope, Writer
from reconciler.kinds.contract.kind import Calls, Held, ResourceKind, Rules
from reconciler.kinds.contract.traits import Dialled, Listing
from reconciler.kinds.contract.wire import e164_number, named, number_rows, read_document
from reconciler.kinds.people.license import plain_name
from reconciler.kinds.settings.forwarding import expand_policy
from reconciler.model.audit import Audited
from reconciler.model.marks import Claim, Fixed, Key, Ref
from reconciler.model.plan import Change, Operation
from reconciler.model.remote_id import uuid_of
from reconciler.model.resource import E164, Extension, Prose, Resource, Text
from reconciler.model.snapshot import Current, Fields
from reconciler.model.text import normal

_PLAIN = ("capacity", "type", "notes")
_HOT_DESK = "Webex Calling - Hot desk only"
_GONE = "delete the workspace (state: absent) and create it again"
_ADDRESS = ("extension", "phone_number")
#: What needs the name of the location beside itself.
_OF_PLACE = ("location", *_ADDRESS, "numbers", "outgoing_permissions", "forwarding", "emergency_callback_number")
_NO_ADDRESS = "a workspace with calling needs an extension or a phone_number (behaviour §13)"
_FREE = "freeCalling"
_OF_CALLING = ("license", *_ADDRESS)
_NO_CALLING = "this workspace has no Webex Calling ({}), so {} cannot be set here"
_MEND = (
    "leave that out, or give it Webex Calling in Control Hub, or delete it (state: absent) and create it again with a"
    " location, a license and an extension or a phone_number"
)
_WITHOUT = (
    "is made without Webex Calling, which it cannot be given here afterwards: with a license and an extension or a"
    " phone_number it has it from the start"
)


class Workspace(Resource):
    name: Annotated[Text, Key(), Field(description="Display name; must be unique to be managed")]
    location: Annotated[
        Text,
        Ref("location", needs=("location.calling",), of=_OF_CALLING),
        Fixed(_GONE, once=True),
        Field(description="Where it is, with calling or without; can be set once"),
    ] = ""
    license: Annotated[
        Text | None,
        Ref("license"),
        Fixed(_GONE),
        Field(description="Licence tier, named as people's; gives it Webex Calling when it is created. Null: none"),
    ] = None
    extension: Annotated[Extension | None, Claim("extension", per="location")] = None
    phone_number: Annotated[E164 | None, Ref("number"), Claim("number")] = None
    capacity: Annotated[int | None, Field(ge=1)] = None
    type: Literal["notSet", "focus", "huddle", "meetingRoom", "open", "desk", "other"] | None = None
    notes: Prose | None = None


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    """One list of workspaces, and one of the numbers that places own, if somebody manages those. Where the second
    cannot be read, those fields are unknown, and the rooms are there all the same."""
    documents = [row async for row in reader.pages(reader.api.workspaces.ep(), "items", max="1000")]
    numbers, why = {}, ""
    try:
        numbers = await _numbers(reader) if scope.wants(*_ADDRESS) else {}
    except (ApiError, IncompleteError, TemporaryError) as error:
        why = f"the numbers of workspaces could not be read: {error.what}"
    found = [await _current(reader, document, numbers, scope) for document in documents]
    for current in found if why else ():
        current.unknown |= dict.fromkeys(_ADDRESS, why) if current.facts["calling"] else {}
    return found


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
    """With calling in the same request, if it is to have any."""
    body: dict[str, Any] = {"displayName": key} | {name: want[name] for name in _PLAIN if want.get(name)}
    if want.get("location"):
        body["locationId"] = await writer.id_of("location", want["location"])
    if any(want.get(name) for name in _OF_CALLING):
        body["calling"] = await _calling(writer, want)
        body["supportedDevices"] = "phones"
    await writer.send("POST", writer.api.workspaces.ep(), body)


async def update(writer: Writer, current: Current, want: Fields) -> None:
    """PUT is documented to clear capacity, type and notes where they are left out, and was seen to keep them: what
    stays goes along as it was read, and what is to be cleared goes along as null."""
    body: dict[str, Any] = {"displayName": want.get("name", current.wire["displayName"])}
    body |= {name: current.wire[name] for name in _PLAIN if current.wire.get(name) is not None}
    body |= {name: want[name] for name in _PLAIN if name in want}
    if want.get("location"):
        body["locationId"] = await writer.id_of("location", want["location"])
    if {"extension", "phone_number"} & want.keys():
        if current.facts.get("calling") is False:  # the PUT would buy a licence
            raise ReconcileError(_without(current, [name for name in _ADDRESS if name in want]), do=_MEND)
        calling = {**{n: current.fields.get(n) for n in ("location", "extension", "phone_number")}, **want}
        body["calling"] = await _calling(writer, calling)
    await writer.send("PUT", writer.api.workspaces.ep(current.id), body)


async def delete(writer: Writer, current: Current) -> None:
    await writer.send("DELETE", writer.api.workspaces.ep(current.id))


async def _calling(writer: Writer, want: Fields) -> dict[str, Any]:
    if not want.get("location"):
        raise ReconcileError("a workspace with calling needs a location", do="describe its location")
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
    kind = calling.get("type") or "none"
    has_calling = kind == "webexCalling"
    licenses = (calling.get("webexCalling") or {}).get("licenses") or []
    location = document.get("locationId") or (calling.get("webexCalling") or {}).get("locationId")
    row = numbers.get(uuid_of(document["id"]), {})
    unknown: dict[str, str] = {}
    fields: Fields = {
        "name": document["displayName"],
        **{name: document.get(name) for name in _PLAIN},
    }
    if scope.wants(*_ADDRESS):
        fields["extension"] = row.get("extension") or None
        fields["phone_number"] = e164_number(row.get("phoneNumber"))
    if scope.wants(*_OF_PLACE):
        fields["location"] = await named(reader, "location", location, unknown, "location") if location else None
    if scope.wants("license", "numbers"):  # the basic tier has no secondary numbers
        fields["license"] = await named(reader, "license", licenses[0], unknown, "license") if licenses else None
    facts: Fields = {"calling": has_calling}
    facts |= {"calling_type": kind} if not has_calling and kind != _FREE else {}
    facts |= {"placed": False} if not location else {}
    return Current("workspace", document["displayName"], document["id"], fields, facts, unknown, wire=document)


def refuse(change: Change) -> str:
    want = change.want
    if change.action == "update" and "location" in want and not want["location"]:
        return f"a location once set cannot be taken away: {_GONE}"
    if change.action != "create":
        return ""
    numbered, licensed = any(want.get(name) for name in _ADDRESS), want.get("license")
    hot_desk = plain_name(licensed or "") == _HOT_DESK
    if hot_desk and numbered:
        return f"{_HOT_DESK} takes neither extension nor phone_number (behaviour §13)"
    if numbered and not want.get("location"):
        return "a workspace with an extension or a phone_number needs a location and a license (behaviour §13)"
    if licensed and not want.get("location"):
        return "a workspace with a license needs a location (behaviour §13)"
    if licensed and not numbered and not hot_desk:
        return _NO_ADDRESS
    return (
        "a workspace with calling needs a license, like Webex Calling - Workspaces" if numbered and not licensed else ""
    )


def clash(want: Fields, current: Current) -> str:
    """Without calling there is neither licence nor extension nor number, wherever it is; with it there is one of the
    latter."""
    have = current.fields
    asked = [name for name in _OF_CALLING if want.get(name)]
    if asked and current.facts.get("calling") is False:
        return f"{_without(current, asked)}: {_MEND}"
    had, left = (any(side.get(name) for name in _ADDRESS) for side in (have, ChainMap(want, have)))
    return _NO_ADDRESS if had and not left else ""


def _without(current: Current, asked: list[str]) -> str:
    return _NO_CALLING.format(current.facts.get("calling_type", _FREE), " and ".join(asked))


def entitles(fields: Fields) -> frozenset[str]:
    """Calling comes with a licence, at the creation; a place alone brings none."""
    return frozenset([str(fields["license"])] if fields.get("license") else [])


def warn(change: Change) -> list[str]:
    if change.action == "delete":
        return ["deletes the workspace, its devices and its settings"]
    without = change.action == "create" and not any(change.want.get(name) for name in _ADDRESS)
    return [_WITHOUT] if without and change.want.get("location") and "license" not in change.want else []


def _find_calls(operation: Operation, after: bool, held: Held) -> list[str]:
    """The names behind ids cost a look into their lists, and with calling the extension one into the numbers."""
    created, member = operation.action == "create", operation.members[0]
    if created and not after:
        return ["GET /workspaces"]
    if operation.action == "delete" and after:
        return ["GET /workspaces/{workspaceId}"]
    want, had = member.want, not created
    calls = any(want.get(name) for name in _OF_CALLING) or (had and member.facts.get("calling") is not False)
    placed = (after and want.get("location")) or (had and member.facts.get("placed") is not False)
    start = "GET /workspaces" if created else "GET /workspaces/{workspaceId}"
    named = (["location"] if placed else []) + (["license"] if calls else [])
    return [start, *named, *(["GET /telephony/config/numbers"] if calls else [])]


def _send_calls(operation: Operation) -> list[str]:
    want = operation.members[0].want
    names = [kind for kind in ("location", "license") if want.get(kind)]
    if operation.action == "create":
        return [*names, "POST /workspaces"]
    if operation.action == "delete":
        return ["DELETE /workspaces/{workspaceId}"]
    return [*(["location"] if {"location", *_ADDRESS} & want.keys() else []), "PUT /workspaces/{workspaceId}"]


KIND = ResourceKind(
    name="workspace",
    listing=Listing(by_location=True, alike=True),
    dialled=Dialled(),
    model=Workspace,
    doc="A room or a shared phone, with calling by licence tier.",
    source="GET/POST /workspaces, GET/PUT/DELETE /workspaces/{id}",
    requests=("GET /workspaces", "GET /telephony/config/numbers"),
    replaces=True,
    names_repeat=True,
    page=1000,
    audited=Audited(("PLACES", "CALLING"), ("PLACE", "WORKSPACE", "WORKSPACES")),
    plural="workspaces",
    aliases=("espacios",),
    key="name",
    renames=("name",),
    shard="location",
    calls=Calls(find=_find_calls, send=_send_calls),
    scan=scan,
    find=find,
    create=create,
    update=update,
    delete=delete,
    complete=expand_policy,
    entitles=entitles,
    rules=Rules(refuse=refuse, warn=warn, clash=clash),
)
