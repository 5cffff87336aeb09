"""The tenant in memory, and its format on disk.

A tenant is one JSON object; ids inside are bare uuids, field names inside records are the API's own. Every
table is a list of records with an `id`. Everything optional may be left out. The tables of the main job stand below;
those of other resources are described where they are used, and any of them may be left out too.

    version        1
    org            {id, name, domain, admin: person uuid}
    switches       {name: position}, see switches.py; only those that differ from the default
    sequence       int, makes the uuids of objects created here reproducible
    clock          {ahead: seconds} or {now: epoch seconds, speed: 0 stands}, left out for real time; see clock.py
    licenses       {id, offer, name, totalUnits, subscriptionId?, listed?: false = held by people, in no list}
    trunks         {id, name, location, trunkType, deviceType}
    route_groups   {id, name, trunks: [{id, priority}]}
    pstn_options   {id, displayName, pstnConnectionType, pstnServices}
    locations      {id, name, timeZone, preferredLanguage, address{}, calling?}
        calling    {announcementLanguage, callingLineId{name, phoneNumber}, routingPrefix?, outsideDialDigit?,
                    enforceOutsideDialDigit, externalCallerIdName?, voicePortal: extension,
                    userLimit?, portal?: {phoneNumber?, ...}, see voice_portal.py,
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

Moments inside records (`releasedUntil`, `hiddenUntil`, …) are epoch seconds of the tenant's clock.
"""

from __future__ import annotations

import bisect
import json
from collections import Counter
from typing import Any
from uuid import UUID, uuid5

from . import owners, routing
from .clock import Clock
from .owners import Owner
from .switches import Positions, UnknownSwitch

Json = dict[str, Any]
# tables that every tenant shows, even empty
_ALWAYS = frozenset(("licenses", "trunks", "route_groups", "pstn_options", "locations", "people", "workspaces", "jobs"))
# what a tenant holds beside its tables; the last two are the file's own (persistence.py)
_NO_TABLES = frozenset({"version", "org", "switches", "sequence", "clock", "numbers", "writes", "pending"})


class BadTenant(ValueError):
    """A document that is not in the format of tenants."""


class Store:
    """State and indices. The records are the truth; `owners`, `extensions`, `emails`, `used` follow from them."""

    def __init__(self, tenant: Json) -> None:
        self.clock = Clock()
        self.load(tenant)

    def load(self, tenant: Json) -> None:
        """Replace everything by that tenant; the caller's dict is copied. BadTenant or UnknownSwitch else."""
        try:
            self._load(tenant)
        except UnknownSwitch:
            raise
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as problem:
            raise BadTenant(f"not a tenant: {type(problem).__name__} {problem}") from problem

    def _load(self, tenant: Json) -> None:
        # JSON both ways: the fastest deep copy of plain data, and it refuses what could not be persisted
        tenant = json.loads(json.dumps(tenant))
        routing.discover()  # resources declare their switches and owners at import
        self.org: Json = tenant["org"]
        if not isinstance(self.org, dict) or not isinstance(self.org.get("id"), str):
            raise TypeError("org is not an object with an id")
        self.switches = Positions(tenant.get("switches", {}))
        self.sequence = int(tenant.get("sequence", 0))
        self.clock.restore(tenant.get("clock"))
        self.tables: dict[str, dict[str, Json]] = {
            name: {record["id"]: record for record in records}
            for name, records in tenant.items()
            if name not in _NO_TABLES
        }
        self.licenses, self.pstn_options = self.table("licenses"), self.table("pstn_options")
        self.trunks, self.route_groups = self.table("trunks"), self.table("route_groups")
        self.locations, self.people = self.table("locations"), self.table("people")
        self.workspaces, self.jobs = self.table("workspaces"), self.table("jobs")
        self.numbers: dict[str, Json] = {record["number"]: record for record in tenant.get("numbers", [])}
        self._index()

    def table(self, name: str) -> dict[str, Json]:
        """The records of that name by their id; a table begins empty."""
        return self.tables.setdefault(name, {})

    def dump(self) -> Json:
        """The tenant again, the same text for the same state; shares its records with the store, so copy or write
        it before the next request."""
        clock = self.clock.kept()
        return {
            "version": 1,
            "org": self.org,
            "switches": dict(sorted(self.switches.items())),
            "sequence": self.sequence,
            **({"clock": clock} if clock else {}),
            **{
                name: list(self.tables[name].values())
                for name in sorted(self.tables)
                if self.tables[name] or name in _ALWAYS
            },
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
                if number := calling.get("portal", {}).get("phoneNumber"):
                    self.owners[number] = Owner("voicePortal", key)
        for kind in owners.kinds():
            for key, record in self.table(kind.table).items():
                self.used.update(record.get("licenses", ()))
                if calling := record.get("calling"):
                    self.hold(Owner(kind.table, key), calling)
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

    def hold_back(self, owner: Owner, numbers: set[str]) -> None:
        """Numbers that a person just gave up stay taken for a while, for everyone else (T:person_numbers)."""
        seconds = self.switches.seconds("number_release") if owner.kind == "people" else 0
        for number in numbers & self.numbers.keys() if seconds else ():
            self.numbers[number] |= {"releasedUntil": self.clock.now() + seconds, "releasedBy": list(owner)}

    def held_back(self, number: str, owner: Owner | None = None) -> bool:
        """Whether a number that nobody has is not yet free for that owner."""
        record = self.numbers.get(number, {})
        if record.get("releasedUntil", 0) <= self.clock.now():
            record.pop("releasedUntil", None)
            record.pop("releasedBy", None)
            return False
        return owner is None or record["releasedBy"] != list(owner)

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
