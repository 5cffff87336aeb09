"""The same rows in every format, with their types; null, "" and lists as each format can say them (S28)."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.errors import ReconcileError, UsageError
from reconciler.outputs import FORMATS, asked
from reconciler.outputs.formats import open_writer
from reconciler.outputs.formats.delimited import cell, plain
from reconciler.outputs.source import Source
from reconciler.outputs.tables import Row, Table, TableColumn
from reconciler.repository import csvfile

COLUMNS = (
    TableColumn("address", "text", "Key"),
    TableColumn("a.text", "text", "A text"),
    TableColumn("integer", "integer", "An integer"),
    TableColumn("number", "number", "A number"),
    TableColumn("on", "boolean", "A boolean"),
    TableColumn("list", "list", "A list"),
    TableColumn("object", "object", "An object"),
)
TEXTS = st.text(st.characters(exclude_categories=()), max_size=12)
ROWS = st.lists(
    st.tuples(
        st.none() | TEXTS,
        st.none() | st.integers(-(2**63), 2**63 - 1),
        st.none() | st.floats(allow_nan=False, allow_infinity=False),
        st.none() | st.booleans(),
        st.none() | st.lists(st.text(max_size=4), max_size=3),
        st.none() | st.dictionaries(st.text(max_size=4), st.none() | st.booleans() | st.text(max_size=3), max_size=2),
    ),
    max_size=5,
)


def _none(source: Source) -> Iterator[Row]:
    return iter(())


TABLE = Table("some.thing", "A table.", COLUMNS, _none, indexes=("integer",))


def _write(name: str, folder: Path, rows: list[Row]) -> list[Row]:
    """Write the rows, each with a key of its own; what should be read again."""
    writer = open_writer(name, folder)
    put = writer.begin(TABLE)
    keyed = [(f"k/{number:03d}", *row) for number, row in enumerate(rows)]
    for row in keyed:
        put(row)
    writer.close()
    return [tuple(_sound(value) for value in row) for row in keyed]


def _sound(value: Any) -> Any:
    """Half of a surrogate pair is no text in any of the formats."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


