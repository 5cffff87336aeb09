"""Every documented refusal of licence assignments; units, implicit licences, attendee sites, pages of holders (§9)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi

from reconciler.simulator import Simulator, sample_tenant
from reconciler.simulator.core import ids as webex
from reconciler.simulator.service import EditRefused

Json = dict[str, Any]
EXTRA = {
    "BCATT": "Attendant Console",
    "CXESS": "Customer Assist",
    "MSGR": "Messenger",
    "MSFREE": "Free Messaging",
    "MSPAID": "Messaging Paid",
    "MTFREE": "Free Meeting",
    "MTPAID": "Meeting Paid",
    "MTTEAMS": "Teams Meeting",
    "XA": "One of A",
    "XB": "One of B",
    "SCREEN": "Screen Share",
}


def key_of(offer: str) -> str:
    return f"{sorted(EXTRA).index(offer):08d}-0000-4000-8000-000000000000"


def tenant() -> Json:
    """The sample with licences of every offer that a rule is about."""
    found = sample_tenant()
    for offer, name in EXTRA.items():
        record = {"id": key_of(offer), "offer": offer, "name": name, "totalUnits": 10}
        found["licenses"].append(record)
        if offer in ("XA", "XB"):
            record["exclusive"] = "XA, XB"
        if offer == "SCREEN":
            record["implicit"] = True
    found["org"]["siteUrls"] = ["example.webex.com"]
    return found


class Office:
    """Licences by offer, and one person to assign them to."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        state = simulator.state()
        self.org, self.person = state["org"]["id"], state["people"][55]
        self.keys = {one["offer"]: one["id"] for one in state["licenses"]}
        self.place = webex.encode("LOCATION", state["locations"][0]["id"])
        self.number = 400

    def id(self, offer: str) -> str:
        return webex.encode("LICENSE", f"{self.org}:{offer}_{self.keys[offer]}")

    def add(self, offer: str, **properties: str) -> Json:
        entry: Json = {"id": self.id(offer), "operation": "add"}
        if offer in ("BCSTD", "BCBAS") and not properties:
            self.number += 1
            properties = {"locationId": self.place, "extension": f"0{self.number}"}
        return {**entry, "properties": properties} if properties else entry

    def remove(self, offer: str) -> Json:
        return {"id": self.id(offer), "operation": "remove"}

    def patch(self, *licenses: Json, **more: Any) -> Json:
        body = {"personId": webex.encode("PEOPLE", self.person["id"]), "licenses": list(licenses), **more}
        found: Json = self.simulator.edit("PATCH", "/licenses/users", body)
        return found

    def refused(self, *licenses: Json, **more: Any) -> int:
        """The code of a refusal, after which nothing has changed."""
        before = self.simulator.state()
        with pytest.raises(EditRefused) as caught:
            self.patch(*licenses, **more)
        assert caught.value.status == 400
        assert self.simulator.state() == before
        code: int = caught.value.body["errors"][0]["errorCode"]
        return code

    def held(self) -> set[str]:
        person = next(one for one in self.simulator.state()["people"] if one["id"] == self.person["id"])
        offers = {key: offer for offer, key in self.keys.items()}
        return {offers[key] for key in person["licenses"]}


@pytest.fixture
def office(simulator: Simulator) -> Office:
    simulator.load(tenant())
    return Office(simulator)


@pytest.mark.parametrize(
    ("held", "request_", "code"),
    [
        (("BCSTD",), ("-BCSTD", "BCBAS"), 400112),
        ((), ("MSGR",), 400118),
        ((), ("BCSTD", "BCBAS"), 400404),
        (("BCBAS",), ("BCSTD",), 400404),
        (("BCBAS",), ("BCATT",), 400406),
        (("BCBAS",), ("CXESS",), 400407),
        ((), ("BCBAS", "CXESS"), 400407),
        ((), ("BCATT",), 400408),
        (("BCSTD", "BCATT"), ("-BCSTD",), 400408),
        (("CXESS",), ("-CXESS", "BCBAS"), 400410),
        ((), ("XA", "XB"), 400413),
        (("XA",), ("XB",), 400413),
        ((), ("MSPAID",), 700003),
        ((), ("MTPAID",), 700004),
        ((), ("MTTEAMS",), 700005),
        (("SCREEN",), ("-SCREEN",), 700006),
    ],
)
def test_codes(office: Office, held: tuple[str, ...], request_: tuple[str, ...], code: int) -> None:
    if held:
        office.patch(*(office.add(offer) for offer in held))
    entries = [office.remove(one[1:]) if one.startswith("-") else office.add(one) for one in request_]
    assert office.refused(*entries) == code
    assert set(held) <= office.held()


def test_codes_of_properties_and_ids(office: Office) -> None:
    assert office.refused({"id": office.id("BCSTD"), "operation": "add"}) == 400411
    assert office.refused(office.add("BCSTD", extension="0444")) == 400
    unknown = webex.encode("LICENSE", f"{office.org}:BCSTD_11111111-1111-4111-8111-111111111111")
    assert office.refused({"id": unknown}) == 400000


