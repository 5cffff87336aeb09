"""What came of each artefact survives in the snapshot: files made from `state/` say what those of the export said."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler.simulator import Simulator
from tests.cli.conftest import Result

Reconcile = Callable[..., Result]
Rows = dict[str, dict[str, str]]
SOMEONE = "person/amelia.ashford@example.com"
#: One of each, for kinds, sections and artefacts.
BROKEN: dict[str, dict[str, Any]] = {
    "/telephony/config/paging": {"status": 403},
    "/telephony/config/queues": {"status": 404},
    "/groups": {"status": 200, "body": {"groups": [None]}},
    "/people/{personId}/features/voicemail": {"status": 403},
    "/people/{personId}/features/callForwarding": {"status": 404},
    "/licenses/{licenseId}": {"status": 500, "body": "boom"},
}


def broken_at(sim: Simulator, routes: dict[str, dict[str, Any]]) -> None:
    sim.faults([{"match": {"method": "GET", "route": route}, "do": answer} for route, answer in routes.items()])


NAMES = ("person", "person.voicemail", "person.caller_id", "paging_group", "call_queue", "group", "license.assigned")
KINDS = [word for name in NAMES for word in ("--kind", name)]


@pytest.fixture
def broken(sim: Simulator, reconcile: Reconcile, repo: Path) -> Rows:
    broken_at(sim, BROKEN)
    said = reconcile(
        "export", *KINDS, "-q", "--no-report", "--format", "csv", "--outputs", str(repo / "live"), "--retries", "0"
    )
    sim.no_faults()
    assert said.code == 7
    return statuses(repo / "live")


def statuses(folder: Path) -> Rows:
    rows = csv.DictReader(io.StringIO((folder / "status.csv").read_text(encoding="utf-8")))
    return {row["artefact"]: row for row in rows}


def from_state(reconcile: Reconcile, repo: Path, names: Rows) -> Rows:
    """The rows of these; the repository's snapshot has other kinds beside them."""
    said = reconcile("export", "--from-state", "--no-report", "--format", "csv", "--outputs", str(repo / "kept"))
    assert said.code == 7
    return {name: row for name, row in statuses(repo / "kept").items() if name in names}


def test_every_verdict_is_kept(broken: Rows, reconcile: Reconcile, repo: Path) -> None:
    assert {row["result"] for row in broken.values()} == {"ok", "not_found", "incomplete", "forbidden", "error"}
    assert broken["person.numbers"]["not_entitled"] == broken["person.caller_id"]["not_entitled"] == "10"
    assert broken["paging_group"]["scope"] and broken["call_queue"]["http_status"] == "404"
    assert from_state(reconcile, repo, broken) == broken
    # one from before there was that tells what it can
    manifest = repo / "state" / "manifest.json"
    content = json.loads(manifest.read_bytes())
    for entry in content["kinds"].values():
        entry.pop("status", None)
    manifest.write_text(json.dumps(content))
    found = from_state(reconcile, repo, broken)
    assert {row["result"] for row in found.values()} == {"ok", "incomplete"}
    assert found["person.numbers"]["not_entitled"] == "10" and found["person.forwarding"]["failed"] != "0"


def test_a_part_that_is_read_again_leaves_what_is_known_of_the_whole(
    broken: Rows, reconcile: Reconcile, repo: Path, sim: Simulator
) -> None:
    """Nobody's verdict gets better because one of its resources was read well; it gets worse if that one was not."""
    assert reconcile("export", "-q", "--no-report", "--address", SOMEONE).code == 0
    again = from_state(reconcile, repo, broken)
    for rows in (again, broken):
        for row in rows.values():
            del row["count"]  # one more was read
    assert again == broken
    broken_at(sim, {"/people/{personId}/features/numbers": {"status": 403}})
    assert reconcile("export", "-q", "--no-report", "--address", SOMEONE).code == 7
    again = from_state(reconcile, repo, broken)
    assert again["person.numbers"]["result"] == "forbidden" and broken["person.numbers"]["result"] == "ok"