@given(rows=ROWS)
def test_json_and_jsonl(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("out")
    names = [column.name for column in COLUMNS]
    for name in ("json", "jsonl"):
        expected = [dict(zip(names, row, strict=True)) for row in _write(name, folder, rows)]
        data = (folder / f"some.thing.{name}").read_bytes()
        found = json.loads(data) if name == "json" else [json.loads(line) for line in data.splitlines()]
        assert found == expected and all(list(one) == names for one in found)


@given(rows=ROWS)
def test_csv(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Its own reader gives the texts back; null and "" are both empty, lists are JSON."""
    import csv

    folder = tmp_path_factory.mktemp("out")
    expected = _write("csv", folder, rows)
    with (folder / "some.thing.csv").open(encoding="utf-8", newline="") as file:
        header, *found = csv.reader(file)
    assert header == [column.name for column in COLUMNS]
    for cells, row in zip(found, expected, strict=True):
        assert plain(cells[1]) == (row[1] or "")
        assert cells[2:5] == ["" if one is None else str(one).lower() if one in (True, False) and isinstance(one, bool)
                              else str(one) for one in row[2:5]]  # fmt: skip
        assert [json.loads(one) if one else None for one in cells[5:]] == list(row[5:])


@given(rows=ROWS)
def test_s28_sqlite(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("out")
    expected = _write("sqlite", folder, rows)
    with closing(sqlite3.connect(f"file:{folder}/inventory.sqlite?mode=ro", uri=True)) as base:
        found = base.execute('SELECT * FROM "some_thing" ORDER BY address').fetchall()
    for one, row in zip(found, expected, strict=True):
        assert one[:4] == row[:4]
        assert one[4] == (None if row[4] is None else int(row[4]))
        assert [json.loads(text) if text is not None else None for text in one[5:]] == list(row[5:])


@given(rows=ROWS)
@settings(max_examples=20)
def test_s28_parquet(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")
    folder = tmp_path_factory.mktemp("out")
    expected = _write("parquet", folder, rows)
    table = parquet.read_table(folder / "some.thing.parquet")
    types = "string string int64 double bool list<element: string> string".split(" ", 5)
    assert [str(field.type) for field in table.schema] == [*types[:5], *types[5].rsplit(" ", 1)]
    assert table.schema.field("a_text").metadata == {b"doc": b"A text"}
    for one, row in zip(table.to_pylist(), expected, strict=True):
        values = list(one.values())
        assert values[:6] == list(row[:6])
        assert (json.loads(values[6]) if values[6] is not None else None) == row[6]


def test_items_of_a_parquet_list_that_are_no_texts_are_json(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra `parquet` is not installed")
    _write("parquet", tmp_path, [(None, None, None, None, [{"id": "person/a", "weight": 2}, 3, "x"], None)])
    (row,) = parquet.read_table(tmp_path / "some.thing.parquet").to_pylist()
    assert row["list"] == ['{"id":"person/a","weight":2}', "3", "x"]


def test_sqlite_says_what_its_columns_are(tmp_path: Path) -> None:
    _write("sqlite", tmp_path, [("", 1, 1.5, True, [], {})])
    with closing(sqlite3.connect(f"file:{tmp_path}/inventory.sqlite?mode=ro", uri=True)) as base:
        (definition,) = base.execute("SELECT sql FROM sqlite_master WHERE name = 'some_thing'").fetchone()
        assert definition.endswith("STRICT") and 'PRIMARY KEY ("address")' in definition
        assert base.execute("SELECT tbl_name FROM sqlite_master WHERE name = 'some_thing__integer'").fetchall()
        about = base.execute("SELECT column_name, name, type, doc FROM columns ORDER BY position").fetchall()
        assert about[1] == ("a_text", "a.text", "text", "A text") and len(about) == len(COLUMNS)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            base.execute("DELETE FROM some_thing")


def test_two_rows_with_one_key_are_an_error_that_says_so(tmp_path: Path) -> None:
    writer = open_writer("sqlite", tmp_path)
    put = writer.begin(TABLE)
    for _ in range(2):
        put(("same", None, None, None, None, None, None))
    with pytest.raises(ReconcileError, match=r"two rows of some\.thing have the same key"):
        writer.close()


@given(text=TEXTS | st.builds(str.__add__, st.sampled_from([*"=+-@\t'", "'=", "\uff1d", "+34 91"]), TEXTS))
def test_no_cell_of_tenant_text_is_carried_out_and_none_is_lost(text: str) -> None:
    shown = cell(text)
    assert plain(shown) == text
    if shown[:1] in tuple("=@\t\r\n＝＋－＠"):  # noqa: RUF001
        raise AssertionError(shown)
    if shown[:1] in ("+", "-"):
        assert set(shown[1:]) <= set("0123456789 ().-/") or all(one.isdecimal() or one in " ().-/" for one in shown[1:])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("+442079460000", "+442079460000"),
        ("-5", "-5"),
        ("=1+1", "'=1+1"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("+44-2079460000", "'+44-2079460000"),
        ("+44 20 7946 0000", "'+44 20 7946 0000"),
        ("-1.5", "-1.5"),
        pytest.param("+1-1", "'+1-1", marks=pytest.mark.issue10("C")),
        ("'=1", "''=1"),
        ("'tis", "'tis"),
        ("a=b", "a=b"),
    ],
)
def test_which_cells_get_an_apostrophe(text: str, shown: str) -> None:
    assert cell(text) == shown and plain(shown) == text


def test_our_own_csv_reader_reads_it(tmp_path: Path) -> None:
    _write("csv", tmp_path, [('José; "x",\ny', None, None, None, None, None)])
    table = csvfile.read((tmp_path / "some.thing.csv").read_bytes())
    assert table.rows[0].cells[1] == 'José; "x",\ny'


def test_a_missing_pyarrow_is_said_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ReconcileError, match="not installed") as caught:
        asked("csv,parquet", "tables", redact=False)
    assert "pip install 'webex-reconciler[parquet]'" in str(caught.value)


@pytest.mark.parametrize(
    ("formats", "layout", "message"),
    [
        ("xml", "tables", "there is no format 'xml'"),
        ("", "tables", "no format was named"),
        ("csv", "wide", "there is no layout 'wide'"),
        ("sqlite", "odt", "there is no format 'sqlite' of the layout odt"),
    ],
)
def test_what_there_is_not(formats: str, layout: str, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        asked(formats, layout, redact=False)
    assert caught.value.do


def test_formats_are_put_in_order_once() -> None:
    assert asked(" CSV,json,csv", "tables", redact=False).formats == ("csv", "json")
    assert asked("", "odt", redact=False).formats == ("csv", "json")
    assert set(FORMATS) == {"csv", "json", "jsonl", "sqlite", "parquet"}
