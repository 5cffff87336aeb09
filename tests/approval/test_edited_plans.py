"""A plan file that somebody edited, with its digest made again, does nothing that desired does not ask for (item 10).

What became of it is read from the tenant's own state.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.model.plan import Change, Plan
from reconciler.planning.order import operations
from reconciler.simulator import Simulator
from tests.approval.conftest import Typed
from tests.support.forging import anew, forge
from tests.support.live import Live

pytestmark = pytest.mark.issue10(10)
ANA, BEN = "person000001@example.com", "person000002@example.com"
ROOM, OTHER = "Room 0001", "Room 0002"
FORWARDED = {"always": {"destination": "+442079460001"}}
KEY = "a-key-of-the-pipeline"
Edit = Callable[[Plan, Live], None]


@pytest.fixture
def saved(office: Live, typed: Typed) -> Path:
    """A room whose delete is blocked by protect, another that changes, and somebody who forwards."""
    rooms: list[dict[str, Any]] = [{"name": ROOM, "state": "absent"}, {"name": OTHER, "capacity": 9}]
    people = [{"email": ANA, "first_name": "Anna"}, {"email": BEN, "forwarding": FORWARDED}]
    office.describe({"workspaces": rooms, "people": people}, protect=[f"workspace/{ROOM}"])
    path = office.root / "plan.json"
    assert typed("plan", "--out", str(path)).code == 4
    assert typed("plan", "--out", str(path), "--exclude", f"workspace/{ROOM}").code == 0
    return path


def edited(path: Path, edit: Callable[[Plan], None]) -> None:
    """The plan with this edit, its operations and its digest made again, as whoever can read this code would."""
    plan = Plan.loads(path.read_text(), "")
    edit(plan)
    forge(plan, operations=operations(plan.changes))
    path.write_text(anew(plan))


def of(plan: Plan, address: str) -> Change:
    return next(change for change in plan.changes if change.address == address)


def _deletes_what_is_protected(plan: Plan, office: Live) -> None:
    room = office.export().get("workspace", ROOM)
    assert room is not None
    plan.changes.append(
        Change(f"workspace/{ROOM}", "workspace", ROOM, "delete", "state: absent", "desired/case.yaml:1", id=room.id)
    )
    plan.changes.sort(key=lambda change: change.address)


def _deletes_what_is_described(plan: Plan, office: Live) -> None:
    change = of(plan, f"workspace/{OTHER}")
    forge(change, action="delete", want={})


def _another_value(plan: Plan, office: Live) -> None:
    of(plan, f"workspace/{OTHER}").want["capacity"] = 3


def _another_field(plan: Plan, office: Live) -> None:
    of(plan, f"workspace/{OTHER}").want["notes"] = "mine"


def _another_value_of_a_section(plan: Plan, office: Live) -> None:
    of(plan, f"person.forwarding/{BEN}").want["always"]["destination"] = "+19005550100"


def _somebody_whom_nobody_describes(plan: Plan, office: Live) -> None:
    change = replace(of(plan, f"person/{ANA}"), address="person/person000003@example.com")
    forge(change, key="person000003@example.com", id="")
    plan.changes.append(change)
    plan.changes.sort(key=lambda change: change.address)


def _a_section_that_nobody_describes(plan: Plan, office: Live) -> None:
    change = replace(of(plan, f"person.forwarding/{BEN}"), address=f"person.forwarding/{ANA}", key=ANA)
    forge(change, id=of(plan, f"person/{ANA}").id)
    plan.changes.append(change)
    plan.changes.sort(key=lambda change: change.address)


def _the_id_of_another_room(plan: Plan, office: Live) -> None:
    room = office.export().get("workspace", ROOM)
    change = of(plan, f"workspace/{OTHER}")
    assert room is not None
    forge(change, id=room.id, before={"capacity": room.fields.get("capacity")})


def _the_id_of_another_person(plan: Plan, office: Live) -> None:
    ben = office.export().get("person", BEN)
    change = of(plan, f"person/{ANA}")
    assert ben is not None
    forge(change, id=ben.id, before={"first_name": ben.fields["first_name"]})


def _the_id_of_another_owner(plan: Plan, office: Live) -> None:
    forge(of(plan, f"person.forwarding/{BEN}"), id=of(plan, f"person/{ANA}").id)


@pytest.mark.parametrize(
    "edit",
    [
        _deletes_what_is_protected,
        _deletes_what_is_described,
        _another_value,
        _another_field,
        _another_value_of_a_section,
        _somebody_whom_nobody_describes,
        _a_section_that_nobody_describes,
        _the_id_of_another_owner,
    ],
    ids=lambda edit: edit.__name__,
)
def test_an_edited_plan_writes_nothing(edit: Edit, office: Live, typed: Typed, saved: Path) -> None:
    edited(saved, lambda plan: edit(plan, office))
    before = office.state()
    office.forget()
    done = typed("apply", str(saved), "--approve", Plan.loads(saved.read_text(), "").digest)
    assert done.code in (4, 5) and "Traceback" not in done.err, done.err
    assert office.writes() == {} and office.state()["workspaces"] == before["workspaces"]
    assert office.state()["people"] == before["people"]


@pytest.mark.parametrize("edit", [_the_id_of_another_room, _the_id_of_another_person], ids=lambda edit: edit.__name__)
def test_an_object_behind_an_exchanged_id_stays_as_it_is(edit: Edit, office: Live, typed: Typed, saved: Path) -> None:
    """The reading before the write shows whose id it is: that operation is not carried out, the others are."""
    edited(saved, lambda plan: edit(plan, office))
    before = {w["displayName"]: w for w in office.state()["workspaces"]}, {p["id"]: p for p in office.state()["people"]}
    done = typed("apply", str(saved), "--approve", Plan.loads(saved.read_text(), "").digest)
    assert done.code == 3 and any(said in done.out + done.err for said in ("in this plan is that of", "signs in as"))
    rooms = {w["displayName"]: w for w in office.state()["workspaces"]}
    names = {person["emails"][0]: person["firstName"] for person in office.state()["people"]}
    assert rooms[ROOM] == before[0][ROOM]
    assert names[BEN] == next(p["firstName"] for p in before[1].values() if p["emails"][0] == BEN)


def test_limits_are_those_of_desired(office: Live, typed: Typed) -> None:
    office.describe({"workspaces": [{"name": ROOM, "capacity": 5}, {"name": OTHER, "capacity": 6}]})
    path = office.root / "plan.json"
    assert typed("plan", "--out", str(path)).code == 0
    text = (office.root / "desired" / "tenant.yaml").read_text()
    settings = {**json.loads(text), "limits": {"update": {"max": 1}}}
    (office.root / "desired" / "tenant.yaml").write_text(json.dumps(settings))
    plan = Plan.loads(path.read_text(), "")
    assert typed("plan", "--out", str(path)).code == 4
    blocked = Plan.loads(path.read_text(), "")
    forge(plan, desired=blocked.desired, managed=1_000_000, made_at=blocked.made_at)
    path.write_text(anew(plan))
    done = typed("apply", str(path), "--yes")
    assert done.code == 4 and "limit" in done.err and office.writes() == {}


def lifted(office: Live, typed: Typed, seal: str = "") -> Path:
    """A saved plan that lifts what protects a room."""
    office.describe({"workspaces": [{"name": ROOM, "state": "absent"}]}, protect=[f"workspace/{ROOM}"])
    path = office.root / "plan.json"
    shown = typed("plan", "--out", str(path), "--override", f"protected:workspace/{ROOM}")
    assert shown.code == 0 and f"--override 'protected:workspace/{ROOM}'" in shown.out
    return path


def there(office: Live) -> bool:
    return any(room["displayName"] == ROOM for room in office.state()["workspaces"])


def test_what_a_file_lifts_counts_when_it_is_given_again(office: Live, typed: Typed) -> None:
    path = lifted(office, typed)
    approve = ("--approve", Plan.loads(path.read_text(), "").digest)
    refused = typed("apply", str(path), *approve)
    assert refused.code == 4 and "a file is nobody's word" in refused.err and there(office)
    other = typed("apply", str(path), *approve, "--override", "protected:workspace/Another")
    assert other.code == 64 and there(office)
    assert typed("apply", str(path), *approve, "--override", f"protected:workspace/{ROOM}").code == 0
    assert not there(office)


def test_what_a_sealed_file_lifts_counts(office: Live, typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILE_PLAN_KEY", KEY)
    path = lifted(office, typed)
    plan = Plan.loads(path.read_text(), "")
    assert plan.signature and KEY not in path.read_text()
    approve = ("--approve", plan.digest)
    monkeypatch.setenv("RECONCILE_PLAN_KEY", "another-key-of-somebody")
    assert typed("apply", str(path), *approve).code == 5
    monkeypatch.delenv("RECONCILE_PLAN_KEY")
    assert typed("apply", str(path), *approve).code == 4
    monkeypatch.setenv("RECONCILE_PLAN_KEY", KEY)
    whole = path.read_text()
    forge(plan, made_at="2026-01-01T00:00:00+00:00")
    path.write_text(anew(plan))
    assert typed("apply", str(path), *approve, "--max-age", "off").code == 5 and there(office)
    path.write_text(whole)
    assert typed("apply", str(path), *approve).code == 0 and not there(office)
    monkeypatch.setenv("RECONCILE_PLAN_KEY", "short")
    assert typed("plan", "--out", str(path)).code == 64


def test_a_plan_of_another_version_runs_if_its_operations_come_out_equal(
    office: Live, typed: Typed, saved: Path
) -> None:
    plan = Plan.loads(saved.read_text(), "")
    forge(plan, version="0.0.1")
    saved.write_text(anew(plan))
    whole = saved.read_text()
    plan.operations[0], plan.operations[-1] = plan.operations[-1], plan.operations[0]
    forge(plan.operations[0], wave=0)
    forge(plan.operations[-1], wave=1)
    saved.write_text(anew(plan))
    refused = typed("apply", str(saved), "--yes")
    assert refused.code == 5 and "version 0.0.1" in refused.err and office.writes() == {}
    saved.write_text(whole)
    assert typed("apply", str(saved), "--approve", Plan.loads(whole, "").digest).code == 0


def test_a_run_whose_plan_was_forged_is_not_finished(office: Live, typed: Typed, saved: Path) -> None:
    """A folder of a run is files like any other."""
    from reconciler.runs.journal import Journal

    edited(saved, lambda plan: _deletes_what_is_protected(plan, office))
    plan = Plan.loads(saved.read_text(), "")
    with Journal(office.root, plan, None):
        pass
    done = typed("resume", "last")
    assert done.code == 4 and "protect" in done.err and there(office)


# --- what only the tenant can say, at the time of the apply ---


def _saved_plan(office: Live, typed: Typed, desired: dict[str, Any], **settings: Any) -> Path:
    office.describe(desired, **settings)
    path = office.root / "late.json"
    assert typed("plan", "--out", str(path)).code == 0
    office.forget()
    return path


def test_who_has_become_a_callback_since_the_plan_was_saved_keeps_the_number(
    office: Live, typed: Typed, server: Simulator
) -> None:
    state = office.state()
    holder = next(one for one in state["people"] if one["calling"] and one["calling"]["number"])
    place = next(one for one in state["locations"] if one["id"] == holder["calling"]["location"])
    (email,) = holder["emails"]
    desired = {"people": [{"email": email, "phone_number": None, "extension": "4711"}]}
    path = _saved_plan(office, typed, desired)
    body = {"selected": "LOCATION_MEMBER_NUMBER", "locationMemberId": office.remote("PEOPLE", holder["id"])}
    remote = office.remote("LOCATION", place["id"])
    server.edit("PUT", f"/telephony/config/locations/{remote}/features/emergencyCallbackNumber", body)
    main = place["calling"]["callingLineId"]["phoneNumber"]
    state = office.state()
    for record in state["numbers"]:
        record["state"] = "INACTIVE" if record["number"] == main else record["state"]
    server.load(state)
    before = office.state()["people"]
    refused = typed("apply", str(path), "--yes")
    assert refused.code == 4 and "emergency-callback" in refused.err and "as it is now" in refused.err
    assert office.state()["people"] == before and office.writes() == {}


def test_an_entry_of_protect_under_another_address_holds_in_an_edited_file(
    office: Live, typed: Typed, server: Simulator
) -> None:
    state = office.state()
    somebody = next(one for one in state["people"] if one["emails"] == [BEN])
    somebody["emails"] = [BEN, "ben.before@example.com"]
    server.load(state)
    office.describe({"people": [{"email": BEN, "state": "absent"}]}, protect=["person/ben.before@example.com"])
    path = office.root / "late.json"
    assert typed("plan", "--out", str(path)).code == 4

    def cleared(plan: Plan) -> None:
        plan.findings.clear()
        forge(of(plan, f"person/{BEN}"), blocked="")
        of(plan, f"person/{BEN}").facts.clear()

    edited(path, cleared)
    refused = typed("apply", str(path), "--yes", "--approve", Plan.loads(path.read_text(), "").digest)
    assert refused.code == 4 and "protects person/ben.before@example.com" in refused.err
    assert any(one["emails"][0] == BEN for one in office.state()["people"])


def test_a_plan_that_takes_nothing_away_asks_nothing_more(office: Live, typed: Typed) -> None:
    path = _saved_plan(office, typed, {"people": [{"email": ANA, "first_name": "Anna"}]})
    assert typed("apply", str(path), "--dry-run").code == 0
    assert not office.requests()


# --- going on with a run whose plan lifts something ---


def test_what_a_run_lifts_is_asked_for_again_where_it_goes_on(
    office: Live, typed: Typed, server: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.describe({"workspaces": [{"name": ROOM, "state": "absent"}]}, protect=[f"workspace/{ROOM}"])
    lifted = f"protected:workspace/{ROOM}"
    server.faults([{"match": {"method": "DELETE"}, "times": 1, "do": {"status": 403}}])
    digest = office.plan(lift=[lifted]).digest
    failed = typed("apply", "--override", lifted, "--approve", digest)
    assert failed.code == 3, failed.err
    refused = typed("resume", "--only-failures", "--yes")
    assert refused.code == 4 and f"--override '{lifted}'" in refused.err
    assert any(one["displayName"] == ROOM for one in office.state()["workspaces"])
    done = typed("resume", "--only-failures", "--override", lifted, "--approve", refused.digest)
    assert done.code == 0, done.err
    assert all(one["displayName"] != ROOM for one in office.state()["workspaces"])
