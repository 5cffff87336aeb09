"""Which tests prove which row of the features: `./dev python -m tests.house.rows [ROW …]` prints them.

A row is named by the name of a test (`test_s26_…`, `test_s27_s31_…`), by the docstring of a test or of its module
("(S26)"), by a case file (`tests/cases/location.pstn/S55-provider.yaml`) or by its `about`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: How many rows of each letter there are.
LAST = {"S": 136, "G": 38, "M": 29}
_ROW = re.compile(r"\b([SGM])(\d{1,3})\b")
_SPAN = re.compile(r"\b([SGM])(\d{1,3}) to [SGM]?(\d{1,3})\b")
_PART = re.compile(r"([sgm])(\d{1,3})")


def index(root: Path = ROOT) -> dict[str, list[str]]:
    """By row: the tests and cases that name it, like `tests/inventory/test_command.py::test_s1_…`."""
    found: dict[str, list[str]] = {}
    for file in sorted((root / "tests").rglob("*")):
        where = file.relative_to(root).as_posix()
        if file.suffix == ".py" and file.name.startswith("test_"):
            named = _in_module(file.read_text(encoding="utf-8"), where)
        elif file.suffix == ".yaml" and "cases" in file.parts:
            named = [(row, where) for row in in_text(f"{file.stem} {file.read_text(encoding='utf-8')}")]
        else:
            continue
        for row, place in named:
            if place not in found.setdefault(row, []):
                found[row].append(place)
    return dict(sorted(found.items(), key=lambda item: order(item[0])))


def in_text(text: str) -> set[str]:
    """The rows in a text, spans included: `S12 to S20`."""
    rows = {f"{letter}{int(number)}" for letter, number in _ROW.findall(text)}
    for letter, first, last in _SPAN.findall(text):
        rows |= {f"{letter}{number}" for number in range(int(first), int(last) + 1)}
    return rows


def in_name(name: str) -> set[str]:
    """The rows at the beginning of a test's name: `test_s27_s31_seeded_…`."""
    rows = set()
    for part in name.removeprefix("test_").split("_"):
        match = _PART.fullmatch(part)
        if match is None:
            break
        rows.add(f"{match[1].upper()}{int(match[2])}")
    return rows


def order(row: str) -> tuple[str, int]:
    """The order of the features: S1, S2, …, S10."""
    return row[:1], int(row[1:])


def _in_module(text: str, where: str) -> Iterator[tuple[str, str]]:
    module = ast.parse(text)
    for row in in_text(ast.get_docstring(module) or ""):
        yield row, where
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for row in in_name(node.name) | in_text(ast.get_docstring(node) or ""):
                yield row, f"{where}::{node.name}"


if __name__ == "__main__":
    asked = {row.upper() for row in sys.argv[1:]}
    for row, places in index().items():
        if not asked or row in asked:
            print(row, *places, sep="\n  ")
