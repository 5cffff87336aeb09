"""Every row that an issue asks for is named by a test, and no test names a row that there is not."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.rows import LAST, ROOT, in_name, in_text, index, order

#: What each issue makes work, by its number.
ISSUES = {
    2: "S55 to S72, G8, G13, G14, G20, M1",
    3: "S23, S112, S116, M3, M4",
    4: "S1 to S34, S126, G21, G23, M2, M12, M24",
    5: "S84 to S102, S104 to S110, S113, S114, S120, S126, S128, S135, S136, G11, G15, G17 to G20, G29, G30, "
    "M2, M3, M5 to M10, M19, M21",
    10: "S6, S32, S57, S68, S71, S101, S114, S116, G8, G38, M6, M10, M19, M26 to M29",
}
ROWS = sorted({row for rows in ISSUES.values() for row in in_text(rows)}, key=order)


@pytest.fixture(scope="module")
def named() -> dict[str, list[str]]:
    return index()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_named_by_a_test(named: dict[str, list[str]], row: str) -> None:
    assert named.get(row), f"no test is named after {row}: name the one that proves its acceptance test_{row.lower()}_…"


def test_every_row_that_is_named_exists(named: dict[str, list[str]]) -> None:
    assert {row: places for row, places in named.items() if int(row[1:]) not in range(1, LAST[row[0]] + 1)} == {}


def test_the_page_about_the_tests_names_every_folder_and_its_command_works() -> None:
    page = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    there = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert set(re.findall(r"`(\w+)/`", "".join(re.findall(r"(?m)^\| (`\w+/`.*?) \|", page)))) == there
    (command,) = re.findall(r"```console\n\$ python (.*)\n```", page)
    done = subprocess.run([sys.executable, *command.split()], cwd=ROOT, capture_output=True, text=True, check=True)
    assert re.findall(r"(?m)^[SGM]\d+$", done.stdout) == ["M12", "S26"] and "::test_s26_" in done.stdout


def test_names_docstrings_and_cases_are_found(tmp_path: Path) -> None:
    (tmp_path / "tests/cases/location.pstn").mkdir(parents=True)
    (tmp_path / "tests/cases/location.pstn/S55-provider.yaml").write_text("about: A provider (G8).\n")
    (tmp_path / "tests/test_x.py").write_text(
        '"""Of S12 to S13."""\n# S99\ndef test_s27_s31_seeded() -> None:\n    """And M2."""\n\n\ndef s5_(): ...\n'
    )
    module, test = ["tests/test_x.py"], ["tests/test_x.py::test_s27_s31_seeded"]
    case = ["tests/cases/location.pstn/S55-provider.yaml"]
    assert index(tmp_path) == {
        "G8": case, "M2": test, "S12": module, "S13": module, "S27": test, "S31": test, "S55": case
    }  # fmt: skip
    assert in_name("test_simple_s1") == set() and in_name("test_m12") == {"M12"}
