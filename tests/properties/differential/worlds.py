"""Tenants and desired states of no particular class: what stands around whatever a class draws."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from reconciler.simulator import generate_tenant
from reconciler.simulator.core.store import numbers_of
from reconciler.simulator.tenants.builder import custom_permissions

Json = dict[str, Any]
PROFESSIONAL, MESSAGING = "Webex Calling - Professional", "Messaging"
_NAMES = ("Alex", "Zoë", "Łukasz", "O'Neil", "José", "Ðorđe")


@dataclass
class World:
    """A tenant document to be changed before it is loaded, and what is wanted of it."""

    chance: random.Random
    tenant: Json
    desired: Json = field(default_factory=lambda: {"people": [], "workspaces": [], "numbers": [], "locations": []})
    used: set[str] = field(default_factory=set)
    _fresh: int = 4000

    @property
    def described(self) -> Json:
        return {plural: entries for plural, entries in self.desired.items() if entries}

    def people(self, place: str = "") -> list[Json]:
        """Who has calling (there), is not the admin and is not described yet."""
        admin = self.tenant["org"]["admin"]
        return [
            one
            for one in self.tenant["people"]
            if one.get("calling") and one["id"] != admin and one["emails"][0] not in self.used
            if place in ("", one["calling"]["location"])
        ]

    def rooms(self, place: str = "") -> list[Json]:
        return [
            one
            for one in self.tenant["workspaces"]
            if one.get("calling") and one["displayName"] not in self.used
            if place in ("", one["calling"]["location"])
        ]

    def name_of(self, place: str) -> str:
        return str(next(one["name"] for one in self.tenant["locations"] if one["id"] == place))

    def places(self) -> list[str]:
        return [str(one["id"]) for one in self.tenant["locations"]]

    def free_numbers(self, place: str, *, active: bool = True) -> list[str]:
        blocks = [one.get("calling") or {} for table in ("people", "workspaces") for one in self.tenant[table]]
        held = {number for block in blocks for number in numbers_of(block)} | self.used
        held |= {one["calling"]["callingLineId"].get("phoneNumber") for one in self.tenant["locations"]}
        return [
            one["number"]
            for one in self.tenant["numbers"]
            if one["location"] == place and one["number"] not in held and (one["state"] == "ACTIVE") == active
        ]

    def fresh_extension(self) -> str:
        self._fresh += 1
        return str(self._fresh)

    def describe(self, plural: str, entry: Json) -> Json:
        self.desired[plural].append(entry)
        self.used.add(entry.get("email") or entry.get("number") or entry["name"])
        return entry


def world(chance: random.Random, *, people: int = 0, locations: int = 0) -> World:
    """A generated tenant whose people and rooms have settings of their own in it, of which nobody may lose one."""
    size = {"people": people or chance.randint(6, 12), "locations": locations or chance.randint(2, 3)}
    made = World(chance, generate_tenant(**size, workspaces=chance.randint(2, 5), seed=chance.randint(0, 5)))
    for record in (*made.tenant["people"], *made.tenant["workspaces"]):
        if record.get("calling"):
            _furnish(made, record["calling"])
    return made


def _furnish(made: World, block: Json) -> None:
    chance = made.chance
    if chance.random() < 0.5:
        block["forwarding"] = {
            name: {"enabled": True, "destination": chance.choice(["1001", "+12125550101"]), **rest}
            for name, rest in _BRANCHES.items()
            if chance.random() < 0.5
        } or None
    if chance.random() < 0.4:
        block["outgoingPermission"] = custom_permissions(
            NATIONAL=chance.choice(["BLOCK", "ALLOW"]), INTERNATIONAL=chance.choice(["BLOCK", "ALLOW"])
        )
    free = made.free_numbers(block["location"])
    if free and block.get("number") and chance.random() < 0.2:
        block["alternates"] = [{"number": free[-1], "ringPattern": "NORMAL"}]


_SHORT: Json = {"destinationVoicemailEnabled": False}
_BRANCHES: Json = {
    "always": {**_SHORT, "ringReminderEnabled": False},
    "busy": _SHORT,
    "noAnswer": {**_SHORT, "numberOfRings": 3},
}


def around(made: World, most: int = 3) -> None:
    """A few wishes more, about people and things that the class has left alone."""
    chance = made.chance
    for person in _some(chance, made.people(), most):
        entry: Json = {"email": person["emails"][0]}
        if chance.random() < 0.5:
            entry["first_name"] = chance.choice(_NAMES)
        if chance.random() < 0.3:
            entry["extension"] = made.fresh_extension()
        sections(made, entry)
        made.describe("people", entry)
    for room in _some(chance, made.rooms(), 1):
        entry = {"name": room["displayName"], "notes": chance.choice(["Sofa", "Quiet", None])}
        sections(made, entry)
        made.describe("workspaces", entry)
    if chance.random() < 0.3:
        made.describe(
            "numbers", {"number": chance.choice(made.free_numbers(made.places()[0], active=False)), "state": "active"}
        )


def sections(made: World, entry: Json, likely: float = 0.3) -> None:
    """Forwarding and permissions, described or not."""
    chance = made.chance
    if chance.random() < likely:
        branch = chance.choice(["always", "busy", "no_answer"])
        entry["forwarding"] = chance.choice([None, {branch: {"destination": chance.choice(["1001", "530100"])}}])
    if chance.random() < likely:
        kinds = chance.sample(["NATIONAL", "INTERNATIONAL", "TOLL_FREE"], 2)
        entry["outgoing_permissions"] = {kind: {"action": chance.choice(["ALLOW", "BLOCK"])} for kind in kinds}


def _some(chance: random.Random, records: list[Json], most: int) -> list[Json]:
    return chance.sample(records, min(len(records), chance.randint(0, most)))
