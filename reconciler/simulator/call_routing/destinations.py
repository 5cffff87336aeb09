"""Where a dialled string leads, for `testCallRouting` (the cases of the API's description, simply).

In this order: emergency, feature access code, extension of the caller's location, routing prefix and extension,
virtual extension and range, number of somebody, dial plan, number of the PSTN; the rest is unknown. Where the
organisation lets one dial extensions of other locations, they come behind prefix and extension.
"""

from __future__ import annotations

from ..core import ids, numbering, owners, switches
from ..core.owners import Owner
from ..core.routing import Json
from ..core.store import Store
from . import _references, _virtual_destinations, dial_patterns, route_lists

switches.declare(
    "extension_dialing_between_locations", "off", "on", row="14",
    text="the organisation's setting of that name, which no API shows: whether an extension of another location is "
    "reached without its prefix; a tenant with one extension in two places has it off",
)  # fmt: skip
switches.declare(
    "extension_or_emergency", "extension", "emergency", row="14",
    text="what is reached where an extension reads like an emergency number behind the outside digit (9999)",
)  # fmt: skip

_AGENTS = frozenset({"people", "workspaces", "virtual_lines"})
# the row types of the numbers list as this API names the services; whoever is not here is no destination
_SERVICES = {
    "AUTO_ATTENDANT": "AUTO_ATTENDANT",
    "CALL_QUEUE": "CALL_QUEUE",
    "HUNT_GROUP": "HUNT_GROUP",
    "PAGING_GROUP": "GROUP_PAGING",
    "GROUP_PAGING": "GROUP_PAGING",
    "VOICEMAIL_GROUP": "VOICE_MAIL_GROUP",
    "VOICE_MAIL_GROUP": "VOICE_MAIL_GROUP",
}
_ACCESS_CODES = {"*70": "Cancel Call Waiting", "*69": "Call Return", "*72": "Call Forwarding Always Activation",
                 "*73": "Call Forwarding Always Deactivation", "*98": "Directed Call Pickup"}  # fmt: skip
_INTERNATIONAL = {"US": "011", "CA": "011"}


def find(store: Store, location: str, dialled: str) -> Json:
    """The answer for a caller in that location: destinationType, routingAddress, isRejected, and the details."""
    half = store.calling_of(location) or {}
    if called := emergency(store, location, dialled):
        details = {"isRedSky": False, **_route(store, half.get("pstn"))}
        answer = _answer("EMERGENCY", called[0], "emergency", details)
        return {**answer, "outsideAccessCode": called[1]} if called[1] else answer
    if dialled in _ACCESS_CODES:
        return _answer("FAC", dialled, "featureAccessCode", {"code": dialled, "name": _ACCESS_CODES[dialled]})
    owner = store.extensions.get(location, {}).get(dialled) or _by_esn(store, dialled) or _elsewhere(store, dialled)
    if owner and (found := _hosted(store, owner, dialled)):
        return found
    out = _route(store, half.get("pstn"))
    if virtual := _virtual_destinations.extension(store, location, dialled):
        return _answer("VIRTUAL_EXTENSION", dialled, "virtualExtension", {**virtual, **out})
    if virtual := _virtual_destinations.extension_range(store, location, dialled):
        return _answer("VIRTUAL_EXTENSION_RANGE", dialled, "virtualExtensionRange", {**virtual, **out})
    number, access_code = as_number(store, location, dialled)
    found = _by_number(store, half, number) if number else _by_digits(store, half, dialled)
    return {**found, "outsideAccessCode": access_code} if access_code else found


def emergency(store: Store, location: str, dialled: str) -> tuple[str, str] | None:
    """(number, outside digit) where a caller in that location reaches emergency services so."""
    country = store.locations[location]["address"].get("country", "")
    outside = (store.calling_of(location) or {}).get("outsideDialDigit") or ""
    found = numbering.emergency(dialled, country, outside)
    if found and found[0] != dialled and dialled in store.extensions.get(location, {}):
        return found if store.switches["extension_or_emergency"] == "emergency" else None
    return found


def as_number(store: Store, location: str, dialled: str) -> tuple[str | None, str | None]:
    """(E.164, outside access code) of a dialled string: international, national and with the digit that gets one
    out, as people of that country dial."""
    if dialled.startswith("+"):
        return numbering.e164(dialled), None
    if not dialled.isdigit():
        return None, None
    country = store.locations[location]["address"].get("country", "")
    code = (store.calling_of(location) or {}).get("outsideDialDigit")
    if code and dialled.startswith(code) and (number := _national(country, dialled[len(code) :])):
        return number, str(code)
    return _national(country, dialled), None


def _national(country: str, digits: str) -> str | None:
    abroad = _INTERNATIONAL.get(country, "00")
    if digits.startswith(abroad):
        return numbering.e164(f"+{digits[len(abroad) :]}")
    if abroad == "011":
        digits = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
        return numbering.e164(digits, country) if len(digits) == 10 else None
    return numbering.e164(digits[1:], country) if digits.startswith("0") else None


def _by_esn(store: Store, dialled: str) -> Owner | None:
    for key, record in store.locations.items():
        prefix = (record.get("calling") or {}).get("routingPrefix")
        if prefix and dialled.startswith(prefix):
            owner = store.extensions.get(key, {}).get(dialled[len(prefix) :])
            if owner:
                return owner
    return None


