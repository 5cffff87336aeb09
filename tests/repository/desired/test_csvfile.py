"""CSV as spreadsheets write it."""

from __future__ import annotations

import pytest

from reconciler.repository import csvfile


@pytest.mark.parametrize(
    "data",
    [
        b"a,b\n1,\xc3\xa9\n",
        b"\xef\xbb\xbfa,b\r\n1,\xc3\xa9\r\n",
        b"a;b\r1;\xe9",
        b"\na\tb\n\n 1 \t\xc2\xa0\xe9\n\t\n\n".replace(b"\xc2", b""),
        b'"a","b"\n"1","\xc3\xa9"\n',
    ],
)
def test_what_is_accepted(data: bytes) -> None:
    table = csvfile.read(data)
    assert (table.header, [row.cells for row in table.rows]) == (("a", "b"), [("1", "é")])


def test_lines_and_columns() -> None:
    table = csvfile.read(b'a,b,c\n\n"x\ny",2,"3,4"\n5,"6,7",8\n')
    assert [(row.line, row.cells) for row in table.rows] == [(3, ("x\ny", "2", "3,4")), (5, ("5", "6,7", "8"))]
    assert [table.column(5, cell) for cell in range(3)] == [1, 3, 9]
    assert table.column(99, 0) == 1


def test_an_open_quote_is_told_with_its_line() -> None:
    with pytest.raises(csvfile.CsvError) as error:
        csvfile.read(b'a,b\n1,2\n3,"4\n')
    assert error.value.line == 3


def test_an_empty_file_is_an_empty_table() -> None:
    assert csvfile.read(b"").header == csvfile.read(b"\n \n").header == ()


def test_writing_is_canonical_and_read_again() -> None:
    text = csvfile.write(["a", "b"], [["1,2", 'say "x"'], ["", "é"]])
    assert text == 'a,b\n"1,2","say ""x"""\n,é\n'
    assert [row.cells for row in csvfile.read(text.encode()).rows] == [("1,2", 'say "x"'), ("", "é")]


def test_m22_a_cell_never_ends_its_row() -> None:
    """A spreadsheet takes a bare carriage return for the end of the row, and begins the next one with a formula."""
    for evil in ("x\r=1+1", "x\n=1+1", "x\r\n=1+1", "x\r\n"):
        assert csvfile.write(["a", "b"], [[evil, "c"]]) == f'a,b\n"{evil}",c\n'
