"""Keys of several parts: `paging_group/London HQ/Sales`, in addresses, files, references, tables, plans, snapshots."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler import pipeline
from reconciler.adopt import adopt
from reconciler.errors import InputError
from reconciler.kinds import kind
from reconciler.model.address import joined_key, matches, split_key
from reconciler.model.outcome import Verdict
from reconciler.model.selection import Selection
from reconciler.repository import desired
from reconciler.repository.desired.entries import entry_type
from reconciler.simulator import Simulator, generate_tenant
from tests.support.live import Live, changes_of
from tests.support.more_kinds import more_kinds

Json = dict[str, Any]
ANA = "amelia.ashford@example.com"
SALES = {"location": "London HQ", "name": "Sales", "extension": "6100"}


@pytest.fixture(autouse=True, scope="module")
def _paging() -> Iterator[None]:
    with more_kinds("rota"):
        yield


@given(st.lists(st.text("ab/%25F ", min_size=1), min_size=1, max_size=3))
def test_parts_come_back_as_they_were(parts: list[str]) -> None:
    key = joined_key(*parts)
    assert split_key(key) == tuple(parts)
    assert key.count("/") == len(parts) - 1


@given(st.lists(st.text("ab/%25F", min_size=1), min_size=2, max_size=2), st.lists(st.text("ab/%25F"), min_size=2))
def test_different_parts_make_different_keys(one: list[str], other: list[str]) -> None:
    assert (joined_key(*one) == joined_key(*other)) == (one == other)


def test_only_what_would_be_misread_is_escaped() -> None:
    assert joined_key("Madrid / Norte", "50% off") == "Madrid %2F Norte/50% off"
    assert joined_key("100%25", "%2F") == "100%2525/%252F"


def made(live: Live, *groups: Json, **more: Any) -> None:
    live.describe({"paging_groups": list(groups), **more})
    plan = live.plan()
    assert {outcome.verdict for outcome in live.apply(plan).outcomes} == {Verdict.VERIFIED}, plan.findings


def test_created_changed_and_deleted(live: Live) -> None:
    """A slash in the name, members of two kinds, and nothing left to do after each step."""
    odd = {"location": "London HQ", "name": "Sales / EU", "extension": "6100", "targets": [ANA, "workspace/Lobby"]}
    made(live, odd)
    assert live.plan().changes == []
    live.remember()
    assert pipeline.plan_offline(live.root).changes == []

    live.describe({"paging_groups": [{**odd, "targets": [ANA], "enabled": False}]})
    online, offline = live.plan(), pipeline.plan_offline(live.root)
    assert changes_of(online) == changes_of(offline) == {"paging_group/London HQ/Sales %2F EU": "update"}
    assert {outcome.verdict for outcome in live.apply(online).outcomes} == {Verdict.VERIFIED}
    assert live.plan().changes == []

    gone = {"location": "London HQ", "name": "Sales / EU", "state": "absent"}
    live.describe({"paging_groups": [gone]}, limits={"delete": {"max": 5, "percent": 100}})
    assert changes_of(live.plan()) == {"paging_group/London HQ/Sales %2F EU": "delete"}
    live.apply(live.plan())
    assert live.plan().changes == []


def test_the_key_in_one_field_is_the_same_entry(live: Live) -> None:
    apart = desired_of(live, {"paging_groups": [SALES]})
    joined = desired_of(live, {"paging_groups": [{"name": "London HQ/Sales", "extension": "6100"}]})
    assert apart == joined == {"paging_group/London HQ/Sales": SALES}
    absent = desired_of(live, {"paging_groups": [{"name": "London HQ/Sales", "state": "absent"}]})
    assert absent == {"paging_group/London HQ/Sales": {"location": "London HQ", "name": "Sales"}}


def test_a_table_has_the_parts_in_columns_or_in_one(live: Live) -> None:
    apart = desired_of(live, {}, "location,name,extension\nLondon HQ,Sales,6100\n")
    joined = desired_of(live, {}, "name,extension\nLondon HQ/Sales,6100\n")
    assert apart == joined == {"paging_group/London HQ/Sales": SALES}


def desired_of(live: Live, content: Json, table: str = "") -> dict[str, Json]:
    live.describe(content)
    if table:
        (live.root / "desired/paging_groups.csv").write_text(table)
    found = desired.examine(live.root, references=False)
    assert not found.problems
    return {one.address: one.fields for one in found.resources}


def test_the_schema_takes_both_forms(live: Live) -> None:
    entry = desired.schema()["$defs"]["PagingGroupEntry"]
    assert entry["required"] == ["name"]
    assert entry["properties"]["location"]["description"] == "location, by name"


def test_many_entries_are_read_the_quick_way(live: Live) -> None:
    quick = entry_type(kind("paging_group")).lean
    assert quick is not None
    found = quick.validate_python([{"name": "London HQ/Sales", "targets": [ANA.upper(), "workspace/Lobby"]}])
    assert found == [{"location": "London HQ", "name": "Sales", "targets": [f"person/{ANA}", "workspace/Lobby"]}]


def test_without_its_location_an_entry_is_refused(live: Live) -> None:
    live.describe({"paging_groups": [{"name": "Sales"}, {"name": "A/B/C", "extension": "1"}]})
    problems = desired.examine(live.root, references=False).problems
    assert {problem.what for problem in problems} >= {"location: is missing"}


def test_two_with_one_name_at_two_locations_are_two(live: Live) -> None:
    other = {"location": "Manchester", "name": "Sales", "extension": "6100"}
    made(live, SALES, other)
    assert live.plan().changes == []
    live.describe({"paging_groups": [SALES, SALES]})
    with pytest.raises(InputError, match="paging_group/London HQ/Sales is described twice"):
        live.plan()


def test_chosen_protected_and_shown_by_address(live: Live) -> None:
    other = {"location": "Manchester", "name": "Sales", "extension": "6100"}
    live.describe({"paging_groups": [SALES, other]})
    chosen = live.plan(Selection(target=("paging_group/London HQ/*",)))
    assert changes_of(chosen) == {"paging_group/London HQ/Sales": "create"}
    assert matches("paging_group/*/Sales", "paging_group/London HQ/Sales")
    made(live, SALES)
    live.describe(
        {"paging_groups": [{"location": "London HQ", "name": "Sales", "state": "absent"}]},
        protect=["paging_group/London HQ/Sales"],
    )
    assert [(finding.rule, finding.address) for finding in live.plan().findings] == [
        ("protected", "paging_group/London HQ/Sales")
    ]


def test_a_member_is_not_deleted_while_a_group_is_described_with_him(live: Live) -> None:
    group = {**SALES, "targets": [ANA, "workspace/Lobby"]}
    made(live, group)
    gone = {"workspaces": [{"name": "Lobby", "state": "absent"}]}
    limits = {"delete": {"max": 5, "percent": 100}}
    live.describe({"paging_groups": [group], **gone}, limits=limits)
    live.remember()
    for plan in (live.plan(), pipeline.plan_offline(live.root)):
        (finding,) = plan.findings
        assert (finding.rule, finding.address) == ("still-used", "workspace/Lobby")
        assert finding.why == "paging_group/London HQ/Sales is described to use it"
    live.describe({"paging_groups": [{**group, "targets": [ANA]}], **gone}, limits=limits)
    plan = live.plan()
    assert plan.findings == [] and [operation.id for operation in plan.operations] == [
        "paging_group/London HQ/Sales",
        "workspace/Lobby",
    ]


def rota(live: Live, **fields: Any) -> Json:
    """A rota as it was read; the group that is there is at London HQ."""
    live.describe({"paging_groups": [SALES], "rotas": [{"name": "Duty", **fields}]})
    found = desired.load(live.root, references=False).resources
    return next(one.fields for one in found if one.kind == "rota")


def test_a_reference_may_leave_out_the_location_of_who_refers(live: Live) -> None:
    assert rota(live, location="London HQ", page="Sales")["page"] == "London HQ/Sales"
    assert rota(live, location="Manchester", page=" London HQ / Sales")["page"] == "London HQ/Sales"
    assert rota(live, page="A %2F B/50% off")["page"] == "A %2F B/50% off"
    pages = ["paging_group/Sales", "paging_group/Berlin/Sales", "workspace/Lobby"]
    assert rota(live, location="London HQ", pages=pages)["pages"] == [
        "paging_group/Berlin/Sales",
        "paging_group/London HQ/Sales",
        "workspace/Lobby",
    ]


def test_a_reference_that_cannot_be_understood_is_an_error_where_it_stands(live: Live) -> None:
    live.describe({"rotas": [{"name": "Duty", "page": "Sales", "pages": ["paging_group/A/B/C"]}]})
    problems = desired.examine(live.root).problems
    assert [problem.what for problem in problems] == [
        "page: 'Sales' does not say at which location, and neither does this entry: write LOCATION/NAME",
        "pages: 'A/B/C' is no paging group: write LOCATION/NAME, a / in a name as %2F",
    ]
    text = (live.root / "desired/case.yaml").read_text().splitlines()
    assert [text[problem.line - 1].strip() for problem in problems] == ['"page": "Sales",', '"paging_group/A/B/C"']


def test_a_reference_to_no_such_thing_is_an_error(live: Live) -> None:
    live.describe({"paging_groups": [SALES], "rotas": [{"name": "Duty", "location": "Manchester", "page": "Sales"}]})
    with pytest.raises(InputError, match="paging_group 'Manchester/Sales'"):
        live.plan()
    live.remember()
    with pytest.raises(InputError, match="there is no paging group 'Manchester/Sales'"):
        pipeline.plan_offline(live.root)


def test_what_refers_comes_after(live: Live) -> None:
    live.describe({"paging_groups": [SALES], "rotas": [{"name": "Duty", "location": "London HQ", "page": "Sales"}]})
    waves = {operation.id: operation.wave for operation in live.plan().operations}
    assert waves["rota/Duty"] > waves["paging_group/London HQ/Sales"]


def test_adopted_it_plans_empty(live: Live) -> None:
    made(live, {"location": "London HQ", "name": "Sales / EU", "extension": "6100", "targets": [ANA]})
    live.describe({})
    live.remember()
    snapshot = live.export()
    adopt(live.root, snapshot, snapshot.org, ("paging_group/*",))
    assert desired.load(live.root).resources[0].address == "paging_group/London HQ/Sales %2F EU"
    assert asyncio.run(pipeline.plan(live.root, live.tenant)).changes == []
    assert pipeline.plan_offline(live.root).changes == []


@pytest.mark.parametrize("plural", ["paging_groups", "virtual_lines"])
def test_the_last_of_a_list_is_gone_though_an_empty_page_says_nothing(
    server: Simulator, tmp_path: Path, plural: str
) -> None:
    """`page_without_list_key` (§1.5): whether it is there is asked at its own address."""
    tenant = generate_tenant(people=3, locations=1, workspaces=1, features=4)
    (one,) = tenant[plural]
    name = one.get("name") or f"{one['firstName']} {one['lastName']}"
    live = Live(server, tmp_path, tenant)
    server.turn("page_without_list_key", "on")
    live.describe({plural: [{"location": tenant["locations"][0]["name"], "name": name, "state": "absent"}]})
    outcomes = live.apply(live.plan()).outcomes
    assert [str(outcome.verdict) for outcome in outcomes] == ["verified"] and not live.state().get(plural)
