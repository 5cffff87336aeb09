"""A list that is cut off is not taken for the whole, and nothing is deleted on its word (M2)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.cli.app import run
from reconciler.errors import Exit
from reconciler.inventory.choice import chosen
from reconciler.inventory.exporting import Exported, ExportOptions
from reconciler.planning.ending import exit_code
from reconciler.repository import store
from reconciler.simulator import Simulator, generate_tenant
from tests.inventory.repository import Repo
from tests.support.live import Live

_CUT_OFF = {"headers": {"Link": None}}
_SCIM = "/identity/scim/{orgId}/v2/Users"
_NUMBERS = "/telephony/config/numbers"


def fault(server: Simulator, route: str, do: dict[str, Any], **more: Any) -> None:
    server.faults([{"match": {"route": route}, "do": do, **more}])


def short(server: Simulator, route: str, path: str, key: str, rows: int, **more: Any) -> None:
    """The list answers with its first rows only, and names no next page."""
    answer = server.edit("GET", path)
    fault(server, route, {"status": 200, "body": {**answer, key: answer[key][:rows]}}, **more)


def counted(server: Simulator, root: Path, *names: str, token: str = "") -> tuple[Exported, Repo]:
    """An export of these with everything counted twice that can be."""
    repo = Repo(root, server)
    return repo.export(ExportOptions(careful=True), choice=chosen(names), token=token), repo


def result_of(exported: Exported, name: str) -> tuple[str, str]:
    status = exported.statuses.by_name[name]
    return status.result, status.why


def test_people_without_a_next_page_are_held_against_the_directory(server: Simulator, tmp_path: Path) -> None:
    server.load(generate_tenant(people=130, locations=1, workspaces=0))
    fault(server, "/people", _CUT_OFF)
    done, repo = counted(server, tmp_path, "person")
    assert len(done.snapshot.kinds["person"]) == 100
    both = "the list has 100 people, the directory (SCIM) 130"
    assert result_of(done, "person") == ("incomplete", both)
    assert done.snapshot.gaps["person"] == both
    assert repo.routes[f"GET {_SCIM}"] == 2  # asked again, before anybody is alarmed


def test_without_the_directorys_scope_nobody_can_tell(server: Simulator, tmp_path: Path) -> None:
    server.load(generate_tenant(people=3, locations=1, workspaces=0))
    server.add_token("no-scim", [f"spark-admin:{one}_read" for one in ("people", "locations", "licenses")]
                     + ["spark-admin:telephony_config_read"])  # fmt: skip
    done, repo = counted(server, tmp_path, "person", token="no-scim")
    assert done.statuses.complete and repo.routes[f"GET {_SCIM}"] == 1


def test_somebody_who_left_meanwhile_is_no_gap(server: Simulator, tmp_path: Path) -> None:
    """The first answer knows one more than there are when they are read."""
    server.load(generate_tenant(people=5, locations=1, workspaces=0))
    fault(server, _SCIM, {"status": 200, "body": {"totalResults": 6}}, nth=1, times=1)
    done, repo = counted(server, tmp_path, "person")
    assert repo.routes[f"GET {_SCIM}"] == 2 and done.statuses.complete


def test_numbers_are_held_against_their_own_count(full: Simulator, tmp_path: Path) -> None:
    whole, _ = counted(full, tmp_path / "whole", "number")
    count = len(whole.snapshot.kinds["number"])
    short(full, _NUMBERS, f"{_NUMBERS}?numberType=NUMBER", "phoneNumbers", 40, nth=1, times=1)
    done, repo = counted(full, tmp_path / "short", "number")
    assert result_of(done, "number") == (
        "incomplete",
        f"the list has 40 numbers, its own count says {count}",
    )
    assert whole.statuses.complete and repo.routes[f"GET {_NUMBERS}"] == 2


def test_a_count_that_cannot_be_had_proves_nothing(full: Simulator, tmp_path: Path) -> None:
    fault(full, _NUMBERS, {"status": 400}, nth=2)
    done, _ = counted(full, tmp_path, "number")
    assert done.statuses.complete


def test_a_group_knows_how_many_members_it_has(full: Simulator, tmp_path: Path) -> None:
    whole, _ = counted(full, tmp_path / "whole", "group", "group.members")
    assert whole.statuses.complete
    group = next(one for one in full.edit("GET", "/groups")["groups"] if one["memberSize"] > 2)
    short(full, "/groups/{groupId}/Members", f"/groups/{group['id']}/Members", "members", 2)
    done, _ = counted(full, tmp_path / "short", "group", "group.members")
    result, why = result_of(done, "group.members")
    assert result == "incomplete" and "members, its list 2" in why
    assert result_of(done, "group")[0] == "ok"


def test_licences_in_use_by_others_are_worth_a_note(full: Simulator, tmp_path: Path) -> None:
    """No more than that: an export of everything stays complete."""
    done, _ = counted(full, tmp_path / "whole", "license", "person", "workspace")
    assert done.notes == ()
    held = next(one["licenses"][0] for one in full.edit("GET", "/people")["items"] if one["licenses"])
    fault(full, "/people", {"replace": {held: "gone"}})
    again, _ = counted(full, tmp_path / "short", "license", "person", "workspace")
    assert again.statuses.complete
    assert any("units are in use" in note and "holders were read" in note for note in again.notes)


def device(number: int) -> dict[str, Any]:
    mac = f"00112233{number:04x}"
    return {"id": f"Y2lzY29zcGFyazovL3VzL0RFVklDRS8{number}", "displayName": "Phone", "mac": mac, "type": "phone"}


def test_devices_that_name_no_next_page_are_asked_for_it(full: Simulator, tmp_path: Path) -> None:
    """Exactly a hundred, and the question for more is answered with the same: what lies behind is not known."""
    rows = [device(number) for number in range(100)]
    fault(full, "/devices", {"status": 200, "body": {"items": rows}})
    done, repo = counted(full, tmp_path, "device")
    result, why = result_of(done, "device")
    assert result == "incomplete" and "breaks off after 100" in why
    assert repo.routes["GET /devices"] == 3  # the preflight's, and two pages


def test_exactly_a_hundred_devices_are_all_when_the_next_page_is_empty(full: Simulator, tmp_path: Path) -> None:
    rows = [device(number) for number in range(100)]
    fault(full, "/devices", {"status": 200, "body": {"items": rows}}, nth=2, times=1)
    fault(full, "/devices", {"status": 200, "body": {"items": []}}, nth=3)
    fault(full, "/devices/{deviceId}", {"status": 200, "body": {}})
    done, _ = counted(full, tmp_path, "device")
    assert result_of(done, "device")[0] == "ok" and len(done.snapshot.kinds["device"]) == 100


_PERSON, _ROOM, _NUMBER = "person/chloe.dangelo@example.com", "workspace/Board Room", "number/+442079460001"
_WANTED: dict[str, dict[str, Any]] = {
    _PERSON: {"people": [{"email": "chloe.dangelo@example.com", "state": "absent"}]},
    _ROOM: {"workspaces": [{"name": "Board Room", "state": "absent"}]},
    _NUMBER: {"numbers": [{"number": "+442079460001", "state": "absent"}]},
}


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("status", [403, 503])
@pytest.mark.parametrize(
    ("address", "route"),
    [
        (_PERSON, "/people"),
        (_PERSON, "/locations"),
        (_PERSON, "/licenses"),
        (_ROOM, "/workspaces"),
        (_ROOM, _NUMBERS),
        (_ROOM, "/locations"),
        (_ROOM, "/licenses"),
        (_NUMBER, _NUMBERS),
    ],
)
def test_m2_a_list_that_fails_deletes_nobody(live: Live, address: str, route: str, status: int) -> None:
    """Whatever the delete depends on (the list of numbers says itself where each of them is); the plan exits with 7."""
    live.describe(_WANTED[address])
    live.remember()
    assert [one.kind for one in pipeline.plan_offline(live.root, cache=False).operations] == [address.split("/")[0]]
    fault(live.server, route, {"status": status})
    live.remember()
    plan = pipeline.plan_offline(live.root, cache=False)
    assert plan.operations == []
    assert exit_code(plan) == Exit.INCOMPLETE


@pytest.mark.parametrize(
    ("address", "route", "asked", "key", "first"),
    [
        (_PERSON, "/people", "/people?callingData=true", "items", 2),
        (_NUMBER, _NUMBERS, f"{_NUMBERS}?numberType=NUMBER", "phoneNumbers", 1),
    ],
)
def test_m2_a_list_that_is_cut_off_deletes_nobody(
    live: Live, address: str, route: str, asked: str, key: str, first: int
) -> None:
    """Nobody says that it is; only the second source knows. Who is in the part that came is not deleted either."""
    live.describe(_WANTED[address])
    short(live.server, route, asked, key, -1, nth=first, times=1)  # the preflight asks for people before that
    repo = Repo(live.root, live.server)
    kind, _, name = address.partition("/")
    repo.export(ExportOptions(careful=True), choice=chosen([kind]))
    assert store.open(repo.state).get(kind, name) is not None
    plan = pipeline.plan_offline(live.root, cache=False)
    assert plan.operations == [] and [finding.rule for finding in plan.findings] == ["incomplete-snapshot"]
    assert exit_code(plan) == Exit.INCOMPLETE


def test_an_export_with_a_gap_exits_with_7_and_says_both_numbers(
    full: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEBEX_API_URL", full.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", full.token)
    short(full, "/people", "/people?callingData=true", "items", 9)
    assert run(["export", "-C", str(tmp_path), "--kind", "person"]) == 7
    told = capsys.readouterr()
    assert "incomplete: person: the list has 9 people, the directory (SCIM) 18" in told.err
    assert "incomplete: the list has 9 people" in told.out
