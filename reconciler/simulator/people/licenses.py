"""Licences (developer.webex.com "Licenses API"; webex-behaviour.md §9). `PATCH /licenses/users`, not POST."""

from __future__ import annotations

from ..core import calling, errors, ids, numbering, paging
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store


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
    holders = [store.people[one] for one in store.people_after("") if key in store.people[one]["licenses"]]
    reply = paging.by_offset(request, holders, "users", default=300, limit=300, show=_holder)
    reply.body = {**show(store, key), **reply.body}
    return reply


def _holder(person: Json) -> Json:
    return {
        "id": ids.encode("PEOPLE", person["id"]),
        "type": "INTERNAL",
        "displayName": person["displayName"],
        "email": person["emails"][0],
    }


def _refused(code: int, text: str) -> errors.ApiError:
    return errors.ApiError(
        400,
        {
            "message": "License assignment failed",
            "errors": [{"errorCode": code, "description": text}],
            "trackingId": errors.tracking_id(),
        },
        code,
    )


def _not_found() -> errors.ApiError:
    """404 with code 1: unknown person, or a licence id that is none (§16)."""
    return errors.telephony(404, 1, "The requested resource could not be found.")


def _person(store: Store, body: Json) -> Json:
    if body.get("personId"):
        key: str | None = ids.any_uuid(body["personId"])
    elif body.get("email"):
        key = store.emails.get(str(body["email"]).lower())
    else:
        raise errors.platform(400, "At least one of email, personId is required.")
    if key is None or key not in store.people:
        raise _not_found()
    return store.people[key]


@route("POST", "/licenses/users")
def wrong_verb(request: Request) -> Reply:
    """The mistake everybody makes: 404 with code 1, not 405 (TEN)."""
    raise _not_found()


@route("PATCH", "/licenses/users")
def assign_licenses(request: Request) -> Reply:
    """Assign Licenses to Users: removals first, then additions; 206 when some could not be had."""
    store, body = request.store, request.document()
    person = _person(store, body)
    owner = Owner("people", person["id"])
    licenses, block, skipped = list(person["licenses"]), person.get("calling"), False
    for item in sorted(body.get("licenses") or [], key=lambda one: one.get("operation") != "remove"):
        text = str(item.get("id", ""))
        if (ids.decode(text) or ("",))[0] != "LICENSE":
            raise _not_found()
        key = calling.license_key(store, text)
        if key is None:
            raise _refused(400000, f"License not recognized {text}")
        is_calling = store.licenses[key]["offer"] in calling.PERSON_OFFERS
        if item.get("operation") == "remove":
            if store.licenses[key].get("implicit"):
                raise _refused(700006, "Implicit license cannot be removed.")
            licenses = [one for one in licenses if one != key]
            block = None if is_calling else block
        elif key in licenses:
            continue  # a no-op; the properties are not looked at
        elif store.units_left(key) <= 0:
            skipped = True
        else:
            if is_calling:
                _check_combination(store, person, licenses, key)
                block = _new_block(store, person, item.get("properties") or {})
            licenses.append(key)
    if block is not person.get("calling"):
        calling.set_calling(store, owner, person, block)
    calling.set_licenses(store, person, licenses)
    answer = {
        "orgId": ids.encode("ORGANIZATION", store.org["id"]),
        "personId": ids.encode("PEOPLE", person["id"]),
        "email": person["emails"][0],
        "licenses": [calling.license_id(store, key) for key in licenses],
        "siteUrls": [],
    }
    return Reply(206 if skipped else 200, answer)


def _check_combination(store: Store, person: Json, licenses: list[str], key: str) -> None:
    offer = store.licenses[key]["offer"]
    if offer == "BCBAS" and calling.has_offer(store, person["licenses"], frozenset({"BCSTD"})):
        raise _refused(400112, "Webex Calling Professional to Standard change is not allowed.")
    if calling.has_offer(store, licenses, calling.PERSON_OFFERS):
        raise _refused(400404, "Webex Calling Professional and Standard cannot be assigned together.")


def _new_block(store: Store, person: Json, properties: Json) -> Json:
    """Extension or number, and a location; the number alone says where it is."""
    extension, text = properties.get("extension"), properties.get("phoneNumber")
    if not extension and not text:
        raise _refused(400411, "Calling license properties are missing.")
    location: str | None = None
    if properties.get("locationId"):
        location = ids.any_uuid(properties["locationId"])
    elif text and (number := numbering.e164(text)) in store.numbers and number:
        location = store.numbers[number]["location"]
    if location is None or store.calling_of(location) is None:
        raise _refused(400, "Unable to find location.")
    owner = Owner("people", person["id"]) if person.get("calling") else None
    if extension:
        calling.check_extension(store, location, str(extension), owner)
    taken = calling.check_number(store, location, text, owner) if text else None
    return {"location": location, "extension": str(extension) if extension else None, "number": taken}
