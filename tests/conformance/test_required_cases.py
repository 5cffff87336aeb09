"""A kind comes with its cases; what is missing is said by file name."""

from __future__ import annotations

import pytest

from reconciler.kinds import kind, managed
from tests.support.case import CASES, Case, cases
from tests.support.plain import PARTICULAR

WRITABLE = ("create", "update", "clear", "delete", "same", "stale")
READ_ONLY = ("resolved", "refused")
ALL = cases()


@pytest.mark.parametrize("name", PARTICULAR)
def test_every_kind_has_its_cases(name: str) -> None:
    here = {case.path.stem for case in ALL if case.kind == name}
    wanted = WRITABLE if kind(name).writable else READ_ONLY
    missing = [case for case in wanted if not any(_is(stem, case) for stem in here)]
    assert not missing, (
        f"{name} has no case for {', '.join(missing)}: write "
        f"{', '.join(f'tests/cases/{name}/{case}.yaml' for case in missing)} (see tests/cases/README.md)"
    )


def _is(stem: str, case: str) -> bool:
    return stem == case or stem.startswith(f"{case}-")


def test_every_folder_is_a_kind() -> None:
    folders = {path.name for path in CASES.iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders >= set(PARTICULAR) and folders <= set(managed())


@pytest.mark.parametrize("row", [f"S{number}" for number in range(55, 73)])
def test_every_row_of_the_action_sheet_has_a_case(row: str) -> None:
    named = [case for case in ALL if case.path.stem.startswith(f"{row}-") or row in case.about]
    assert named, f"no case is named {row}-….yaml or says ({row}) in `about`"


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_a_case_says_what_it_is_about(case: Case) -> None:
    assert case.about.endswith(".")
    assert case.expect.keys() <= {
        "changes", "blocked", "notes", "reasons", "error", "writes", "trace", "verdicts", "why", "then", "again",
    }  # fmt: skip


@pytest.mark.parametrize("name", [name for name in PARTICULAR if kind(name).writable])
def test_a_kind_pins_read_write_read(name: str) -> None:
    """S72: at least one case of every kind pins the trace, and it reads before and after it writes."""
    traces = [case.expect["trace"] for case in ALL if case.kind == name and "trace" in case.expect]
    assert traces, f"give tests/cases/{name}/update.yaml an expect.trace"
    for trace in traces:
        writes = [at for at, request in enumerate(trace) if not request.startswith("GET ")]
        assert writes and trace[0].startswith("GET ") and trace[-1].startswith("GET ")
