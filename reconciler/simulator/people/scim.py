"""SCIM 2.0 users (`/identity/scim/{orgId}/v2/Users`, at the root; webex-behaviour.md §10). The same identities as
the people: what is written here is read there. Errors are E5; the media type is application/json, because the
SDK does not parse application/scim+json."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from pydantic import Field

from ..core import bodies, calling, errors
from ..core.bodies import Body
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import people

_PATH = "/identity/scim/{orgId}/v2/Users"
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_WEBEX = "urn:scim:schemas:extension:cisco:webexidentity:2.0:User"
_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_FILTER = re.compile(r'^(userName|displayName|emails\.value|id) (eq|sw|co) "([^"]*)"$', re.IGNORECASE)
# SCIM attributes without a place among the people's; kept as they came
_EXTRAS = ("userType", "preferredLanguage", "locale", "externalId", "timezone", "profileUrl", "addresses",
           "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")  # fmt: skip


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


class _Operation(Body):
    op: str
    path: str | None = None
    value: Any = None


class _Patch(Body):
    operations: list[_Operation] = Field([], alias="Operations")


B = TypeVar("B", bound=Body)


def _parse(model: type[B], document: Json) -> B:
    """As everywhere, only that the refusal has SCIM's shape."""
    try:
        return bodies.parse(model, document)
    except errors.ApiError as refusal:
        raise errors.scim(400, refusal.body["message"], "200001") from refusal


def _check(request: Request) -> None:
    """The organisation stands in the path as a bare uuid; anything else is refused as for lack of rights."""
    if request.params["orgId"] != request.store.org["id"]:
        raise errors.scim(403, "Sorry, you don't have sufficient privileges", "200003")


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
    if not detail:
        body["meta"] = {
            "resourceType": "User",
            "location": f"{request.root}/identity/scim/{store.org['id']}/v2/Users/{person['id']}",
            "version": 'W/"1"',
            "created": person["created"],
            "lastModified": person["lastModified"],
        }
    return body


def _person(request: Request) -> Json:
    _check(request)
    person = request.store.people.get(request.params["userId"])
    if person is None:
        raise errors.scim(404, "Resource not found.", "200004")
    return person


def _found(request: Request) -> list[Json]:
    store, text = request.store, request.query.get("filter")
    if not text:
        return [store.people[key] for key in store.people_after("")]
    match = _FILTER.match(text.strip())
    if match is None:
        raise errors.scim(400, "The filter is not supported.", "200001")
    name, operator, value = match[1].lower(), match[2].lower(), match[3].lower()
    if operator == "eq" and name in ("username", "emails.value"):
        key = store.emails.get(value)
        return [store.people[key]] if key else []
    fields: dict[str, Callable[[Json], Any]] = {
        "username": lambda one: one["emails"][0],
        "emails.value": lambda one: one["emails"][0],
        "displayname": lambda one: one["displayName"],
        "id": lambda one: one["id"],
    }
    field = fields[name]
    rows = [store.people[key] for key in store.people_after("")]
    return [row for row in rows if _test(operator, str(field(row)).lower(), value)]


def _test(operator: str, text: str, value: str) -> bool:
    if operator == "eq":
        return text == value
    return text.startswith(value) if operator == "sw" else value in text


def _whole(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise errors.scim(400, f"{name} is not a number.", "200001")
    return int(text)


@route("GET", _PATH)
def search_users(request: Request) -> Reply:
    """Search users: one-based startIndex, count up to 100."""
    _check(request)
    first = _whole(request, "startIndex", 1)
    count = min(_whole(request, "count", 100), 100)
    rows = _found(request)
    page = rows[first - 1 : first - 1 + count]
    body = {
        "schemas": [_LIST],
        "totalResults": len(rows),
        "itemsPerPage": len(page),
        "startIndex": first,
        "Resources": [show(request, person, detail=False) for person in page],
    }
    return Reply(200, body)


@route("POST", _PATH)
def create_user(request: Request) -> Reply:
    """Create a user; userName is unique in all of Webex."""
    _check(request)
    store, body = request.store, request.document()
    person: Json = {"id": store.new_id("people"), "created": store.clock.stamp(), "licenses": [], "roles": [],
                    "calling": None,                    "phoneNumbers": [], "invitePending": True}  # fmt: skip
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
    _write(request.store, person, request.document())
    return Reply(200, show(request, person, detail=True))


@route("PATCH", _PATH + "/{userId}")
def patch_user(request: Request) -> Reply:
    """Patch a user: add and replace of simple attributes, remove."""
    person = _person(request)
    body = show(request, person, detail=True)
    for operation in _parse(_Patch, request.document()).operations:
        name, path, value = operation.op.lower(), operation.path, operation.value
        if name not in ("add", "replace", "remove"):
            raise errors.scim(400, f"Unknown operation {name}", "200001")
        if not path:
            if not isinstance(value, dict):
                raise errors.scim(400, "An operation without a path takes an object.", "200001")
            body.update(value)
            continue
        target, *rest = path.split(".") if not path.startswith("urn:") else [path]
        holder = body.setdefault(target, {}) if rest else body
        if not isinstance(holder, dict):
            raise errors.scim(400, f"Unknown path {path}", "200001")
        if name == "remove":
            holder.pop(rest[0] if rest else target, None)
        else:
            holder[rest[0] if rest else target] = value
    _write(request.store, person, body)
    return Reply(200, show(request, person, detail=True))


@route("DELETE", _PATH + "/{userId}")
def delete_user(request: Request) -> Reply:
    """Delete a user, and with it the person and its calling half."""
    people.remove(request.store, _person(request))
    return Reply(204)


def _write(store: Store, person: Json, document: Json) -> None:
    body = {**document, **_parse(_User, document).wire(sent=True)}
    user_name = body.get("userName") or ""
    if "@" not in user_name:
        raise errors.scim(400, "userName is required.", "200001")
    holder = store.emails.get(user_name.lower())
    if holder is not None and holder != person["id"]:
        raise errors.scim(409, f"User with userName {user_name} already exists.", "200005")
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
