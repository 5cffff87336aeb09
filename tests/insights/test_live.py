"""S27 and S31 over real HTTP: a simulated tenant without faults has no insight; a seeded fault has one, and a risk."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from reconciler.insights import InsightsFound, judge
from reconciler.kinds import observed
from reconciler.pipeline import export
from reconciler.simulator import Simulator
from reconciler.simulator.core import ids
from reconciler.simulator.tenants.builder import Builder, forwarding
from tests.support.faults import faults
from tests.support.live import Live

MAIN = "+442079460000"
_POLICIES = {
    "policy": "REGULAR",
    "waitingEnabled": False,
    "groupBusyEnabled": False,
    "allowMembersToControlGroupBusyEnabled": False,
    "noAnswer": {"nextAgentEnabled": True, "nextAgentRings": 5, "forwardEnabled": False, "numberOfRings": 15,
                 "destinationVoicemailEnabled": False},
    "busyRedirect": {"enabled": False},
    "businessContinuityRedirect": {"enabled": False},
}  # fmt: skip


def tidy_tenant() -> dict[str, Any]:
    """One location, three people with a number and an extension each, no number too many, no licence without user."""
    build = Builder("3c1f0f43-29b3-4f43-8a3d-0d8a7c5e1b11", "Tidy", "example.com")
    licenses = build.licenses()
    build.pstn_options()
    build.tenant["licenses"] = [one for one in build.tenant["licenses"] if one["offer"] == "BCSTD"]
    place = build.uuid("location", "London")
    trunk = build.trunk("Gate", place)
    pstn = {"type": "LOCAL_GATEWAY", "routeType": "TRUNK", "route": trunk}
    half = {
        "announcementLanguage": "en_gb",
        "callingLineId": {"name": "London", "phoneNumber": MAIN},
        "routingPrefix": "8201",
        "outsideDialDigit": "9",
        "enforceOutsideDialDigit": False,
        "externalCallerIdName": "London",
        "voicePortal": "9999",
        "pstn": pstn,
        "internalDialing": None,
    }
    address = {"address1": "1 Example Square", "city": "London", "postalCode": "EC1A 1AA", "country": "GB"}
    build.location("London", address, "Europe/London", "en_gb", half)
    build.number(MAIN, place)
    for number, name in enumerate(("Ana", "Bo", "Cy"), start=1):
        taken = build.number(f"+44207946000{number}", place)
        block = {"location": place, "extension": f"100{number}", "number": taken}
        build.person(f"{name.lower()}@example.com", name, "Example", [licenses["BCSTD"]], block)
    build.tenant["people"][0]["roles"] = ["id_full_admin"]
    build.tenant["org"]["admin"] = build.tenant["people"][0]["id"]
    return build.tenant


class Tidy(Live):
    """The tidy tenant with a hunt group, a queue and an attendant that have all they need."""

    def __init__(self, server: Simulator, root: Path, tenant: dict[str, Any]) -> None:
        super().__init__(server, root, tenant)
        self.london = ids.encode("LOCATION", tenant["locations"][0]["id"])
        self.people = [ids.encode("PEOPLE", person["id"]) for person in tenant["people"]]
        agents = [{"id": person} for person in self.people]
        self.hunt = self.make("huntGroups", name="Sales", extension="1101", agents=agents, callPolicies=_POLICIES)
        queue = {"policy": "CIRCULAR", "routingType": "PRIORITY_BASED"}
        size = {"queueSize": 25, "overflow": {"action": "PERFORM_BUSY_TREATMENT", "greeting": "DEFAULT"}}
        self.queue = self.make(
            "queues", name="Help", extension="1102", agents=agents, callPolicies=queue, queueSettings=size
        )
        week = {"name": "Week", "startDate": "2026-11-23", "endDate": "2026-11-23", "startTime": "09:00",
                "endTime": "17:00", "allDayEnabled": False}  # fmt: skip
        self.make("schedules", type="businessHours", name="Day", events=[week])
        key = {"key": "0", "action": "TRANSFER_WITHOUT_PROMPT", "value": "1101"}
        menu = {"greeting": "DEFAULT", "extensionEnabled": True, "keyConfigurations": [key]}
        both = {"businessHoursMenu": menu, "afterHoursMenu": menu}
        self.make("autoAttendants", name="Door", extension="1103", businessSchedule="Day", **both)

    def make(self, feature: str, **body: Any) -> str:
        made = self.server.edit("POST", f"/telephony/config/locations/{self.london}/{feature}", body)
        return str((made or {}).get("id", ""))

    def judged(self) -> InsightsFound:
        return judge(asyncio.run(export(self.tenant, [], list(observed()))).snapshot)


@pytest.fixture
def tidy(server: Simulator, tmp_path: Path) -> Tidy:
    return Tidy(server, tmp_path, tidy_tenant())


def found(judged: InsightsFound) -> set[tuple[str, str]]:
    return {(one.rule, one.address) for one in judged.insights}


def risk(judged: InsightsFound, address: str) -> float:
    return next(one.score for one in judged.risk if one.address == address)


def test_s27_a_clean_tenant_reports_none(tidy: Tidy) -> None:
    judged = tidy.judged()
    assert [(one.rule, one.address, one.what) for one in judged.insights] == []
    assert {one.address for one in judged.risk} == {"location/London", "call_queue/London/Help"}
    assert {one.score for one in judged.risk} == {0}


def test_s27_s31_seeded_anomalies_are_reported_and_raise_the_risk(server: Simulator, tmp_path: Path) -> None:
    """A user without a number, a number that nobody has, and a queue whose agents forward each other in a loop."""
    tenant = tidy_tenant()
    ana, bo, cy = tenant["people"]
    ana["calling"]["forwarding"] = forwarding("1002")
    bo["calling"]["forwarding"] = forwarding("82011001")
    cy["calling"].update(number=None, forwarding=forwarding("+34910000000"))
    seeded = Tidy(server, tmp_path, tenant).judged()
    assert found(seeded) == {
        ("person-without-number", "person/cy@example.com"),
        ("unassigned-numbers", "location/London"),
        ("forwarding-loop", "person/ana@example.com"),
        ("forwarding-abroad", "person/cy@example.com"),
        ("agents-away", "call_queue/London/Help"),
        ("agents-away", "hunt_group/London/Sales"),
    }
    assert 0 < risk(seeded, "call_queue/London/Help") < risk(seeded, "location/London") < 100


def test_forwarding_to_the_voice_portal_is_no_anomaly(server: Simulator, tmp_path: Path) -> None:
    """By its extension, and by a number that only it has; who forwards to the number beside it reaches nobody."""
    tenant = tidy_tenant()
    place, number = tenant["locations"][0], "+442079460009"
    tenant["numbers"].append({"number": number, "location": place["id"], "state": "ACTIVE"})
    place["calling"]["portal"] = {"phoneNumber": number}
    ana, bo, _ = tenant["people"]
    ana["calling"]["forwarding"] = forwarding("9999", rings=3)
    bo["calling"]["forwarding"] = forwarding(number, rings=3)
    assert found(Tidy(server, tmp_path, tenant).judged()) == set()
    place["calling"]["portal"] = {}
    rules = {rule for rule, _ in found(Tidy(server, tmp_path, tenant).judged())}
    assert rules == {"forwarding-to-nobody", "unassigned-numbers"}


def test_an_edit_in_control_hub_shows_in_the_next_export(tidy: Tidy) -> None:
    path = f"/telephony/config/locations/{tidy.london}/queues/{tidy.queue}"
    tidy.server.edit("PUT", path, {**tidy.server.edit("GET", path), "agents": []})
    judged = tidy.judged()
    assert found(judged) == {("queue-without-agents", "call_queue/London/Help")}
    assert risk(judged, "call_queue/London/Help") == 23.1


def test_what_was_refused_is_not_judged(tidy: Tidy) -> None:
    """A list that is forbidden is not an empty one: nobody is called nobody's, and the rules are named."""
    with faults(tidy.server, {"GET /telephony/config/queues": {"answer": 403}}):
        judged = tidy.judged()
    assert found(judged) == set()
    assert "call_queue" in judged.silent["forwarding-to-nobody"]
