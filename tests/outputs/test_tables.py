"""Every kind, section and artefact has a table with typed, documented columns, and nothing of it is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.kinds import managed, observed, owners, sections_of
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.outputs import documenting
from reconciler.outputs.source import Source
from reconciler.outputs.tables import TYPES, Table, fitting, tables
from reconciler.outputs.views import views
from tests.outputs.conftest import Rich
from tests.support.always import read_always

NAMES = sorted({kind.name for kind in owners()} | observed().keys())
ALL = tables(NAMES)
BY_NAME = {table.name: table for table in ALL}


def _cells(table: Table, source: Source) -> list[dict[str, Any]]:
    names = [column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows(source)]


def test_there_is_one_for_each() -> None:
    assert sorted(BY_NAME) == sorted({*read_always(), *observed()})


def test_every_column_is_typed_documented_and_named_once() -> None:
    source = Source(MemorySnapshot(org={}, kinds={name: {} for name in NAMES}))
    for table in [*ALL, *views(source)]:
        names = [name.lower() for name in table.sql_columns]
        assert len(set(names)) == len(names), table.name
        assert all(name.replace("_", "").isalnum() for name in names), table.name
        assert table.doc and set(table.key) <= {column.name for column in table.columns}
        for column in table.columns:
            assert column.type in TYPES and column.doc.strip(), f"{table.name}.{column.name}"
    sql = [table.sql_name for table in [*ALL, *views(source)]] + ["status", "columns"]
    assert len(set(sql)) == len(sql)


@pytest.mark.parametrize("name", sorted(read_always().keys() - observed().keys()))
def test_every_field_of_a_managed_kind_has_a_column(rich: Rich, name: str) -> None:
    """What was really read, not what the model says: a field without a column would be in the JSON text alone."""
    table, section = BY_NAME[name], managed()[name].section
    paths = {column.path for column in table.columns if column.path}
    for current in rich.exported.snapshot.kinds[managed()[name].owner or name].values():
        fields = current.fields.get(section) if section else current.fields
        for path in _leaves(fields or {}):
            if section or path[0] not in sections_of(name):
                assert any(path[: len(known)] == known or known[: len(path)] == path for known in paths), path


def _leaves(value: Any, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    if not isinstance(value, dict):
        return [above]
    return [leaf for name, part in value.items() for leaf in _leaves(part, (*above, name))]


@pytest.mark.parametrize("name", sorted(observed()))
def test_declared_types_are_those_of_what_is_read(rich: Rich, name: str) -> None:
    for current in rich.exported.snapshot.kinds[name].values():
        for column in BY_NAME[name].columns:
            value: Any = current.fields
            for part in column.path:
                value = value.get(part) if isinstance(value, dict) else None
            if column.path and value is not None:
                assert fitting(value, column.type) is not None, f"{current.address} {column.name}: {value!r}"


def test_fields_json_is_the_whole_normal_form(rich: Rich) -> None:
    snapshot = rich.exported.snapshot
    source = Source(snapshot)
    for table in ALL:
        kind, _, section = table.name.partition(".")
        described = table.name in managed() and table.name not in observed()
        for cells in _cells(table, source):
            key = cells["address"].partition("/")[2]
            current = snapshot.kinds[kind if described else table.name][key]
            fields = dict(current.shown)
            if unnamed := current.facts.get("unnamed"):  # held, and in no list: beside what has a name
                fields |= {name: [*fields[name], *more] for name, more in unnamed.items()}
            if described:
                own = {name: value for name, value in fields.items() if name not in sections_of(kind)}
                fields = fields[section] if section else own
            assert json.loads(cells["fields_json"]) == fields


def test_what_nobody_manages_and_what_is_unknown_stands_beside() -> None:
    ambiguous = Current("workspace", "Lobby", "", {}, candidates=["a in X", "b in Y"])
    unread = Current("workspace", "Hall", "id", {"name": "Hall"}, {"calling": False}, {"forwarding": "HTTP 500"})
    source = Source(MemorySnapshot(org={}, kinds={"workspace": {"Lobby": ambiguous, "Hall": unread}}))
    hall, lobby = _cells(BY_NAME["workspace"], source)
    assert json.loads(hall["about_json"]) == {"facts": {"calling": False}, "unknown": {"forwarding": "HTTP 500"}}
    assert (lobby["address"], lobby["remote_id"]) == ("workspace/Lobby", None)
    assert json.loads(lobby["about_json"]) == {"candidates": ["a in X", "b in Y"]}
    assert _cells(BY_NAME["workspace.forwarding"], source) == []


def test_a_field_called_like_our_own_column_gives_way() -> None:
    assert "fields.address" in [column.name for column in BY_NAME["trunk.details"].columns]
    current = Current("trunk.details", "T", "id", {"address": "gw.example.com"})
    source = Source(MemorySnapshot(org={}, kinds={"trunk.details": {"T": current}}))
    (cells,) = _cells(BY_NAME["trunk.details"], source)
    assert (cells["address"], cells["fields.address"]) == ("trunk.details/T", "gw.example.com")


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        (None, "text", None),
        ("", "text", ""),
        (5, "text", "5"),
        ({"b": 1, "a": None}, "text", '{"a":null,"b":1}'),
        ("12", "integer", 12),
        ("twelve", "integer", None),
        (2**63, "integer", None),
        (True, "integer", None),
        ("1.5", "number", 1.5),
        (0, "boolean", None),
        (False, "boolean", False),
        ([], "list", []),
        ("a", "list", None),
    ],
)
def test_values_fit_their_column_or_are_left_to_the_json(value: Any, type_: str, expected: Any) -> None:
    assert fitting(value, type_) == expected and type(fitting(value, type_)) is type(expected)


def test_s22_columns_md(snapshot: SnapshotAssertion) -> None:
    """The schema of the managed kinds and the views (S22): a renamed column shows here."""
    names = [kind.name for kind in owners() if kind.name not in observed()]
    source = Source(MemorySnapshot(org={}, kinds={name: {} for name in [*names, "call_queue", "group.members"]}))
    assert documenting.as_markdown([*tables(names), *views(source)]) == snapshot
