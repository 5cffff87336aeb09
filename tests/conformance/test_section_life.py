"""What happens to a section from being described to being taken back, for every kind of section and owner: nothing of
it is written by hand, and each of its fields takes part."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.adopt import adopt
from reconciler.inventory.choice import chosen
from reconciler.kinds import managed, observed
from reconciler.kinds.contract.setting import Setting
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Fields
from reconciler.repository import csvfile, desired, store
from tests.support.budget import check_calls
from tests.support.desired_schema import desired_schema
from tests.support.faults import faults
from tests.support.generated.document import Document, differing
from tests.support.generated.scene import Scene
from tests.support.live import Live
from tests.support.state import differences

SECTIONS = [name for name, kind in managed().items() if kind.owner]
SETTINGS = [name for name in SECTIONS if issubclass(managed()[name].managed, Setting)]


@pytest.mark.parametrize("name", SETTINGS)
def test_described_written_read_and_taken_back(name: str, live: Live) -> None:
    scene = Scene(live, name)
    implied = scene.implied()
    document = scene.document()
    document.furnish()
    want = scene.everything_else(implied)
    scene.describe(want)
    _is_lost_without_being_believed(scene, document)
    untouched, shown = live.state(), document.leaves()

    plan = _one_update(scene)
    live.forget()
    applied = live.apply(plan)
    assert {outcome.verdict for outcome in applied.outcomes} == {"verified"}, [one.why for one in applied.outcomes]
    check_calls(plan, live.requests())
    assert scene.read().items() >= want.items()

    live.forget()
    assert live.apply(live.plan()).outcomes == [] and live.writes() == {}

    asyncio.run(_undo(live, applied.folder.name))
    assert differing(shown, document.leaves()) == set(), "undo brings back every leaf of the document"
    assert differences(untouched, live.state()) == set()


@pytest.mark.parametrize("name", SETTINGS)
def test_described_in_every_form(name: str, live: Live, tmp_path: Path) -> None:
    """The schema, a table, the snapshot in state/ and what adopt writes all say the same."""
    scene = Scene(live, name)
    want = scene.everything_else(scene.implied())
    scene.describe(want)
    plural, entry = scene.plural, scene.entry(want)
    desired_schema().validate({plural: [entry]})
    as_yaml = desired.load(live.root, references=False).resources

    _as_table(live.root, plural, entry)
    as_table = desired.load(live.root, references=False).resources
    assert [(one.address, one.fields) for one in as_table] == [(one.address, one.fields) for one in as_yaml]
    assert {outcome.verdict for outcome in live.apply(live.plan()).outcomes} == {"verified"}

    said, there = _adopted(scene, tmp_path / "adopted")
    decided = {field: value for field, value in want.items() if value not in (None, scene.kind.defaults.get(field))}
    assert {field: there[field] for field in want} == want
    assert {field: said.get(field) for field in decided} == decided
    assert {field: there[field] for field in said} == said


@pytest.mark.parametrize("name", SETTINGS)
def test_what_is_as_the_api_gives_it_is_adopted_in_full_only(name: str, live: Live, tmp_path: Path) -> None:
    scene = Scene(live, name)
    said, there = _adopted(scene, tmp_path / "rest")
    defaults = scene.kind.defaults
    assert not [field for field in said if field in defaults and said[field] == defaults[field]]
    full, there = _adopted(scene, tmp_path / "full", full=True)
    assert {field: full.get(field, "left out") for field in defaults} == {field: there[field] for field in defaults}
    assert {field: there[field] for field in full} == full


def _adopted(scene: Scene, root: Path, *, full: bool = False) -> tuple[Fields, Fields]:
    """What a new repository says of the section, and what its state/ has; the plan there is empty."""
    live = scene.live
    live.root = root
    _export(scene)
    snapshot = store.open(root / "state")
    kept = snapshot.get(scene.kind.owner, scene.owner.key)
    assert kept is not None
    adopt(root, snapshot, snapshot.org, [scene.owner.address], full=full)
    assert not live.plan().changes, "what was adopted is what is there"
    assert not pipeline.plan_offline(root).changes
    adopted = {one.address: one.fields for one in desired.load(root, references=False).resources}
    return adopted[scene.owner.address].get(scene.kind.section) or {}, kept.fields[scene.kind.section]


def _is_lost_without_being_believed(scene: Scene, document: Document) -> None:
    """A write that is answered with success and does nothing is told from one that did something."""
    live, plan = scene.live, _one_update(scene)
    before = live.state()
    with faults(live.server, {document.route: {"answer": 200}}):
        outcomes = live.apply(plan).outcomes
    assert {str(outcome.verdict) for outcome in outcomes} == {"drifted"}, "an ignored write is believed"
    assert differences(before, live.state()) == set()


def _one_update(scene: Scene) -> Plan:
    plan = scene.live.plan()
    told = [(change.address.partition("/")[0], change.action, change.blocked) for change in plan.changes]
    assert told == [(scene.kind.name, "update", "")], [(change.reason, change.blocked) for change in plan.changes]
    return plan


async def _undo(live: Live, run: str) -> None:
    plan = await pipeline.undo(live.root, live.tenant, run)
    applied = await pipeline.apply(live.root, live.tenant, plan)
    assert {outcome.verdict for outcome in applied.outcomes} == {"verified"}, [one.why for one in applied.outcomes]


def _export(scene: Scene) -> None:
    named = [name for name in (scene.kind.owner, scene.kind.name) if name == scene.kind.owner or name in observed()]
    choice = chosen([*named, "location", "number"], used=[scene.kind.name])
    exported = asyncio.run(pipeline.export(scene.live.tenant, choice=choice))
    store.write(scene.live.root / "state", exported.snapshot)


def _as_table(root: Path, plural: str, entry: Fields) -> None:
    """The same entry in a CSV whose headers are field paths."""
    cells = dict(_cells(entry, ""))
    (root / "desired" / "case.yaml").unlink()
    text = csvfile.write(list(cells), [list(cells.values())])
    (root / "desired" / f"{plural}.csv").write_text(text, encoding="utf-8")


def _cells(value: Any, path: str) -> Any:
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _cells(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        yield path, ";".join(value) or "REMOVE"
    else:
        yield path, "REMOVE" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
