"""`was: OLD KEY` renames: one update of what is there, whatever refers to it follows, and live is as offline."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.adopt import adopt
from reconciler.applying.readmission import readmit
from reconciler.errors import InputError, StaleError
from reconciler.model.outcome import Verdict
from reconciler.model.plan import Plan
from reconciler.model.selection import ALL, Selection
from reconciler.repository import desired
from tests.support.faults import faults
from tests.support.live import Live, changes_of

Json = dict[str, Any]
OLD, NEW = "Manchester", "Manchester North"
WIDE = {"limits": {"update": {"percent": 100}, "delete": {"max": 50, "percent": 100}, "create": {"percent": 100}}}


def plans(live: Live, selection: Selection = ALL) -> list[Plan]:
    """Against the tenant, and against its snapshot with and without what was remembered; twice, for that."""
    live.remember()
    offline = [pipeline.plan_offline(live.root, selection, cache=cache) for cache in (False, True, True)]
    return [live.plan(selection), *offline]


def same(made: list[Plan]) -> Plan:
    """The first of plans that come to the same."""
    forms = [[operation.to_json() for operation in plan.operations] for plan in made]
    assert all(form == forms[0] for form in forms)
    assert all(plan.notices[-1:] == made[0].notices[-1:] for plan in made)
    return made[0]


def applied(live: Live, plan: Plan) -> None:
    outcomes = live.apply(plan).outcomes
    assert {outcome.verdict for outcome in outcomes} == {Verdict.VERIFIED}, outcomes


def site(live: Live) -> Json:
    """Everybody and everything at one location, as it would be described, under its new name."""
    snapshot = live.export()
    people = [one for one in snapshot.kinds["person"].values() if one.fields.get("location") == OLD]
    rooms = [one for one in snapshot.kinds["workspace"].values() if one.fields.get("location") == OLD]
    assert len(people) > 10 and rooms
    return {
        "locations": [{"name": NEW, "was": OLD}],
        "people": [{"email": p.key, "location": NEW, "extension": p.fields["extension"]} for p in people],
        "workspaces": [{"name": r.key, "location": NEW} for r in rooms],
    }


def test_a_location_is_renamed_by_one_update_and_nobody_moves(live: Live) -> None:
    content = site(live)
    live.describe(content)
    plan = same(plans(live))
    assert changes_of(plan) == {f"location/{OLD}": "update"}
    (change,) = plan.changes
    assert (change.before, change.want) == ({"name": OLD}, {"name": NEW})
    assert f"location/{OLD} is to be called '{NEW}'" in plan.notices[-1]
    live.forget()
    applied(live, plan)
    assert live.writes() == {"PUT /locations/{locationId}": 1}
    assert {one["name"] for one in live.state()["locations"]} >= {NEW}

    plan = same(plans(live))
    assert plan.changes == [] and "take `was` out" in plan.notices[-1]
    content["locations"][0].pop("was")
    live.describe(content)
    assert all(plan.changes == [] and plan.notices == [] for plan in plans(live))


def test_what_else_changes_is_done_before_it(live: Live) -> None:
    """Somebody new there, a section of it, a group there, and a field of its own, all under the name that it has."""
    group = {"location": NEW, "name": "Sales", "extension": "6100"}
    new = {"email": "new@example.com", "first_name": "N", "location": NEW, "extension": "6101"}
    new["licenses"] = ["Webex Calling - Professional"]
    place = {"name": NEW, "was": OLD, "time_zone": "Europe/Paris", "calling": {"outside_dial_digit": "8"}}
    live.describe({"locations": [place], "people": [new], "paging_groups": [group]}, **WIDE)
    plan = same(plans(live))
    assert changes_of(plan) == {
        f"location/{OLD}": "update",
        f"location.calling/{OLD}": "update",
        f"paging_group/{OLD}/Sales": "create",
        "person/new@example.com": "create",
    }
    assert plan.operations[-1].id == f"location/{OLD}#rename"
    assert all(one.wave < plan.operations[-1].wave for one in plan.operations[:-1])
    applied(live, plan)
    assert same(plans(live)).changes == []


def test_a_workspace_is_renamed(live: Live) -> None:
    live.describe({"workspaces": [{"name": "Boardroom", "was": "Board Room", "notes": "new sign"}]})
    plan = same(plans(live))
    assert changes_of(plan) == {"workspace/Board Room": "update"}
    applied(live, plan)
    assert same(plans(live)).changes == []
    names = {one["displayName"] for one in live.state()["workspaces"]}
    assert "Boardroom" in names and "Board Room" not in names


def test_members_follow(live: Live) -> None:
    group = {"location": "London HQ", "name": "Sales", "extension": "6100", "targets": ["workspace/Board Room"]}
    live.describe({"paging_groups": [group]})
    applied(live, live.plan())
    content = {
        "paging_groups": [{**group, "targets": ["workspace/Boardroom"]}],
        "workspaces": [{"name": "Boardroom", "was": "Board Room"}],
    }
    live.describe(content)
    plan = same(plans(live))
    assert changes_of(plan) == {"workspace/Board Room": "update"}
    applied(live, plan)
    assert same(plans(live)).changes == []


@pytest.mark.parametrize("was", ["Sales", "London HQ/Sales", "Old HQ/Sales"])
def test_a_group_is_renamed_with_its_location_or_without(live: Live, was: str) -> None:
    group = {"location": "London HQ", "name": "Sales", "extension": "6100"}
    live.describe({"paging_groups": [group]})
    applied(live, live.plan())
    content: Json = {"paging_groups": [{**group, "name": "Sales / EU", "was": was}]}
    if was.startswith("Old"):
        content = {
            "locations": [{"name": "New HQ", "was": "London HQ"}],
            "paging_groups": [{**group, "location": "New HQ", "name": "Sales / EU", "was": "Sales"}],
        }
    live.describe(content)
    plan = same(plans(live))
    assert changes_of(plan).items() >= {("paging_group/London HQ/Sales", "update")}
    applied(live, plan)
    assert same(plans(live)).changes == []


def test_undone_it_has_its_name_again(live: Live) -> None:
    content = site(live)
    person = content["people"][0]
    person["forwarding"] = {"always": {"destination": "+442079460999"}}
    live.describe(content)
    applied(live, same(plans(live)))
    back = asyncio.run(pipeline.undo(live.root, live.tenant, "last"))
    assert back.changes and {change.address for change in back.changes} == {
        f"location/{NEW}",
        f"person.forwarding/{person['email']}",
    }
    applied(live, back)
    assert {one["name"] for one in live.state()["locations"]} >= {OLD}


def test_chosen_by_either_name(live: Live) -> None:
    live.describe(site(live))
    for name in (OLD, NEW):
        plan = same(plans(live, Selection(target=(f"location/{name}",))))
        assert changes_of(plan) == {f"location/{OLD}": "update"}


def test_what_has_both_names_is_a_finding(live: Live) -> None:
    live.describe({"workspaces": [{"name": "Lobby", "was": "Board Room"}]})
    for plan in plans(live):
        (finding,) = plan.findings
        assert finding.address == "workspace/Lobby" and plan.operations == []
        assert "both workspace/Board Room and workspace/Lobby are in the tenant" in finding.why


def test_who_cannot_be_renamed_is_refused_by_name(live: Live) -> None:
    person = next(iter(live.export().kinds["person"]))
    live.describe({"people": [{"email": "married@example.com", "was": person}]})
    for plan in plans(live):
        (finding,) = plan.findings
        assert finding.address == f"person/{person}" and plan.operations == []
        assert "the email of a person cannot be changed here" in finding.why


def test_what_nobody_has_is_made_and_said(live: Live) -> None:
    live.describe({"workspaces": [{"name": "Attic", "was": "Cellar"}]})
    plan = same(plans(live))
    assert changes_of(plan) == {"workspace/Attic": "create"}
    assert "there is no workspace/Cellar in the tenant, so it is new" in plan.notices[-1]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"people": [{"email": "a@b.cc", "location": OLD}]}, f"person/a@b.cc refers to location/{OLD}, which is"),
        ({"locations": [{"name": OLD}]}, f"location/{NEW} says that it was location/{OLD}, which is described too"),
        ({"locations": [{"name": "Else", "was": OLD}]}, "only one of them can have been"),
        ({"locations": [{"name": "Self", "was": "Self"}]}, "location/Self says that it was itself"),
    ],
)
def test_an_old_name_elsewhere_is_an_error_where_it_stands(live: Live, content: Json, said: str) -> None:
    content = {**content, "locations": [*content.get("locations", ()), {"name": NEW, "was": OLD}]}
    live.describe(content)
    live.remember()
    for plan in (live.plan, lambda: pipeline.plan_offline(live.root)):
        with pytest.raises(InputError) as refused:
            plan()
        assert any(said in f"{problem.what}; {problem.do}" for problem in refused.value.problems)


def test_one_that_fits_is_proposed(live: Live) -> None:
    live.describe({"workspaces": [{"name": "BOARD  room"}]})
    for plan in plans(live):
        (finding,) = plan.findings
        assert "write `was: Board Room`, which renames it" in finding.do


def test_nothing_of_it_is_said_to_be_no_longer_described(live: Live) -> None:
    live.describe({"workspaces": [{"name": "Board Room", "notes": "x"}]})
    applied(live, live.plan())
    live.describe({"workspaces": [{"name": "Boardroom", "was": "Board Room", "notes": "x"}]})
    plan = live.plan()
    assert plan.dropped == []
    applied(live, plan)
    assert desired.load(live.root).resources[0].was == "Board Room"


def test_adopt_leaves_what_is_to_be_renamed(live: Live) -> None:
    live.describe(site(live))
    before = desired.load(live.root, references=False).resources
    snapshot = live.export()
    live.remember()
    done = adopt(live.root, snapshot, snapshot.org, (f"location/{OLD}", "person/*"))
    assert [text for text in done.left if text.startswith(f"location/{OLD}: it is to be called '{NEW}'")]
    after = {one.address: one.fields for one in desired.load(live.root, references=False).resources}
    assert after.items() >= {one.address: one.fields for one in before}.items()
    assert f"location/{OLD}" not in after


def test_what_is_to_be_renamed_has_not_drifted(live: Live) -> None:
    live.describe(site(live))
    live.remember()
    found = asyncio.run(pipeline.drift(live.root, live.tenant))
    assert [one for one in found.drift.differences if one.drifted] == []


def test_a_saved_plan_is_still_what_desired_asks_for(live: Live) -> None:
    live.describe(site(live))
    plan = same(plans(live))
    asyncio.run(readmit(live.root, live.tenant, plan))
    live.describe({"locations": [{"name": "Elsewhere", "was": OLD}]})
    with pytest.raises(StaleError):
        asyncio.run(readmit(live.root, live.tenant, plan))


def test_other_settings_of_who_is_there_are_verified_to_the_end(live: Live) -> None:
    """A run reads everybody once more at its end, when the location has another name."""
    content = site(live)
    for number, person in enumerate(content["people"][:3]):
        person |= {"extension": f"77{number:02}", "first_name": "Else"}
    content["workspaces"][0] |= {"notes": "upstairs"}
    live.describe(content, **WIDE)
    plan = same(plans(live))
    assert len(plan.operations) >= 5
    applied(live, plan)
    assert same(plans(live)).changes == []


@pytest.mark.parametrize("do", [{"status": 502, "drop": "after"}, {"drop": "after"}])
def test_a_lost_answer_is_told_by_reading(live: Live, do: Json) -> None:
    live.describe(
        {"locations": [{"name": NEW, "was": OLD}], "workspaces": [{"name": "Boardroom", "was": "Board Room"}]}
    )
    plan = live.plan()
    live.server.faults(
        [
            {"match": {"method": "PUT", "route": route}, "nth": 1, "do": do}
            for route in ("/locations/{locationId}", "/workspaces/{workspaceId}")
        ]
    )
    applied(live, plan)
    live.server.no_faults()
    assert live.plan().changes == []


def test_a_rename_that_does_nothing_has_drifted(live: Live) -> None:
    live.describe({"locations": [{"name": NEW, "was": OLD}]})
    plan = live.plan()
    with faults(live.server, {"PUT /locations/{locationId}": {"answer": 200}}):
        outcomes = live.apply(plan).outcomes
    assert {outcome.verdict for outcome in outcomes} == {Verdict.DRIFTED}


def test_an_admin_who_renamed_it_meanwhile_makes_the_plan_stale(live: Live) -> None:
    live.describe({"workspaces": [{"name": "Boardroom", "was": "Board Room"}]})
    plan = live.plan()
    state = live.state()
    next(one for one in state["workspaces"] if one["displayName"] == "Board Room")["displayName"] = "Mine"
    live.server.load(state)
    outcomes = live.apply(plan).outcomes
    assert {outcome.verdict for outcome in outcomes} <= {Verdict.STALE, Verdict.FAILED}
    assert "Boardroom" not in {one["displayName"] for one in live.state()["workspaces"]}


def rooms(*named: tuple[str, str]) -> Json:
    return {"workspaces": [{"name": name, "was": was} for name, was in named]}


def called(live: Live) -> dict[str, str]:
    """Each workspace's name by its id."""
    return {one["id"]: one["displayName"] for one in live.state()["workspaces"]}