def _elsewhere(store: Store, dialled: str) -> Owner | None:
    """Who has an extension in whatever location, where the organisation lets one dial it without a prefix. Of several
    nobody is reached: that is what the prefix is for."""
    if store.switches["extension_dialing_between_locations"] == "off":
        return None
    found = [owner for held in store.extensions.values() if (owner := held.get(dialled))]
    return found[0] if len(found) == 1 else None


def _by_number(store: Store, half: Json, number: str) -> Json:
    owner = store.owners.get(number)
    if owner and (found := _hosted(store, owner, number)):
        return found
    if hit := dial_patterns.match(store, number):
        return _premises(store, number, *hit)
    leads = _route(store, half.get("pstn"))
    rejected = not half.get("pstn")
    if number in store.numbers:  # ours, and nobody's
        return _answer("UNKNOWN_NUMBER", number, "unknownNumber", leads, rejected=rejected)
    return _answer("PSTN_NUMBER", number, "pstnNumber", leads, rejected=rejected)


def _by_digits(store: Store, half: Json, dialled: str) -> Json:
    """Neither extension nor number: an enterprise pattern, or an extension that only the premises may know. Those
    have 2 to 6 digits (the API's description of route groups' usage)."""
    if hit := dial_patterns.match(store, dialled):
        return _premises(store, dialled, *hit)
    if not (dialled.isdigit() and 2 <= len(dialled) <= 6):
        return _answer("UNKNOWN_NUMBER", dialled, "unknownNumber", {}, rejected=True)
    policy = half.get("internalDialing") or {}
    on = bool(policy) and policy.get("enabled", True)
    details = _route(store, policy) if on else {}
    return _answer("UNKNOWN_EXTENSION", dialled, "unknownExtension", details, rejected=not on)


def _premises(store: Store, dialled: str, plan: Json, pattern: str) -> Json:
    details = {
        "dialPlanName": plan["name"],
        "dialPlanId": ids.encode("DIAL_PLAN", plan["id"]),
        "dialPattern": pattern,
        **_route(store, plan),
    }
    return _answer("PBX_USER", dialled, "pbxUser", details)


def _route(store: Store, block: Json | None) -> Json:
    """Trunk with its location, or route group; nothing for a cloud connection."""
    if not block or not block.get("routeType"):
        return {}
    key = block["route"]
    if block["routeType"] == "ROUTE_GROUP":
        return {"routeGroupName": store.route_groups[key]["name"], "routeGroupId": ids.encode("ROUTE_GROUP", key)}
    trunk = store.trunks[key]
    return {
        "trunkName": trunk["name"],
        "trunkId": ids.encode("TRUNK", key),
        "trunkLocationName": store.locations[trunk["location"]]["name"],
        "trunkLocationId": ids.encode("LOCATION", trunk["location"]),
    }


def _hosted(store: Store, owner: Owner, dialled: str) -> Json | None:
    """A person, workspace, virtual line, feature or route list; None for what cannot be called this way."""
    if owner.kind == "voicePortal":
        block: Json = {"location": owner.id, "extension": (store.calling_of(owner.id) or {}).get("voicePortal")}
        details = {"type": "VOICE_MESSAGING", "name": "Voice Portal", "id": ids.encode("VOICE_MESSAGING", owner.id)}
        return _answer("HOSTED_FEATURE", dialled, "hostedFeature", {**details, **_address(store, block)})
    record, kind = store.table(owner.kind)[owner.id], owners.kind_of(owner)
    if owner.kind == route_lists.TABLE:
        return _answer("ROUTE_LIST", dialled, "routeList", _route_list(store, record))
    identity = {"id": ids.encode(kind.id_kind, owner.id)}
    if owner.kind in _AGENTS:
        first, last = kind.name(record)
        details = {**identity, "type": kind.type, "firstName": first, "lastName": last}
        return _answer("HOSTED_AGENT", dialled, "hostedAgent", {**details, **_address(store, record["calling"])})
    if kind.type not in _SERVICES:
        return None
    details = {**identity, "type": _SERVICES[kind.type], "name": record["name"]}
    return _answer("HOSTED_FEATURE", dialled, "hostedFeature", {**details, **_address(store, record["calling"])})


def _route_list(store: Store, record: Json) -> Json:
    place = _references.place(store, record["location"])
    return {
        "id": ids.encode("ROUTE_LIST", record["id"]),
        "name": record["name"],
        "routeGroupName": store.route_groups[record["routeGroup"]]["name"],
        "routeGroupId": ids.encode("ROUTE_GROUP", record["routeGroup"]),
        "locationName": place["name"],
        "locationId": place["id"],
    }


def _address(store: Store, block: Json) -> Json:
    place = _references.place(store, block["location"])
    shown = {"locationName": place["name"], "locationId": place["id"]}
    if block.get("number"):
        shown["phoneNumber"] = block["number"]
    if block.get("extension"):
        shown["extension"] = block["extension"]
    return shown


def _answer(kind: str, address: str, key: str, details: Json, *, rejected: bool = False) -> Json:
    return {"destinationType": kind, "routingAddress": address, "isRejected": rejected, key: details}
