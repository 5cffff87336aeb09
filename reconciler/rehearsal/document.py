"""The tenant document that a twin begins with, in the format of simulator/core/store.py: what no plan creates, what
others need the ids of, and who has which number and extension. Pure: what is known in, data out."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current, Fields
from reconciler.rehearsal.facts import PARK, ROUTES, KnownTenant, Line
from reconciler.rehearsal.locations import half_of

Json = dict[str, Any]
#: What is created on a twin gets ids by count: behind whatever its original has created.
SEQUENCE = 1_000_000_000
_WHEN = "2000-01-01T00:00:00.000Z"
_NOBODY = "00000000-0000-4000-8000-000000000000"  # whose token it is says nothing about what is refused
_LICENSE = re.compile(r"(?:.*/)?[^:/]+:(?P<offer>[A-Z0-9]+)_(?P<key>.+)")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def tenant_of(known: KnownTenant) -> Json:
    """The document; what could not be told apart from something else is added to `known.unknown`."""
    return _Builder(known).tenant()


class _Builder:
    """Names become ids on the way; each list is brought into the order of its ids, as the simulator dumps them."""

    def __init__(self, known: KnownTenant) -> None:
        self.known = known
        self.places = {current.key: key_of(current.id) for current in known.of("location")}
        self.routes = {f"{kind}/{current.key}": key_of(current.id) for kind in ROUTES for current in known.of(kind)}
        self.options = {name: {**option, "id": uuid_of(option["id"])} for name, option in known.options.items()}
        self.beside: list[Line] = []
        self.licenses: dict[str, Json] = {}
        self.named: dict[str, str] = {}
        for current in known.of("license"):
            if not current.candidates:
                name, own = current.fields.get("name", current.key), current.fields.get("subscription")
                self.named[current.key] = self._license(current.id, name, subscription=own)

    def tenant(self) -> Json:
        known = self.known
        people = [self._person(current) for current in known.of("person")]
        rooms = [self._workspace(current) for current in known.of("workspace")]
        used = Counter(key for record in (*people, *rooms) for key in record["licenses"])
        for record in self.licenses.values():
            record["totalUnits"] = used[record["id"]] + record.pop("free")
        apart = {uuid_of(current.id) for current in known.features()}
        lines = [line for line in (*known.lines, *self.beside) if line.location in self.places and line.id not in apart]
        return {
            "version": 1,
            "org": {"id": key_of(known.org["id"]), "name": known.org["name"] or "Twin", "domain": "example.com",
                    "admin": _NOBODY},
            # the milder of two ways in which it can be refused: what changes a profile is in both
            "switches": {"people_profile_owner": "directory_changes"} if known.owner == "directory" else {},
            "sequence": SEQUENCE,
            "licenses": list(self.licenses.values()),
            "trunks": [self._trunk(current) for current in known.of("trunk")],
            "route_groups": [self._route_group(current) for current in known.of("route_group")],
            "pstn_options": list(self.options.values()),
            "locations": [self._location(current) for current in known.of("location")],
            "numbers": [
                {"number": one.number, "location": self.places[one.location],
                 "state": "ACTIVE" if one.active else "INACTIVE", **({one.kind: True} if one.kind else {})}
                for one in known.numbers if one.location in self.places
            ],
            "people": people,
            "workspaces": rooms,
            "lines": [self._line(line) for line in lines if line.type != PARK],
            "call_park_extensions": [
                {**self._line(line), "location": self.places[line.location]} for line in lines if line.type == PARK
            ],
            "jobs": [],
        }  # fmt: skip

    # --- licences ---

    def _license(self, remote_id: str, name: str, *, listed: bool = True, subscription: str | None = None) -> str:
        """The uuid of a licence, which stands behind org and offer in its id (webex-behaviour.md §1.7)."""
        found = _LICENSE.fullmatch(uuid_of(remote_id))
        key = key_of(found["key"] if found else remote_id)
        record = {"id": key, "offer": found["offer"] if found else "", "name": name, "listed": listed}
        record |= {"subscriptionId": subscription} if subscription else {}
        self.licenses.setdefault(key, {**record, "free": self.known.free.get(remote_id, 0)})
        return key

    def _held(self, current: Current) -> list[str]:
        """By id where the document is at hand, which tells those apart that share a name."""
        ids = (current.wire or {}).get("licenses")
        if ids is None:
            return [self.named[name] for name in current.fields.get("licenses") or () if name in self.named]
        return [self._license(one, one, listed=False) for one in ids]

    # --- people and workspaces ---

    def _person(self, current: Current) -> Json:
        fields, document = current.fields, current.wire or {}
        names = {"firstName": fields.get("first_name"), "lastName": fields.get("last_name")}
        return {
            "id": key_of(current.id),
            "emails": list(document.get("emails") or [current.key]),
            "displayName": fields.get("display_name") or current.key,
            **{name: text for name, text in names.items() if text},
            "licenses": self._held(current),
            "roles": [],
            "phoneNumbers": [],
            "created": _WHEN,
            "lastModified": _WHEN,
            "status": "unknown",
            "calling": self._calling(current),
        }

    def _workspace(self, current: Current) -> Json:
        fields, document = current.fields, current.wire or {}
        calling = document.get("calling") or {}
        own = (calling.get("webexCalling") or {}).get("licenses")
        named = [self.named[name]] if (name := fields.get("license")) in self.named else []
        said = document.get("locationId")
        facts = current.facts
        kind = calling.get("type") or ("webexCalling" if facts.get("calling") else facts.get("calling_type"))
        place = key_of(said) if said else self.places.get(fields.get("location") or "")
        return {
            "id": key_of(current.id),
            "displayName": current.key,
            "location": place,
            "callingType": kind or "freeCalling",
            "licenses": named if own is None else [self._license(one, one, listed=False) for one in own],
            "supportedDevices": document.get("supportedDevices", "collaborationDevices"),
            "created": _WHEN,
            **{name: fields[name] for name in ("capacity", "type", "notes") if fields.get(name) is not None},
            "calling": self._calling(current),
        }

    def _calling(self, current: Current) -> Json | None:
        """The place, extension and numbers of a calling user; None without calling."""
        fields = current.fields
        place = self.places.get(fields.get("location") or "") if current.facts.get("calling") else None
        if place is None or not (fields.get("extension") or fields.get("phone_number")):
            return None
        block: Json = {"location": place, "extension": fields.get("extension"), "number": fields.get("phone_number")}
        return block | self._alternates(current, fields.get("numbers") or {})

    def _alternates(self, current: Current, section: Fields) -> Json:
        """The numbers that the section shows; what is the owner's beside them (a fax) stands as a line of its own."""
        owned = self.known.alternates.get(uuid_of(current.id), [])
        shown = section.get("secondary", owned)
        if beside := [number for number in owned if number not in shown]:
            place = str(current.fields["location"])
            self.beside.append(Line(f"beside {current.id}", "OTHER", current.key, place, numbers=beside))
        return {"alternates": [{"number": number, "ringPattern": "NORMAL"} for number in shown]} if shown else {}

    def _line(self, line: Line) -> Json:
        block: Json = {"location": self.places[line.location], "extension": line.extension or None, "number": None}
        if line.numbers:
            block["number"] = line.numbers[0]
            block["alternates"] = [{"number": number, "ringPattern": "NORMAL"} for number in line.numbers[1:]]
        return {"id": key_of(line.id), "name": line.name, "type": line.type, "calling": block}

    # --- places and routes ---

    def _location(self, current: Current) -> Json:
        fields = current.fields
        head, _, tail = (fields.get("preferred_language") or "en_us").partition("_")
        address = fields.get("address") or {}
        names = {"postal_code": "postalCode"}
        half = half_of(current, self.known, self.routes, self.options)
        return {
            "id": key_of(current.id),
            "name": current.key,
            "timeZone": fields.get("time_zone") or "UTC",
            "preferredLanguage": f"{head}_{tail.upper()}",
            "address": {names.get(name, name): text for name, text in address.items() if text},
            "calling": half,
        }

    def _trunk(self, current: Current) -> Json:
        fields = current.fields
        return {"id": key_of(current.id), "name": current.key, "trunkType": fields.get("type") or "REGISTERING",
                "location": self.places.get(fields.get("location") or "", ""), "deviceType": ""}  # fmt: skip

    def _route_group(self, current: Current) -> Json:
        return {"id": key_of(current.id), "name": current.key, "trunks": []}


def key_of(remote_id: str) -> str:
    """The lowercase uuid in an id; one made of it where there is none."""
    key = uuid_of(remote_id).lower()
    return key if _UUID.fullmatch(key) else str(uuid5(NAMESPACE_URL, remote_id))