def test_a_name_that_is_given_up_is_taken_by_another_in_the_same_plan(live: Live) -> None:
    first, second, third = sorted(called(live).values())[:3]
    ids = {name: key for key, name in called(live).items()}
    live.describe(rooms((second, third), (first, second), ("Attic", first)), **WIDE)
    plan = same(plans(live))
    assert [one.members[0].want["name"] for one in plan.operations] == ["Attic", first, second]
    applied(live, plan)
    assert {name: called(live)[key] for name, key in ids.items()} | {
        first: "Attic", second: first, third: second
    } == {name: called(live)[key] for name, key in ids.items()}  # fmt: skip
    for made in plans(live):
        assert made.changes == [] and made.findings == [], "each is called as it is to be"


def test_a_chain_of_names_that_broke_off_goes_on(live: Live) -> None:
    first, second = sorted(called(live).values())[:2]
    live.describe(rooms((first, second), ("Attic", first)), **WIDE)
    plan = live.plan()
    live.server.faults([{"match": {"method": "PUT"}, "nth": 2, "times": 1, "do": {"status": 400}}])
    assert [outcome.verdict for outcome in live.apply(plan).outcomes] == [Verdict.VERIFIED, Verdict.FAILED]
    again = same(plans(live))
    assert [one.members[0].want["name"] for one in again.operations] == [first]
    applied(live, again)
    assert live.plan().changes == []


def test_a_chain_of_names_is_taken_back_from_its_end(live: Live) -> None:
    before = called(live)
    first, second = sorted(before.values())[:2]
    live.describe(rooms((first, second), ("Attic", first)), **WIDE)
    done = live.apply(live.plan())
    back = asyncio.run(pipeline.undo(live.root, live.tenant, done.folder.name))
    assert [one.members[0].want["name"] for one in back.operations] == [second, first]
    applied(live, back)
    assert called(live) == before


def test_names_that_go_round_are_refused(live: Live) -> None:
    first, second = sorted(called(live).values())[:2]
    live.describe(rooms((first, second), (second, first)), **WIDE)
    with pytest.raises(InputError) as refused:
        live.plan()
    (problem,) = refused.value.problems
    assert problem.what == f"workspace/{first} and workspace/{second} would take each other's names"
    assert "a third name first" in problem.do
