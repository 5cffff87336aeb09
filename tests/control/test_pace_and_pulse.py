"""How fast, and what is said meanwhile."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from statistics import fmean
from typing import Any

import pytest

from reconciler.runs import lock
from reconciler.webex.pacing import Pace
from reconciler.webex.policy import Policy
from tests.control.conftest import verdicts


def test_s94_a_heartbeat_tells_how_far_it_is(rooms: Any) -> None:
    """On a clock of its own, at the interval that was asked for."""
    office = rooms(40)
    office.server._tenant.latency = 10.0
    office.fail(2, 3)
    office.apply(heartbeat=30.0, chunk_size=20)
    beats = office.told("heartbeat")
    assert len(beats) >= 5
    assert {round(b["now"] - a["now"]) for a, b in pairwise(beats)} == {30}
    for beat in beats:
        assert beat["total"] == 40 and beat["state"] == "running" and beat["requests"] >= beat["done"]
    last = beats[-1]
    assert last["bad"] == 2 and last["error_rate"] == pytest.approx(2 / last["done"], abs=1e-3)
    assert beats[1]["request_rate"] == pytest.approx((beats[1]["requests"] - beats[0]["requests"]) / 30, abs=0.1)
    end = office.told("run_ended")[0]["now"]
    told = [beat["eta"] / (end - beat["now"]) for beat in beats if 12 <= beat["done"] <= 34]
    assert told and 0.7 < fmean(told) < 1.5, "what it said was left was about right"


def test_s94_the_lock_says_it_too(rooms: Any) -> None:
    office = rooms(12)
    office.server._tenant.latency = 10.0
    seen: list[dict[str, Any]] = []

    def look(event: str, facts: Any) -> None:
        if event == "heartbeat":
            seen.append(json.loads((office.root / ".reconcile" / "lock").read_text()))
            assert lock.holder(office.root)["run"] == facts["run"]

    office.apply(None, look)
    told = office.told("heartbeat")
    assert [one["done"] for one in seen] == [beat["done"] for beat in told] and seen[0]["total"] == 12
    assert lock.holder(office.root) == {}


def test_s97_requests_are_spaced(rooms: Any) -> None:
    """--min-interval-ms 700: no two requests closer than that, whatever the workers could do."""
    office = rooms(12)
    plan = office.plan()
    paced = replace(office.tenant.credentials, policy=Policy(pace=Pace(interval=0.7)))
    office.tenant = replace(office.tenant, credentials=paced)
    begun = office.simulation.now
    assert verdicts(office.apply(plan)) == {"verified": 12}
    requests = office.server.requests()["total"]
    assert office.simulation.now - begun >= 0.7 * (requests - 1)


def test_a_listener_that_fails_ends_nothing(rooms: Any, capsys: pytest.CaptureFixture[str]) -> None:
    office = rooms(3)

    def broken(event: str, facts: Any) -> None:
        raise ValueError("\x1b[31mno")

    assert verdicts(office.apply(None, broken)) == {"verified": 3}
    said = capsys.readouterr().err
    assert said.count("hears no more of this run") == 1 and "\x1b" not in said


def test_g29_a_wait_is_explained(rooms: Any) -> None:
    office = rooms(4)
    office.server.faults(
        [{"match": {"method": "PUT"}, "nth": 2, "do": {"status": 429, "headers": {"Retry-After": "37"}}}]
    )
    assert verdicts(office.apply()) == {"verified": 4}
    (wait,) = office.told("waiting")
    assert (wait["seconds"], wait["status"]) == (37.0, 429) and wait["family"].startswith("/workspaces")
