"""Issue 10, 18: whoever counts on somebody that a plan deletes, moves, leaves without calling, or gives another number
is named in the plan, from desired and the snapshot, without a request."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.kinds import observed
from reconciler.model.plan import Plan
from reconciler.repository import store
from reconciler.simulator import Simulator, generate_tenant
from tests.support.live import Live

pytestmark = pytest.mark.issue10(18)

Json = dict[str, Any]
HERE, THERE = "Site 001", "Site 002"
PRO = "Webex Calling - Professional"


class Firm:
    """Two sites with features, in which ANA counts for something everywhere."""

    def __init__(self, live: Live) -> None:
        self.live, state = live, live.state()
        self.place = next(one for one in state["locations"] if one["name"] == HERE)
        here = [one for one in state["people"] if one["calling"] and one["calling"]["location"] == self.place["id"]]
        self.ana, self.ben = (one for one in [o for o in here if o["id"] != state["org"]["admin"]][:2])
        taken = {(one["calling"] or {}).get("number") for one in state["people"] + state["workspaces"]}
        taken.add(self.place["calling"]["callingLineId"]["phoneNumber"])
        rows = [one for one in state["numbers"] if one["location"] == self.place["id"] and one["state"] == "ACTIVE"]
        self.number = next(one["number"] for one in rows if one["number"] not in taken)
        ana = next(one for one in state["people"] if one["id"] == self.ana["id"])
        ana["calling"]["number"] = self.number
        live.server.load(state)
        live.server.run_clock(300.0)
        self.email, self.other = (one["emails"][0] for one in (self.ana, self.ben))
        self.extension = self.ana["calling"]["extension"]
        self.key, self.site = live.remote("PEOPLE", self.ana["id"]), live.remote("LOCATION", self.place["id"])

    def edit(self, method: str, path: str, body: Any) -> None:
        self.live.server.edit(method, path, body)

    def make(self) -> dict[str, str]:
        """Everything that counts on Ana, and how the plan calls it."""
        base, agents = f"/telephony/config/locations/{self.site}", [{"id": self.key}]
        answer = {"nextAgentEnabled": False, "nextAgentRings": 5, "forwardEnabled": False, "numberOfRings": 15,
                  "destinationVoicemailEnabled": False}  # fmt: skip
        policies = {"policy": "CIRCULAR", "noAnswer": answer}
        self.edit("POST", f"{base}/huntGroups", {"name": "Sales", "extension": "6100", "callPolicies": policies,
                                                 "agents": agents, "enabled": True})  # fmt: skip
        self.edit("POST", f"{base}/queues", {"name": "Help", "extension": "6101", "agents": agents,
                                             "callPolicies": policies, "queueSettings": {"queueSize": 5}})  # fmt: skip
        self.edit("POST", f"{base}/callPickups", {"name": "Pick", "agents": [self.key]})
        self.edit("POST", f"{base}/paging", {"name": "Hall", "extension": "6102", "originators": [self.key],
                                             "targets": [self.key]})  # fmt: skip
        return {
            f"agent of hunt_group/{HERE}/Sales": "",
            f"agent of call_queue/{HERE}/Help": "",
            f"agent of call_pickup/{HERE}/Pick": "",
            f"member of paging_group/{HERE}/Hall": "",
        }

    def forward(self, destination: str) -> None:
        """Ben sends his calls there."""
        off = {"enabled": False, "destination": ""}
        halves = {"always": {"enabled": True, "destination": destination, "ringReminderEnabled": False}, "busy": off,
                  "noAnswer": {**off, "numberOfRings": 3}}  # fmt: skip
        body = {"callForwarding": halves, "businessContinuity": off}
        self.edit("PUT", f"/people/{self.live.remote('PEOPLE', self.ben['id'])}/features/callForwarding", body)

    def export(self) -> None:
        whole = pipeline.export(self.live.tenant, artefacts=observed())
        store.write(self.live.root / "state", asyncio.run(whole).snapshot)

    def plan(self, *people: Json, offline: bool = False) -> Plan:
        self.live.describe({"people": list(people)})
        self.live.forget()
        return pipeline.plan_offline(self.live.root) if offline else self.live.plan()

    def said(self, plan: Plan) -> str:
        notes = [note for change in plan.changes if change.address == f"person/{self.email}" for note in change.notes]
        return " ".join(note for note in notes if note.startswith("still counted on"))


@pytest.fixture
def firm(server: Simulator, tmp_path: Any) -> Firm:
    tenant = generate_tenant(people=10, locations=2, workspaces=2, seed=1, features=0)
    return Firm(Live(server, tmp_path, tenant))


TAKING: dict[str, Json] = {
    "deleted": {"state": "absent"},
    "without calling": {"licenses": []},
    "moved": {"location": THERE, "extension": "4711"},
}


@pytest.mark.parametrize("offline", [True, False])
@pytest.mark.parametrize("case", TAKING)
def test_agents_and_members_are_told_by_name(firm: Firm, case: str, offline: bool) -> None:
    expected = firm.make()
    firm.export()
    taking = {"email": firm.email, **TAKING[case]}
    said = firm.said(firm.plan(taking, offline=offline))
    assert all(words in said for words in expected), said
    if not offline:
        asked = Counter(firm.live.requests())
        assert not any("huntGroups" in route or "queues" in route or "paging" in route for route in asked)
    assert firm.said(firm.plan({"email": firm.email, "display_name": "Ana Other"}, offline=offline)) == ""
    assert firm.said(firm.plan({"email": firm.other, "state": "absent"}, offline=offline)) == ""


@pytest.mark.parametrize("offline", [True, False])
@pytest.mark.parametrize("by", ["number", "extension", "prefix"])
def test_forwarding_destinations_are_told(firm: Firm, by: str, offline: bool) -> None:
    prefix = firm.place["calling"]["routingPrefix"]
    firm.forward({"number": firm.number, "extension": firm.extension, "prefix": f"{prefix}{firm.extension}"}[by])
    firm.export()
    words = f"forwarding destination of person/{firm.other}"
    for taking in ({"state": "absent"}, {"phone_number": None} if by == "number" else {"extension": "4711"}):
        assert words in firm.said(firm.plan({"email": firm.email, **taking}, offline=offline))
    kept = {"email": firm.email, **({"extension": "4711"} if by == "number" else {"phone_number": None})}
    assert firm.said(firm.plan(kept, offline=offline)) == ""


def test_the_plan_s_own_forwarding_has_the_last_word(firm: Firm) -> None:
    """Whatever the snapshot says: what is described, and what the plan sets."""
    gone = {"email": firm.email, "state": "absent"}
    to_ana = {"email": firm.other, "forwarding": {"always": {"destination": firm.number}}}
    words = f"forwarding destination of person/{firm.other}"
    assert words in firm.said(firm.plan(gone, to_ana)), "without a snapshot"
    firm.forward(firm.number)
    firm.export()
    assert words in firm.said(firm.plan(gone, to_ana)), "as it is already"
    away = {"email": firm.other, "forwarding": {"always": {"destination": "2999"}}}
    assert firm.said(firm.plan(gone, away)) == ""
    assert firm.said(firm.plan(gone, {"email": firm.other, "state": "absent"})) == "", "both go"
