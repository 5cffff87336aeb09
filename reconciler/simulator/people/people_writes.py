"""People: create and update (developer.webex.com "Create a Person", "Update a Person"; webex-behaviour.md §8).

PUT merges: what is left out stays, a list that is sent is the whole list, and `displayName` alone is mandatory (wxcli
provisioning.md, live 2026-10-13). Both calls combine several back ends, so a refused one may have done half of its
work: the identity half is written first, and a number that cannot be had leaves it behind with a 400.
"""

from __future__ import annotations

from ..core import calling, errors, ids, numbering, switches
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _license_rules
from .people import owned_by_directory, show

switches.declare(
    "people_put_omitted", "kept", "reset", row="8, 18.1",
    text="what a PUT /people leaves out: as it was, as seen live, or gone, as documented",
)  # fmt: skip
switches.declare(
    "people_put_without_emails", "accept", "refuse", row="8",
    text="PUT /people without `emails`: as they were, or 400; one observation each",
)  # fmt: skip
switches.declare(
    "people_put_without_extension", "keep", "clear", row="17.9",
    text="PUT /people with callingData=true and without `extension`, where what is left out is reset",
)  # fmt: skip

switches.declare(
    "people_profile_owner", "webex", "directory", "directory_changes", row="8",
    text="a directory that owns profiles refuses every PUT and POST /people, or those that change a profile",
)  # fmt: skip

_NO_ADDRESS = "Create Calling user either Phone number or Extension is required"
# plain fields; what is sent empty is gone
_REPLACED = ("nickName", "firstName", "lastName", "avatar", "department", "manager", "managerId", "title",
             "addresses", "siteUrls")  # fmt: skip
_NAMES = ("firstName", "lastName", "title", "department")
_READ_ONLY_NUMBERS = frozenset({"work", "work_extension"})


class _Number(Body):
    type: str | None = None
    value: str | None = None


class _Address(Body):
    type: str | None = None
    country: str | None = None
    locality: str | None = None
    region: str | None = None
    street_address: str | None = None
    postal_code: str | None = None


class _Person(Body):
    """Both calls take a whole person; what only the server sets is ignored."""

    emails: list[str] | None = None
    display_name: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    nick_name: str | None = None
    avatar: str | None = None
    department: str | None = None
    manager: str | None = None
    manager_id: str | None = None
    title: str | None = None
    addresses: list[_Address] | None = None
    site_urls: list[str] | None = None
    phone_numbers: list[_Number] | None = None
    extension: str | None = None
    location_id: str | None = None
    licenses: list[str] | None = None
    roles: list[str] | None = None
    login_enabled: bool | None = None


@route("POST", "/people")
def create_person(request: Request) -> Reply:
    """Create a Person. 409 for a known address; 400 may leave a person without calling behind."""
    store, body = request.store, _body(request)
    if store.switches["people_profile_owner"] != "webex":
        raise owned_by_directory()
    emails = _emails(store, body, None)
    if not any(body.get(name) for name in ("displayName", "firstName", "lastName")):
        raise errors.platform(400, "At least one of displayName, firstName, lastName is required.")
    licenses = _licenses(store, body, [])
    wants_calling = calling.has_offer(store, licenses, calling.PERSON_OFFERS)
    block = _new_block(request, body) if wants_calling else None

    person: Json = {"id": store.new_id("people"), "emails": emails, "created": store.clock.stamp(), "calling": None}
    full_name = " ".join(body[name] for name in ("firstName", "lastName") if body.get(name))
    _identity(store, person, body, body.get("displayName") or full_name)
    person["invitePending"] = True
    person["roles"] = _roles(body)
    store.people[person["id"]] = person
    store.forget_order()
    plain = [key for key in licenses if store.licenses[key]["offer"] not in calling.PERSON_OFFERS]
    calling.set_licenses(store, person, plain)
    if block is not None:
        # from here on a refusal leaves the person without calling behind, as documented
        owner = Owner("people", person["id"])
        _take_number(store, body, block, owner)
        calling.set_calling(store, owner, person, block)
    calling.set_licenses(store, person, licenses)
    return Reply(200, show(store, person, calling_data=request.flag("callingData"), created=True))


@route("PUT", "/people/{personId}")
def update_person(request: Request) -> Reply:
    """Update a Person. Without callingData=true the calling half is not looked at, but licences that are sent are the
    whole list all the same, and losing the calling licence loses all of it."""
    store, body = request.store, _body(request)
    person = calling.person(request)
    if not body.get("displayName"):
        raise errors.platform(400, "displayName cannot be null.")
    _check_owner(store, person, body)
    merges = store.switches["people_put_omitted"] == "kept"
    if "emails" in body or store.switches["people_put_without_emails"] == "refuse":
        emails = _emails(store, body, person)
    else:
        emails = person["emails"]
    kept = merges and "licenses" not in body
    licenses = list(person["licenses"]) if kept else _licenses(store, body, person["licenses"])
    for key in set(person["licenses"]) - set(licenses):
        _license_rules.check_removal(store, key)
    keeps = calling.has_offer(store, licenses, calling.PERSON_OFFERS)
    owner, block = Owner("people", person["id"]), person.get("calling")
    if keeps and block:
        changed = _changed_block(request, body, block, owner) if request.flag("callingData") else block
    else:
        changed = _new_block(request, body, anywhere=True) if keeps else None

    for email in person["emails"]:
        store.emails.pop(email.lower(), None)
    person["emails"] = emails
    _identity(store, person, body, body["displayName"], merges=merges)
    if not merges or "roles" in body:
        person["roles"] = _roles(body)
    if changed is not None and changed is not block:
        _take_number(store, body, changed, owner)
        if not changed.get("number") and not changed.get("extension"):
            raise errors.platform(400, _NO_ADDRESS)
    if changed is not block:
        calling.set_calling(store, owner, person, changed)
    calling.set_licenses(store, person, licenses)
    return Reply(200, show(store, person, calling_data=request.flag("callingData")))


