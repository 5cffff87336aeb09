"""Issue 10, 17: what the API is known to refuse of numbers, workspaces and connections is blocked in the plan; what it
takes with a catch is told. Each blocked one is lifted, too, and then the tenant does refuse it: nothing is blocked that
would go through."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.plan import Plan
from reconciler.simulator import Simulator, sample_tenant
from tests.support.live import Live

pytestmark = pytest.mark.issue10(17)

Json = dict[str, Any]
HERE, THERE = "London HQ", "Manchester"
ROOMS, PRO = "Webex Calling - Workspaces", "Webex Calling - Professional"


class Office:
    """The sample tenant, and somebody with a number at each place."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.document = live.state()
        self.places = {one["name"]: one for one in self.document["locations"]}
        admin = self.document["org"]["admin"]
        here = self.places[HERE]["id"]
        at_home = [one for one in self.document["people"] if one["calling"] and one["calling"]["location"] == here]
        self.person = next(one for one in at_home if one["calling"]["number"] and one["id"] != admin)
        self.quiet = next(one for one in at_home if not one["calling"]["number"] and one["id"] != admin)

    def email(self, who: Json) -> str:
        return str(who["emails"][0])

    @property
    def mover(self) -> Json:
        return {"email": self.email(self.person), "location": THERE, "extension": "4711"}

    def load(self) -> None:
        self.live.server.load(self.document)
        self.live.server.run_clock(300.0)

    def free(self, place: str, state: str = "ACTIVE") -> str:
        document = self.document
        taken = {(one["calling"] or {}).get("number") for one in document["people"] + document["workspaces"]}
        taken |= {(one["calling"] or {}).get("callingLineId", {}).get("phoneNumber") for one in self.places.values()}
        key = self.places[place]["id"]
        rows = [one for one in document["numbers"] if one["location"] == key and one["number"] not in taken]
        return str(next(one["number"] for one in rows if one["state"] == state))

    def connect(self, place: str, kind: str) -> None:
        option = {"id": "8e1f0c59-12ab-4b43-8a1d-00000000000a", "displayName": f"A {kind}", "pstnConnectionType": kind}
        self.document["pstn_options"] = [*self.document["pstn_options"], option]
        self.places[place]["calling"]["pstn"] = {"type": kind, "option": option["id"]}
        self.load()

    def plan(self, **desired: Any) -> Plan:
        self.live.describe(desired)
        return self.live.plan()

    def refused(self, plan: Plan, rule: str, *, lifted: bool = True) -> str:
        """Why the one address is blocked; with the finding lifted the tenant refuses it, so it was right."""
        (finding,) = [one for one in plan.findings if one.rule == rule]
        assert finding.do
        if lifted:
            outcomes = {one.address: str(one.verdict) for one in self.live.apply(self.lifted(plan)).outcomes}
            assert outcomes[finding.address] in ("failed", "drifted"), outcomes
        return f"{finding.address}: {finding.why}"

    def lifted(self, plan: Plan) -> Plan:
        return self.live.plan(lift=[finding.override for finding in plan.findings])

    def notes(self, plan: Plan) -> str:
        assert plan.findings == []
        return " ".join(f"{change.address}: {note}" for change in plan.changes for note in change.notes)


@pytest.fixture
def office(server: Simulator, tmp_path: Any) -> Office:
    return Office(Live(server, tmp_path, sample_tenant()))


# --- numbers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["person", "room", "secondary", "new person"])
def test_an_inactive_number_that_is_handed_out_is_told(office: Office, field: str) -> None:
    number = office.free(HERE, "INACTIVE")
    email = office.email(office.quiet)
    hired = {"email": "nia.new@example.com", "first_name": "Nia", "last_name": "New", "location": HERE,
             "extension": "4712", "licenses": [PRO], "phone_number": number}  # fmt: skip
    desired: dict[str, Json] = {
        "person": {"people": [{"email": email, "phone_number": number}]},
        "room": {"workspaces": [{"name": "Board Room", "phone_number": number}]},
        "secondary": {"people": [{"email": email, "numbers": {"secondary": [number]}}]},
        "new person": {"people": [hired]},
    }
    said = office.notes(office.plan(**desired[field]))
    assert f"{number} is inactive, and takes no calls until it is active" in said
    numbers = [{"number": number, "state": "active"}]
    assert "is inactive" not in office.notes(office.plan(**desired[field], numbers=numbers))
    assert "is inactive" not in office.notes(office.plan(people=[{"email": email, "display_name": "Other"}]))


def test_an_inactive_main_number_is_told_to_whoever_lifts_the_guard_of_callbacks(office: Office) -> None:
    """Also where nobody needs it: the location itself is called back through it."""
    number = office.free(HERE, "INACTIVE")
    for person in office.document["people"]:
        if person["calling"] and not person["calling"]["number"]:
            person["calling"], person["licenses"] = None, []
    office.document["workspaces"] = []
    office.load()
    plan = office.plan(locations=[{"name": HERE, "calling": {"main_number": number}}])
    assert [one.rule for one in plan.findings] == ["emergency-callback"]
    (change,) = office.lifted(plan).changes
    assert f"{number} is inactive" in " ".join(change.notes)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("+4420794600000", "too long for a number of +44 (GB)"),
        ("+121255501990", "too long for a number of +1 (US)"),
        ("+121255501", "too short for a number of +1 (US)"),
        ("+3491000000", "too short for a number of +34 (ES)"),
        ("+9990000000", "no country has numbers that begin so"),
    ],
)
def test_a_number_of_a_wrong_length_is_blocked(office: Office, number: str, words: str) -> None:
    plan = office.plan(numbers=[{"number": number, "location": HERE}])
    why = office.refused(plan, "number-length", lifted=False)
    assert why.startswith(f"number/{number}: ") and words in why
    fits = office.plan(numbers=[{"number": "+442079461999", "location": HERE}])
    assert fits.findings == []


