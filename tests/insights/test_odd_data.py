"""Whatever an artefact holds, no rule stumbles over it: an export does not fail for what it only remarks on.

Managed kinds are in a normal form of their own: of them only values can be missing."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.insights import judge
from reconciler.kinds import managed
from tests.insights.conftest import World, tidy_world

scalars = st.none() | st.booleans() | st.integers(-2, 2000) | st.sampled_from(["", "1001", "+442079460001", "x", "0"])
odd = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths of everything inside of a value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, part in items for found in [(*path, name), *places(part, (*path, name))]]


def _targets(world: World) -> list[tuple[str, str, tuple[Any, ...]]]:
    found = world.snapshot.kinds.items()
    return [(kind, key, path) for kind, of in found for key, one in of.items() for path in places(one.fields)]


TARGETS = _targets(tidy_world())


@given(st.lists(st.tuples(st.sampled_from(TARGETS), odd), min_size=1, max_size=6))
@settings(max_examples=100)
def test_no_rule_raises(changes: list[tuple[tuple[str, str, tuple[Any, ...]], Any]]) -> None:
    world = tidy_world()
    for (kind, key, path), value in changes:
        where: Any = world.snapshot.kinds[kind][key].fields
        try:
            for part in path[:-1]:
                where = where[part]
            where[path[-1]] = None if kind in managed() else value
        except (LookupError, TypeError):
            continue  # an earlier change took away what this one is about
    judge(world.snapshot)
