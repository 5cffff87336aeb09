"""The tenant in memory, and its format on disk.

A tenant is one JSON object; ids inside are bare uuids, field names inside records are the API's own. Every
collection is a list of records with an `id`. Everything optional may be left out.

    version        1
    org            {id, name, domain, admin: person uuid}
    switches       {name: position}, see switches.py; only those that differ from the default
    sequence       int, makes the uuids of objects created here reproducible
    licenses       {id, offer, name, totalUnits, subscriptionId?, listed?: false = held by people, in no list}
    trunks         {id, name, location, trunkType, deviceType}
    route_groups   {id, name, trunks: [{id, priority}]}
    pstn_options   {id, displayName, pstnConnectionType, pstnServices}
    locations      {id, name, timeZone, preferredLanguage, address{}, calling?}
        calling    {announcementLanguage, callingLineId{name, phoneNumber}, routingPrefix?, outsideDialDigit?,
                    enforceOutsideDialDigit, externalCallerIdName?, voicePortal: extension,
                    pstn?: {type, option} | {type, routeType, route},
                    internalDialing?: {routeType, route, enabled?: false},
                    outgoingPermission?: {CALL_TYPE: {action, transferEnabled}}}
    numbers        {number: E.164, location, state: ACTIVE|INACTIVE}; who owns one stands with the owner
    people         {id, emails, displayName, firstName?, lastName?, licenses: [uuid], roles?, phoneNumbers?: other
                    than work, created, lastModified, status, calling?}
    workspaces     {id, displayName, location?, licenses: [uuid], supportedDevices, callingType, created, calling?}
        calling    (person or workspace) {location, extension?, number?, alternates?: [{number, ringPattern?}],
                    distinctiveRing?, forwarding?, outgoingPermission?: {useCustomEnabled, custom{}}}
    jobs           {id, kind, polls, created, items, errors, ...}
"""

from __future__ import annotations

import bisect
import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from . import switches

Json = dict[str, Any]
COLLECTIONS = (
    "licenses", "trunks", "route_groups", "pstn_options", "locations", "people", "workspaces", "jobs",
)  # fmt: skip


class Owner(NamedTuple):
    """Who holds a number or an extension. `kind` is the collection, or `voicePortal` with the location's id."""

    kind: str
    id: str


class Store:
    """State and indices. The records are the truth; `owners`, `extensions`, `emails`, `used` follow from them."""

    org: Json
    licenses: dict[str, Json]
    trunks: dict[str, Json]
    route_groups: dict[str, Json]
    pstn_options: dict[str, Json]
    locations: dict[str, Json]
    people: dict[str, Json]
    workspaces: dict[str, Json]
    jobs: dict[str, Json]
    numbers: dict[str, Json]

    def __init__(self, tenant: Json) -> None:
        self.load(tenant)

    def load(self, tenant: Json) -> None:
        """Replace everything by that tenant; the caller's dict is copied."""
        # JSON both ways: the fastest deep copy of plain data, and it refuses what could not be persisted
        tenant = json.loads(json.dumps(tenant))
        self.org = tenant["org"]
        self.switches = {**switches.DEFAULTS, **tenant.get("switches", {})}
        self.sequence = int(tenant.get("sequence", 0))
        for name in COLLECTIONS:
            setattr(self, name, {record["id"]: record for record in tenant.get(name, [])})
        self.numbers = {record["number"]: record for record in tenant.get("numbers", [])}
        self._index()
        self.dirty = True

    def dump(self) -> Json:
        """The tenant again; shares its records with the store, so copy or write it before the next request."""
        changed = {name: value for name, value in self.switches.items() if switches.DEFAULTS.get(name) != value}
        return {
            "version": 1,
            "org": self.org,
            "switches": changed,
            "sequence": self.sequence,
            **{name: list(getattr(self, name).values()) for name in COLLECTIONS},
            "numbers": list(self.numbers.values()),
        }

    def new_id(self, kind: str) -> str:
        """A uuid that depends only on how many objects were created before."""
        self.sequence += 1
        return str(uuid5(UUID(self.org["id"]), f"{kind}/{self.sequence}"))

    def _index(self) -> None:
        self.emails = {email.lower(): key for key, person in self.people.items() for email in person["emails"]}
        self.owners: dict[str, Owner] = {}
        self.extensions: dict[str, dict[str, Owner]] = {}
        self.used: Counter[str] = Counter()
        for key, location in self.locations.items():
            if calling := location.get("calling"):
                self.extensions[key] = {}
                if portal := calling.get("voicePortal"):
                    self.extensions[key][portal] = Owner("voicePortal", key)
        for kind in ("people", "workspaces"):
            for key, record in getattr(self, kind).items():
                self.used.update(record.get("licenses", ()))
                if calling := record.get("calling"):
                    self.hold(Owner(kind, key), calling)
        self._sorted_people: list[str] | None = None
        self._sorted_numbers: list[str] | None = None

    def hold(self, owner: Owner, calling: Json) -> None:
        """Enter what this calling block claims; the caller has made sure that it is free."""
        for number in numbers_of(calling):
            self.owners[number] = owner
        if extension := calling.get("extension"):
            self.extensions.setdefault(calling["location"], {})[extension] = owner

    def release(self, calling: Json) -> None:
        """Free the numbers and the extension of a calling block."""
        for number in numbers_of(calling):
            self.owners.pop(number, None)
        if extension := calling.get("extension"):
            self.extensions.get(calling["location"], {}).pop(extension, None)

    def people_after(self, key: str) -> list[str]:
        """The uuids of all people behind that one, in the order in which lists page through them."""
        if self._sorted_people is None or len(self._sorted_people) != len(self.people):
            self._sorted_people = sorted(self.people)
        return self._sorted_people[bisect.bisect_right(self._sorted_people, key) :]

    def sorted_numbers(self) -> list[str]:
        if self._sorted_numbers is None or len(self._sorted_numbers) != len(self.numbers):
            self._sorted_numbers = sorted(self.numbers)
        return self._sorted_numbers

    def forget_order(self) -> None:
        """To be called where a person or number is added or removed."""
        self._sorted_people = self._sorted_numbers = None

    def units_left(self, license_id: str) -> int:
        return int(self.licenses[license_id].get("totalUnits", 0)) - self.used[license_id]

    def calling_of(self, location: str) -> Json | None:
        """The calling half of a location, None where calling is not enabled."""
        found: Json | None = self.locations.get(location, {}).get("calling")
        return found


def numbers_of(calling: Json) -> list[str]:
    """All numbers of a calling block, the primary one first."""
    primary = [calling["number"]] if calling.get("number") else []
    return primary + [alternate["number"] for alternate in calling.get("alternates", ())]


def now() -> str:
    """A timestamp as the API writes it: milliseconds and Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
