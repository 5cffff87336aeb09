"""S99, S101, G17: checkpoints, and failures that stay where they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from reconciler.runs.journal import Journal
from reconciler.runs.known import find
from tests.control.conftest import verdicts

PRO = "Webex Calling - Professional"


class Stopped(BaseException):
    """The plug is pulled: nothing of the program runs after it."""


def cut_at(monkeypatch: pytest.MonkeyPatch, run: Callable[[], Any], when: Callable[[str, Any], bool]) -> None:
    """Carry out, and lose all power right after the first record of which `when` holds."""
    record = Journal.record
    dead = False

    def failing(journal: Journal, event: str, **facts: Any) -> None:
        nonlocal dead
        if not dead:
            record(journal, event, **facts)
        dead = dead or when(event, facts)
        if dead:
            raise Stopped

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "record", failing)
        with pytest.raises(Stopped):
            run()


@pytest.mark.parametrize("size", [1, 5, 50])
def test_s99_a_checkpoint_after_each_chunk(rooms: Any, size: int) -> None:
    office = rooms(12)
    assert verdicts(office.apply(chunk_size=size)) == {"verified": 12}
    records = find(office.root).kept.records
    chunks = [record["operations"] for record in records if record["event"] == "chunk done"]
    assert [len(chunk) for chunk in chunks] == ([size] * (12 // size) + ([12 % size] if 12 % size else []))
    assert [name for chunk in chunks for name in chunk] == [one.id for one in find(office.root).plan.operations]


def test_s99_resume_is_exact(rooms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut off after the second checkpoint: what it covers is not written again, and read but once, at the end."""
    office = rooms(20)
    plan = office.plan()
    done: list[str] = []

    def second_chunk(event: str, facts: Any) -> bool:
        done.extend(facts["operations"] if event == "chunk done" else ())
        return len(done) == 10

    cut_at(monkeypatch, lambda: office.apply(plan, chunk_size=5), second_chunk)
    assert len(find(office.root).standing.settled) == 10
    office.server.reset_requests()
    assert verdicts(office.resume()) == {"verified": 20}
    assert len(office.writes()) == 10 and len(set(office.writes())) == 10
    asked = Counter(one["path"] for one in office.server.log() if one["route"] == "/workspaces/{workspaceId}")
    before = {path: count for path, count in asked.items() if path not in office.writes()}
    assert list(before.values()) == [1] * 10, "what another may have replaced since"


def test_s87_what_was_written_before_the_kill_is_not_rewritten(rooms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at row k: the rows up to k are the ones with an outcome, and no other process writes them."""
    office = rooms(10)
    plan = office.plan()
    seen: list[str] = []

    def fourth_row(event: str, facts: Any) -> bool:
        seen.extend([facts["address"]] if event == "outcome" else ())
        return len(seen) == 4

    cut_at(monkeypatch, lambda: office.apply(plan), fourth_row)
    before = office.writes()
    office.resume()
    after = office.writes()[len(before) :]
    settled = {outcome.address for outcome in find(office.root).standing.settled.values()}
    assert len(settled) == 10 and not set(after) & set(before[:4]) and len(before) + len(after) <= 10 + 4
    assert office.larger() == 10


def test_s101_a_bad_row_does_not_affect_its_siblings(rooms: Any) -> None:
    """One of each bad sort in a chunk of twelve: not to be read, refused, without effect, changed by somebody else."""
    office = rooms(12)
    plan = office.plan()
    room = next(one for one in office.server.state()["workspaces"] if one["displayName"] == "Room 0012")
    office.server._tenant.store.workspaces[room["id"]]["capacity"] = 99
    office.fail(2)
    office.fail(5, silent=True)
    unread = {"match": {"method": "GET", "route": "/workspaces/{workspaceId}"}, "nth": 4, "do": {"status": 403}}
    office.server.faults([unread])
    applied = office.apply(plan, chunk_size=12)
    assert verdicts(applied) == {"drifted": 1, "failed": 2, "stale": 1, "verified": 8}
    assert office.larger() == 8 and len(office.told("chunk_done")) == 1
    assert office.told("chunk_done")[0]["verdicts"] == verdicts(applied)


def test_g17_independent_branches_go_on_and_dependents_are_named(rooms: Any) -> None:
    office = rooms(6, people=6)
    people = [
        {"email": f"new{n}@example.com", "first_name": "Nia", "location": "Site 002", "extension": f"200{n}",
         "licenses": [PRO], "forwarding": {"always": {"destination": "2009"}}}
        for n in (1, 2)
    ]  # fmt: skip
    office.describe({"people": people, "workspaces": [{"name": f"Room {n:04d}", "capacity": 7} for n in range(1, 7)]})
    plan = office.plan()
    office.server.faults(
        [{"match": {"method": "POST", "route": "/people"}, "nth": 1, "do": {"status": 400, "body": {}}}]
    )
    applied = office.apply(plan)
    assert verdicts(applied) == {"failed": 1, "skipped": 1, "verified": 8}
    failed = next(outcome for outcome in applied.outcomes if outcome.verdict == "failed")
    skipped = next(outcome for outcome in applied.outcomes if outcome.verdict == "skipped")
    assert skipped.address == failed.address.replace("person/", "person.forwarding/")
    assert skipped.why == f"needs {failed.address}, which is failed"
    assert find(office.root).standing.left == [], "skipped for good: what it needs has failed for good"
