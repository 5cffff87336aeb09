"""No more requests than the endpoints need (M7): every count is exact."""

from __future__ import annotations

from typing import Any

from reconciler.simulator import generate_tenant
from tests.support.live import Live

_FORWARDING = "/people/{personId}/features/callForwarding"
_CONNECTION = "/telephony/pstn/locations/{locationId}/connection"
#: Whether digits that are forwarded to lead outside, which takes an approval of its own, shows by the outside dial
#: digit of their person's location: two lists a plan, however many people. Where they are is known before what they
#: forward to is read; the digits are only asked for where something changes.
_PLACES = {"GET /locations": 1}
_OUTSIDE = {**_PLACES, "GET /telephony/config/locations": 1}


def _counts(live: Live, desired: dict[str, Any]) -> tuple[dict[str, int], dict[str, int]]:
    """Requests of a plan and of its apply."""
    live.describe(desired)
    live.forget()
    plan = live.plan()
    planning = dict(live.requests())
    live.forget()
    outcomes = live.apply(plan).outcomes
    assert outcomes and all(outcome.verdict == "verified" for outcome in outcomes)
    return planning, dict(live.requests())


def test_one_persons_forwarding(live: Live) -> None:
    person = {"email": "jose.dvorak@example.com", "forwarding": {"busy": {"destination": "0100"}}}
    planning, applying = _counts(live, {"people": [person]})
    assert planning == {"GET /people": 1, f"GET {_FORWARDING}": 1, **_OUTSIDE}
    assert applying == {f"GET {_FORWARDING}": 2, f"PUT {_FORWARDING}": 1}


def test_a_hundred_numbers(live: Live) -> None:
    numbers = {"range": ["+442079461000", "+442079461099"], "location": "London HQ", "state": "inactive"}
    planning, applying = _counts(live, {"numbers": [numbers]})
    assert planning == {"GET /telephony/config/numbers": 1, "GET /locations": 1, f"GET {_CONNECTION}": 1}
    assert applying == {
        "GET /locations": 1,
        "GET /telephony/config/numbers": 2,
        "POST /telephony/config/locations/{locationId}/numbers": 1,
    }


def test_one_locations_pstn(live: Live) -> None:
    planning, applying = _counts(live, {"locations": [{"name": "London HQ", "pstn": {"trunk": "London Gateway"}}]})
    trunks, groups = "GET /telephony/config/premisePstn/trunks", "GET /telephony/config/premisePstn/routeGroups"
    assert planning == {"GET /locations": 1, f"GET {_CONNECTION}": 1, trunks: 1, groups: 1}
    assert applying == {f"GET {_CONNECTION}": 2, f"PUT {_CONNECTION}": 1, trunks: 1, groups: 1}


def test_people_in_bulk(live: Live) -> None:
    """The list in pages of 100 and one section each; no person is read on its own."""
    generated = Live(live.server, live.root, generate_tenant(people=230, locations=2, workspaces=0))
    emails = [p["emails"][0] for p in generated.state()["people"] if p["calling"]][:200]
    people = [{"email": email, "forwarding": {"busy": {"destination": "1001"}}} for email in emails]
    planning, applying = _counts(generated, {"people": people})
    assert planning == {"GET /people": 3, f"GET {_FORWARDING}": 200, **_OUTSIDE}
    # A document that a write replaces is read before it, after it, and at the end of the run with the audit events of
    # others: between two clones nothing else shows that one has overwritten the other.
    assert applying == {f"GET {_FORWARDING}": 600, f"PUT {_FORWARDING}": 200, "GET /adminAudit/events": 1}


def test_an_equal_state_costs_one_reading(live: Live) -> None:
    live.describe({"people": [{"email": "jose.dvorak@example.com", "forwarding": {"busy": None}}]})
    live.forget()
    assert live.apply(live.plan()).outcomes == []
    assert dict(live.requests()) == {"GET /people": 1, f"GET {_FORWARDING}": 1, **_PLACES}
