"""Emergency callback numbers of locations, people, workspaces and virtual lines (webex-behaviour.md §15): a location
falls back on its main number, a member on its own number and then on the location's.

    calling half   {…, ecbn?: {selected, member: [table, uuid] | null, elinExpiryTimeMinutes}}
    calling block  {…, ecbn?: {selected, member: [table, uuid] | null, elinEnabled?, elinForWebexAppEnabled?}}
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..core import calling, cascade, errors, ids, owners
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

_LOCATION = "/telephony/config/locations/{locationId}/features/emergencyCallbackNumber"
_OCI = "UserGetRequestWCV15"
_MEMBER = "LOCATION_MEMBER_NUMBER"
# hunt groups may be chosen too; their type has no place in the enumeration of the answer
_TYPES = {"people": "PEOPLE", "workspaces": "PLACE", "virtual_lines": "VIRTUAL_LINE"}
# path, (table, parameter, kind of its id) of those that are found by their id alone
_OTHERS = {
    "virtualLines": ("virtual_lines", "lineId", "VIRTUAL_LINE"),
    "huntGroups": ("hunt_groups", "huntGroupId", "HUNT_GROUP"),
}
_DEFAULT: Json = {"selected": "LOCATION_NUMBER", "member": None, "elinExpiryTimeMinutes": 60}


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


def _number(store: Store, number: str | None) -> Json:
    """{phoneNumber, effectiveValue, quality} of a number, which may be none."""
    if number is None:
        return {"quality": "INVALID"}
    active = store.numbers.get(number, {}).get("state") == "ACTIVE"
    owner = store.owners.get(number)
    good = active and owner is not None and owner.kind in ("people", "workspaces")
    quality = "RECOMMENDED" if good else "NOT_RECOMMENDED" if active else "INVALID"
    return {"phoneNumber": number, "effectiveValue": number, "quality": quality}


def _member_info(store: Store, member: list[str]) -> Json:
    """The id is the member's own, which is seldom the text that was written (T:telephony_location_ecbn)."""
    owner = Owner(*member)
    record, kind = store.table(owner.kind)[owner.id], owners.kind_of(owner)
    first, last = kind.name(record)
    shown = {"firstName": first, "lastName": last, "memberId": ids.encode(kind.id_kind, owner.id)}
    if owner.kind in _TYPES:
        shown["memberType"] = _TYPES[owner.kind]
    return {**shown, **_number(store, record["calling"].get("number")), "effectiveLevel": _MEMBER}


def _of_location(store: Store, location: str) -> Json:
    stored: Json = (store.calling_of(location) or {}).get("ecbn") or _DEFAULT
    return stored


def _location_number(store: Store, location: str) -> str | None:
    """What a call from the location shows without anything chosen for the caller."""
    stored = _of_location(store, location)
    if stored["member"]:
        owner = Owner(*stored["member"])
        found: str | None = store.table(owner.kind)[owner.id]["calling"].get("number")
        return found
    main: str | None = (store.calling_of(location) or {}).get("callingLineId", {}).get("phoneNumber")
    return main


@route("GET", _LOCATION)
def get_of_location(request: Request) -> Reply:
    """Get a Location Emergency callback number."""
    store, half = request.store, calling.calling_half(request)
    record = calling.location(request)
    stored = _of_location(store, record["id"])
    main = _number(store, half["callingLineId"].get("phoneNumber"))
    body: Json = {
        "locationInfo": {
            "name": record["name"],
            "effectiveLevel": "LOCATION_NUMBER" if "phoneNumber" in main else "NONE",
            "elinExpiryTimeMinutes": stored["elinExpiryTimeMinutes"],
            **main,
        },
        "selected": stored["selected"],
        "elinExpiryTimeMinutes": stored["elinExpiryTimeMinutes"],
    }
    if stored["member"]:
        body["locationMemberInfo"] = _member_info(store, stored["member"])
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
        or _of_location(request.store, key)["elinExpiryTimeMinutes"],
    }
    return Reply(204)


def _holder(request: Request, path: str) -> tuple[Owner, Json]:
    """Whose settings these are, and the record; the basic tier of workspaces has none of them (§13)."""
    if path == "people":
        record = calling.person(request)
    elif path == "workspaces":
        record = calling.workspace(request)
        calling.calling_block(record, _OCI)
        calling.refuse_basic(request.store, record)
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
    first, last = owners.kind_of(owner).name(record)
    stored = _chosen(block)
    place = _number(store, _location_number(store, block["location"]))
    own = {"firstName": first, "lastName": last, **_number(store, block.get("number"))}
    own["effectiveLevel"] = "DIRECT_LINE" if block.get("number") else "LOCATION_ECBN"
    body: Json = {
        "selected": stored["selected"],
        "directLineInfo": own,
        "locationECBNInfo": {**place, "effectiveLevel": "LOCATION_ECBN"},
        "defaultInfo": {name: value for name, value in place.items() if name != "phoneNumber"},
    }
    if stored.get("member"):
        body["locationMemberInfo"] = _member_info(store, stored["member"])
    for name, table in (("elinEnabled", "workspaces"), ("elinForWebexAppEnabled", "people")):
        if owner.kind == table:
            body[name] = bool(stored.get(name))
    return body


def _chosen(block: Json) -> Json:
    """What was written, else the own number, else the location's."""
    found: Json | None = block.get("ecbn")
    return found or {"selected": "DIRECT_LINE" if block.get("number") else "LOCATION_ECBN"}


def _users(store: Store, member: list[str]) -> list[Json]:
    """The calling blocks that name this member."""
    return [
        block
        for table in _TYPES
        for record in store.table(table).values()
        if (block := record.get("calling")) and (block.get("ecbn") or {}).get("member") == member
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
                "isLocationEcbnDefault": _of_location(store, record["calling"]["location"])["member"] == member,
                "isSelfEcbnDefault": _chosen(record["calling"])["selected"] == "DIRECT_LINE",
                "dependentMemberCount": len(_users(store, member)),
            },
        )


for _path, _parameter in (("people", "personId"), ("workspaces", "workspaceId"), ("virtualLines", "lineId")):
    _serve(_path, _parameter)
    _serve_dependencies(_path, _parameter)
_serve_dependencies("huntGroups", "huntGroupId")  # the only thing of theirs that is served here


@cascade.on_end
def _forget(store: Store, owner: Owner) -> None:
    """Who was called back through a member that ended is called back through the location again."""
    for block in _users(store, list(owner)):
        block["ecbn"] = {**block["ecbn"], "selected": "LOCATION_ECBN", "member": None}
    for record in store.locations.values():
        half = record.get("calling") or {}
        if (half.get("ecbn") or {}).get("member") == list(owner):
            half["ecbn"] = {**half["ecbn"], "selected": "LOCATION_NUMBER", "member": None}
