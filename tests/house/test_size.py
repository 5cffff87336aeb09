"""Files that a reader takes in at one sitting, under names that say what is inside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

MOST_LINES = 400
SAY_NOTHING = set("util utils helper helpers manager managers common misc".split())


def size_findings(root: Path) -> Iterator[str]:
    for path in sorted((root / "reconciler").rglob("*")):
        where = path.relative_to(root).as_posix()
        if "__pycache__" in path.parts:
            continue
        if path.stem.strip("_").lower() in SAY_NOTHING:
            yield f"{where}: the name says nothing; name it after what it holds"
        if path.is_file() and (lines := path.read_bytes().count(b"\n")) > MOST_LINES:
            yield f"{where}: {lines} lines, at most {MOST_LINES}; find the second subject in it and give it a file"


def test_files_are_small_and_named() -> None:
    assert list(size_findings(ROOT)) == []


@pytest.mark.parametrize("lines", [MOST_LINES, MOST_LINES + 1])
def test_a_long_file_is_found(tmp_path: Path, lines: int) -> None:
    (tmp_path / "reconciler").mkdir()
    (tmp_path / "reconciler/long.py").write_text("x = 1\n" * lines, encoding="utf-8")
    assert len(list(size_findings(tmp_path))) == (lines > MOST_LINES)


@pytest.mark.parametrize(
    "file", ["utils.py", "webex/_helpers.py", "manager/__init__.py", "cli/Common.py", "misc.py", "report/util.html"]
)
def test_a_name_that_says_nothing_is_found(tmp_path: Path, file: str) -> None:
    path = tmp_path / "reconciler" / file
    path.parent.mkdir(parents=True)
    path.touch()
    (found,) = size_findings(tmp_path)
    assert "the name says nothing" in found