def test_a_range_that_runs_over_is_blocked_number_by_number(office: Office) -> None:
    plan = office.plan(numbers=[{"range": ["+4420794619990", "+4420794619991"], "location": HERE}])
    assert [one.rule for one in plan.findings] == ["number-length"] * 2


@pytest.mark.parametrize("kind", ["people", "workspaces"])
def test_second_numbers_of_another_location_are_blocked(office: Office, kind: str) -> None:
    """Also where nothing else of their owner is described."""
    number = office.free(THERE)
    key = {"people": {"email": office.email(office.person)}, "workspaces": {"name": "Board Room"}}[kind]
    plan = office.plan(**{kind: [{**key, "numbers": {"secondary": [number]}}]})
    assert f"{number} is in the inventory of {THERE}, and this is at {HERE}" in office.refused(plan, "numbers")


def test_second_numbers_of_a_basic_workspace_are_blocked(office: Office) -> None:
    room = {"name": "New Room", "location": HERE, "extension": "4713", "numbers": {"secondary": [office.free(HERE)]}}
    plan = office.plan(workspaces=[{**room, "license": ROOMS}])
    assert "workspace.numbers/New Room: " in office.refused(plan, "workspace-tier")
    other = {**room, "name": "Other Room", "extension": "4714", "license": PRO}
    assert office.plan(workspaces=[other]).findings == []


def test_nor_are_they_of_one_of_which_nothing_else_is_described(office: Office) -> None:
    plan = office.plan(workspaces=[{"name": "Reception Phone", "numbers": {"secondary": [office.free(HERE)]}}])
    assert "workspace.numbers/Reception Phone: " in office.refused(plan, "workspace-tier")
    pro = {"name": "Board Room", "numbers": {"secondary": [office.free(HERE)]}}
    assert office.plan(workspaces=[pro]).findings == []


# --- moves ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("leaves", [True, False])
def test_the_main_number_does_not_move(office: Office, leaves: bool) -> None:
    """Nor does who has it, with another number."""
    number = office.person["calling"]["number"]
    office.places[HERE]["calling"]["callingLineId"]["phoneNumber"] = number
    office.load()
    mover = {**office.mover, **({"phone_number": office.free(THERE)} if leaves else {})}
    plan = office.plan(people=[mover])
    why = office.refused(plan, "number-move")
    assert number in why and "19604" in why


def test_a_number_does_not_move_between_connections_that_differ(office: Office) -> None:
    office.connect(THERE, "NON_INTEGRATED_CCP")
    plan = office.plan(people=[office.mover])
    why = office.refused(plan, "number-move")
    assert "10050010" in why and f"{THERE} is NON_INTEGRATED_CCP" in why
    without = {**office.mover, "phone_number": None}
    assert office.plan(people=[without]).findings == []


def test_nor_beside_a_change_of_one_of_them(office: Office) -> None:
    office.connect(THERE, "NON_INTEGRATED_CCP")
    gateway = {"name": THERE, "pstn": {"trunk": "London Gateway"}}
    plan = office.plan(people=[office.mover], locations=[gateway])
    why = office.refused(plan, "number-move", lifted=False)
    assert "do that in a plan of its own" in why
    office.live.apply(office.plan(locations=[gateway]))
    assert office.plan(people=[office.mover]).findings == []


# --- connections ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["INTEGRATED_CCP", "CISCO_PSTN"])
@pytest.mark.parametrize("want", [{"trunk": "London Gateway"}, {"provider": "A NON_INTEGRATED_CCP"}])
def test_an_integrated_connection_is_not_changed(office: Office, kind: str, want: Json) -> None:
    office.connect(THERE, "NON_INTEGRATED_CCP")
    office.connect(THERE, kind)
    plan = office.plan(locations=[{"name": THERE, "pstn": want}])
    assert f"the connection of {THERE} is {kind}" in office.refused(plan, "pstn-connection")


@pytest.mark.parametrize(
    ("provider", "words"), [("A CISCO_PSTN", "can show but not set"), ("Nobody", "offers A CISCO")]
)
def test_a_provider_that_cannot_be_chosen_is_blocked(office: Office, provider: str, words: str) -> None:
    office.document["pstn_options"] = []
    office.connect(THERE, "CISCO_PSTN")
    plan = office.plan(locations=[{"name": HERE, "pstn": {"provider": provider}}])
    assert words in office.refused(plan, "pstn-connection", lifted=False)
    assert not plan.findings[0].override, "nothing lifts it: it cannot be written"


# --- and told ------------------------------------------------------------------------------------------------------


def test_forwarding_outside_without_a_number_is_told(office: Office) -> None:
    always = {"forwarding": {"always": {"destination": "+442079469999"}}}
    assert "(5700)" in office.notes(office.plan(people=[{"email": office.email(office.quiet), **always}]))
    assert "(5700)" not in office.notes(office.plan(people=[{"email": office.email(office.person), **always}]))
    given = {"email": office.email(office.quiet), "phone_number": office.free(HERE), **always}
    assert "(5700)" not in office.notes(office.plan(people=[given]))
