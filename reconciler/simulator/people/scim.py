"""SCIM 2.0 users (`/identity/scim/{orgId}/v2/Users`, at the root; webex-behaviour.md §10). The same identities as
the people: what is written here is read there. Errors are E5; the media type is application/json, because the
SDK does not parse application/scim+json."""

from __future__ import annotations

import re

from ..core import calling
from ..core.bodies import Body
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _groups, _scim, people
from ._scim_filter import refused

_PATH = f"{_scim.ROOT}/Users"
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_WEBEX = "urn:scim:schemas:extension:cisco:webexidentity:2.0:User"
_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_MAIL = re.compile(r'^(?:userName|emails\.value) eq "([^"]*)"$', re.IGNORECASE)
_FILTERED = ("userName", "displayName", "nickName", "title", "id", "active", "userType", "externalId", "name.givenName",
             "name.familyName", "emails", "emails.value", "emails.type", "phoneNumbers", "phoneNumbers.type",
             "meta.lastModified", "meta.created", "groups", "groups.value", f"{_WEBEX}:meta.organizationId",
             f"{_WEBEX}:accountStatus", f"{_ENTERPRISE}:department", f"{_ENTERPRISE}:employeeNumber")  # fmt: skip
_LISTS = frozenset({"emails", "phoneNumbers", "addresses", "photos"})
# SCIM attributes without a place among the people's; kept as they came
_EXTRAS = ("userType", "preferredLanguage", "locale", "externalId", "timezone", "profileUrl", "addresses",
           _ENTERPRISE)  # fmt: skip


class _Name(Body):
    given_name: str | None = None
    family_name: str | None = None


class _Phone(Body):
    type: str
    value: str


class _User(Body):
    user_name: str | None = None
    display_name: str | None = None
    nick_name: str | None = None
    title: str | None = None
    active: bool | None = None
    name: _Name | None = None
    phone_numbers: list[_Phone] | None = None
    user_type: str | None = None
    preferred_language: str | None = None
    locale: str | None = None
    external_id: str | None = None
    timezone: str | None = None
    profile_url: str | None = None
    addresses: list[Json] | None = None


def show(request: Request, person: Json, *, detail: bool) -> Json:
    """`meta` is shown in lists and missing in details."""
    store = request.store
    body: Json = {
        "schemas": [_USER, _WEBEX],
        "id": person["id"],
        "userName": person["emails"][0],
        "active": person.get("loginEnabled", True),
        "userType": "user",
        "displayName": person["displayName"],
        "emails": [
            {"value": email, "type": "work", "primary": position == 0}
            for position, email in enumerate(person["emails"])
        ],
    }
    name = {"givenName": person.get("firstName"), "familyName": person.get("lastName")}
    if any(name.values()):
        body["name"] = {key: value for key, value in name.items() if value}
    body.update({key: person[key] for key in ("nickName", "title") if person.get(key)})
    body.update(person.get("scim", {}))
    numbers = [
        {"value": one["value"], "type": one["type"], "primary": bool(one.get("primary"))}
        for one in people.phone_numbers(store, person)
        if one["type"] in ("work", "mobile", "fax", "other", "home", "work_extension")
    ]
    if numbers:
        body["phoneNumbers"] = numbers
    body[_WEBEX] = {
        "accountStatus": ["pending"] if person.get("invitePending") else ["active"],
        "licenseID": [calling.license_id(store, key) for key in person["licenses"]],
        "meta": {"organizationId": store.org["id"]},
    }
    if request.flag("returnGroups") or request.flag("includeGroupDetails"):
        body["groups"] = [
            {"value": group["id"], "display": group["displayName"]} for group in _groups.of_person(store, person["id"])
        ]
    if not detail:
        body["meta"] = _scim.meta(request, "User", person)
    return body


def _person(request: Request) -> Json:
    _scim.check(request)
    person = request.store.people.get(request.params["userId"])
    if person is None:
        raise _scim.not_found()
    return person


@route("GET", _PATH)
def search_users(request: Request) -> Reply:
    """Search users. A search for an address is looked up, any other filter looks at everybody."""
    _scim.check(request)
    store = request.store
    if mail := _MAIL.match(request.query.get("filter", "").strip()):
        found = store.emails.get(mail[1].lower())
        rows = [store.people[found]] if found else []
    else:
        rows = [store.people[key] for key in store.people_after("")]
    return _scim.search(request, rows, lambda person: show(request, person, detail=False), _FILTERED)


@route("POST", _PATH)
def create_user(request: Request) -> Reply:
    """Create a user; userName is unique in all of Webex."""
    _scim.check(request)
    store, body = request.store, _scim.document(request)
    person: Json = {"id": store.new_id("people"), "created": store.clock.stamp(), "licenses": [], "roles": [],
                    "calling": None, "phoneNumbers": [], "invitePending": True}  # fmt: skip
    _write(store, person, body)
    store.people[person["id"]] = person
    store.forget_order()
    return Reply(201, show(request, person, detail=True))


@route("GET", _PATH + "/{userId}")
def get_user(request: Request) -> Reply:
    return Reply(200, show(request, _person(request), detail=True))


@route("PUT", _PATH + "/{userId}")
def update_user(request: Request) -> Reply:
    """Update a user: replaces every attribute of the identity. Calling is not touched."""
    person = _person(request)
    _write(request.store, person, _scim.document(request))
    return Reply(200, show(request, person, detail=True))


@route("PATCH", _PATH + "/{userId}")
def patch_user(request: Request) -> Reply:
    """Patch a user: add, replace and remove, with value filters in paths; refused as a whole."""
    person = _person(request)
    shown = show(request, person, detail=True)
    _write(request.store, person, _scim.patched(shown, _scim.document(request), _LISTS))
    return Reply(200, show(request, person, detail=True))


@route("DELETE", _PATH + "/{userId}")
def delete_user(request: Request) -> Reply:
    """Delete a user, and with it the person and its calling half."""
    people.remove(request.store, _person(request))
    return Reply(204)


def _write(store: Store, person: Json, document: Json) -> None:
    body = {**document, **_scim.parse(_User, document).wire(sent=True)}
    user_name = body.get("userName") or ""
    if "@" not in user_name:
        raise refused("userName is required.")
    holder = store.emails.get(user_name.lower())
    if holder is not None and holder != person["id"]:
        raise _scim.conflict(f"User with userName {user_name} already exists.")
    for email in person.get("emails", ()):
        store.emails.pop(email.lower(), None)
    person["emails"] = [user_name]
    store.emails[user_name.lower()] = person["id"]
    name = body.get("name") or {}
    values = {"firstName": name.get("givenName"), "lastName": name.get("familyName"),
              "nickName": body.get("nickName"), "title": body.get("title")}  # fmt: skip
    for key, value in values.items():
        person.pop(key, None)
        if value:
            person[key] = value
    parts = [part for part in (name.get("givenName"), name.get("familyName")) if part]
    person["displayName"] = body.get("displayName") or " ".join(parts) or user_name
    person["loginEnabled"] = body.get("active") is not False
    person["scim"] = {key: body[key] for key in _EXTRAS if body.get(key) is not None}
    person["phoneNumbers"] = [
        {"type": one["type"], "value": one["value"]}
        for one in body.get("phoneNumbers") or []
        if one.get("type") not in ("work", "work_extension")
    ]
    person["lastModified"] = store.clock.stamp()