def test_allowed_combinations(office: Office) -> None:
    office.patch(office.add("BCATT"), office.add("BCSTD"), office.add("CXESS"))
    assert {"BCSTD", "BCATT", "CXESS"} <= office.held()
    office.patch(office.remove("BCATT"), office.remove("BCSTD"))
    assert not {"BCSTD", "BCATT"} & office.held()
    office.patch(office.add("MSPAID"), office.add("MSFREE"))
    assert {"MSPAID", "MSFREE"} <= office.held()


def test_standard_to_professional_in_one_request(office: Office) -> None:
    office.patch(office.add("BCBAS"))
    office.patch(office.remove("BCBAS"), office.add("BCSTD"))
    assert "BCSTD" in office.held() and "BCBAS" not in office.held()


def test_implicit_licences_stand_in_every_people_put(office: Office) -> None:
    office.patch(office.add("SCREEN"))
    path = f"/people/{office.person['id']}"
    body = {"displayName": "Somebody", "emails": office.person["emails"], "licenses": []}
    before = office.simulator.state()
    with pytest.raises(EditRefused) as caught:
        office.simulator.edit("PUT", path, body)
    assert (caught.value.status, caught.value.body["errors"][0]["errorCode"]) == (400, 700006)
    assert office.simulator.state() == before
    office.simulator.edit("PUT", path, {**body, "licenses": [office.id("SCREEN")]})
    assert office.held() == {"SCREEN"}


def test_attendee_sites(office: Office) -> None:
    site = {"siteUrl": "example.webex.com", "accountType": "attendee"}
    assert office.refused(siteUrls=[{**site, "siteUrl": "other.webex.com"}]) == 400216
    assert office.patch(siteUrls=[site])["siteUrls"] == [site]
    assert office.patch(office.add("MSFREE"))["siteUrls"] == [site]
    assert office.patch(siteUrls=[{**site, "operation": "remove"}])["siteUrls"] == []


@pytest.mark.parametrize(
    ("position", "status", "gets"), [("206", 206, False), ("400", 400, False), ("assign", 200, True)]
)
def test_switch_license_exhausted(call: Any, simulator: Simulator, position: str, status: int, gets: bool) -> None:
    full = tenant()
    next(one for one in full["licenses"] if one["offer"] == "MTFREE")["totalUnits"] = 0
    simulator.load({**full, "switches": {"license_exhausted": position}})
    office = Office(simulator)
    entries = [office.add("MTFREE"), office.add("MSFREE")]
    person = webex.encode("PEOPLE", office.person["id"])
    answer = call("PATCH", "/licenses/users", {"personId": person, "licenses": entries})
    assert answer.status == status
    assert ("MTFREE" in office.held()) is gets
    assert ("MSFREE" in office.held()) is (status != 400)
    if status == 206:
        assert office.id("MTFREE") not in answer.body["licenses"] and office.id("MSFREE") in answer.body["licenses"]


@pytest.mark.parametrize(("position", "extension"), [("ignore", "0401"), ("apply", "0999")])
def test_switch_license_readd(office: Office, position: str, extension: str) -> None:
    office.simulator.turn("license_readd", position)
    office.patch(office.add("BCSTD"))
    office.patch(office.add("BCSTD", locationId=office.place, extension="0999"))
    person = next(one for one in office.simulator.state()["people"] if one["id"] == office.person["id"])
    assert person["calling"]["extension"] == extension


@pytest.mark.parametrize(
    "body",
    [{"licenses": "all"}, {"licenses": ["one"]}, {"licenses": [{"operation": "add"}]},
     {"licenses": [{"id": "x", "operation": "swap"}]}, {"licenses": [{"id": "x", "properties": []}]},
     {"siteUrls": [{"siteUrl": "x", "accountType": "host"}]}, {"personId": {}}],
)  # fmt: skip
def test_wrong_bodies(office: Office, call: Any, body: Json) -> None:
    answer = call("PATCH", "/licenses/users", {"email": office.person["emails"][0], **body})
    assert (answer.status, answer.body["errorCode"] in (25008, 25024)) == (400, True)


def test_pages_of_holders(office: Office, call: Any, api: WebexSimpleApi) -> None:
    professional = office.id("BCSTD")
    first = call("GET", f"/licenses/{professional}?includeAssignedTo=user&limit=20")
    assert len(first.body["users"]) == 20 and first.body["name"] == "Webex Calling - Professional"
    assert "next=" in first.headers["Link"] and "limit=20" in first.headers["Link"]
    listed = list(api.licenses.assigned_users(professional, limit=20))
    assert len({one.id for one in listed}) == len(listed) == 50
    assert "Link" not in call("GET", f"/licenses/{professional}?includeAssignedTo=user&limit=999").headers
    assert "users" not in call("GET", f"/licenses/{professional}").body
    assert call("GET", f"/licenses/{professional}?includeAssignedTo=user&limit=none").status == 400


def test_the_state_survives_a_restart(tmp_path: Path) -> None:
    with Simulator(tenant(), data_dir=tmp_path) as first:
        office = Office(first)
        office.patch(office.add("SCREEN"), siteUrls=[{"siteUrl": "example.webex.com", "accountType": "attendee"}])
        kept = first.state()
    with Simulator(data_dir=tmp_path) as second:
        assert second.state() == kept
