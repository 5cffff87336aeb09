"""A saved plan is carried out as it was reviewed, while it is still the one to carry out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.plan import Plan
from tests.approval.conftest import Typed
from tests.support.forging import anew, forge
from tests.support.live import Live

ANA = "person000001@example.com"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def wanted(capacity: int) -> dict[str, Any]:
    rooms = [{"name": "Room 0001", "capacity": capacity}, {"name": "Room 0002", "capacity": 9}]
    return {"workspaces": rooms, "people": [{"email": ANA, "first_name": "Anna"}]}


@pytest.fixture
def saved(office: Live, typed: Typed) -> Path:
    office.describe(wanted(7))
    path = office.root / "plan.json"
    shown = typed("plan", "--out", str(path))
    assert shown.code == 0 and f"next: reconcile apply {path}" in shown.out
    return path


def made(path: Path, at: datetime | None) -> None:
    """As if it had been saved then; None: by something that does not say when."""
    plan = Plan.loads(path.read_text(), "")
    forge(plan, made_at=at.isoformat() if at else "")
    path.write_text(anew(plan))


def test_g11_one_object_that_changed_stales_that_operation_only(office: Live, typed: Typed, saved: Path) -> None:
    place = next(w["id"] for w in office.state()["workspaces"] if w["displayName"] == "Room 0001")
    body = {"displayName": "Room 0001", "capacity": 3}
    office.server.edit("PUT", f"/workspaces/{office.remote('PLACE', place)}", body)
    office.forget()
    done = typed("apply", str(saved), "--yes")
    assert done.code == 3 and "STALE workspace/Room 0001" in done.out and "2 of 3 results verified" in done.out
    assert office.writes() == {"PUT /workspaces/{workspaceId}": 1, "PUT /people/{personId}": 1}
    rooms = {w["displayName"]: w.get("capacity") for w in office.state()["workspaces"]}
    assert rooms["Room 0001"] == 3 and rooms["Room 0002"] == 9


@pytest.mark.parametrize(
    "path",
    [("changes", 0, "want"), ("operations", 0, "members", 0, "want"), ("made", "at"), ("summary", "same"), ("digest",)],
    ids=lambda path: str(path[0]),
)
def test_g11_an_altered_file_is_refused(office: Live, typed: Typed, saved: Path, path: tuple[Any, ...]) -> None:
    """Wherever it was altered: in what is to be done, or in when it was made."""
    data = json.loads(saved.read_text())
    place = data
    for step in path[:-1]:
        place = place[step]
    value = place[path[-1]]
    place[path[-1]] = (
        {**value, "capacity": 8} if isinstance(value, dict) else 1 if isinstance(value, int) else value[::-1]
    )
    saved.write_text(json.dumps(data))
    done = typed("apply", str(saved), "--yes")
    assert done.code == 5 and "the plan was changed after it was made" in done.err
    assert office.writes() == {}


def test_s128_another_desired_state_than_it_was_made_from(office: Live, typed: Typed, saved: Path) -> None:
    office.describe(wanted(8))
    done = typed("apply", str(saved), "--yes")
    assert done.code == 5 and "the desired files are not those that this plan was made from" in done.err
    office.describe(wanted(7))
    assert typed("apply", str(saved), "--yes").code == 0, "the same content is the same desired state"


def test_s128_settings_count_as_well(office: Live, typed: Typed, saved: Path) -> None:
    office.describe(wanted(7), protect=["workspace/Room 0001"])
    assert typed("apply", str(saved), "--yes").code == 5


def test_s128_another_tenant_than_it_was_made_from(office: Live, typed: Typed) -> None:
    """All of it was changed by somebody meanwhile, so nothing is left to write; another one is refused as a whole."""
    office.describe({"workspaces": [{"name": "Room 0001", "capacity": 7}]})
    path = office.root / "plan.json"
    assert typed("plan", "--out", str(path)).code == 0
    place = next(w["id"] for w in office.state()["workspaces"] if w["displayName"] == "Room 0001")
    body = {"displayName": "Room 0001", "capacity": 3}
    office.server.edit("PUT", f"/workspaces/{office.remote('PLACE', place)}", body)
    office.forget()
    done = typed("apply", str(path), "--yes")
    assert done.code == 5 and "STALE workspace/Room 0001" in done.out and office.writes() == {}
    plan = Plan.loads(path.read_text(), "")
    forge(plan, org_id=office.remote("ORGANIZATION", "00000000-0000-0000-0000-000000000001"))
    path.write_text(anew(plan))
    done = typed("apply", str(path), "--yes")
    assert done.code == 5 and "this plan is for another organisation" in done.err


def test_s128_applied_twice_it_writes_once(office: Live, typed: Typed, saved: Path) -> None:
    assert typed("apply", str(saved), "--yes").code == 0
    office.forget()
    again = typed("apply", str(saved), "--yes")
    assert again.code == 0 and "already as wanted" in again.err
    assert office.writes() == {}


@pytest.mark.parametrize(
    ("age", "max_age", "code"),
    [
        (timedelta(hours=23, minutes=50), None, 0),
        (timedelta(hours=24, minutes=10), None, 5),
        (timedelta(hours=2), "90m", 5),
        (timedelta(hours=1), "90m", 0),
        (timedelta(days=40), "off", 0),
        (timedelta(days=40), "41d", 0),
        (timedelta(minutes=-5), None, 0),
        (timedelta(hours=-2), None, 5),
    ],
)
def test_s128_too_old_to_be_carried_out(
    office: Live, typed: Typed, saved: Path, age: timedelta, max_age: str | None, code: int
) -> None:
    made(saved, datetime.now(UTC) - age)
    arguments = ["--max-age", max_age] if max_age else []
    done = typed("apply", str(saved), "--dry-run", *arguments)
    assert done.code == code, done.err
    assert ("old, and a plan may be at most" in done.err) == (code == 5 and age > timedelta(0))


def test_s128_of_unknown_age(office: Live, typed: Typed, saved: Path) -> None:
    made(saved, None)
    done = typed("apply", str(saved), "--dry-run")
    assert done.code == 5 and "does not say when it was made" in done.err and "--max-age off" in done.err
    assert typed("apply", str(saved), "--dry-run", "--max-age", "off").code == 0


@pytest.mark.parametrize("text", ["24", "h", "1.5h", "-1h", "0m", "1w", ""])
def test_an_age_that_is_none(office: Live, typed: Typed, text: str) -> None:
    assert typed("apply", "--max-age", text).code == 64


def test_s88_a_dry_run_of_a_saved_plan_asks_whose_token_it_is(office: Live, typed: Typed) -> None:
    """A plan without the tenant does not know its admin, and a token may have died since."""
    office.remember()
    office.describe({"people": [{"email": ANA, "state": "absent"}]})
    path = office.root / "plan.json"
    digest = typed("plan", "--offline", "--out", str(path)).digest
    arguments = [str(path), "--approve", digest]
    for status, code in ((200, 4), (401, 77)):
        office.server.no_faults()
        if status != 200:
            do = {"status": status, "body": {"message": "no"}}
            office.server.faults([{"match": {"route": "/people/me"}, "do": do}])
        dry, applied = typed("apply", "--dry-run", *arguments), typed("apply", *arguments)
        assert (dry.code, dry.err) == (applied.code, applied.err) and dry.code == code, dry.err
    assert office.writes() == {}


def test_a_saved_plan_reads_as_the_fresh_one(office: Live, typed: Typed) -> None:
    """Field by field in the same order; an order is no change of it, whoever rewrites the file."""
    new = {"email": "nia@example.com", "first_name": "Nia", "location": "Site 002", "extension": "2001"}
    new["licenses"] = ["Webex Calling - Professional"]
    office.describe({"people": [new], "workspaces": [{"name": "Room 0001", "state": "absent"}]})
    path = office.root / "plan.json"
    fresh = typed("plan", "--out", str(path)).out.splitlines()
    named = [line.split()[1] for line in fresh if line.startswith("      + ")]
    assert named != sorted(named)
    digest = Plan.loads(path.read_text(), "").digest
    assert typed("apply", str(path), "--dry-run").out.splitlines() == fresh
    path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True))
    assert Plan.loads(path.read_text(), "").digest == digest


def test_when_it_was_made_is_not_part_of_what_is_approved(saved: Path) -> None:
    first = Plan.loads(saved.read_text(), "")
    made(saved, NOON)
    assert Plan.loads(saved.read_text(), "").digest == first.digest


def test_a_saved_plan_takes_no_selection_and_no_override(office: Live, typed: Typed, saved: Path) -> None:
    for more in (["--target", "person/*"], ["--override", "limits:delete"]):
        assert typed("apply", str(saved), *more).code == 64


def test_an_undo_of_a_run_that_has_gone_on_is_stale(office: Live, typed: Typed, saved: Path) -> None:
    assert typed("apply", str(saved), "--yes").code == 0
    undo = office.root / "undo.json"
    assert typed("undo", "last", "--out", str(undo)).code == 0
    office.describe({"people": [{"email": ANA}]})
    assert typed("apply", str(undo), "--dry-run").code == 0, "desired has nothing to say in it"
    (run,) = (office.root / "state" / "runs").iterdir()
    (run / "summary.json").unlink()
    journal = run / "journal.jsonl"
    journal.write_text("".join(journal.read_text().splitlines(keepends=True)[:-1]))
    done = typed("apply", str(undo), "--dry-run")
    assert done.code == 5 and f"run {run.name} is not any more as this plan takes it back" in done.err


def _hidden(plan: Plan) -> None:
    plan.operations[0].members[0].want["capacity"] = 4000


def _unseen(plan: Plan) -> None:
    forge(plan, changes=[])


def _of_no_run(plan: Plan) -> None:
    forge(plan, scope={"retry": []})


def _unknown(plan: Plan) -> None:
    forge(plan.operations[0], action="explode")


def _without_a_wave(plan: Plan) -> None:
    forge(plan.operations[0], wave=None)


@pytest.mark.parametrize("edit", [_hidden, _unseen, _of_no_run, _unknown, _without_a_wave])
def test_g11_a_digest_that_was_made_anew_does_not_hide_what_is_carried_out(
    office: Live, typed: Typed, saved: Path, edit: Callable[[Plan], None]
) -> None:
    """People approve what they see: the changes. Nothing else may be sent."""
    plan = Plan.loads(saved.read_text(), "")
    edit(plan)
    saved.write_text(anew(plan))
    done = typed("apply", str(saved), "--yes")
    assert done.code == 5 and "this plan does not carry out what it shows" in done.err and done.out == ""
    assert office.writes() == {}
