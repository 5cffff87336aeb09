"""The calling half that people and workspaces share: extension, numbers, licences, and what losing them costs."""

from __future__ import annotations

from . import cascade, errors, ids, numbering, switches
from .owners import Owner
from .routing import Json, Request
from .store import Store, numbers_of

switches.declare(
    "location_not_calling", "404", "400", row="3", text="a telephony path of a location without calling; both are seen"
)
switches.declare(
    "number_release", "20s", "0s", row="1.6, 18.12",
    text="how long a number stays taken after a person gave it up; other owners let go at once",
)  # fmt: skip
switches.declare(
    "calling_data_lag", "0s", "10s", row="1.6", text="how long a new calling user reads without its calling data"
)

PERSON_OFFERS = frozenset({"BCSTD", "BCBAS"})  # Professional, Standard
WORKSPACE_OFFERS = frozenset({"BCSTD", "BCCA", "BCHDO"})  # Professional, Workspaces (basic), hot desk only
#: `userLimit` of a location whose record names none (§3).
USER_LIMIT = 500_001
BASIC_OFFERS = frozenset({"BCCA", "BCHDO"})


def license_id(store: Store, key: str) -> str:
    """LICENSE ids carry the org, the offer and the uuid (§1.7)."""
    return ids.encode("LICENSE", f"{store.org['id']}:{store.licenses[key]['offer']}_{key}")


def license_key(store: Store, text: str) -> str | None:
    """The uuid of a licence id, None when no such licence exists in this org."""
    found = ids.decode(text)
    if found is None or found[0] != "LICENSE":
        return None
    key = found[1].rpartition("_")[2]
    return key if key in store.licenses else None


def calling_location(store: Store, text: str) -> str:
    """The uuid of a calling location; what the real API says before calling is enabled stands in §3."""
    location = ids.parse(text, "LOCATION")
    if location not in store.locations:
        raise errors.platform(400, "Unable to find location.")
    if store.calling_of(location) is None:
        raise errors.platform(400, "Calling flag not set")
    return location


def check_room(store: Store, location: str) -> None:
    """At most `userLimit` people at a location; in what words that is refused nobody knows."""
    most = (store.calling_of(location) or {}).get("userLimit", USER_LIMIT)
    blocks = (person.get("calling") or {} for person in store.people.values()) if most != USER_LIMIT else ()
    if sum(block.get("location") == location for block in blocks) >= most:
        raise errors.platform(400, "The user limit of the location is reached.")


def check_extension(store: Store, location: str, extension: str, owner: Owner | None) -> None:
    """Unique per location across every type, voice portal included (§4, WXC-4202)."""
    if fault := numbering.extension_fault(extension):
        raise errors.broadworks(400, *fault)
    holder = store.extensions.get(location, {}).get(extension)
    if holder is not None and holder != owner:
        if holder.kind == "call_park_extensions":  # the only holder with words of its own (§4, §14)
            text = f"The extension is not available. It is already assigned as a Call Park Extension: {extension}."
            raise errors.broadworks(400, 9495, text)
        raise errors.broadworks(400, 4202, "The Extension is already in use.")


def check_number(store: Store, location: str, text: str, owner: Owner | None) -> str:
    """The number as E.164: in the location's inventory, and free or already the owner's (WXC-4201). The main
    number of the location is one like any other (19604 exists because users have it)."""
    country = store.locations[location]["address"].get("country", "")
    number = numbering.e164(text, country)
    if number is None:
        raise errors.broadworks(400, 4410, f"Invalid phone number: {text}")
    holder = store.owners.get(number)
    if holder is not None and holder != owner:
        raise errors.broadworks(400, 4201, "The phone number is already in use.")
    if store.held_back(number, owner):
        raise errors.broadworks(400, 4201, "The phone number is already in use.")
    if number not in store.numbers or store.numbers[number]["location"] != location:
        text = f"{number} phone number(s) not added.  Verify that the number(s) are not already assigned."
        raise errors.broadworks(400, 4250, text)
    return number


