"""Each answer that a write can get, once: it is done, and done once; what is no success is seen (S90, S98, M8)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.errors import StaleError
from reconciler.model.applied import Applied
from reconciler.model.outcome import Outcome
from reconciler.runs import known as runs
from reconciler.runs.journal import read
from reconciler.simulator import generate_tenant
from reconciler.simulator.core import ids
from reconciler.webex.connection import Connection
from reconciler.webex.credentials import Credentials
from tests.properties.simulation import URL, Simulation
from tests.support.live import Live
from tests.support.state import differences

ROOM = {"name": "Silent corner", "location": "London HQ", "extension": "7999", "license": "Webex Calling - Workspaces"}
JOSE = "jose.dvorak@example.com"
FORWARDING = "/people/{personId}/features/callForwarding"
LOST = [*({"status": status} for status in (500, 502, 503, 504)), {"drop": "before"}, {"drop": "after"}]
#: The write took effect, and the gateway said otherwise.
AFTER = [{"status": status, "drop": "after"} for status in (500, 502, 504)]


def once(live: Live, desired: dict[str, Any], method: str, route: str, **do: Any) -> Applied:
    live.describe(desired)
    plan = live.plan()
    live.forget()
    live.server.faults([{"match": {"method": method, "route": route}, "nth": 1, "do": do}])
    applied = live.apply(plan)
    live.server.no_faults()
    return applied


@pytest.mark.parametrize("do", [*LOST, *AFTER], ids=str)
def test_s98_a_lost_answer_to_a_create_doubles_nothing(do: dict[str, Any], live: Live) -> None:
    """A workspace's name is not unique: whoever sends it twice has two. So it is looked for, and never sent again."""
    applied = once(live, {"workspaces": [ROOM]}, "POST", "/workspaces", **do)
    took_effect = do.get("drop") == "after"
    assert [str(outcome.verdict) for outcome in applied.outcomes] == ["verified" if took_effect else "unknown"]
    assert len([room for room in live.state()["workspaces"] if room["displayName"] == ROOM["name"]]) == took_effect
    assert live.writes() == {"POST /workspaces": 1}
    sent = [one for record in read(applied.folder).records for one in record.get("requests", ())]
    assert len(sent) == sum(live.writes().values())
    assert not any(one["idempotent"] for one in sent) and len({one["body_sha256"] for one in sent}) == 1


@pytest.mark.parametrize("do", [*LOST, *AFTER], ids=str)
def test_s90_a_lost_answer_to_an_update_is_made_good(do: dict[str, Any], live: Live) -> None:
    people = {"people": [{"email": JOSE, "forwarding": {"busy": {"destination": "0100"}}}]}
    applied = once(live, people, "PUT", FORWARDING, **do)
    assert [str(outcome.verdict) for outcome in applied.outcomes] == ["verified"]
    assert live.writes() == {f"PUT {FORWARDING}": 1 if do.get("drop") == "after" else 2}


def test_s91_an_operation_that_is_refused_for_ever_ends_in_half_an_hour(tmp_path: Path) -> None:
    """In virtual time: all its requests and attempts together."""
    state = generate_tenant(people=2, locations=1, workspaces=0)
    person = next(person["emails"][0] for person in state["people"] if person["calling"])
    live = Live.__new__(Live)
    live.root, live.org_id = tmp_path, ids.encode("ORGANIZATION", state["org"]["id"])
    live.describe({"people": [{"email": person, "forwarding": {"busy": {"destination": "1001"}}}]})
    tenant = Connection(Credentials(URL, "simulated"), waiting=lambda *_: None)
    with Simulation(state, 3) as simulation:
        plan = simulation.run(pipeline.plan(tmp_path, tenant))
        do = {"status": 429, "headers": {"Retry-After": "299"}}
        simulation.server.faults([{"match": {"method": "PUT", "route": FORWARDING}, "do": do}])
        began = simulation.now
        (outcome,) = simulation.run(pipeline.apply(tmp_path, tenant, plan)).outcomes
        assert outcome.verdict == "failed" and outcome.again and 1400 < simulation.now - began <= 1860


# --- M8: the evidence of a write, and endpoints that lie ---------------------------------------------------------

LIES: dict[str, tuple[str, dict[str, Any]]] = {
    "204 without effect": ("PUT", {"silent": True}),
    "an ignored field": ("GET", {"replace": {'"destination": "0100"': '"destination": "0199"'}}),
    "null on read": ("GET", {"replace": {'"destination": "0100"': '"destination": null'}}),
    "effect an hour later": ("PUT", {"later": 3600}),
}


@pytest.mark.parametrize(("method", "do"), LIES.values(), ids=LIES)
def test_m8_an_endpoint_that_lies_is_seen_through(method: str, do: dict[str, Any], live: Live) -> None:
    forwarding = {"busy": {"destination": "0100"}, "no_answer": {"destination": "0100", "rings": 5}}
    live.describe({"people": [{"email": JOSE, "forwarding": forwarding}]})
    plan = live.plan()
    live.server.faults([{"match": {"method": method, "route": FORWARDING}, "do": do}])
    applied = live.apply(plan)
    live.server.no_faults()
    (outcome,) = applied.outcomes
    assert outcome.verdict == "drifted" and outcome.wrote
    assert outcome.as_wanted == {"busy": False, "no_answer": False} and outcome.fields.keys() == {"busy", "no_answer"}
    assert applied.summary["totals"]["error"] == 1


