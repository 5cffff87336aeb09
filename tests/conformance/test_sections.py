"""Settings, each for each of its owners, from the declaration and the simulator alone: no case is written for them.

The tenant's own document is furnished first: every leaf that a write can set is set otherwise, whoever manages it. So a
write that drops something, or a read that does not say what is there, cannot pass because nothing was there.
"""

from __future__ import annotations

import pytest

from reconciler.kinds import managed, section
from reconciler.kinds.contract.kind import SectionKind
from reconciler.kinds.contract.setting import Setting
from reconciler.model.snapshot import Fields
from reconciler.planning.diff import covers
from tests.support.generated.document import Document, differing
from tests.support.generated.scene import Scene
from tests.support.generated.values import fields_of
from tests.support.live import Live
from tests.support.state import differences

SETTINGS = [name for name, kind in managed().items() if kind.owner and issubclass(kind.managed, Setting)]


@pytest.mark.parametrize("name", SETTINGS)
def test_a_field_is_written_and_every_other_leaf_stays(name: str, live: Live) -> None:
    scene = Scene(live, name)
    document = scene.document()
    blocks = _blocks(live, document)
    leaves = scene.leaves(document)
    for field in fields_of(scene.kind):
        assert field in leaves.of, f"{name}.{field}: no leaf of the document that the simulator serves shows it"
        before, shown, state = scene.read(), document.leaves(), live.state()
        want = scene.values.company({field: scene.values.other(field, before.get(field))})
        _apply(scene, want, field)
        asked = _with_implied(scene.kind, want, before)
        after, linked = scene.read(), set().union(*(leaves.linked[one] for one in asked))
        assert {one: after.get(one) for one in asked} == asked, f"{name}.{field}: what was written is not what is read"
        assert {one: after[one] for one in after.keys() - linked} == {
            one: before[one] for one in before.keys() - linked
        }
        changed, own = differing(shown, document.leaves()), set().union(*(leaves.of[one] for one in asked))
        assert changed and changed <= own, f"{name}.{field}: {_named(changed - own)} changed with it"
        outside = {path for path in differences(state, live.state()) if _block(path) not in blocks}
        assert not outside, f"{name}.{field}: elsewhere in the tenant {outside} changed"
        assert not live.plan().operations, f"{name}.{field}: there is something to do again"


@pytest.mark.parametrize("name", [name for name in SETTINGS if section(name).cleared is not None])
def test_null_is_the_rest_position(name: str, live: Live) -> None:
    """What nobody has configured has the declared defaults, and null leads back to what it stands for."""
    scene = Scene(live, name)
    rest = scene.read()
    assert rest == {**rest, **scene.kind.defaults}, "what nobody has configured has other defaults than are declared"
    scene.document().furnish()
    furnished = scene.read()
    assert furnished != rest
    _apply(scene, None, "null")
    assert scene.kind.cleared is not None
    assert covers(scene.read(), scene.kind.cleared)
    assert not live.plan().operations


def _apply(scene: Scene, want: Fields | None, what: str) -> None:
    name, live = scene.kind.name, scene.live
    scene.describe(want)
    plan = live.plan()
    told = [(change.address.partition("/")[0], change.action, change.blocked) for change in plan.changes]
    assert told == [(name, "update", "")], f"{name}.{what}: {[change.reason for change in plan.changes]}"
    outcomes = live.apply(plan).outcomes
    assert {outcome.verdict for outcome in outcomes} == {"verified"}, f"{name}.{what}: {[one.why for one in outcomes]}"


def _with_implied(kind: SectionKind, want: Fields, before: Fields) -> Fields:
    return kind.rules.settle(want, before)


def _named(leaves: set[tuple[str | int, ...]]) -> list[str]:
    return sorted(".".join(map(str, path)) for path in leaves)


def _blocks(live: Live, document: Document) -> set[str]:
    """Furnish the document; in which blocks of the tenant's state it lies. Of what is off only one of both is seen."""
    untouched = live.state()
    assert document.put(document.rest)
    found = differences(untouched, live.state())
    document.furnish()
    return {_block(path) for path in found | differences(untouched, live.state())}


def _block(path: str) -> str:
    """The setting that a path of the tenant's state lies in: `people/ana@example.com/calling/settings/voicemail`."""
    names = path.split("/")
    return "/".join(names[: 5 if names[3:4] == ["settings"] else 4])
