"""Plain settings, each of their fields for each of their owners, from the declaration alone: what is set is there and
nothing else has changed, null is the rest position, and what is as described writes nothing."""

from __future__ import annotations

import asyncio
from typing import Any, Literal, get_args, get_origin

import pytest

from reconciler.kinds import section
from reconciler.kinds.contract.kind import SectionKind
from reconciler.kinds.contract.setting import places
from reconciler.model.snapshot import Current, Fields
from tests.support.live import Live
from tests.support.plain import PLAIN

#: One of each kind of owner in the sample tenant that may have all settings.
OWNERS = {"person": "jose.dvorak@example.com", "workspace": "Board Room", "location": "London HQ"}
ENTRY = {"person": ("people", "email"), "workspace": ("workspaces", "name"), "location": ("locations", "name")}
#: Texts that the fields of some types take.
TEXTS = ("copies@example.com", "+442079460003", "Reception")
#: A member at the location of those owners who has a number.
MEMBER = "person/amelia.ashford@example.com"

FIELDS = [(name, field) for name in PLAIN for field in places(section(name).managed)]


@pytest.mark.parametrize(("name", "field"), FIELDS)
def test_a_field_is_set_and_nothing_else_changes(name: str, field: str, live: Live) -> None:
    kind = section(name)
    before = read(live, kind)
    want = with_company(kind, {field: other(kind, field, before.get(field))})
    describe(live, kind, want)
    plan = live.plan()
    assert [(change.address.partition("/")[0], change.action, change.blocked) for change in plan.changes] == [
        (name, "update", "")
    ], [change.reason for change in plan.changes]
    outcomes = live.apply(plan).outcomes
    assert {outcome.verdict for outcome in outcomes} == {"verified"}, [outcome.why for outcome in outcomes]
    implied = {"custom": True} if "custom" in before and field != "custom" else {}
    assert read(live, kind) == {**before, **implied, **want}
    assert not live.plan().operations


@pytest.mark.parametrize("name", [name for name in PLAIN if section(name).cleared is not None])
def test_null_is_the_rest_position(name: str, live: Live) -> None:
    kind = section(name)
    untouched = read(live, kind)
    declared = {**untouched, **kind.defaults}
    assert untouched == declared, "what nobody has configured has the declared defaults"
    describe(live, kind, everything_else(kind, untouched))
    assert {outcome.verdict for outcome in live.apply(live.plan()).outcomes} == {"verified"}
    describe(live, kind, None)
    assert {outcome.verdict for outcome in live.apply(live.plan()).outcomes} == {"verified"}
    assert kind.cleared is not None
    assert read(live, kind).items() >= kind.cleared.items()
    assert not live.plan().operations


@pytest.mark.parametrize("name", [name for name in PLAIN if section(name).picked])
def test_what_the_inventory_shows_gives_the_same_view(name: str, live: Live) -> None:
    """One request serves both."""
    kind = section(name)
    describe(live, kind, everything_else(kind, read(live, kind)))
    live.apply(live.plan())

    async def looked() -> Fields:
        async with live.tenant.reader() as reader:
            await reader.identify()
            owner = (await reader.all(kind.owner))[OWNERS[kind.owner]]
            assert kind.look is not None and kind.picked is not None
            part = await kind.look(reader, owner)
            assert part is not None
            return kind.picked(part.fields)

    assert asyncio.run(looked()) == read(live, kind)


def everything_else(kind: SectionKind, have: Fields) -> Fields:
    """Another value for each of its fields."""
    found: Fields = {}
    for field in places(kind.managed):
        found |= with_company(kind, {field: other(kind, field, have.get(field))})
    return found


def describe(live: Live, kind: SectionKind, want: Fields | None) -> None:
    plural, key = ENTRY[kind.owner]
    live.describe({plural: [{key: OWNERS[kind.owner], kind.section: want}]})


def read(live: Live, kind: SectionKind) -> Fields:
    async def fetched() -> Fields:
        async with live.tenant.reader() as reader:
            await reader.identify()
            owner = (await reader.all(kind.owner))[OWNERS[kind.owner]]
            assert kind.fetch is not None
            found = await kind.fetch(reader, Current(kind.owner, owner.key, owner.id, {}))
            assert found is not None
            return found

    return asyncio.run(fetched())


def other(kind: SectionKind, field: str, have: Any) -> Any:
    """A value that the field has not."""
    annotation = kind.managed.model_fields[field].annotation
    if literals := [word for part in (annotation, *get_args(annotation)) if get_origin(part) is Literal
                    for word in get_args(part)]:  # fmt: skip
        return next(word for word in reversed(literals) if word != have)
    if isinstance(have, bool) or annotation is bool:
        return not have
    if isinstance(have, int):
        return have + 1
    if places(kind.managed)[field].ref:
        return MEMBER
    if isinstance(have, list):
        return [MEMBER]
    for text in TEXTS:
        try:
            return kind.managed.model_validate({field: text}).model_dump(exclude_unset=True)[field]
        except ValueError:
            continue
    raise AssertionError(f"{kind.name}.{field}: no value is known for {annotation}")


def with_company(kind: SectionKind, want: Fields) -> Fields:
    """With what these fields are only valid together with."""
    found = dict(want)
    for name, place in places(kind.managed).items():
        only = place.only
        if only and name in want:
            found[only.field] = only.values[0]
        elif only and want.get(only.field) in only.values:
            found[name] = other(kind, name, None)
    return found