def test_m8_one_ignored_field_among_others_is_named(live: Live) -> None:
    forwarding = {"busy": {"destination": "0100"}, "no_answer": {"destination": "0101", "rings": 5}}
    live.describe({"people": [{"email": JOSE, "forwarding": forwarding}]})
    plan = live.plan()
    lie = {"replace": {'"destination": "0101"': '"destination": ""'}}
    live.server.faults([{"match": {"method": "GET", "route": FORWARDING}, "do": lie}])
    (outcome,) = live.apply(plan).outcomes
    live.server.no_faults()
    assert outcome.verdict == "drifted" and outcome.as_wanted == {"busy": True, "no_answer": False}
    assert outcome.fields["no_answer"]["found"]["destination"] == ""


def test_m8_every_write_has_its_evidence_in_the_chain(live: Live) -> None:
    """Pre-image, request, tracking id, read-back and a verdict for each field; no write of the tenant's is without."""
    live.describe({"people": [{"email": JOSE, "forwarding": {"busy": {"destination": "0100"}}}], "workspaces": [ROOM]})
    live.forget()
    applied = live.apply(live.plan())
    kept = read(applied.folder)
    assert not kept.broken
    by_event: dict[str, list[dict[str, Any]]] = {}
    for record in kept.records:
        by_event.setdefault(record["event"], []).append(record)
    written = {member["address"]: member for record in by_event["intent"] for member in record["members"]}
    requests = [one for record in by_event["acknowledged"] for one in record["requests"]]
    asked = [entry for entry in live.server.log() if entry["method"] != "GET"]
    assert sorted((one["method"], one["path"]) for one in requests) == sorted(
        (entry["method"], entry["path"].partition("?")[0]) for entry in asked
    )
    assert all(one["tracking_id"] and one["status"] in (200, 201, 204) for one in requests)
    outcomes = {record["address"]: Outcome.from_json(record) for record in by_event["outcome"]}
    assert outcomes.keys() == written.keys() == {f"person.forwarding/{JOSE}", "workspace/Silent corner"}
    for address, outcome in outcomes.items():
        assert outcome.verdict == "verified" and outcome.id
        assert outcome.as_wanted and all(outcome.as_wanted.values())
        assert written[address]["want"].keys() >= outcome.as_wanted.keys()
        before = outcome.read["before"] or {}
        assert written[address]["before"] == {name: before.get(name) for name in written[address]["before"]}
        assert {name: outcome.read["after"][name] for name in outcome.as_wanted} != written[address]["before"]


@pytest.mark.parametrize("edit", ["a letter", "a line out", "two lines changed over", "the end taken off"])
def test_m8_a_journal_that_was_tampered_with_is_refused(edit: str, live: Live) -> None:
    live.describe({"workspaces": [ROOM]})
    applied = live.apply(live.plan())
    path: Path = applied.folder / "journal.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    if edit == "a letter":
        lines[1] = lines[1].replace("7999", "7998")
    elif edit == "a line out":
        del lines[2]
    elif edit == "two lines changed over":
        lines[1:3] = lines[2:0:-1]
    else:
        lines = lines[:-2]
    path.write_text("".join(lines))
    undo = pipeline.undo(live.root, live.tenant, "last")
    for refused in (
        lambda: live.resume("last"),
        lambda: pipeline.retry(live.root, "last"),
        lambda: asyncio.run(undo),
        lambda: runs.find(live.root).kept.refuse_broken(),
    ):
        with pytest.raises(StaleError, match="changed after it was written"):
            refused()


# --- S114: what was there before is kept, and brings it back ------------------------------------------------------


def test_s114_every_applied_change_keeps_what_was_before_and_undo_restores_it(live: Live) -> None:
    live.describe(
        {
            "people": [{"email": JOSE, "display_name": "Pepe", "forwarding": {"busy": {"destination": "0100"}}}],
            "workspaces": [ROOM, {"name": "Board Room", "capacity": 6}],
        }
    )
    state = live.state()
    applied = live.apply(live.plan())
    live.server.advance(60)
    intents = {intent.address: intent for intent in runs.find(live.root).intents()}
    assert intents.keys() == {result["address"] for result in applied.summary["results"]}
    for result in applied.summary["results"]:
        before = intents[result["address"]].before
        assert all(before[name] == sides["before"] for name, sides in result["changed"].items() if name in before)
    undo = asyncio.run(pipeline.undo(live.root, live.tenant, "last"))
    assert {str(outcome.verdict) for outcome in live.apply(undo).outcomes} == {"verified"}
    live.server.advance(60)
    assert differences(state, live.state()) == set()
    assert json.loads((applied.folder / "summary.json").read_text())["totals"]["executed"] == 4
