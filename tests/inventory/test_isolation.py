"""What goes wrong with one artefact leaves all others complete, and is told apart (S5, S6, S7)."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.inventory import Status
from reconciler.inventory.budget import expected
from reconciler.simulator import Simulator, generate_tenant
from tests.inventory.conftest import Reading, read
from tests.inventory.served import ASKED

_PAGING = {"route": "/telephony/config/paging"}
_4003 = {"errors": [{"description": "[Error 4003] Unauthorized request", "errorCode": 4003}], "message": "no"}


def fail(simulator: Simulator, status: int, match: dict[str, Any], **more: Any) -> None:
    simulator.faults([{"match": match, "do": {"status": status}, **more}])


def status_of(reading: Reading, name: str) -> Status:
    return next(status for status in reading.exported.statuses if status.artefact == name)


def others(reading: Reading, *names: str) -> dict[str, Any]:
    return {name: of for name, of in reading.snapshot.kinds.items() if name not in names}


@pytest.mark.usefixtures("no_pauses")
def test_s6_lists_that_fail(full: Simulator, whole: Reading) -> None:
    """Each artefact says what happened to it; all else is what it was without the faults (S6)."""
    path = "/telephony/config/{}"
    broken_lists = {
        "translation_pattern": (path.format("callRouting/translationPatterns"), 500, "error"),
        "dial_plan": (path.format("premisePstn/dialPlans"), 403, "forbidden"),
        "virtual_extension": (path.format("virtualExtensions"), 404, "not_found"),
        "virtual_extension_range": (path.format("virtualExtensionRanges"), 400, "error"),
    }
    full.faults([{"match": {"route": route}, "do": {"status": status}} for route, status, _ in broken_lists.values()])
    broken = read(full)
    for name, (_, status, result) in broken_lists.items():
        told = status_of(broken, name)
        assert (told.result, told.http_status, told.count, told.failed) == (result, status, 0, 1)
    touched = {*broken_lists, "dial_plan.patterns"}  # whose owners are not known
    assert {name for name, verdict in broken.verdicts().items() if verdict != "ok"} == touched
    assert broken.snapshot.gaps.keys() == touched
    assert others(broken, *touched) == others(whole, *touched)
    assert not broken.exported.statuses.complete


def test_forbidden_says_which_scope_is_missing(full: Simulator) -> None:
    fail(full, 403, _PAGING)
    assert "telephony_config_read" in status_of(read(full, [], ["paging_group"]), "paging_group").scope


@pytest.mark.usefixtures("no_pauses")
def test_a_list_that_names_others_fails(full: Simulator, whole: Reading) -> None:
    """Agents that are virtual lines keep their ids then; nothing is asked twice, and their owners are complete (S6)."""
    line = full.edit("GET", "/telephony/config/virtualLines")["virtualLines"][0]["id"]
    row = full.edit("GET", "/telephony/config/huntGroups")["huntGroups"][0]
    path = f"/telephony/config/locations/{row['locationId']}/huntGroups/{row['id']}"
    full.edit("PUT", path, {"agents": [{"id": line}]})
    fail(full, 403, {"route": "/telephony/config/virtualLines"})
    broken = read(full)
    assert broken.verdicts()["virtual_line"] == "forbidden" and broken.verdicts()["hunt_group"] == "ok"
    assert broken.routes["GET /telephony/config/virtualLines"] == 1
    (agent,) = broken.snapshot.kinds["hunt_group"]["London HQ/Support"].fields["agents"]
    assert agent["id"].startswith("Y2lz")


def test_one_of_many_fails(full: Simulator, whole: Reading) -> None:
    """The list is there, and the others' details; the one says that its own are not known."""
    fail(full, 400, {"route": "/telephony/config/locations/{locationId}/huntGroups/{huntGroupId}"}, nth=2, times=1)
    broken = read(full)
    told = status_of(broken, "hunt_group")
    assert (told.result, told.count, told.failed) == ("error", 4, 1)
    found = broken.snapshot.kinds["hunt_group"].values()
    assert sorted(bool(current.unknown) for current in found) == [False, False, False, True]
    assert all("agents" in current.fields for current in found if not current.unknown)
    assert others(broken, "hunt_group", "hunt_group.forwarding") == others(whole, "hunt_group", "hunt_group.forwarding")
    # what belongs to a list that is not known to be whole is not either, though all of it was read
    assert status_of(broken, "hunt_group.forwarding").result == "incomplete"
    assert len(broken.snapshot.kinds["hunt_group.forwarding"]) == 4


def test_the_list_of_one_location_fails(full: Simulator, whole: Reading) -> None:
    fail(full, 400, {"route": "/telephony/config/locations/{locationId}/schedules"}, nth=1, times=1)
    broken = read(full)
    told = status_of(broken, "schedule")
    assert (told.result, told.failed) == ("error", 1)
    assert told.count == len(broken.snapshot.kinds["schedule"]) < len(whole.snapshot.kinds["schedule"])
    assert others(broken, "schedule") == others(whole, "schedule")


