"""Every kind is carried to a twin by itself: whatever somebody has set is there before a plan is tried, live and from
`state/`. A kind that cannot be carried is said, and red here (issue 11, house.md 2.5)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from reconciler import pipeline, rehearsal
from reconciler.inventory.exporting import choice_of
from reconciler.kinds import managed, owners, resource
from reconciler.kinds.contract.access import Writer
from reconciler.model.outcome import Verdict
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Current, Fields
from reconciler.rehearsal.facts import SKELETON
from reconciler.repository import store
from reconciler.simulator import Simulator
from reconciler.simulator.core import ids
from tests.support.generated.features import FEATURES, made_in
from tests.support.generated.scene import Scene
from tests.support.generated.values import fields_of
from tests.support.live import Live
from tests.support.more_kinds import more_kinds
from tests.support.plain import PLAIN

from .conftest import Rehearse, agree, applied, brought, known_of, twin_of

Json = dict[str, Any]
GROUP = {"location": "London HQ", "name": "Sales", "extension": "6100"}
DESK: Json = {"location": "London HQ", "name": "Desk / 2", "extension": "6101", "enabled": False}
ANA, ROOM = "person/amelia.ashford@example.com", "workspace/Board Room"


@pytest.mark.parametrize("name", [name for name in PLAIN if managed()[name].owner])
def test_a_setting_is_on_the_twin_as_it_is_in_the_tenant(
    name: str, live: Live, rehearse: Rehearse, scene: Simulator
) -> None:
    """All of its fields are set, and then one of them is to be another."""
    setting = Scene(live, name)
    setting.describe(setting.everything_else(setting.implied()))
    assert {outcome.verdict for outcome in live.apply(live.plan()).outcomes} == {Verdict.VERIFIED}
    there, plan = setting.read(), changed(setting)
    remember(live, name)
    snapshot = store.open(live.root / "state", live.org_id)
    for known in (asyncio.run(known_of(live, plan)), rehearsal.recall(snapshot, plan)):
        assert brought(scene, known) == {}
        assert setting.read(twin_of(live, scene).tenant) == there
    found = rehearse(live, plan)
    assert (found.steps, found.unknown) == (1, [])
    agree(found, applied(live, plan))


@pytest.mark.parametrize("offline", [False, True], ids=["live", "by state"])
@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_is_on_the_twin_as_it_is_in_the_tenant(
    name: str, live: Live, rehearse: Rehearse, offline: bool
) -> None:
    """All of its fields are set, and then one of them is to be another."""
    made = made_in(live, name)
    made.apply(**{field: made.other(field) for field in made.fields})
    live.remember()
    field = made.fields[0]
    live.describe({made.kind.plural: [made.entry | {field: made.other(field, made.entry[field])}]})
    plan = live.plan()
    found = rehearse(live, plan, offline=offline)
    assert (found.steps, found.refusals) == (1, [])
    assert not [one for one in found.unknown if "differs from the tenant" in one]
    agree(found, applied(live, plan))


def changed(setting: Scene) -> Plan:
    """A plan that sets one field of it to another value than it has."""
    setting.describe(setting.one_else(fields_of(setting.kind)[0]))
    return setting.live.plan()


def remember(live: Live, name: str, *artefacts: str) -> None:
    """Export with this section, as somebody does who describes it."""
    choice = replace(choice_of((), artefacts), sections=frozenset({name}))
    store.write(live.root / "state", asyncio.run(pipeline.export(live.tenant, choice=choice)).snapshot)


def test_no_section_is_forgotten() -> None:
    """Those with cases of their own are read back whole in test_document.py: it takes all that are read always."""
    assert {name for name, kind in managed().items() if kind.owner and not kind.always} <= set(PLAIN)


def test_what_a_twin_does_not_begin_with_can_be_created() -> None:
    assert [kind.name for kind in owners() if kind.name not in SKELETON and not (kind.find and kind.create)] == []


@pytest.mark.parametrize("fault", ["drops", "refuses"])
def test_a_setting_that_cannot_be_carried_is_said(
    live: Live, rehearse: Rehearse, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """A test of the tests: a write that loses a field, or that the twin refuses, makes the ones above red."""
    setting = Scene(live, "person.voicemail")
    setting.describe({"rings": 9, "email_copy": "copies@example.com"})
    live.apply(live.plan())
    setting.describe({"rings": 7})
    kind, plan, write = setting.kind, live.plan(), setting.kind.write
    assert write is not None

    async def broken(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
        await write(writer, owner, now, {"rings": 99} if fault == "refuses" else want | {"email_copy": None})

    object.__setattr__(kind, "write", broken)
    try:
        found = rehearse(live, plan)
    finally:
        object.__setattr__(kind, "write", write)
    (said,) = found.unknown
    assert said.startswith("person.voicemail/jose.dvorak@example.com: the twin differs from the tenant")
    assert ("(email_copy)" in said) == (fault == "drops") and (found.steps, found.refusals) == (0, [])


# --- an object of its own, with members ---


@pytest.fixture
def paging() -> Iterator[None]:
    with more_kinds("rota"):
        yield


def made(live: Live, *groups: Json) -> None:
    live.describe({"paging_groups": list(groups)})
    assert {outcome.verdict for outcome in live.apply(live.plan()).outcomes} == {Verdict.VERIFIED}


@pytest.mark.parametrize("offline", [False, True], ids=["live", "by state"])
def test_a_group_and_its_members_are_on_the_twin(paging: None, live: Live, rehearse: Rehearse, offline: bool) -> None:
    """It has an id of the twin's own there; its extension is its own as well, and not a stranger's."""
    made(live, {**GROUP, "originators": [ANA], "targets": [ANA, ROOM]}, DESK)
    live.remember()
    wanted: list[Json] = [{**GROUP, "targets": [ROOM], "extension": "6102"}, {**DESK, "state": "absent"}]
    live.describe({"paging_groups": wanted})
    plan = live.plan()
    found = rehearse(live, plan, offline=offline)
    assert (found.steps, found.refusals) == (2, [])
    assert not [one for one in found.unknown if "differs from the tenant" in one]
    agree(found, applied(live, plan))


def test_a_group_that_loses_its_members_on_the_way_is_said(paging: None, live: Live, rehearse: Rehearse) -> None:
    """A test of the tests, as above."""
    made(live, {**GROUP, "targets": [ANA, ROOM]})
    live.describe({"paging_groups": [{**GROUP, "extension": "6102"}]})
    plan, kind = live.plan(), resource("paging_group")
    create, update = kind.create, kind.update
    assert create is not None

    async def broken(writer: Writer, key: str, want: Fields) -> None:
        await create(writer, key, want | {"targets": [ANA]})

    object.__setattr__(kind, "create", broken)
    object.__setattr__(kind, "update", None)  # nor is it mended
    try:
        found = rehearse(live, plan)
    finally:
        object.__setattr__(kind, "create", create)
        object.__setattr__(kind, "update", update)
    assert (found.steps, found.refusals) == (0, [])
    assert "paging_group/London HQ/Sales: the twin differs from the tenant (targets)" in found.unknown


def test_what_a_plan_leaves_alone_has_its_extension_all_the_same(paging: None, live: Live, rehearse: Rehearse) -> None:
    made(live, {**GROUP, "targets": [ANA]}, DESK)
    live.describe({"paging_groups": [{**GROUP, "extension": "6101"}]})
    plan = live.plan(lift=["extensions:London HQ/6101"])
    found = rehearse(live, plan)
    assert [one.address for one in found.refusals] == ["paging_group/London HQ/Sales"]
    agree(found, applied(live, plan))


@pytest.mark.parametrize("offline", [False, True], ids=["live", "by state"])
def test_what_refers_to_something_that_no_twin_has_is_not_refused_but_said(
    live: Live, rehearse: Rehearse, offline: bool
) -> None:
    """Only what can be created is carried; a park extension is there from the beginning, as it holds an extension."""
    place = ids.encode("LOCATION", live.state()["locations"][0]["id"])
    line = {"firstName": "Front", "lastName": "Desk", "locationId": place, "extension": "5001"}
    live.server.edit("POST", "/telephony/config/virtualLines", line)
    live.server.edit(
        "POST", f"/telephony/config/locations/{place}/callParkExtensions", {"name": "P", "extension": "5002"}
    )
    where = next(iter(live.export().keys("location")))
    park = f"call_park_extension/{where}/P"
    for watched in ([f"virtual_line/{where}/Front Desk"], [park]):
        live.describe({"people": [{"email": ANA.partition("/")[2], "monitoring": {"elements": watched}}]})
        plan = live.plan()
        remember(live, "person.monitoring", "call_park_extension")
        found = rehearse(live, plan, offline=offline)
        carried = watched == [park] or resource("virtual_line").create is not None
        assert (found.steps, found.refusals) == (int(carried), []), found.unknown
        assert carried or "there is no virtual_line/" in " ".join(found.unknown)
