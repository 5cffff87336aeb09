"""What the API gives to the shortest create is what a kind declares in `defaults`, and adopt leaves out."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.adopt import adopt
from reconciler.inventory.choice import chosen
from reconciler.kinds import owners, resource
from reconciler.model.address import joined_key
from reconciler.model.snapshot import Current, Fields
from reconciler.repository import desired, store
from tests.support.generated.tenant import LIKELY
from tests.support.generated.values import fields_of
from tests.support.live import Live

NOTHING = (None, "", [])
#: What the API does not do without, beside the key.
NEEDED: dict[str, Fields] = {
    "location": {
        "address": {"address1": "1 Road", "city": "London", "postal_code": "E1 1AA", "country": "GB"},
        "time_zone": "Europe/London",
        "preferred_language": "en_gb",
    },
}
#: And what it wants of a kind that has the field, as long as it refuses what there is; of two entries each another.
ASKED_FOR = {"first_name": ("Ana", "Ben"), "last_name": ("One", "Two"), "extension": ("6781", "6782")}


@pytest.mark.parametrize("name", [one.name for one in owners() if one.create])
def test_the_shortest_create_has_the_declared_defaults(name: str, live: Live) -> None:
    kind = resource(name)
    entries = [kind.named(_key(name, word)) | NEEDED.get(name, {}) for word in ("new.one", "new.two")]
    live.describe({kind.plural: entries})
    for field, values in ASKED_FOR.items():
        if field in kind.managed.model_fields and any(change.blocked for change in live.plan().changes):
            entries = [entry | {field: value} for entry, value in zip(entries, values, strict=True)]
            live.describe({kind.plural: entries})
    outcomes = live.apply(live.plan()).outcomes
    assert {outcome.verdict for outcome in outcomes} == {"verified"}, [outcome.why for outcome in outcomes]

    one, two = (_read(live, name, kind.key_of(entry)) for entry in entries)
    given = {field: one.fields[field] for field in fields_of(kind) if field not in entries[0]}
    same = {field: value for field, value in given.items() if value not in NOTHING and value == two.fields[field]}
    assert same == {field: value for field, value in kind.defaults.items() if value not in NOTHING}, (
        "`defaults` says so"
    )
    assert all(one.fields[field] == value for field, value in kind.defaults.items())
    _is_left_out_by_adopt(live, one)


def _is_left_out_by_adopt(live: Live, one: Current) -> None:
    kind = resource(one.kind)
    live.root /= "adopted"
    store.write(live.root / "state", _exported(live, one.kind))
    snapshot = store.open(live.root / "state")
    adopt(live.root, snapshot, snapshot.org, [one.address])
    (entry,) = desired.load(live.root, references=False).resources
    assert not [field for field in kind.defaults if field in entry.fields]
    assert not live.plan().changes


def _read(live: Live, name: str, key: str) -> Current:
    return _exported(live, name).kinds[name][key]


def _exported(live: Live, name: str) -> Any:
    return asyncio.run(pipeline.export(live.tenant, choice=chosen([name, "location"]))).snapshot


def _key(name: str, word: str) -> str:
    if isinstance(resource(name).key, tuple):
        return joined_key("London HQ", word.replace(".", " "))
    return f"{word}@example.com" if "@" in LIKELY.get(name, "") else word.replace(".", " ")
