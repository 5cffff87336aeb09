"""Two subscriptions with licences of one name: each is told from the other in what is described, held, counted and
written. Judged by the tenant's own state."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.adopt import adopt
from reconciler.cli.app import run
from reconciler.errors import InputError
from reconciler.model.plan import Plan
from reconciler.model.selection import Selection
from reconciler.planning.ending import exit_code
from reconciler.repository import store
from reconciler.simulator.core import ids
from tests.support.live import Live, changes_of

pytestmark = pytest.mark.issue10(26)
PROFESSIONAL, MESSAGING, ROOMS = "Webex Calling - Professional", "Messaging", "Webex Calling - Workspaces"
FIRST, SECOND = "Sub-example1", "Sub-second"
ONE, TWO = f"{PROFESSIONAL} [{FIRST}]", f"{PROFESSIONAL} [{SECOND}]"
WHO, OTHER = "bjorn.castellan@example.com", "noah.tanaka@example.com"
NEW = {"email": "new.comer@example.com", "first_name": "New", "location": "Manchester", "extension": "1777"}
UUID = "7b3f5f3e-4a52-4d34-9c52-0a5d9f6f2b{:02d}"


def another(live: Live, name: str = PROFESSIONAL, subscription: str = SECOND, *, number: int = 11, **own: Any) -> str:
    """A licence of the same name and offer in another subscription; its uuid."""
    state = live.state()
    like = next(one for one in state["licenses"] if one["name"] == name)
    key = UUID.format(number)
    state["licenses"].append({**like, "id": key, "subscriptionId": subscription, **own})
    live.server.load(state)
    return key


def remote(live: Live, key: str) -> str:
    """The id of a licence as the API shows it."""
    state = live.state()
    offer = next(one["offer"] for one in state["licenses"] if one["id"] == key)
    return ids.encode("LICENSE", f"{state['org']['id']}:{offer}_{key}")


def holders(live: Live, key: str) -> set[str]:
    state = live.state()
    people = {one["emails"][0] for one in state["people"] if key in one["licenses"]}
    return people | {one["displayName"] for one in state["workspaces"] if key in one["licenses"]}


def first_of(live: Live, name: str = PROFESSIONAL) -> str:
    found = (one for one in live.state()["licenses"] if one["name"] == name and one["subscriptionId"] == FIRST)
    return str(next(found)["id"])


def give(live: Live, email: str, key: str, instead: str) -> None:
    state = live.state()
    person = next(one for one in state["people"] if one["emails"][0] == email)
    person["licenses"] = [key if one == instead else one for one in person["licenses"]]
    live.server.load(state)


def ways(live: Live, key: str, name: str, subscription: str) -> dict[str, str]:
    """All that a desired file may write for a licence."""
    shown = remote(live, key)
    whole = f"ciscospark://us/LICENSE/{live.state()['org']['id']}:BCSTD_{key}"
    return {
        "subscription": f"{name} [{subscription}]",
        "id": shown,
        "padded id": shown + "=" * (-len(shown) % 4),
        "decoded id": whole,
        "uuid": key,
        "name and id": f"{name} [{shown}]",
        "name and uuid": f"{name} [{key}]",
    }


def applied(live: Live) -> Plan:
    plan = live.plan()
    assert not [one for one in plan.findings if not one.lifted] and not any(one.blocked for one in plan.changes)
    assert {str(one.verdict) for one in live.apply(plan).outcomes} == {"verified"}
    assert changes_of(live.plan()) == {}
    return plan


def offline(live: Live) -> Plan:
    live.remember()
    return pipeline.plan_offline(live.root)


WAYS = ["subscription", "id", "padded id", "decoded id", "uuid", "name and id", "name and uuid"]


@pytest.mark.parametrize("way", WAYS)
def test_a_create_uses_the_one_that_is_written_in_whatever_way(live: Live, way: str) -> None:
    first, second = first_of(live), another(live)
    before = holders(live, first)
    said = ways(live, second, PROFESSIONAL, SECOND)[way]
    live.describe({"people": [{**NEW, "licenses": [said, MESSAGING]}]})
    assert offline(live).changes[0].want["licenses"] == [MESSAGING, TWO]
    applied(live)
    assert holders(live, second) == {NEW["email"]} and holders(live, first) == before
    live.remember()
    assert changes_of(pipeline.plan_offline(live.root)) == {}
    assert changes_of(pipeline.plan_offline(live.root, cache=False)) == {}


@pytest.mark.parametrize("how", ["people", "scim"])
def test_both_ways_of_creating_somebody_take_the_one_that_is_written(live: Live, how: str) -> None:
    first, second = first_of(live), another(live)
    before = holders(live, first)
    live.describe({"people": [{**NEW, "licenses": [TWO], "provisioning": how}]})
    applied(live)
    assert holders(live, second) == {NEW["email"]} and holders(live, first) == before


def test_somebody_changes_from_one_subscription_to_the_other_and_nobody_else_does(live: Live) -> None:
    first, second = first_of(live), another(live)
    before = holders(live, first)
    assert WHO in before
    live.describe({"people": [{"email": WHO, "licenses": {TWO: True, ONE: False}}]})
    applied(live)
    assert holders(live, first) == before - {WHO} and holders(live, second) == {WHO}


def test_taking_one_leaves_who_has_the_other(live: Live) -> None:
    first, second = first_of(live, MESSAGING), another(live, MESSAGING)
    before = holders(live, first)
    state = live.state()
    next(one for one in state["people"] if one["emails"][0] == WHO)["licenses"].append(second)
    live.server.load(state)
    live.describe({"people": [{"email": WHO, "licenses": {f"{MESSAGING} [{SECOND}]": False}}]})
    applied(live)
    assert holders(live, second) == set() and holders(live, first) == before and WHO in before


def test_one_that_is_held_is_no_change_and_adopt_writes_which(live: Live) -> None:
    first, second = first_of(live), another(live)
    give(live, OTHER, second, first)
    live.remember()
    snapshot = store.open(live.root / "state")
    for name in ("tenant.yaml", "case.yaml"):
        (live.root / "desired" / name).unlink()
    assert not [one for one in adopt(live.root, snapshot, snapshot.org).left if "licen" in one]
    text = "".join(path.read_text(encoding="utf-8") for path in (live.root / "desired").rglob("*.yaml"))
    assert ONE in text and TWO in text
    assert changes_of(live.plan()) == {} and changes_of(pipeline.plan_offline(live.root)) == {}


FORMS: dict[str, Callable[[str], dict[str, Any]]] = {
    "list": lambda name: {"people": [{"email": WHO, "licenses": [name, MESSAGING]}]},
    "to be had": lambda name: {"people": [{"email": WHO, "licenses": {name: True}}]},
    "to be taken": lambda name: {"people": [{"email": WHO, "licenses": {name: False}}]},
    "create": lambda name: {"people": [{**NEW, "licenses": [name]}]},
    "workspace": lambda name: {
        "workspaces": [{"name": "Sala", "location": "Manchester", "extension": "1777", "license": name}]
    },
}


@pytest.mark.parametrize("form", FORMS)
def test_a_name_that_two_have_is_refused_live_and_offline_and_says_what_to_write(live: Live, form: str) -> None:
    """Also where somebody holds one of the two: who wrote the name knew of one subscription, and may mean either."""
    first, second = first_of(live), another(live)
    live.describe(FORMS[form](PROFESSIONAL))
    live.remember()
    for plan in (live.plan, lambda: pipeline.plan_offline(live.root)):
        with pytest.raises(InputError) as error:
            plan()
        (problem,) = error.value.problems
        text = f"{problem.what} {problem.do}"
        assert "case.yaml" in problem.file and "ambiguous: 2 in the tenant" in text
        assert all(one in text for one in (ONE, TWO, remote(live, first), remote(live, second), "write one of these"))
    assert live.writes() == {}


def test_many_who_name_one_that_two_have_are_told_in_few_lines(live: Live) -> None:
    another(live)
    emails = sorted(holders(live, first_of(live)))
    state = live.state()
    people = [one["emails"][0] for one in state["people"] if one["emails"][0] in emails][:12]
    live.describe({"people": [{"email": one, "licenses": {PROFESSIONAL: True}} for one in people]})
    live.remember()
    for plan in (live.plan, lambda: pipeline.plan_offline(live.root)):
        with pytest.raises(InputError) as error:
            plan()
        assert len(error.value.problems) == 3 and "so do 9 others" in str(error.value)


def test_a_refused_one_is_set_aside_by_name_and_the_rest_is_carried_out(live: Live) -> None:
    first, second = first_of(live), another(live)
    live.describe({"people": [{"email": WHO, "licenses": {PROFESSIONAL: True}}, {**NEW, "licenses": [TWO]}]})
    live.remember()
    aside = Selection(isolate=True)
    for plan in (pipeline.plan_offline(live.root, aside), live.plan(aside)):
        (finding,) = [one for one in plan.findings if one.aside]
        assert finding.address == f"person/{WHO}" and TWO in finding.why + finding.do
    assert exit_code(plan) == 3
    live.apply(plan)
    assert holders(live, second) == {NEW["email"]} and WHO in holders(live, first)


def test_a_second_subscription_that_comes_later_makes_the_old_name_an_error_and_adopt_mends_it(live: Live) -> None:
    live.describe({"people": [{"email": WHO, "licenses": [PROFESSIONAL, MESSAGING]}]})
    live.remember()
    assert changes_of(live.plan()) == {} == changes_of(pipeline.plan_offline(live.root))
    another(live)
    live.remember()
    for plan in (live.plan, lambda: pipeline.plan_offline(live.root)):
        with pytest.raises(InputError, match="is ambiguous"):
            plan()
    snapshot = store.open(live.root / "state")
    adopt(live.root, snapshot, snapshot.org, [f"person/{WHO}"])
    assert f'"licenses": [{MESSAGING}, "{ONE}"]' in (live.root / "desired/case.yaml").read_text(encoding="utf-8")
    assert changes_of(live.plan()) == {} == changes_of(pipeline.plan_offline(live.root))


def test_a_subscription_that_went_leaves_what_was_written_of_the_other_as_it_is(live: Live) -> None:
    """The name alone would do again: with its subscription it means the same, and another subscription is none."""
    live.describe({"people": [{"email": WHO, "licenses": [ONE, MESSAGING]}]})
    live.remember()
    assert changes_of(live.plan()) == {} == changes_of(pipeline.plan_offline(live.root))
    live.describe({"people": [{"email": WHO, "licenses": [TWO, MESSAGING]}]})
    for plan in (live.plan, lambda: pipeline.plan_offline(live.root)):
        with pytest.raises(InputError, match="Sub-second"):
            plan()


def test_two_of_one_name_in_one_subscription_are_told_apart_by_id(live: Live) -> None:
    first, second = first_of(live, MESSAGING), another(live, MESSAGING, FIRST)
    live.describe({"people": [{"email": WHO, "licenses": [f"{MESSAGING} [{FIRST}]"]}]})
    with pytest.raises(InputError) as error:
        live.plan()
    assert all(f"{MESSAGING} [{one}]" in str(error.value) for one in (first, second)) and FIRST in str(error.value)
    live.describe({"people": [{"email": WHO, "licenses": {f"{MESSAGING} [{second}]": True}}]})
    applied(live)
    assert holders(live, second) == {WHO} and WHO in holders(live, first)


@pytest.mark.parametrize("target", [PROFESSIONAL, TWO, "id"])
def test_an_alias_of_tenant_yaml_may_stand_for_either(live: Live, target: str) -> None:
    second = another(live)
    alias = {"Desk phone": remote(live, second) if target == "id" else target}
    written = f"Desk phone [{SECOND}]" if target == PROFESSIONAL else "Desk phone"
    live.describe({"people": [{**NEW, "licenses": [written]}]}, license_aliases=alias)
    applied(live)
    assert holders(live, second) == {NEW["email"]}


def test_renamed_licences_of_two_subscriptions_are_told_apart_by_either_name(live: Live) -> None:
    """One subscription has the name of before January 2026, the other that of now."""
    second = another(live, MESSAGING)
    state = live.state()
    for one in state["licenses"]:
        if one["name"] == MESSAGING:
            one["name"] = "CX Essentials" if one["id"] == second else "Customer Assist"
    live.server.load(state)
    live.describe({"people": [{"email": WHO, "licenses": {f"CX Essentials [{SECOND}]": True}}]})
    assert live.plan().changes[0].want["licenses"][:2] == [f"Customer Assist [{FIRST}]", f"Customer Assist [{SECOND}]"]


def test_a_workspace_gets_the_one_that_is_written_and_no_other_is_taken_for_it(live: Live) -> None:
    first, second = first_of(live, ROOMS), another(live, ROOMS)
    before = holders(live, first)
    room = {"name": "Sala", "location": "Manchester", "extension": "1777", "license": f"{ROOMS} [{SECOND}]"}
    live.describe({"workspaces": [room]})
    applied(live)
    assert holders(live, second) == {"Sala"} and holders(live, first) == before
    live.describe({"workspaces": [{**room, "license": f"{ROOMS} [{FIRST}]"}]})
    (change,) = live.plan().changes
    assert "license cannot change after creation" in change.blocked


def test_rules_that_go_by_a_licences_name_hold_for_each_of_two(live: Live) -> None:
    """Hot desks take no extension, the basic tier no second number, one person has one calling tier, and Professional
    does not become Standard, of whichever subscription."""
    hot, standard = "Webex Calling - Hot desk only", "Webex Calling - Standard"
    for number, name in enumerate((PROFESSIONAL, ROOMS, hot, standard), 11):
        another(live, name, number=number)
    place = {"location": "Manchester"}
    live.describe({
        "people": [{"email": WHO, "licenses": [f"{standard} [{SECOND}]"]}, {**NEW, "licenses": [ONE, TWO]}],
        "workspaces": [
            {"name": "Hot", **place, "extension": "1778", "license": f"{hot} [{SECOND}]"},
            {"name": "Sala", **place, "extension": "1779", "license": f"{ROOMS} [{SECOND}]",
             "numbers": {"secondary": ["+441614960001"]}},
        ],
    })  # fmt: skip
    plan = live.plan()
    blocked = {one.address: one.blocked for one in plan.changes if one.blocked}
    assert "400112" in blocked[f"person/{WHO}"] and "400404" in blocked[f"person/{NEW['email']}"]
    assert "neither extension nor phone_number" in blocked["workspace/Hot"]
    assert "25409" in " ".join(one.why for one in plan.findings if one.address == "workspace.numbers/Sala")


def test_units_are_counted_for_each_subscription(live: Live) -> None:
    another(live, totalUnits=0)
    live.describe({"people": [{**NEW, "licenses": [TWO]}]})
    (finding,) = [one for one in live.plan().findings if one.rule == "licenses"]
    assert f"no unit of {TWO} is left: 0 of 0 are in use" in finding.why
    live.describe({"people": [{**NEW, "licenses": [ONE]}]})
    assert not [one for one in live.plan().findings if one.rule == "licenses"]


def test_units_go_round_within_a_subscription(live: Live) -> None:
    first, second = first_of(live), another(live, totalUnits=1)
    give(live, OTHER, second, first)
    live.describe({"people": [{"email": WHO, "licenses": {ONE: False, TWO: True}},
                              {"email": OTHER, "licenses": {TWO: False, ONE: True}}]})  # fmt: skip
    applied(live)
    assert holders(live, second) == {WHO} and OTHER in holders(live, first)


def test_the_tables_insights_and_counts_tell_them_apart(
    live: Live, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEBEX_API_URL", live.server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", live.server.token)
    first, second = first_of(live), another(live, totalUnits=0)
    give(live, OTHER, second, first)
    kinds = [f"--kind={name}" for name in ("license", "person", "workspace")]
    assert run(["export", "-q", "-C", str(live.root), *kinds, "--format", "csv"]) == 0
    rows = (live.root / "inventory/csv/license.csv").read_text(encoding="utf-8").splitlines()
    assert any(f"license/{TWO}" in row and f",{SECOND}," in row for row in rows) and len(rows) == 1 + 6
    people = (live.root / "inventory/csv/person.csv").read_text(encoding="utf-8").splitlines()
    assert [OTHER in row for row in people if TWO in row] == [True]
    capsys.readouterr()
    assert run(["insights", "-C", str(live.root), "-o", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["insights"]
    assert f"license/{TWO}" in [one["address"] for one in found if one["rule"] == "license-over"]
    assert f"license/{ONE}" not in [one["address"] for one in found if one["rule"] == "license-over"]
