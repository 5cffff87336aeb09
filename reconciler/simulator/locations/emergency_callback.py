"""Emergency callback numbers of locations, people, workspaces and virtual lines (webex-behaviour.md §15): a location
falls back on its main number, a member on its own number and on the location's (_callback_levels.py)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..core import calling, cascade, errors, ids, owners
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _callback_levels as levels

_LOCATION = "/telephony/config/locations/{locationId}/features/emergencyCallbackNumber"
_OCI = "UserGetRequestWCV15"
_MEMBER = levels.MEMBER
# hunt groups may be chosen too; their type has no place in the enumeration of the answer
_TYPES = {"people": "PEOPLE", "workspaces": "PLACE", "virtual_lines": "VIRTUAL_LINE"}
# path, (table, parameter, kind of its id) of those that are found by their id alone
_OTHERS = {
    "virtualLines": ("virtual_lines", "virtualLineId", "VIRTUAL_LINE"),
    "huntGroups": ("hunt_groups", "huntGroupId", "HUNT_GROUP"),
}


class _OfLocation(Body):
    selected: Literal["LOCATION_NUMBER", "LOCATION_MEMBER_NUMBER"]
    location_member_id: str | None = None
    elin_expiry_time_minutes: int | None = Field(None, ge=10, le=1440)


class _OfMember(Body):
    selected: Literal["DIRECT_LINE", "LOCATION_ECBN", "LOCATION_MEMBER_NUMBER"]
    location_member_id: str | None = None
    elin_enabled: bool | None = None
    elin_for_webex_app_enabled: bool | None = None


def _member(store: Store, location: str, text: str | None) -> list[str]:
    """[table, uuid] of a member with a number in the location. Its id comes as the numbers list shows it or as its
    own endpoint does; only the uuid counts (§1.7)."""
    if not text:
        raise errors.missing_field("locationMemberId")
    key = ids.any_uuid(text)
    for table in (*_TYPES, "hunt_groups"):
        block = (store.table(table).get(key) or {}).get("calling") or {}
        if block.get("number") and block["location"] == location:
            return [table, key]
    raise errors.invalid_value("Invalid value for locationMemberId")


def _name(store: Store, owner: Owner | None) -> Json:
    """{firstName, lastName} of a member; blank where a number is nobody's."""
    found = store.table(owner.kind).get(owner.id) if owner is not None and owner.kind != "voicePortal" else None
    if owner is None or found is None:
        return {"firstName": "", "lastName": ""}
    first, last = owners.kind_of(owner).name(found)
    return {"firstName": first, "lastName": last}


def _shown(store: Store, number: str | None, chain: list[levels.Level]) -> Json:
    """The number of a choice as it stands, and what it comes to."""
    return {**({"phoneNumber": number} if number else {}), **levels.effective(store, chain)}


def _member_info(store: Store, location: str, member: list[str], chain: list[levels.Level]) -> Json:
    """The id is the member's own, which is seldom the text that was written (T:telephony_location_ecbn)."""
    owner = Owner(*member)
    shown = {**_name(store, owner), "memberId": ids.encode(owners.kind_of(owner).id_kind, owner.id)}
    if owner.kind in _TYPES:
        shown["memberType"] = _TYPES[owner.kind]
    return {**shown, **_shown(store, levels.number_of_member(store, location, member), chain)}


@route("GET", _LOCATION)
def get_of_location(request: Request) -> Reply:
    """Get a Location Emergency callback number."""
    store = request.store
    calling.calling_half(request)
    record = calling.location(request)
    key, stored = record["id"], levels.of_location(store, record["id"])
    main = levels.main_of(store, key)
    info = _shown(store, main.number, [main])
    body: Json = {
        "locationInfo": {
            "name": record["name"],
            "elinExpiryTimeMinutes": stored["elinExpiryTimeMinutes"],
            "effectiveValue": "",  # is always there, by the document
            **info,
        },
        "selected": stored["selected"],
        "elinExpiryTimeMinutes": stored["elinExpiryTimeMinutes"],
    }
    if stored["member"]:
        found = _member_info(store, key, stored["member"], levels.at_location(store, key))
        body["locationMemberInfo"] = {"effectiveValue": "", **found}
    return Reply(200, body)


@route("PUT", _LOCATION)
def update_of_location(request: Request) -> Reply:
    """Update a Location Emergency callback number; the ELIN time stays when it is left out."""
    half, body = calling.calling_half(request), parse(_OfLocation, request.document())
    key = calling.location(request)["id"]
    chosen = body.selected == _MEMBER
    half["ecbn"] = {
        "selected": body.selected,
        "member": _member(request.store, key, body.location_member_id) if chosen else None,
        "elinExpiryTimeMinutes": body.elin_expiry_time_minutes
        or levels.of_location(request.store, key)["elinExpiryTimeMinutes"],
    }
    return Reply(204)


