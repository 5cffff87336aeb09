"""A create whose answer is lost, and which shows late: it is looked for, and never made twice (issue 10, item 2)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.cli.app import run
from reconciler.cli.carrying import ended
from reconciler.model.applied import Applied
from reconciler.runs.known import find
from tests.support.live import Live

pytestmark = pytest.mark.issue10(2)

PRO = "Webex Calling - Professional"
ROOM = {"name": "Fresh", "location": "London HQ", "extension": "7999", "license": "Webex Calling - Workspaces"}
ADDRESS = {"address1": "1 Example Road", "city": "Springfield", "state": "IL", "postal_code": "62701", "country": "US"}
SITE = {"name": "Annex", "address": ADDRESS, "time_zone": "America/Chicago", "preferred_language": "en_us"}
NIA = {"email": "nia@example.com", "first_name": "Nia", "location": "London HQ", "extension": "7998", "licenses": [PRO]}
NUMBER = {"number": "+442079460199", "location": "London HQ", "state": "inactive"}
#: What is created, by which request, and the table and field of the tenant's own state that show it.
CREATES: dict[str, tuple[dict[str, Any], str, tuple[str, str, Any]]] = {
    "workspace": ({"workspaces": [ROOM]}, "/workspaces", ("workspaces", "displayName", "Fresh")),
    "location": ({"locations": [SITE]}, "/locations", ("locations", "name", "Annex")),
    "person": ({"people": [NIA]}, "/people", ("people", "emails", ["nia@example.com"])),
    "person by scim": (
        {"people": [{**NIA, "provisioning": "scim"}]},
        "/identity/scim/{orgId}/v2/Users",
        ("people", "emails", ["nia@example.com"]),
    ),
    "number": (
        {"numbers": [NUMBER]},
        "/telephony/config/locations/{locationId}/numbers",
        ("numbers", "number", "+442079460199"),
    ),
}
REPEAT = ("workspace", "location")


def lost(live: Live, kind: str, do: Mapping[str, Any], observers: Any = ()) -> Applied:
    desired, route, _ = CREATES[kind]
    live.server.turn("location_name_duplicate", "accept")
    live.describe(desired)
    plan = live.plan()
    live.forget()
    live.server.faults([{"match": {"method": "POST", "route": route}, "nth": 1, "do": do}])
    applied = live.apply(plan, observers=observers)
    live.server.no_faults()
    return applied


def made(live: Live, kind: str) -> int:
    table, field, value = CREATES[kind][2]
    rows = live.state()[table]
    return sum(row.get(field, row.get("id")) == value for row in (rows.values() if isinstance(rows, dict) else rows))


def verdicts(applied: Applied) -> set[str]:
    return {str(outcome.verdict) for outcome in applied.outcomes}


@pytest.mark.parametrize("kind", CREATES)
@pytest.mark.parametrize("how", [{"drop": "after"}, {"status": 502, "drop": "after"}], ids=str)
def test_what_shows_late_is_found_and_made_once(kind: str, how: dict[str, Any], live: Live) -> None:
    applied = lost(live, kind, {**how, "later": 12})
    assert verdicts(applied) == {"verified"}
    assert made(live, kind) == 1
    live.server.advance(600)
    live.forget()
    assert live.plan().changes == []


@pytest.mark.parametrize("kind", REPEAT)
def test_what_never_arrived_is_not_sent_again_where_names_repeat(kind: str, live: Live) -> None:
    applied = lost(live, kind, {"drop": "before"})
    route = f"POST {CREATES[kind][1]}"
    assert verdicts(applied) == {"unknown"} and live.writes() == {route: 1} and made(live, kind) == 0
    assert applied.ending == "stopped" and "nobody knows" in applied.why
    plan = find(live.root).plan
    assert ended(applied, plan, live.root) == 3
    live.forget()
    assert verdicts(live.resume()) == {"unknown"} and live.writes() == {}


def test_resume_finds_what_has_shown_since(live: Live) -> None:
    told: list[str] = []

    def heard(event: str, facts: Mapping[str, Any]) -> None:
        if event == "operation_outcome":
            told.append(facts["verdict"])

    applied = lost(live, "workspace", {"drop": "after", "later": 6_000}, observers=(heard,))
    assert verdicts(applied) == {"unknown"} and told == ["converging", "unknown"]
    live.server.advance(6_000)
    live.forget()
    assert verdicts(live.resume()) == {"verified"}
    assert live.writes() == {} and made(live, "workspace") == 1
    assert find(live.root).standing.over


def test_what_rests_on_it_waits(live: Live) -> None:
    room = {**ROOM, "forwarding": {"always": {"destination": "0100"}}}
    live.describe({"workspaces": [room]})
    plan = live.plan()
    fault = {"match": {"method": "POST", "route": "/workspaces"}, "do": {"drop": "after", "later": 6_000}}
    live.server.faults([fault])
    assert [str(one.verdict) for one in live.apply(plan).outcomes] == ["unknown", "skipped"]
    live.server.no_faults()
    live.server.advance(6_000)
    assert verdicts(live.resume()) == {"verified"}
    assert made(live, "workspace") == 1


def test_an_undo_names_what_nobody_knows_of_and_is_not_all(live: Live) -> None:
    """What shows later stays: no undo may say that all is as before, nor that there was nothing to take back."""
    undone = Counter[str]()
    for how in ({"drop": "after", "later": 3000}, {"drop": "before"}):
        lost(live, "workspace", how)
        plan = asyncio.run(pipeline.undo(live.root, live.tenant, "last"))
        (change,) = plan.changes
        undone[f"{change.action} {change.address}"] += 1
        assert "nobody knows" in change.reason and not plan.operations
    assert undone == {"cannot_tell workspace/Fresh": 2} and made(live, "workspace") == 0
    live.server.advance(4000)
    assert made(live, "workspace") == 1


def test_what_was_cut_off_on_its_way_is_looked_for_before_it_is_made_again(
    live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed between the request and its answer: an apply instead of a resume would make a second one."""
    monkeypatch.setenv("WEBEX_API_URL", live.server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", live.server.token)
    lost(live, "workspace", {"drop": "before"})
    journal = find(live.root).kept.path
    lines = journal.read_text(encoding="utf-8").splitlines(keepends=True)
    sent = next(number for number, line in enumerate(lines, 1) if '"intent"' in line)
    journal.write_text("".join(lines[:sent]), encoding="utf-8")
    for file in set(journal.parent.iterdir()) - {journal, journal.parent / "plan.json"}:
        file.unlink()
    live.forget()
    assert run(["apply", "--yes", "-C", str(live.root)]) == 4 and live.writes() == {}
    assert "with another there might be two" in capsys.readouterr().err
    live.resume()
    assert run(["apply", "--yes", "-C", str(live.root)]) == 0 and made(live, "workspace") == 1