def is_main(store: Store, number: str) -> bool:
    record = store.numbers.get(number)
    calling = store.calling_of(record["location"]) if record else None
    return calling is not None and calling["callingLineId"].get("phoneNumber") == number


def set_calling(store: Store, owner: Owner, record: Json, changed: Json | None) -> None:
    """Replace the calling block; None is what losing the licence does: settings gone, number and extension free."""
    before = record.get("calling")
    if before:
        store.release(before)
    record["calling"] = changed
    if changed is not None:
        store.hold(owner, changed)
    lag = store.switches.seconds("calling_data_lag")
    if lag and changed is not None and before is None:
        changed["completeAt"] = store.clock.now() + lag
    if before:
        store.hold_back(owner, set(numbers_of(before)) - set(numbers_of(changed or {})))
        if changed is None:
            cascade.end(store, owner)


def is_complete(store: Store, block: Json) -> bool:
    """Whether the calling data of a new calling user has arrived where people are read (§1.6)."""
    if block.get("completeAt", 0) > store.clock.now():
        return False
    block.pop("completeAt", None)
    return True


def set_licenses(store: Store, record: Json, licenses: list[str]) -> None:
    store.used.subtract(record.get("licenses", ()))
    record["licenses"] = licenses
    store.used.update(licenses)


def has_offer(store: Store, licenses: list[str], offers: frozenset[str]) -> bool:
    return any(store.licenses[key]["offer"] in offers for key in licenses)


def esn(store: Store, calling: Json) -> str | None:
    """Routing prefix and extension, None without an extension."""
    if not calling.get("extension"):
        return None
    prefix = (store.calling_of(calling["location"]) or {}).get("routingPrefix") or ""
    return f"{prefix}{calling['extension']}"


def person(request: Request, name: str = "personId") -> Json:
    """The person of the path. People are found by bare uuid too (§1.7)."""
    key = request.uuid(name, "PEOPLE", bare=True)
    if key not in request.store.people:
        raise errors.not_found()
    return request.store.people[key]


def workspace(request: Request, name: str = "workspaceId") -> Json:
    key = request.uuid(name, "PLACE")
    if key not in request.store.workspaces:
        raise errors.not_found()
    return request.store.workspaces[key]


def location(request: Request, name: str = "locationId", *, bare: bool = False) -> Json:
    """The location of the path, calling or not."""
    key = request.uuid(name, "LOCATION", bare=bare)
    if key not in request.store.locations:
        raise errors.not_found()
    return request.store.locations[key]


def calling_half(request: Request, name: str = "locationId", *, bare: bool = False) -> Json:
    """The calling half of the location of the path; 404 or 400 where calling is off (§3)."""
    found: Json | None = location(request, name, bare=bare).get("calling")
    if found is None:
        status = int(request.store.switches["location_not_calling"])
        raise errors.broadworks(status, 4152, "Location Not Found")
    return found


def group(request: Request) -> Json:
    """The calling half for the features of a location, which are asked of its group (recorded in a tenant, 2026-02)."""
    found: Json | None = location(request).get("calling")
    if found is None:
        raise errors.broadworks(404, 5620, "Group not found with this external ID")
    return found


def calling_block(record: Json, oci_request: str, status: int = 400) -> Json:
    """The calling block of a person or workspace, or 4003 in that request's name (§12, §13)."""
    found: Json | None = record.get("calling")
    if not found:
        raise errors.not_calling(oci_request, status)
    return found


def refuse_basic(store: Store, record: Json) -> None:
    """405/25409: most of `/telephony/config/workspaces` is closed to the basic tier (§13)."""
    if has_offer(store, record["licenses"], BASIC_OFFERS):
        raise _not_professional(record)


def numbered(workspace: Json) -> Json:
    """The calling block of a workspace for the calls about its numbers, which tell one without calling as they tell one
    of the basic tier (recorded in a tenant, February 2026)."""
    block: Json | None = workspace.get("calling")
    if not block:
        raise _not_professional(workspace)
    return block


def _not_professional(workspace: Json) -> errors.ApiError:
    return errors.telephony(405, 25409, f"Invalid Professional Place: {workspace['id']}")
