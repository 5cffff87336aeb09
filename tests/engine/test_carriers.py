"""M19: numbers of a location whose carrier brings them, or that has none: said in the plan (webex-behaviour.md §4)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.simulator import Simulator, generate_tenant
from tests.engine.test_feasibility import refused, verified
from tests.support.live import Live

HERE, THERE = "Site 002", "Site 001"
CONNECTION = "GET /telephony/pstn/locations/{locationId}/connection"
NEW = {"number": "+15559000000", "location": HERE, "state": "inactive"}


def office(server: Simulator, root: Path, connection: dict[str, Any] | None) -> tuple[Live, list[str]]:
    """A tenant with this PSTN connection at HERE, and the free numbers there."""
    tenant = generate_tenant(people=4, locations=2, workspaces=0, seed=1)
    here = next(one for one in tenant["locations"] if one["name"] == HERE)
    here["calling"] |= {"pstn": connection}
    live = Live(server, root, tenant)
    taken = {one["calling"].get("number") for one in tenant["people"] if one.get("calling")}
    taken |= {(one["calling"].get("callingLineId") or {}).get("phoneNumber") for one in tenant["locations"]}
    numbers = [one for one in tenant["numbers"] if one["location"] == here["id"] and one["number"] not in taken]
    return live, sorted(one["number"] for one in numbers if one["state"] == "ACTIVE")


def integrated() -> dict[str, Any]:
    options = generate_tenant(people=1, locations=1, workspaces=0, seed=1)["pstn_options"]
    option = next(one for one in options if one["pstnConnectionType"] == "INTEGRATED_CCP")
    return {"type": "INTEGRATED_CCP", "option": option["id"]}


def test_m19_numbers_that_the_carrier_brings(server: Simulator, tmp_path: Path) -> None:
    """None is added, removed or deactivated; at the other location they are. A person may have one of them."""
    live, free = office(server, tmp_path, integrated())
    gone, off = {"number": free[0], "state": "absent"}, {"number": free[1], "state": "inactive"}
    live.describe({"numbers": [NEW, gone, off, {"number": "+15559000001", "location": THERE}]})
    live.forget()
    plan = live.plan()
    assert live.requests()[CONNECTION] == 2, "one a location"
    found = refused(live, plan)
    assert set(found) == {f"number/{one}" for one in (NEW["number"], free[0], free[1])}
    why = f"the numbers of {HERE} come from its carrier (INTEGRATED_CCP), and changing them by API may corrupt them"
    assert all(why in text for text in found.values())
    lifted = live.plan(lift=[f"integrated-pstn:{HERE}"])
    assert len(lifted.operations) == 4 and not any(change.blocked for change in lifted.changes)
    live.describe({"numbers": [{"number": "+15559000001", "location": THERE}]})
    assert verified(live, live.plan()) == ["number/+15559000001"]


def test_m19_numbers_without_a_connection(server: Simulator, tmp_path: Path) -> None:
    """Unless the plan connects it first."""
    live, _ = office(server, tmp_path, None)
    live.describe({"numbers": [NEW]})
    found = refused(live, live.plan())
    assert f"{HERE} has no PSTN connection, which numbers need" in found[f"number/{NEW['number']}"]
    live.describe({"numbers": [NEW], "locations": [{"name": HERE, "pstn": {"provider": "Example Carrier"}}]})
    assert verified(live, live.plan()) == [f"location.pstn/{HERE}", f"number/{NEW['number']}"]


@pytest.mark.parametrize("state", ["active", "inactive"])
def test_m19_nobody_asks_for_what_is_so_already(server: Simulator, tmp_path: Path, state: str) -> None:
    live, free = office(server, tmp_path, integrated())
    live.describe({"numbers": [{"number": free[0], "state": state}]})
    live.forget()
    assert bool(live.plan().findings) is (state == "inactive")
    assert live.requests().get(CONNECTION, 0) == (state == "inactive")