def test_an_artefact_that_is_forbidden_to_all_is_not_asked_for_all(full: Simulator) -> None:
    """Fifty people, and the token has no right to any of their voicemail: a handful of questions tell that."""
    fail(full, 403, {"route": "/people/{personId}/features/voicemail"})
    broken = read(full, ["person"], ["person.voicemail"])
    assert status_of(broken, "person.voicemail").result == "forbidden"
    assert broken.routes["GET /people/{personId}/features/voicemail"] < 50


def test_s5_an_empty_tenant_is_ok_and_empty(server: Simulator) -> None:
    """Nothing there is not an error, of no artefact (S5)."""
    server.load(generate_tenant(people=0, locations=0, workspaces=0))
    empty = read(server)
    asked = {name: empty.verdicts()[name] for name in ASKED}
    assert set(asked.values()) == {"ok"}
    counts = {name: status_of(empty, name).count for name in asked}
    # the organisation itself has settings, and the licences that are listed are assigned to nobody
    assert {name for name, count in counts.items() if count} <= {
        "access_codes",
        "call_queue_settings",
        "license.assigned",
    }
    assert empty.snapshot.gaps == {}
    assert len(empty.log) == sum(expected(empty.snapshot).values())


def test_s7_one_of_five_people_and_of_five_workspaces_has_calling(server: Simulator) -> None:
    """What the one has is read, the other four are counted as not entitled, in every artefact; all are ok, and nobody
    who has none is asked: 4003 would be the answer (`test_nothing_is_asked_of_those_without_calling`)."""
    tenant = generate_tenant(people=5, locations=1, workspaces=5, seed=3)
    for one in [*tenant["people"][1:], *tenant["workspaces"][1:]]:
        one |= {"calling": None, "licenses": []}
        if "callingType" in one:
            one["callingType"] = "freeCalling"
    server.load(tenant)
    reading = read(server)
    parts = [name for name in reading.verdicts() if name.startswith(("person.", "workspace."))]
    assert len(parts) > 15
    for name in parts:
        told = status_of(reading, name)
        all_have_it = name == "workspace.capabilities"
        assert (told.result, told.count, told.not_entitled, told.failed) == (
            ("ok", 5, 0, 0) if all_have_it else ("ok", 1, 4, 0)
        ), name
    assert {entry["status"] for entry in reading.log} == {200} and reading.exported.statuses.complete


@pytest.mark.parametrize("route", ["/people/{personId}/features/callWaiting", "/licenses/{licenseId}"])
def test_s7_4003_is_an_answer_not_an_error(full: Simulator, whole: Reading, route: str) -> None:
    """One of five has it: its data is there, four are counted as not entitled, documents and lists alike (S7)."""
    name = "person.call_waiting" if "people" in route else "license.assigned"
    every = status_of(whole, name).count
    full.faults([{"match": {"route": route}, "nth": 2, "times": every - 1, "do": {"status": 400, "body": _4003}}])
    told = status_of(read(full), name)
    assert (told.result, told.count, told.failed) == ("ok", 1, 0)
    without = status_of(whole, name).not_entitled
    assert told.not_entitled == without + every - 1


def test_s7_4003_on_a_later_page_is_an_answer_too(full: Simulator, whole: Reading) -> None:
    """The predecessor lost a whole artefact to it, because its lists are read after they are asked for (S7)."""
    full.turn("page_empty_with_next", "last")
    agents = {"route": "/telephony/config/queues/agents"}
    full.faults([{"match": agents, "nth": 2, "times": 1, "do": {"status": 400, "body": _4003}}])
    told = status_of(read(full), "call_queue.agents")
    assert told.result == "ok" and told.count + told.not_entitled == status_of(whole, "call_queue.agents").count
    assert told.not_entitled == 1


def test_a_list_may_end_with_a_404(full: Simulator, whole: Reading) -> None:
    """Agents of a queue: each page names a next one, until that is not found (webex-behaviour.md §1.5)."""
    full.turn("queue_agents_end", "404")
    ended = read(full)
    assert ended.snapshot.kinds["call_queue.agents"] == whole.snapshot.kinds["call_queue.agents"]
    assert ended.verdicts()["call_queue.agents"] == "ok"


def test_s7_basic_workspaces_have_less(full: Simulator, whole: Reading) -> None:
    """What is refused to one is "not entitled", per workspace, its artefact ok (S7); where a place has a professional
    one, that is asked for the numbers that are available."""
    told = status_of(whole, "workspace.devices")
    assert (told.result, told.count, told.not_entitled) == ("ok", 7, 1)  # one without calling; the basic tier answers
    for variant in ("secondary", "fax", "ecbn", "intercept", "call_forward"):
        of_variant = status_of(whole, f"available_numbers.workspace_{variant}")
        assert (of_variant.result, of_variant.not_entitled) == ("ok", 0)
