"""People: read and delete (developer.webex.com "People API"; webex-behaviour.md §8, §1.5). Writes: people_writes.py.

`extension` and `locationId` are shown with callingData=true only, `phoneNumbers` always.
"""

from __future__ import annotations

from ..core import calling, errors, ids, paging, switches
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

switches.declare(
    "people_sentinel_next", "none", "next", row="1.5",
    text="whether the row without id of an empty location is followed by a next page, which is empty",
)  # fmt: skip

switches.declare(
    "people_owned_delete", "passes", "refused", row="8",
    text="whether DELETE /people/{personId} passes for somebody whom a directory owns (people_profile_owner)",
)  # fmt: skip

_END = "~"  # a cursor behind every uuid
_NOBODY = {
    "notFoundIds": None,
    "items": [
        {"errors": errors.person_failure("peopleListLocationId", "No user matching the locationId in this page")}
    ],
}
_OPTIONAL = ("nickName", "firstName", "lastName", "avatar", "department", "manager", "managerId", "title",
             "addresses", "siteUrls", "timeZone", "lastActivity")  # fmt: skip


def phone_numbers(store: Store, person: Json) -> list[Json]:
    """Work number and the derived, read-only `work_extension`, then whatever else stands with the person."""
    shown: list[Json] = []
    if (block := person.get("calling")) and calling.is_complete(store, block):
        if block.get("number"):
            shown.append({"type": "work", "value": block["number"], "primary": True})
        if esn := calling.esn(store, block):
            shown.append({"type": "work_extension", "value": esn, "primary": not block.get("number")})
    return shown + [dict(number) for number in person.get("phoneNumbers", ())]


def show(store: Store, person: Json, *, calling_data: bool, enriched: bool = True, created: bool = False) -> Json:
    """One person. Just created ones have no sipAddresses yet; `id=` lists are not enriched with admin fields."""
    body: Json = {
        "id": ids.encode("PEOPLE", person["id"]),
        "emails": list(person["emails"]),
        "phoneNumbers": phone_numbers(store, person),
    }
    block = person.get("calling")
    if calling_data and block and calling.is_complete(store, block):
        if block.get("extension"):
            body["extension"] = block["extension"]
        body["locationId"] = ids.encode("LOCATION", block["location"])
    body["displayName"] = person["displayName"]
    body.update({name: person[name] for name in _OPTIONAL if person.get(name)})
    body["orgId"] = ids.encode("ORGANIZATION", store.org["id"])
    if enriched:
        body["roles"] = [ids.encode("ROLE", role) for role in person.get("roles", ())]
        body["licenses"] = [calling.license_id(store, key) for key in person.get("licenses", ())]
    body["created"] = person["created"]
    body["lastModified"] = person["lastModified"]
    body["status"] = person.get("status", "unknown")
    body["invitePending"] = person.get("invitePending", False)
    body["loginEnabled"] = person.get("loginEnabled", True)
    body["type"] = "person"
    if not created:
        local = person["emails"][0].partition("@")[0]
        address = f"{local}@{store.org['name'].lower().replace(' ', '')}.calls.webex.com"
        body["sipAddresses"] = [{"type": "cloud-calling", "value": address, "primary": True}]
    return body


def _wanted(request: Request, location: str) -> list[str]:
    """The people behind the cursor that the filters let through, as far as one page and one more."""
    email = request.query.get("email", "").lower()
    name = request.query.get("displayName", "").lower()
    roles = {ids.any_uuid(role) for role in request.listed("roles")}
    limit = 50 if location else 100 if request.flag("callingData") else 500
    size = paging.page_size(request, 100, limit)
    if email:
        found = request.store.emails.get(email)
        candidates = [found] if found and found > paging.position(request) else []
    else:
        candidates = request.store.people_after(paging.position(request))
    chosen: list[str] = []
    for key in candidates:
        person = request.store.people[key]
        if location and (person.get("calling") or {}).get("location") != location:
            continue
        if name and not person["displayName"].lower().startswith(name):
            continue
        if roles and not roles.intersection(person.get("roles", ())):
            continue
        chosen.append(key)
        if len(chosen) > size:
            break
    return chosen


@route("GET", "/people")
def list_people(request: Request) -> Reply:
    """List People: cursor paging, clamped pages, and the sentinel row for an empty location (§1.5)."""
    store, calling_data = request.store, request.flag("callingData")
    if "id" in request.query:
        return _by_id(request, calling_data)
    location = ids.parse(request.query["locationId"], "LOCATION") if "locationId" in request.query else ""
    limit = 50 if location else 100 if calling_data else 500
    size = paging.page_size(request, 100, limit)
    chosen = _wanted(request, location)
    if location and not chosen and "after" not in request.query:
        follows = store.switches["people_sentinel_next"] == "next"
        return Reply(200, _NOBODY, paging.next_link(request, after=paging.cursor(_END), max=size) if follows else {})
    if empty := paging.empty_first(request, "items", "after", ""):
        return empty
    page = chosen[:size]
    items = [show(store, store.people[key], calling_data=calling_data) for key in page]
    last = paging.cursor(page[-1] if page else _END)
    follows = paging.goes_on(request, len(chosen) > size, paging.position(request) == _END)
    return Reply(
        200,
        {"notFoundIds": None, **paging.body(request, "items", items)},
        paging.next_link(request, after=last, max=size) if follows else {},
    )


def _by_id(request: Request, calling_data: bool) -> Reply:
    """`id=`: at most 85, nothing else beside it, and no licences or roles in the rows (§1.5, §8)."""
    others = {"email", "displayName", "roles", "locationId"} & request.query.keys()
    wanted = request.listed("id")
    if others or len(wanted) > 85:
        raise errors.platform(400, "The id parameter takes up to 85 ids and no other filter.")
    items, missing = [], []
    for text in wanted:
        found = request.store.people.get(ids.any_uuid(text))
        if found is None:
            missing.append(text)
        else:
            row = show(request.store, found, calling_data=calling_data, enriched=False)
            items.append({**row, "userName": found["emails"][0]})
    return Reply(200, {"notFoundIds": missing or None, "items": items})


@route("GET", "/people/{personId}")
def get_person(request: Request) -> Reply:
    """Get Person Details; takes the bare uuid as well."""
    person = calling.person(request)
    return Reply(200, show(request.store, person, calling_data=request.flag("callingData")))


@route("DELETE", "/people/{personId}")
def delete_person(request: Request) -> Reply:
    """Delete a Person: 204; number and extension are free again, the SCIM user is gone too."""
    store, person = request.store, calling.person(request)
    if store.switches["people_profile_owner"] != "webex" and store.switches["people_owned_delete"] == "refused":
        raise owned_by_directory()
    remove(store, person)
    return Reply(204)


def owned_by_directory() -> errors.ApiError:
    """In what words the real API refuses it nobody has recorded."""
    return errors.platform(400, "The user is managed by the directory of the organization and cannot be changed here.")


def remove(store: Store, person: Json) -> None:
    calling.set_calling(store, Owner("people", person["id"]), person, None)
    calling.set_licenses(store, person, [])
    for email in person["emails"]:
        store.emails.pop(email.lower(), None)
    del store.people[person["id"]]
    store.forget_order()