def _holder(request: Request, path: str) -> tuple[Owner, Json]:
    """Whose settings these are, and the record; workspaces of the basic tier have them too (seen live)."""
    if path == "people":
        record = calling.person(request)
    elif path == "workspaces":
        record = calling.workspace(request)
    else:
        table, parameter, kind = _OTHERS[path]
        found = request.store.table(table).get(request.uuid(parameter, kind))
        if found is None:
            raise errors.not_found()
        record = found
    calling.calling_block(record, _OCI)
    return Owner(_OTHERS[path][0] if path in _OTHERS else path, record["id"]), record


def _show_member(store: Store, owner: Owner, record: Json) -> Json:
    block = record["calling"]
    stored, location = levels.chosen(block), block["location"]
    place_owner, place = levels.named(store, location)
    at_place = levels.at_member(store, block, levels.LOCATION_ECBN)
    default = levels.effective(store, at_place)
    body: Json = {
        "selected": stored["selected"],
        "directLineInfo": {
            **_name(store, owner),
            **_shown(store, block.get("number"), levels.at_member(store, block, levels.DIRECT)),
        },
        "locationECBNInfo": {**_name(store, place_owner), **_shown(store, place, at_place)},
        "defaultInfo": {name: value for name, value in default.items() if name != "effectiveLevel"},
    }
    if member := stored.get("member"):
        chain = levels.at_member(store, block, levels.MEMBER, member)
        body["locationMemberInfo"] = _member_info(store, location, member, chain)
    for name, table in (("elinEnabled", "workspaces"), ("elinForWebexAppEnabled", "people")):
        if owner.kind == table:
            body[name] = bool(stored.get(name))
    return body


def users(store: Store, owner: Owner) -> list[Json]:
    """The calling blocks that name this member."""
    return [
        block
        for table in _TYPES
        for record in store.table(table).values()
        if (block := record.get("calling")) and (block.get("ecbn") or {}).get("member") == list(owner)
    ]


def _serve(path: str, parameter: str) -> None:
    url = f"/telephony/config/{path}/{{{parameter}}}/emergencyCallbackNumber"

    @route("GET", url)
    def get_of_member(request: Request) -> Reply:
        """Get an entity's Emergency Callback Number."""
        return Reply(200, _show_member(request.store, *_holder(request, path)))

    @route("PUT", url)
    def update_of_member(request: Request) -> Reply:
        """Update an entity's Emergency Callback Number: replaces."""
        _, record = _holder(request, path)
        body, block = parse(_OfMember, request.document()), record["calling"]
        if body.selected == "DIRECT_LINE" and not block.get("number"):
            raise errors.broadworks(400, 5700, "This service requires a phone number")
        chosen = body.selected == _MEMBER
        member = _member(request.store, block["location"], body.location_member_id) if chosen else None
        flags = {"elinEnabled": body.elin_enabled, "elinForWebexAppEnabled": body.elin_for_webex_app_enabled}
        kept = {name: value for name, value in flags.items() if value is not None}
        block["ecbn"] = {"selected": body.selected, "member": member, **kept}
        return Reply(204)


def _serve_dependencies(path: str, parameter: str) -> None:
    @route("GET", f"/telephony/config/{path}/{{{parameter}}}/emergencyCallbackNumber/dependencies")
    def get_dependencies(request: Request) -> Reply:
        """Retrieve an entity's Emergency Callback Number Dependencies."""
        owner, record = _holder(request, path)
        member, store = list(owner), request.store
        return Reply(
            200,
            {
                "isLocationEcbnDefault": levels.of_location(store, record["calling"]["location"])["member"] == member,
                "isSelfEcbnDefault": levels.chosen(record["calling"])["selected"] == "DIRECT_LINE",
                "dependentMemberCount": len(users(store, owner)),
            },
        )


for _path, _parameter in (("people", "personId"), ("workspaces", "workspaceId"), ("virtualLines", "virtualLineId")):
    _serve(_path, _parameter)
    _serve_dependencies(_path, _parameter)
_serve_dependencies("huntGroups", "huntGroupId")  # the only thing of theirs that is served here


@cascade.on_end
def _forget(store: Store, owner: Owner) -> None:
    """Who was called back through a member that ended is called back through the location again."""
    for block in users(store, owner):
        block["ecbn"] = {**block["ecbn"], "selected": "LOCATION_ECBN", "member": None}
    for record in store.locations.values():
        half = record.get("calling") or {}
        if (half.get("ecbn") or {}).get("member") == list(owner):
            half["ecbn"] = {**half["ecbn"], "selected": "LOCATION_NUMBER", "member": None}
