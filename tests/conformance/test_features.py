"""Features of a location, each from its declaration and the simulator alone: made, changed field by field, renamed and
deleted, and nothing else in the tenant is another for it. No case is written for them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from reconciler import pipeline
from reconciler.adopt import adopt
from reconciler.model.address import address
from reconciler.model.applied import Applied
from reconciler.repository import desired, store
from tests.support.desired_schema import desired_schema
from tests.support.generated.features import FEATURES, NAME, Made, made_in
from tests.support.live import Live
from tests.support.state import differences

OTHER = "Back Office"


@pytest.fixture
def made(name: str, live: Live) -> Made:
    return made_in(live, name)


@pytest.mark.parametrize("name", FEATURES)
def test_made_and_taken_back(name: str, made: Made) -> None:
    """With all that it can have; undo deletes it, and what the tenant is else it stays."""
    live, before = made.live, made.live.state()
    applied = made.apply(**{field: made.other(field) for field in made.fields})
    assert made.read().items() >= made.entry.items()
    record = {path.split("/")[0] for path in differences(before, live.state())}
    assert len(record) == 1, f"beside it {record} changed"
    asyncio.run(_undo(live, applied))
    assert differences(before, live.state()) == set()


@pytest.mark.parametrize("name", FEATURES)
def test_a_field_is_written_and_every_other_one_stays(name: str, made: Made) -> None:
    made.apply(**{field: made.other(field) for field in made.fields})
    for field in made.fields:
        before, state = made.read(), made.live.state()
        wanted = [made.other(field, before[field]), *([[]] if field in made.members else [])]
        for want in wanted:
            made.apply(**{field: want})
            after = made.read()
            assert after == before | {field: want}, f"{name}.{field}: other fields changed with it"
        assert len({"/".join(path.split("/")[:2]) for path in differences(state, made.live.state())}) == 1
        made.apply(**{field: before[field]})
        assert differences(state, made.live.state()) == set(), f"{name}.{field}: it is not as it was"


@pytest.mark.parametrize("name", FEATURES)
def test_renamed_and_deleted(name: str, made: Made) -> None:
    empty = made.live.state()
    made.apply(**{field: made.other(field) for field in made.fields})
    before = made.read()
    made.apply(name=OTHER, was=NAME)
    assert made.read() == before | {"name": OTHER}
    made.apply(state="absent")
    assert differences(empty, made.live.state()) == set()


@pytest.mark.parametrize("name", FEATURES)
def test_described_in_every_form(name: str, made: Made, tmp_path: Path) -> None:
    """The schema, the snapshot in state/ and what adopt writes all say the same."""
    live = made.live
    made.apply(**{field: made.other(field) for field in made.fields})
    desired_schema().validate({made.kind.plural: [made.entry]})
    for full in (False, True):
        live.root = tmp_path / f"adopted {full}"
        there, key = made.read(), made.kind.key_of(made.entry)
        snapshot = store.open(live.root / "state")
        adopt(live.root, snapshot, snapshot.org, [address(name, key)], full=full)
        assert not live.plan().changes and not pipeline.plan_offline(live.root).changes
        (said,) = [one.fields for one in desired.load(live.root, references=False).resources]
        assert said.items() <= there.items()
        assert full is False or said.keys() >= set(made.kind.defaults)


async def _undo(live: Live, applied: Applied) -> None:
    plan = await pipeline.undo(live.root, live.tenant, applied.folder.name)
    undone = await pipeline.apply(live.root, live.tenant, plan)
    assert {outcome.verdict for outcome in undone.outcomes} == {"verified"}, [one.why for one in undone.outcomes]
