"""Reading: stable, in normal form, without a write; and what is read, taken as desired, is no change (G8)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.kinds import kind, managed, owners, sections_of
from reconciler.kinds.contract.access import Scope
from reconciler.model.desired import Wanted
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.planning.diff import compare
from reconciler.simulator import generate_tenant, sample_tenant
from reconciler.webex import tenant as webex
from tests.support.live import Live
from tests.support.odd_names import oddly_named
from tests.support.wanted import as_desired, as_wanted, without_nulls

TENANTS = {
    "sample": sample_tenant,
    "generated": lambda: generate_tenant(people=40, locations=3, workspaces=12, seed=7),
    "oddly named": lambda: oddly_named(sample_tenant()),
    "empty": lambda: generate_tenant(people=0, locations=0, workspaces=0),
}


@pytest.fixture(params=TENANTS)
def tenant(request: pytest.FixtureRequest, live: Live) -> Live:
    live.server.load(TENANTS[request.param]())
    return Live(live.server, live.root, live.state())


def test_export_is_complete_and_writes_nothing(tenant: Live) -> None:
    snapshot = tenant.export(again=True)
    assert tenant.writes() == {}
    assert snapshot.gaps == {}
    within = {owner.of for owner in owners() if owner.rows}  # what is listed by location brings the locations along
    assert set(snapshot.kinds) == {owner.name for owner in owners()} | within


def test_export_twice_is_the_same(tenant: Live) -> None:
    assert tenant.export(again=True) == tenant.export(again=True)


@pytest.mark.parametrize("name", managed())
def test_what_is_read_is_in_normal_form(name: str, tenant: Live) -> None:
    """Every value is one that desired may hold, and the model leaves it as it is."""
    model = kind(name).model
    for current in tenant.export().kinds[name.partition(".")[0]].values():
        fields: Any = current.fields
        if kind(name).owner:
            fields = current.fields.get(kind(name).section)
            if fields is None:
                continue
        own = without_nulls({n: v for n, v in fields.items() if n not in sections_of(name)})
        assert model.model_validate(own).model_dump(exclude_unset=True) == own, current.address


def test_what_is_read_is_no_change(tenant: Live) -> None:
    """With its nulls too: what is nothing in the tenant is cleared already."""
    for current in _all(tenant.export()):
        assert compare(as_wanted(current), current) == []
        nulls = Wanted(current.kind, current.key, current.fields, "x.yaml", 1)
        assert compare(nulls, current) == []


def test_a_desired_state_of_all_that_is_there_plans_nothing(tenant: Live) -> None:
    """Through the files, and read again the way a plan reads."""
    tenant.describe(as_desired(tenant.export(again=True)))
    tenant.forget()
    plan = tenant.plan()
    assert plan.changes == [] and plan.operations == []
    assert tenant.writes() == {}


@pytest.mark.parametrize("name", [owner.name for owner in owners()])
def test_a_narrow_reading_gives_the_same_as_the_whole(name: str, tenant: Live) -> None:
    """Single look-ups and lists must agree, or a plan for one would differ from a plan for many."""
    whole = tenant.export().kinds[name]
    keys = sorted(whole)[:3]
    narrow = asyncio.run(_read(tenant, name, frozenset(keys)))
    own = {key: {n: v for n, v in whole[key].fields.items() if n not in sections_of(name)} for key in keys}
    assert {current.key: current.fields for current in narrow if current.key in keys} == own


async def _read(live: Live, name: str, keys: frozenset[str]) -> list[Current]:
    scan = kind(name).scan
    assert scan is not None
    async with webex.reader(live.tenant.credentials, concurrency=8, waiting=lambda *_: None) as reader:
        await reader.identify()
        return await scan(reader, Scope(keys))


@pytest.mark.parametrize("name", [name for name, found in managed().items() if found.find])
def test_found_again_it_is_the_same(name: str, tenant: Live, request: pytest.FixtureRequest) -> None:
    """What the applier reads before and after a write is what the plan saw: by key and by id."""
    whole = tenant.export().kinds[name]
    for key in sorted(whole)[:3]:
        own = {n: v for n, v in whole[key].fields.items() if n not in sections_of(name)}
        # without its id it is looked for under the very name that a create has given it
        for remote_id in ("", whole[key].id) if "oddly" not in request.node.name else (whole[key].id,):
            found = asyncio.run(_find(tenant, name, key, remote_id))
            assert found is not None and found.fields == own


async def _find(live: Live, name: str, key: str, remote_id: str) -> Current | None:
    find = kind(name).find
    assert find is not None
    async with webex.reader(live.tenant.credentials, concurrency=8, waiting=lambda *_: None) as reader:
        await reader.identify()
        return await find(reader, key, remote_id)


def test_one_kind_is_exported_with_its_sections_only(live: Live) -> None:
    snapshot = asyncio.run(pipeline.export(live.tenant, ["workspace.forwarding"])).snapshot
    assert set(snapshot.kinds) == {"workspace"}


def _all(snapshot: MemorySnapshot) -> list[Current]:
    return [current for of_kind in snapshot.kinds.values() for current in of_kind.values()]