def _check_owner(store: Store, person: Json, body: Json) -> None:
    """Where a directory owns the profile, a PUT is refused as such, or where it would change the profile."""
    position = store.switches["people_profile_owner"]
    changes = any(name in body and body[name] != person.get(name) for name in ("displayName", *_NAMES))
    if position == "directory" or (position == "directory_changes" and changes):
        raise owned_by_directory()


def _body(request: Request) -> Json:
    return parse(_Person, request.document()).wire(sent=True)


def _emails(store: Store, body: Json, person: Json | None) -> list[str]:
    emails = [email for email in body.get("emails") or [] if "@" in email]
    if not emails:
        raise errors.platform(400, "emails can't be empty")
    holder = store.emails.get(emails[0].lower())
    if holder is not None and (person is None or holder != person["id"]):
        raise errors.platform(409, "User already exists")
    # one address per account; the first is the primary one
    return emails[:1] if person is None else emails


def _licenses(store: Store, body: Json, before: list[str]) -> list[str]:
    """The licences of the body that can be had. Without units they are skipped silently (§18.4)."""
    chosen: list[str] = []
    for text in body.get("licenses") or []:
        key = calling.license_key(store, text)
        if key is None:
            raise errors.platform(400, f"License not recognized {text}")
        if key not in chosen and (key in before or store.units_left(key) > 0):
            chosen.append(key)
    if sum(store.licenses[key]["offer"] in calling.PERSON_OFFERS for key in chosen) > 1:
        raise errors.platform(400, "Webex Calling Professional and Standard licenses cannot be assigned together.")
    return chosen


def _roles(body: Json) -> list[str]:
    return [(ids.decode(role) or ("", role))[1] for role in body.get("roles") or []]


def _identity(store: Store, person: Json, body: Json, display_name: str, *, merges: bool = False) -> None:
    person["displayName"] = display_name
    for name in _REPLACED:
        if merges and name not in body:
            continue
        person.pop(name, None)
        if body.get(name):
            person[name] = body[name]
    if "nickName" not in person and "firstName" in person:
        person["nickName"] = person["firstName"]
    if not merges or "phoneNumbers" in body:
        person["phoneNumbers"] = [
            {"type": number["type"], "value": number.get("value") or ""}
            for number in body.get("phoneNumbers") or []
            if number.get("type") and number["type"] not in _READ_ONLY_NUMBERS
        ]
    enabled = body.get("loginEnabled")
    person["loginEnabled"] = person.get("loginEnabled", True) if enabled is None else enabled
    person["lastModified"] = store.clock.stamp()
    store.emails.update({email.lower(): person["id"] for email in person["emails"]})


def _work_number(body: Json) -> str | None:
    """`work_extension` cannot set anything; the first work number counts."""
    for number in body.get("phoneNumbers") or []:
        if number.get("type") == "work" and number.get("value"):
            return str(number["value"])
    return None


def _new_block(request: Request, body: Json, *, anywhere: bool = False) -> Json:
    """The calling half of somebody who had none: licence, location and an address belong together. `anywhere`: a
    number says where it is, so that it needs no location beside it."""
    extension, number = body.get("extension"), _work_number(body)
    if not (extension or number):
        raise errors.platform(400, _NO_ADDRESS)
    if not request.flag("callingData"):
        raise errors.platform(400, "Calling flag not set")
    if body.get("locationId"):
        location = calling.calling_location(request.store, body["locationId"])
    elif anywhere and (known := request.store.numbers.get(numbering.e164(number or "") or "")):
        location = known["location"]
    else:
        raise errors.platform(400, "Location UUID in request is missing calling reference tag")
    calling.check_room(request.store, location)
    if extension:
        calling.check_extension(request.store, location, str(extension), None)
    return {"location": location, "extension": str(extension) if extension else None, "number": None}


def _changed_block(request: Request, body: Json, block: Json, owner: Owner) -> Json:
    """What the body makes of a calling half that is there: settings and secondary numbers stay."""
    store = request.store
    merges = store.switches["people_put_omitted"] == "kept"
    if body.get("locationId") and ids.parse(body["locationId"], "LOCATION") != block["location"]:
        raise errors.platform(400, "Failed to update people. Delete Calling Location in request is invalid")
    extension = block.get("extension")
    if body.get("extension"):
        extension = str(body["extension"])
        calling.check_extension(store, block["location"], extension, owner)
    elif "extension" in body or (not merges and store.switches["people_put_without_extension"] == "clear"):
        extension = None
    number = block.get("number") if merges and "phoneNumbers" not in body else None
    return {**block, "extension": extension, "number": number}


def _take_number(store: Store, body: Json, block: Json, owner: Owner) -> None:
    text = _work_number(body)
    if text is None:
        return
    number = calling.check_number(store, block["location"], text, owner)
    if number in [alternate["number"] for alternate in block.get("alternates", ())]:
        raise errors.broadworks(400, 4201, "The phone number is already in use.")
    block["number"] = number
