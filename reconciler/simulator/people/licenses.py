"""Licences (developer.webex.com "Licenses API"; webex-behaviour.md §9). `PATCH /licenses/users`, not POST."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..core import calling, errors, ids, numbering, paging, switches
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _license_rules

switches.declare(
    "license_exhausted", "206", "400", "assign", row="9, 17.12",
    text="adding a licence without units: left out with a 206, refused, or assigned all the same as in trials",
)  # fmt: skip
switches.declare(
    "license_swap_settings", "kept", "lost", row="9",
    text="calling settings where one request removes a calling licence and adds another: they stay, or are lost",
)  # fmt: skip
switches.declare(
    "license_readd", "ignore", "apply", row="9, 17.12", text="the properties of a calling licence that is held already"
)

_HOLDERS = 300
_END = "~"  # behind every uuid


class _Properties(Body):
    location_id: str | None = None
    phone_number: str | None = None
    extension: str | None = None

    @property
    def is_address(self) -> bool:
        return bool(self.phone_number or self.extension)


class _Entry(Body):
    id: str
    operation: Literal["add", "remove"] = "add"
    properties: _Properties | None = None


class _Site(Body):
    site_url: str
    account_type: Literal["attendee"]
    operation: Literal["add", "remove"] = "add"


class _Request(Body):
    email: str | None = None
    person_id: str | None = None
    licenses: list[_Entry] | None = None
    site_urls: list[_Site] | None = None


def show(store: Store, key: str) -> Json:
    record = store.licenses[key]
    workspaces = sum(key in workspace["licenses"] for workspace in store.workspaces.values())
    body = {
        "id": calling.license_id(store, key),
        "name": record["name"],
        "totalUnits": record.get("totalUnits", 0),
        "consumedUnits": store.used[key],
        "consumedByUsers": store.used[key] - workspaces,
        "consumedByWorkspaces": workspaces,
    }
    if record.get("subscriptionId"):
        body["subscriptionId"] = record["subscriptionId"]
    return body


@route("GET", "/licenses")
def list_licenses(request: Request) -> Reply:
    """List Licenses: not paginated. Some that people hold are in no list (TEN: type WAM)."""
    store = request.store
    return Reply(200, {"items": [show(store, key) for key, one in store.licenses.items() if one.get("listed", True)]})


@route("GET", "/licenses/{licenseId}")
def get_license(request: Request) -> Reply:
    """Get License Details, with `includeAssignedTo=user` also the people who hold it."""
    store = request.store
    key = calling.license_key(store, request.params["licenseId"])
    if key is None:
        raise errors.not_found()
    if request.query.get("includeAssignedTo") != "user":
        return Reply(200, show(store, key))
    return _page_of_holders(request, key)


def _page_of_holders(request: Request, key: str) -> Reply:
    """At most 300 a page by `limit`; `next` is a cursor out of the Link."""
    store, after = request.store, request.query.get("next", "")
    size = paging.page_size(request, _HOLDERS, _HOLDERS, "limit")
    if empty := paging.empty_first(request, "users", "next", ""):
        return empty
    holders = [one for one in store.people_after(after) if key in store.people[one]["licenses"]]
    users = [_holder(store.people[one]) for one in holders[:size]]
    follows = paging.goes_on(request, len(holders) > size, after == _END)
    last = holders[size - 1] if len(holders) >= size else holders[-1] if holders else _END
    link = paging.next_link(request, next=last, limit=size) if follows else {}
    return Reply(200, {**show(store, key), **paging.body(request, "users", users)}, link)


def _holder(person: Json) -> Json:
    return {
        "id": ids.encode("PEOPLE", person["id"]),
        "type": "INTERNAL",
        "displayName": person["displayName"],
        "email": person["emails"][0],
    }


def _not_found() -> errors.ApiError:
    """404 with code 1: unknown person, or a licence id that is none (§16)."""
    return errors.telephony(404, 1, "The requested resource could not be found.")


def _person(store: Store, body: _Request) -> Json:
    if body.person_id:
        key: str | None = ids.any_uuid(body.person_id)
    elif body.email:
        key = store.emails.get(body.email.lower())
    else:
        raise errors.platform(400, "At least one of email, personId is required.")
    if key is None or key not in store.people:
        raise _not_found()
    return store.people[key]


@route("POST", "/licenses/users")
@route("PUT", "/licenses/users")
def wrong_verb(request: Request) -> Reply:
    """The mistake everybody makes (wxcli provisioning.md, live 2026-10-13)."""
    raise errors.platform(405, f"Request method '{request.method}' is not supported")


@route("PATCH", "/licenses/users")
def assign_licenses(request: Request) -> Reply:
    """Assign Licenses to Users: removals first, then additions; 206 when some could not be had."""
    store, body = request.store, parse(_Request, request.document())
    person = _person(store, body)
    plan = _Plan(list(person["licenses"]), person.get("calling"))
    entries = [(_key(store, one.id), one) for one in body.licenses or ()]
    for key, entry in entries:
        if entry.operation == "remove":
            _remove(store, plan, key)
    for key, entry in entries:
        if entry.operation == "add":
            _add(store, person, plan, key, entry)
    _license_rules.check_result(store, plan.added, plan.licenses)
    sites = _sites(store, person, body.site_urls or [])
    if plan.block is not person.get("calling"):
        calling.set_calling(store, Owner("people", person["id"]), person, plan.block)
    calling.set_licenses(store, person, plan.licenses)
    if sites or "attendeeSites" in person:
        person["attendeeSites"] = sites
    answer = {
        "orgId": ids.encode("ORGANIZATION", store.org["id"]),
        "personId": ids.encode("PEOPLE", person["id"]),
        "email": person["emails"][0],
        "licenses": [calling.license_id(store, key) for key in plan.licenses],
        "siteUrls": [{"siteUrl": site, "accountType": "attendee"} for site in sites],
    }
    return Reply(206 if plan.skipped else 200, answer)


@dataclass
class _Plan:
    """What the person will have, before anything is changed."""

    licenses: list[str]
    block: Json | None
    added: list[str] = field(default_factory=list)
    skipped: bool = False


def _key(store: Store, text: str) -> str:
    if (ids.decode(text) or ("",))[0] != "LICENSE":
        raise _not_found()
    key = calling.license_key(store, text)
    if key is None:
        raise _license_rules.refused(400000, "License not recognized", f"License not recognized {text}")
    return key


def _remove(store: Store, plan: _Plan, key: str) -> None:
    _license_rules.check_removal(store, key)
    plan.licenses = [one for one in plan.licenses if one != key]
    if store.licenses[key]["offer"] in calling.PERSON_OFFERS:
        plan.block = None


def _add(store: Store, person: Json, plan: _Plan, key: str, entry: _Entry) -> None:
    is_calling = store.licenses[key]["offer"] in calling.PERSON_OFFERS
    properties = entry.properties or _Properties()
    if key in plan.licenses:
        if is_calling and plan.block and store.switches["license_readd"] == "apply" and properties.is_address:
            plan.block = {**plan.block, **_new_block(store, person, key, properties)}
        return
    position = store.switches["license_exhausted"]
    if store.units_left(key) <= 0 and position != "assign" and key not in person["licenses"]:
        if position == "400":
            raise errors.platform(400, "No license units are available.")
        plan.skipped = True
        return
    _license_rules.check_addition(store, person["licenses"], plan.licenses, key)
    if is_calling:
        swapped: Json = (person.get("calling") or {}) if store.switches["license_swap_settings"] == "kept" else {}
        plan.block = {**swapped, **_new_block(store, person, key, properties)}
    plan.licenses.append(key)
    plan.added.append(key)


def _new_block(store: Store, person: Json, key: str, properties: _Properties) -> Json:
    """Extension or number, and a location; the number alone says where it is."""
    if not properties.is_address:
        raise _license_rules.missing_properties(calling.license_id(store, key))
    extension, text = properties.extension, properties.phone_number
    location: str | None = None
    if properties.location_id:
        location = ids.any_uuid(properties.location_id)
    elif text and (number := numbering.e164(text)) in store.numbers and number:
        location = store.numbers[number]["location"]
    if location is None or store.calling_of(location) is None:
        raise _license_rules.unknown_location()
    owner = Owner("people", person["id"]) if person.get("calling") else None
    if extension:
        calling.check_extension(store, location, extension, owner)
    taken = calling.check_number(store, location, text, owner) if text else None
    return {"location": location, "extension": extension or None, "number": taken}


def _sites(store: Store, person: Json, sent: list[_Site]) -> list[str]:
    """The sites where the person is an attendee, after this request."""
    _license_rules.check_sites(store, [one.wire() for one in sent])
    removed = {one.site_url for one in sent if one.operation == "remove"}
    added = [one.site_url for one in sent if one.operation == "add"]
    return [site for site in dict.fromkeys([*person.get("attendeeSites", ()), *added]) if site not in removed]
