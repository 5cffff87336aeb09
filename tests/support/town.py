"""The sample tenant, in which some are called back through others after an emergency."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.model.plan import Plan
from tests.support.live import Live

Json = dict[str, Any]
PLACE = "London HQ"
_TABLES = (("people", "PEOPLE", "people"), ("workspaces", "PLACE", "workspaces"),
           ("virtual_lines", "VIRTUAL_LINE", "virtualLines"))  # fmt: skip
_INFO = {"DIRECT_LINE": "directLineInfo", "LOCATION_ECBN": "locationECBNInfo"}


class Town:
    """The sample tenant, in which some are called back through others."""

    def __init__(self, live: Live) -> None:
        self.live = live
        state = live.state()
        self.place = next(one for one in state["locations"] if one["name"] == PLACE)
        self.main = self.place["calling"]["callingLineId"]["phoneNumber"]
        admin = state["org"]["admin"]
        here = [one for one in state["people"] if one["calling"] and one["calling"]["location"] == self.place["id"]]
        self.people = [one for one in here if one["calling"]["number"] and one["id"] != admin]
        self.quiet = [one for one in here if not one["calling"]["number"] and one["id"] != admin]
        self.holder = self.people[0]
        taken = {(one["calling"] or {}).get("number") for one in state["people"] + state["workspaces"]}
        rows = [one["number"] for one in state["numbers"] if one["location"] == self.place["id"]]
        self.free = [number for number in rows if number not in {*taken, self.main}]

    def number(self, who: Json) -> str:
        return str(who["calling"]["number"])

    def email(self, who: Json) -> str:
        return str(who["emails"][0])

    def address(self, who: Json) -> str:
        return f"person/{self.email(who)}"

    def turn(self, number: str, state: str) -> None:
        document = self.live.state()
        for record in document["numbers"]:
            if record["number"] == number:
                record["state"] = state
        self.live.server.load(document)
        self.live.server.run_clock(300.0)

    def choose(self, holder: Json | None, *members: Json) -> None:
        """Let the location (no members) or these members be called back through somebody; None: by its own number."""
        remote = self.live.remote("PEOPLE", holder["id"]) if holder else ""
        if not members:
            body: Json = {"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": remote}
            body = body if holder else {"selected": "LOCATION_NUMBER"}
            place = self.live.remote("LOCATION", self.place["id"])
            self.live.server.edit("PUT", f"/telephony/config/locations/{place}/features/emergencyCallbackNumber", body)
        for member in members:
            key = self.live.remote("PEOPLE", member["id"])
            body = {"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": remote}
            self.live.server.edit("PUT", f"/telephony/config/people/{key}/emergencyCallbackNumber", body)

    def line(self, name: str, number: str = "", **more: Any) -> str:
        """A virtual line at the place; its address."""
        first, _, last = name.partition(" ")
        body: Json = {"firstName": first, "lastName": last, "extension": "5001", "locationId": self.remote_place}
        body |= {"phoneNumber": number} if number else {}
        self.live.server.edit("POST", "/telephony/config/virtualLines", {**body, **more})
        return f"virtual_line/{PLACE}/{name}"

    @property
    def remote_place(self) -> str:
        return self.live.remote("LOCATION", self.place["id"])

    def invalid(self) -> set[str]:
        """Everybody who calls and whom nothing good calls back, by the tenant's own word."""
        return set(self._invalid())

    def _invalid(self) -> Iterator[str]:
        state = self.live.state()
        for table, kind, path in _TABLES:
            for one in state.get(table, ()):
                if one.get("calling"):
                    key = self.live.remote(kind, one["id"])
                    url = f"/telephony/config/{path}/{key}/emergencyCallbackNumber"
                    body = self.live.server.edit("GET", url)
                    assert isinstance(body, dict)
                    info = body[_INFO.get(body["selected"], "locationMemberInfo")]
                    if info["effectiveLevel"] == "NONE" or info["quality"] == "INVALID":
                        yield one["id"]

    def plan(self, *people: Json, **more: Any) -> Plan:
        self.live.describe({"people": list(people), **more})
        self.live.forget()
        return self.live.plan()


def found(plan: Plan) -> dict[str, str]:
    return {one.address: one.why for one in plan.findings if one.rule == "emergency-callback"}


def notes(plan: Plan, address: str) -> str:
    return " ".join(note for change in plan.changes if change.address == address for note in change.notes)
