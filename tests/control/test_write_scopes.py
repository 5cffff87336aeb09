"""Missing write scopes are named before the first write, where the token's scopes are known (S32)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.errors import AuthError, Exit
from reconciler.model.control import Threshold
from reconciler.model.plan import Plan
from reconciler.simulator.core import scopes as simulated
from reconciler.webex import scopes
from reconciler.webex.credentials import credentials
from reconciler.webex.renewal import Grant
from tests.control.conftest import Typed, verdicts

WRITES = "spark-admin:workspaces_write"


def writes(office: Any) -> list[str]:
    return [
        entry["method"] for entry in office.server.log() if entry["method"] != "GET" and "token" not in entry["path"]
    ]


def planned(office: Any) -> tuple[Plan, int]:
    """The plan, and how many requests it took."""
    office.server.reset_requests()
    return office.simulation.run(pipeline.plan(office.root, office.tenant)), len(office.server.log())


@pytest.mark.issue10("C")
@pytest.mark.parametrize("told", ["by the operator", "by the refresh grant"])
def test_s32_a_missing_write_scope_is_named_and_nothing_is_written(rooms: Any, told: str) -> None:
    office = rooms(2)
    plan = office.plan()
    held = simulated.EVERY - {WRITES}
    old = office.tenant.credentials
    office.server.add_token("narrow", held)
    if told == "by the operator":
        narrow = replace(old, token="narrow", scopes=held)
    else:
        office.server.grant_only(held)
        narrow = replace(old, token="", grant=Grant(**office.server.credentials))
    office.tenant = replace(office.tenant, credentials=narrow)
    before = office.server.state()
    office.server.reset_requests()
    with pytest.raises(AuthError) as refused:
        office.apply(plan)
    assert refused.value.exit_code == Exit.AUTH
    assert WRITES in str(refused.value.why) and plan.operations[0].members[0].address in str(refused.value.why)
    assert writes(office) == [] and office.server.state() == before


@pytest.mark.issue10("C")
def test_s32_a_run_that_goes_on_with_a_token_of_less_writes_nothing(rooms: Any) -> None:
    office = rooms(12)
    office.fail(1, 2, 3, 4, 5, 6)
    office.apply(chunk_size=6, pause=Threshold(0.5, 6))
    office.server.no_faults()
    old = office.tenant.credentials
    office.server.add_token("narrow", simulated.EVERY - {WRITES})
    office.tenant = replace(office.tenant, credentials=replace(old, token="narrow", scopes=simulated.EVERY - {WRITES}))
    before = office.server.state()
    office.server.reset_requests()
    with pytest.raises(AuthError) as refused:
        office.resume()
    assert WRITES in str(refused.value.why) and writes(office) == [] and office.server.state() == before
    office.tenant = replace(office.tenant, credentials=old)
    assert verdicts(office.resume()) == {"failed": 6, "verified": 6}, "nothing of the run is lost"


@pytest.mark.issue10("C")
def test_s32_a_plan_warns_of_them_and_is_the_same_plan(rooms: Any) -> None:
    office = rooms(2)
    without, asked = planned(office)
    known = office.tenant.credentials
    office.tenant = replace(office.tenant, credentials=replace(known, scopes=simulated.EVERY - {WRITES}))
    warned, asked_then = planned(office)
    assert asked_then == asked > 0
    (warning,) = warned.notices
    assert WRITES in warning and warned.operations[0].members[0].address in warning
    assert warned.digest == without.digest and without.notices == []
    office.tenant = replace(office.tenant, credentials=replace(known, scopes=simulated.EVERY))
    assert office.plan().notices == []


@pytest.mark.issue10("C")
def test_s32_a_dry_run_refuses_what_an_apply_would(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBEX_SCOPES", " ".join(simulated.EVERY - {WRITES}))
    code, shown, _ = typed.say("plan")
    assert code == 0 and f"lacks {WRITES}" in shown
    for command in (["apply"], typed.plan):
        code, _, said = typed.say(*command, "--dry-run")
        assert code == Exit.AUTH and WRITES in said and "dry run" not in said
    monkeypatch.setenv("WEBEX_SCOPES", " ".join(simulated.EVERY))
    for command in (["apply"], typed.plan):
        assert typed.say(*command, "--dry-run")[0] == 0
    assert not typed.written()


@pytest.mark.issue10("C")
def test_s32_what_is_not_missing_or_not_known_keeps_nobody_from_writing(rooms: Any) -> None:
    office = rooms(2)
    plan = office.plan()
    office.apply(plan)
    assert office.told("scopes_unknown")
    second = rooms(2)
    plan = second.plan()
    known = replace(second.tenant.credentials, scopes=simulated.EVERY)
    second.tenant = replace(second.tenant, credentials=known)
    assert verdicts(second.apply(plan)) == {"verified": 2}
    assert not second.told("scopes_unknown")


@pytest.mark.issue10("C")
def test_s32_the_operator_may_say_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "t")
    assert credentials(tmp_path).scopes is None
    monkeypatch.setenv("WEBEX_SCOPES", "a b,c")
    assert credentials(tmp_path).scopes == {"a", "b", "c"}


@pytest.mark.issue10("C")
@pytest.mark.parametrize(
    "request_",
    ["PUT /people/{personId}", "PATCH /licenses/users", "POST /identity/scim/{orgId}/v2/Users", "POST /workspaces",
     "PUT /telephony/config/people/{personId}/numbers", "POST /locations",
     "PUT /telephony/pstn/locations/{locationId}/connection",
     "POST /telephony/config/locations/{locationId}/numbers", "GET /people"],
)  # fmt: skip
def test_the_scopes_of_writes_are_those_of_the_documentation(request_: str) -> None:
    method, _, path = request_.partition(" ")
    assert scopes.of_write(request_) == (simulated.wanted(method, path) if method != "GET" else "")
