"""M4: what the tenant would refuse shows before anyone approves. A plan with as many refusals as the API knows, on a
tenant with one of everything: its twin and the tenant itself agree on all of them, and on all that is accepted."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.kinds import observed
from reconciler.model.plan import Plan
from reconciler.model.rehearsal import RefusedStep, Rehearsal
from reconciler.repository import store
from reconciler.simulator import Simulator, sample_tenant
from tests.support.live import Live
from tests.support.rich_tenant import enrich

from .conftest import Rehearse, agree, applied, unguarded

Json = dict[str, Any]
PROFESSIONAL, STANDARD, ROOMS = (f"Webex Calling - {tier}" for tier in ("Professional", "Standard", "Workspaces"))
MESSAGING = "Messaging"
LONDON, MANCHESTER, NEW_YORK = "London HQ", "Manchester", "New York"
PLACE = {
    "address": {"address1": "1 New Road", "city": "Newton", "postal_code": "10001", "state": "NY", "country": "US"},
    "time_zone": "America/New_York",
    "preferred_language": "en_us",
}


@pytest.fixture(scope="module")
def rich() -> Json:
    """The sample with two of every feature, no Messaging licence left, and Manchester on an integrated carrier."""
    with Simulator(sample_tenant()) as simulator:
        enrich(simulator)
        tenant = simulator.state()
    carrier = next(one for one in tenant["pstn_options"] if one["pstnConnectionType"] == "INTEGRATED_CCP")
    for place in tenant["locations"]:
        if place["name"] == MANCHESTER:
            place["calling"]["pstn"] = {"type": "INTEGRATED_CCP", "option": carrier["id"]}
    for license in tenant["licenses"]:
        if license["name"] == MESSAGING:
            license["totalUnits"] = 0
    return {**tenant, "clock": {"ahead": 0}}


class Cast:
    """Who of the tenant plays which part: everybody once."""

    def __init__(self, tenant: Json) -> None:
        self.names = {one["id"]: one["name"] for one in tenant["locations"]}
        self.people = [one for one in tenant["people"] if one.get("calling") and one["id"] != tenant["org"]["admin"]]
        self.plain = [one["emails"][0] for one in tenant["people"] if not one.get("calling")]
        self.tenant = tenant

    def someone(self, place: str, *, number: bool | None = None) -> Json:
        """A calling user of that place who has not been taken yet."""
        for one in self.people:
            if self.names[one["calling"]["location"]] == place and number in (None, bool(one["calling"].get("number"))):
                self.people.remove(one)
                return one
        raise AssertionError(f"nobody is left in {place}")

    def email(self, place: str, *, number: bool | None = None) -> str:
        return str(self.someone(place, number=number)["emails"][0])

    def feature(self, table: str, field: str, place: str = LONDON) -> str:
        """The extension or number of a feature."""
        found = (one["calling"] for one in self.tenant[table] if one.get("calling"))
        return next(str(one[field]) for one in found if one.get(field) and self.names[one["location"]] == place)

    def free(self, place: str, count: int) -> list[str]:
        """Numbers that nobody has, from the middle of the inventory."""
        held = {number for one in self._blocks() for number in _numbers(one)}
        main = {
            one["calling"]["callingLineId"].get("phoneNumber") for one in self.tenant["locations"] if one["calling"]
        }
        rows = [one["number"] for one in self.tenant["numbers"] if self.names[one["location"]] == place]
        return [number for number in rows if number not in held | main][20 : 20 + count]

    def _blocks(self) -> list[Json]:
        return [
            record["calling"]
            for records in self.tenant.values()
            if isinstance(records, list)
            for record in records
            if isinstance(record, dict) and isinstance(record.get("calling"), dict)
        ]


def _numbers(block: Json) -> list[str]:
    return [*filter(None, [block.get("number")]), *(one["number"] for one in block.get("alternates") or ())]


def _people(cast: Cast) -> list[Json]:
    there, here = cast.someone(LONDON, number=True), cast.someone(LONDON)
    new = {"first_name": "New", "licenses": [PROFESSIONAL], "location": LONDON}
    free, others = cast.free(LONDON, 14), cast.free(NEW_YORK, 2)
    return [
        {"email": cast.email(LONDON), "extension": here["calling"]["extension"]},
        {"email": cast.email(LONDON), "phone_number": there["calling"]["number"]},
        {"email": cast.email(LONDON), "phone_number": cast.feature("virtual_lines", "number")},
        {"email": cast.email(LONDON), "phone_number": others[0]},
        {"email": cast.email(LONDON), "phone_number": "+442079460000"},  # the main number
        {"email": cast.email(LONDON), "extension": "911"},
        {"email": cast.email(LONDON), "numbers": {"secondary": [others[1]]}},
        {"email": cast.email(LONDON), "numbers": {"secondary": free[:11]}},
        {"email": cast.email(LONDON), "forwarding": {"no_answer": {"destination": "1001", "rings": 18}}},
        {"email": cast.email(LONDON), "outgoing_permissions": {"LOCAL": {"action": "BLOCK", "transfer": False}}},
        {"email": cast.plain[0], "forwarding": {"always": {"destination": "1001"}}},
        {"email": cast.plain[1], "licenses": [PROFESSIONAL], "location": LONDON, "extension": "9999"},
        {"email": cast.plain[2], "licenses": [STANDARD], "location": LONDON, "extension": "5801"},
        {
            "email": "park@example.com",
            **new,
            "extension": cast.feature("call_park_extensions", "extension"),
            "forwarding": {"busy": {"destination": "1001"}},
        },
        {"email": "line@example.com", **new, "extension": cast.feature("virtual_lines", "extension")},
        {"email": "route@example.com", **new, "extension": "5813", "phone_number": "+442079460081"},  # of a route list
        {"email": "outside@example.com", **new, "extension": cast.feature("virtual_extensions", "extension")},
        {"email": "queue@example.com", **new, "extension": cast.feature("call_queues", "extension")},
        {"email": "alert@example.com", **new, "extension": "112"},
        {"email": "both@example.com", **new, "licenses": [PROFESSIONAL, STANDARD], "extension": "5811"},
        {"email": "none@example.com", **new, "licenses": [STANDARD, MESSAGING], "extension": "5802"},
        {"email": "scim@example.com", **new, "licenses": [MESSAGING], "provisioning": "scim"},
        {
            "email": "pair@example.com",
            **new,
            "licenses": [PROFESSIONAL, STANDARD],
            "extension": "5812",
            "provisioning": "scim",
        },
        {"email": "bare@example.com", **new, "licenses": [MESSAGING], "extension": "5804"},
        {"email": "fine@example.com", **new, "extension": "5805", "forwarding": {"busy": {"destination": "1001"}}},
        {"email": cast.email(LONDON), "location": MANCHESTER, "extension": "5806"},  # without a number: accepted
        {"email": cast.email(NEW_YORK, number=True), "location": MANCHESTER, "extension": "5807"},
        {
            "email": cast.email(NEW_YORK),
            "location": LONDON,
            "extension": here["calling"]["extension"],
            "phone_number": None,
        },
        {"email": cast.email(MANCHESTER), "state": "absent"},
        {"email": cast.email(NEW_YORK), "licenses": [MESSAGING]},
    ]


def _rooms(cast: Cast) -> list[Json]:
    new = {"location": LONDON, "license": PROFESSIONAL}
    return [
        {"name": "Board Room", "extension": cast.feature("auto_attendants", "extension")},
        {"name": "Taken", **new, "extension": "7100"},
        {"name": "Wordless", **new, "license": "Messaging", "extension": "5821"},
        {"name": "Fine", **new, "license": ROOMS, "extension": "5822", "forwarding": {"busy": {"destination": "1001"}}},
        {
            "name": "Basic",
            **new,
            "license": ROOMS,
            "extension": "5824",
            "outgoing_permissions": {"NATIONAL": {"action": "BLOCK"}},
            "numbers": {"secondary": cast.free(LONDON, 18)[17:]},
        },
        {"name": "Abroad", **new, "extension": "5823", "phone_number": cast.free(NEW_YORK, 3)[2]},
    ]


def _places(cast: Cast) -> list[Json]:
    return [
        {"name": LONDON, "calling": {"main_number": cast.someone(LONDON, number=True)["calling"]["number"]}},
        {"name": NEW_YORK, "calling": {"routing_prefix": "8202"}},
        {"name": MANCHESTER, "pstn": {"route_group": "UK Routes"}},
        {"name": "Nowhere", **PLACE, "address": {**PLACE["address"], "country": "XX"}},  # type: ignore[dict-item]
        {"name": "Dry", **PLACE, "calling": {"announcement_language": "en_us", "main_number": "+12125550111"}},
        {"name": "Off", **PLACE, "calling": {"outside_dial_digit": "7"}, "pstn": {"provider": "Nobody's Carrier"}},
        {
            "name": "Lost",
            **PLACE,
            "calling": {"announcement_language": "en_us"},
            "pstn": {"provider": "Example Integrated Carrier"},
        },
        {
            "name": "Wet",
            **PLACE,
            "calling": {"announcement_language": "en_us", "routing_prefix": "8877"},
            "pstn": {"trunk": "New York Gateway"},
            "internal_dialing": {"unknown_extensions": {"route_group": "Transatlantic"}},
        },
    ]


def _numbers_wanted(cast: Cast) -> list[Json]:
    held = cast.someone(LONDON, number=True)["calling"]["number"]
    return [
        {"number": held, "state": "inactive"},
        {"number": "+12125550100", "state": "absent"},  # the main number
        {"number": cast.free(LONDON, 16)[15], "state": "absent"},
        {"number": cast.free(MANCHESTER, 1)[0], "state": "absent"},
        {"number": cast.free(MANCHESTER, 2)[1], "state": "inactive"},
        {"number": "+12125559901", "location": "Dry"},
        {"number": "+12125559902", "location": "Wet"},
        {"number": cast.free(NEW_YORK, 5)[4], "location": LONDON},
    ]


#: What kind of carrier a location has stands in no snapshot, nor which there are, and so not what the API lets be done.
_CARRIER = {
    *("location.pstn/Manchester", "location.pstn/Lost", "location.pstn/Off"),
    *("number/+441614960028", "number/+441614960029"),
    "person/zoe.sorensen@example.com",  # moves there with a number
}


def _snapshot_knows_as_much(live: Live, plan: Plan, rehearse: Rehearse, found: Rehearsal) -> None:
    """From a whole export the same comes out, but for what is said to be unknown."""
    whole = asyncio.run(pipeline.export(live.tenant, artefacts=observed()))
    store.write(live.root / "state", whole.snapshot)
    offline = rehearse(live, plan, offline=True)
    assert _without_carrier(offline) == _without_carrier(found)
    assert any("whether the API can change a location whose PSTN is" in line for line in offline.unknown)


def _without_carrier(found: Rehearsal) -> list[RefusedStep]:
    return [refusal for refusal in found.refusals if refusal.address not in _CARRIER]


def test_m4_twin_and_live_agree_on_every_operation_of_a_hostile_plan(
    live: Live, rehearse: Rehearse, prompt: None, rich: Json
) -> None:
    cast = Cast(rich)
    live.server.load(rich)
    live.describe(
        {
            "people": _people(cast),
            "workspaces": _rooms(cast),
            "locations": _places(cast),
            "numbers": _numbers_wanted(cast),
        }
    )
    plan = unguarded(live.plan())
    found = rehearse(live, plan)
    _snapshot_knows_as_much(live, plan, rehearse, found)
    outcomes = applied(live, plan)
    agree(found, outcomes)
    assert {one.code for one in found.refusals if one.code} == {
        *("4201", "4202", "4250", "4911", "5600", "9495", "25024", "25409", "400404"),
    }
    assert {one.verdict for one in found.refusals} == {"failed", "drifted", "skipped"}
    assert len(found.refusals) > 40 and found.steps - len(found.refusals) > 10


def test_of_several_in_one_request_each_has_its_own_reason(live: Live, rehearse: Rehearse, prompt: None) -> None:
    """They are tried apart when all are refused because of one."""
    cast = Cast(live.state())
    held = [cast.someone(LONDON, number=True)["calling"]["number"] for _ in range(2)]
    live.describe({"numbers": [{"number": number, "state": "absent"} for number in held]})
    plan = unguarded(live.plan())
    found = rehearse(live, plan)
    assert len({one.operation for one in found.refusals}) == 1
    assert [one.address.partition("/")[2] in one.why for one in found.refusals] == [True, True]
    agree(found, applied(live, plan))
