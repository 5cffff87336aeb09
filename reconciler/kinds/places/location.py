"""`location`: a site, with its address, time zone and language. Calling and all else are sections.

API: `/locations` (webex-behaviour.md §2). Deleting one is a chain of jobs with a cool-down of hours (§3): refused.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from reconciler.errors import ApiError
from reconciler.kinds.contract.access import Reader, Scope, Writer
from reconciler.kinds.contract.kind import ResourceKind, Rules
from reconciler.kinds.contract.traits import Listing
from reconciler.kinds.contract.wire import language, read_document
from reconciler.model.audit import Audited
from reconciler.model.marks import Key
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, Text
from reconciler.model.snapshot import Current, Fields
from reconciler.model.time_zones import same_zone
from reconciler.model.vocabulary import Language, TimeZone

_ADDRESS = {
    "address1": "address1",
    "address2": "address2",
    "city": "city",
    "state": "state",
    "postal_code": "postalCode",
    "country": "country",
}


#: Of an address, for a new location (§2).
_NEEDED = ("address1", "city", "country", "postal_code")


class Address(Resource):
    """Postal address; `country` is ISO 3166 alpha-2."""

    address1: Text = ""
    address2: Text | None = None
    city: Text = ""
    state: Text | None = None
    postal_code: Annotated[Text | None, Field(description="As text, in quotes: leading zeros count")] = None
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = ""


class Location(Resource):
    name: Annotated[Text, Key(), Field(description="Name, unique in the tenant")]
    address: Address = Address()
    time_zone: TimeZone = ""
    preferred_language: Language = ""


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    return [_current(row) async for row in reader.pages(reader.api.locations.ep(), "items", max="500")]


async def find(reader: Reader, key: str, remote_id: str) -> Current | None:
    if not remote_id:
        matches = [_current(row) async for row in reader.pages(reader.api.locations.ep(), "items", name=key)]
        same = [found for found in matches if found.key == key]
        if len(same) > 1:
            same[0].candidates = [found.id for found in same]
        return same[0] if same else None
    try:
        return _current(await read_document(reader, reader.api.locations.ep(remote_id)))
    except ApiError as error:
        if error.status == 404:
            return None
        raise


async def create(writer: Writer, key: str, want: Fields) -> None:
    """POST wants everything at once; a country and a language decide much that cannot be changed later."""
    body = _body(want, {})
    body.setdefault("announcementLanguage", (want.get("preferred_language") or "").lower())
    await writer.send("POST", writer.api.locations.ep(), body)


async def update(writer: Writer, current: Current, want: Fields) -> None:
    """PUT merges at the top (§1.9), but nobody says so of the address: it goes back whole, as it was read."""
    read = current.wire.get("address") or {}
    address = {ours: read[theirs] for ours, theirs in _ADDRESS.items() if theirs in read}
    await writer.send("PUT", writer.api.locations.ep(current.id), _body(want, {"address": address}))


def settle(want: Fields, have: Fields) -> Fields:
    """A zone that the tenant has under its other name is left as it is."""
    zone, there = want.get("time_zone"), have.get("time_zone")
    return {**want, "time_zone": there} if zone and there and zone != there and same_zone(zone, there) else want


def refuse(change: Change) -> str:
    if change.action == "delete":
        return "a location is not deleted by this tool: disable calling and delete it in Control Hub"
    missing = [name for name in ("address", "time_zone", "preferred_language") if not change.want.get(name)]
    missing += [f"address.{n}" for n in _NEEDED if not change.want.get("address", {}).get(n)]
    if change.action == "create" and missing:
        return f"a new location needs {', '.join(missing)}"
    return ""


def _current(document: dict[str, Any]) -> Current:
    address = document.get("address") or {}
    fields: Fields = {
        "name": document["name"],
        "address": {ours: address.get(theirs) or None for ours, theirs in _ADDRESS.items()},
        "time_zone": document.get("timeZone"),
        "preferred_language": language(document.get("preferredLanguage")),
    }
    facts = {"org": document.get("orgId", "")}
    return Current("location", document["name"], document["id"], fields, facts, wire=document)


def _body(want: Fields, now: Fields) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if "name" in want:
        body["name"] = want["name"]
    if "address" in want:
        address = {**(now.get("address") or {}), **want["address"]}
        asked = want["address"].keys()
        # An empty text clears, null changes nothing; it goes out only where it is to clear: an empty address2 is
        # refused when calling is enabled (§2).
        clears = asked if now else ()
        body["address"] = {t: address.get(o) or "" for o, t in _ADDRESS.items() if address.get(o) or o in clears}
    if "time_zone" in want:
        body["timeZone"] = want["time_zone"]
    if "preferred_language" in want:
        body["preferredLanguage"] = _spelled(want["preferred_language"])
    return body


def _spelled(language: str) -> str:
    """A language as this family of endpoints spells it: `en_US`, `zh_Hant_TW`, `es_419`."""
    head, *rest = language.split("_")
    return "_".join([head, *(part.title() if len(part) == 4 else part.upper() for part in rest)])


KIND = ResourceKind(
    name="location",
    listing=Listing(small=True, alike=True),
    model=Location,
    doc="A site: address, time zone, language; calling, PSTN and dialing are its sections.",
    source="GET/POST /locations, GET/PUT /locations/{id}",
    requests=("GET /locations",),
    replaces=True,
    names_repeat=True,
    page=500,
    audited=Audited(("LOCATIONS", "CALLING"), ("LOCATION",)),
    plural="locations",
    aliases=("ubicaciones",),
    key="name",
    renames=("name",),
    scan=scan,
    find=find,
    create=create,
    update=update,
    rules=Rules(refuse=refuse, settle=settle),
)
