"""Guards as one meets them: the command says which of them objects and what lifts it, and carries out nothing else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from reconciler.runs import known as runs
from tests.approval.conftest import Typed
from tests.support.live import Live

ANA, BEN, EVA, GUS = (f"person00000{n}@example.com" for n in (1, 3, 5, 6))
ROOM = {"workspaces": [{"name": "Room 0001", "capacity": 7}]}
GONE = {"people": [{"email": BEN, "state": "absent"}, {"email": GUS, "state": "absent"}]}
#: Six of them are managed, and five are enough for a percentage here.
ALL = {"people": [*GONE["people"], *({"email": f"person00000{n}@example.com"} for n in (1, 2, 4, 5))], **ROOM}
OF_FEW = {"percent": 20, "min_population": 6}


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"limits": {"delete": {"max": 1}}}, "2 deletes, more than limits.delete.max 1"),
        ({"limits": {"delete": OF_FEW}}, "2 deletes, 28.6 % of 7 managed, more than limits.delete.percent 20"),
        (
            {"manage": {"person": {"limits": {"delete": OF_FEW}}}},
            "2 deletes of person, 33.3 % of 6 managed, more than manage.person.limits.delete.percent 20",
        ),
    ],
    ids=["absolute", "percent", "percent of a kind"],
)
def test_g15_a_threshold_stops_a_plan(office: Live, typed: Typed, settings: dict[str, Any], why: str) -> None:
    """The plan is shown whole, and each of the changes says why."""
    office.describe(ALL, **settings)
    shown = typed("apply", "--yes")
    assert shown.code == 4 and shown.out.count(f"{why}\n") == 2
    assert all(f"person/{email}  delete BLOCKED by limits" in shown.out for email in (BEN, GUS))
    assert "~ workspace/Room 0001  update" in shown.out
    assert f"why: person/{BEN} and 1 more: " in shown.err and office.writes() == {}


@pytest.mark.parametrize("offline", [(), ("--offline",)])
def test_g15_percent_counts_of_all_that_is_managed_whatever_is_selected(
    office: Live, typed: Typed, offline: tuple[str, ...]
) -> None:
    """One of seven is no more because it is planned alone."""
    part = ("--target", f"person/{BEN}", *offline)
    assert typed("export").code == 0
    office.describe(ALL, limits={"delete": {"percent": 15, "min_population": 1}})
    assert "BLOCKED" not in typed("plan", *part).out
    office.describe(ALL, limits={"delete": {"percent": 14, "min_population": 1}})
    assert "1 deletes, 14.3 % of 7 managed" in typed("plan", *part).out


def test_g15_a_threshold_is_lifted_by_its_name(office: Live, typed: Typed) -> None:
    """One name for all that it blocks, as the plan says it, and it stands in the journal."""
    office.describe(ALL, manage={"person": {"limits": {"delete": {"max": 1}}}})
    shown = typed("plan")
    (name,) = set(re.findall(r"lift: --override (\S+)", shown.out))
    lifted = typed("plan", "--override", name)
    assert lifted.code == 0 and lifted.digest != shown.digest
    assert typed("apply", "--override", name, "--approve", lifted.digest).code == 0
    assert runs.find(office.root).started["approval"]["overrides"] == [name]
    assert not {BEN, GUS} & {one["emails"][0] for one in office.state()["people"]}


@pytest.mark.parametrize(
    "settings",
    [
        {"limits": {"delete": {"max": 2}}},
        {"limits": {"delete": {"percent": 20}}},
        {"limits": {"delete": {"percent": 20, "min_population": 8}}},
        {"manage": {"person": {"limits": {"delete": {"percent": 34, "min_population": 6}}}}},
        {"manage": {"workspace": {"limits": {"delete": {"max": 0}}}}},
    ],
    ids=["as many as may be", "of few by default", "of fewer than said", "not more", "of another kind"],
)
def test_g15_a_threshold_that_is_not_passed_stops_nothing(office: Live, typed: Typed, settings: dict[str, Any]) -> None:
    office.describe(ALL, **settings)
    assert typed("plan").code == 0


def test_g15_deletes_are_off_until_each_is_asked_for(office: Live, typed: Typed) -> None:
    """What is in no file stays, and there is no switch that makes absence a delete."""
    office.describe({"people": [{"email": ANA}]})
    shown = typed("plan", "--detailed-exitcode")
    assert shown.code == 0 and "No changes." in shown.out
    office.describe({"people": [{"email": ANA}]}, manage={"person": {"prune": True}})
    refused = typed("plan")
    assert refused.code == 1 and "prune" in refused.err


# --- only-safe goes round no guard ---


def test_g15_only_safe_does_not_lift_what_stops_the_whole(office: Live, typed: Typed) -> None:
    office.describe(ROOM, require=["workspace/Nowhere"])
    stopped = typed("apply", "--only-safe", "--yes")
    assert stopped.code == 4 and "workspace/Nowhere  the plan is STOPPED by required" in stopped.out
    assert office.writes() == {}
    name = "required:workspace/Nowhere"
    assert typed("apply", "--only-safe", "--yes", "--override", name).code == 0
    assert runs.find(office.root).started["approval"]["overrides"] == [name]


def test_g15_only_safe_keeps_the_name_of_what_was_lifted(office: Live, typed: Typed) -> None:
    """Also where it takes more than the plan to see why it was needed; the command that it prints makes it again."""
    settings = {"manage": {"workspace": {"limits": {"update": {"percent": 10, "min_population": 1}}}}}
    office.describe({**ROOM, **GONE}, **settings)
    name = "limits:workspace.update"
    shown = typed("apply", "--only-safe", "--dry-run", "--override", name)
    assert shown.code == 0 and f"overridden  1: {name}" in shown.out
    command = shown.out.splitlines()[-1].partition("next: reconcile ")[2].split()
    assert typed(*command).code == 0
    assert runs.find(office.root).started["approval"]["overrides"] == [name]
    assert office.writes() == {"PUT /workspaces/{workspaceId}": 1}


def test_only_safe_of_what_is_not_safe_is_not_called_no_changes(office: Live, typed: Typed) -> None:
    office.describe(GONE)
    shown = typed("apply", "--only-safe")
    assert shown.code == 0 and "Nothing of this plan is safe." in shown.out and "match" not in shown.out


@pytest.mark.parametrize("part", [["--only-safe"], ["--exclude", "person/*"]])
def test_g15_applying_a_part_takes_no_protection_away(office: Live, typed: Typed, part: list[str]) -> None:
    """Without git the last apply says what was protected; one that left the delete out says nothing against it."""
    office.describe({"people": [{"email": BEN}]}, protect=[f"person/{BEN}"])
    assert typed("apply", "--yes").code == 0
    office.describe({**GONE, **ROOM})
    assert typed("apply", "--yes", *part).code == 0
    refused = typed("apply", "--yes")
    assert refused.code == 4 and "as last applied here" in refused.out
    nothing = typed("apply", "--yes", *part)
    assert nothing.code == 0 and typed("plan").code == 4, "not even where nothing was left to apply"


# --- deletes and lists that are not whole ---


def test_m2_exit_7_and_the_rest_is_applied(office: Live, typed: Typed) -> None:
    office.describe({**GONE, **ROOM})
    do = {"status": 403, "body": {"message": "no"}}
    office.server.faults([{"match": {"method": "GET", "route": "/people"}, "do": do}])
    shown = typed("plan")
    assert shown.code == 7 and "snapshot incomplete, deletes suppressed: person: " in shown.out
    assert typed("apply", "--yes").code == 7
    assert office.writes() == {"PUT /workspaces/{workspaceId}": 1}
    office.server.no_faults()
    plan = json.loads(typed("plan", "-o", "json").out)
    assert [change["action"] for change in plan["changes"]] == ["delete", "delete"]
