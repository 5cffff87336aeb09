"""Licences of one name while subscriptions come and go: drift, history, undo, saved plans and parts of an export.
Judged by the tenant's own state."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.cli.app import run
from reconciler.model.plan import Plan
from reconciler.model.selection import ALL
from reconciler.repository import store
from tests.engine.test_two_subscriptions import (
    MESSAGING,
    NEW,
    ONE,
    OTHER,
    PROFESSIONAL,
    SECOND,
    TWO,
    WHO,
    another,
    applied,
    first_of,
    give,
    holders,
    remote,
)
from tests.support.forging import forge
from tests.support.live import Live, changes_of

pytestmark = pytest.mark.issue10(26)


@pytest.fixture
def cli(live: Live, monkeypatch: pytest.MonkeyPatch) -> Iterator[Live]:
    monkeypatch.setenv("WEBEX_API_URL", live.server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", live.server.token)
    yield live


def ran(live: Live, *words: str) -> int:
    return run([words[0], "-C", str(live.root), *words[1:]])


def drifted(live: Live, *words: str) -> dict[str, Any]:
    found = asyncio.run(pipeline.drift(live.root, live.tenant, ALL, everything="--all" in words)).drift
    return {one.address: [(f.path, f.snapshot, f.live) for f in one.drifted] or one.why for one in found.differences}


@pytest.mark.parametrize("everything", [(), ("--all",)])
def test_a_second_subscription_is_no_drift_of_who_holds_the_first(live: Live, everything: tuple[str, ...]) -> None:
    live.describe({"people": [{"email": WHO, "licenses": [ONE, MESSAGING]}]})
    live.remember()
    second = another(live)
    found = drifted(live, *everything)
    assert {one for one in found if not one.startswith("license/")} == set()
    assert (f"license/{TWO}" in found) == bool(everything)
    give(live, WHO, second, first_of(live))
    assert drifted(live, *everything)[f"person/{WHO}"] == [("licenses", [MESSAGING, ONE], [MESSAGING, TWO])]


def test_drift_cannot_tell_of_a_name_that_two_have_and_tells_the_rest(live: Live) -> None:
    live.describe({"people": [{"email": WHO, "licenses": [PROFESSIONAL, MESSAGING], "first_name": "Bjorn"}]})
    live.remember()
    another(live)
    state = live.state()
    next(one for one in state["people"] if one["emails"][0] == WHO)["firstName"] = "B."
    live.server.load(state)
    found = asyncio.run(pipeline.drift(live.root, live.tenant, ALL, everything=False))
    told = {(str(one.state), one.why.partition(":")[0]) for one in found.drift.differences}
    assert ("drifted", "") in told or ("conflicting", "") in told
    assert any(state == "cannot tell" and "is ambiguous" in why for state, why in told)


def test_history_does_not_say_that_everybody_changed_a_licence(cli: Live, capsys: pytest.CaptureFixture[str]) -> None:
    folders = []
    for name in ("before", "after"):
        store.write(cli.root / name, cli.export())
        folders.append(str(cli.root / name))
        another(cli)
    capsys.readouterr()
    assert run(["history", "diff", "-C", str(cli.root), *folders, "-o", "json"]) in (0, 2)
    out = capsys.readouterr().out
    assert f"license/{TWO}" in out and "person/" not in out, out


def undone(live: Live) -> Plan:
    return asyncio.run(pipeline.undo(live.root, live.tenant, "last", ALL))


@pytest.mark.parametrize("later", ["nothing", "the second goes"])
def test_undo_gives_back_the_one_that_was_had(live: Live, later: str) -> None:
    first, second = first_of(live), another(live, MESSAGING, number=12)
    here, there = f"{MESSAGING} [Sub-example1]", f"{MESSAGING} [{SECOND}]"
    before = holders(live, first_of(live, MESSAGING))
    live.describe({"people": [{"email": WHO, "licenses": {here: False}}]})
    applied(live)
    if later != "nothing":
        state = live.state()
        state["licenses"] = [one for one in state["licenses"] if one["id"] != second]
        live.server.load(state)
    plan = undone(live)
    assert {str(one.verdict) for one in live.apply(plan).outcomes} == {"verified"}
    assert holders(live, first_of(live, MESSAGING)) == before and holders(live, second) == set()
    assert WHO in holders(live, first) and there not in str(plan.changes[0].want)


def test_undo_says_what_it_leaves_where_a_second_subscription_came_since(live: Live) -> None:
    live.describe({"people": [{"email": WHO, "licenses": [PROFESSIONAL]}]})
    applied(live)
    another(live, MESSAGING)
    another(live, number=12)
    (change,) = undone(live).changes
    assert change.action == "cannot_tell" and "licenses is left alone: changed since the run" in change.reason


@pytest.mark.parametrize("way", ["subscription", "id"])
def test_a_saved_plan_is_what_desired_asks_for_also_where_that_says_an_id(cli: Live, way: str) -> None:
    second = another(cli)
    said = remote(cli, second) if way == "id" else TWO
    cli.describe({"people": [{**NEW, "licenses": [said]}]})
    path = str(cli.root / "plan.json")
    assert ran(cli, "plan", "--out", path) == 0
    assert ran(cli, "apply", path, "--yes") == 0
    assert holders(cli, second) == {NEW["email"]}


def test_a_saved_plan_that_was_given_the_other_licence_is_refused(cli: Live) -> None:
    first, second = first_of(cli), another(cli)
    before = holders(cli, first)
    cli.describe({"people": [{**NEW, "licenses": [remote(cli, second)]}]})
    path = cli.root / "plan.json"
    assert ran(cli, "plan", "--out", str(path)) == 0
    plan = Plan.loads(path.read_text(encoding="utf-8"), "")
    for fields in (plan.changes[0].want, plan.operations[0].members[0].want):
        fields["licenses"] = [ONE]
    forge(plan.changes[0], refs=[ref.replace(TWO, ONE) for ref in plan.changes[0].refs])
    path.write_text(plan.dumps(), encoding="utf-8")  # with a digest of its own
    assert ran(cli, "apply", str(path), "--yes") == 5
    assert (holders(cli, first), holders(cli, second)) == (before, set())


def test_a_plan_from_before_the_second_subscription_came_is_stale(cli: Live) -> None:
    cli.describe({"people": [{"email": WHO, "licenses": [PROFESSIONAL]}]})
    plan = cli.plan()
    another(cli)
    another(cli, MESSAGING, number=12)
    (outcome,) = cli.apply(plan).outcomes
    assert str(outcome.verdict) == "stale"
    assert WHO in holders(cli, first_of(cli, MESSAGING))


def test_a_part_of_an_export_names_licences_as_the_whole_does(cli: Live) -> None:
    cli.describe({"people": [{"email": OTHER, "licenses": {ONE: True}}]})
    assert ran(cli, "export", "-q") == 0
    another(cli)
    assert ran(cli, "export", "-q", "--kind", "person") == 0
    assert changes_of(pipeline.plan_offline(cli.root)) == {}


def test_a_table_has_the_one_that_is_meant_in_its_cell(live: Live) -> None:
    second = another(live)
    live.describe({})
    rows = f"email,first_name,location,extension,licenses\n{NEW['email']},New,Manchester,1777,{TWO};{MESSAGING}\n"
    (live.root / "desired" / "people.csv").write_text(rows, encoding="utf-8")
    applied(live)
    assert holders(live, second) == {NEW["email"]}
