"""What each verb says of itself, and what an export shows in a terminal."""

from __future__ import annotations

import re

import pytest

from reconciler.cli.app import run
from reconciler.cli.history import history
from reconciler.cli.verbs import VERBS
from reconciler.report.inventory_text import statuses_text

_HISTORY = [f"history {name}" for name in history if not name.startswith("-")]
#: The overview and the version are answered before any verb; `history` alone lists its own verbs.
ASKED = [*sorted(VERBS.keys() - {"version", "history"}), *_HISTORY]


@pytest.mark.parametrize("verb", ASKED)
def test_a_help_names_its_exit_codes_and_no_default_that_is_nothing(
    verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*verb.split(), "--help"]) == 0
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert re.search(r"Exit codes?: (0|those of apply)", said), said[:600]
    assert not re.search(r'\[default: (""|False|None)\]', said)


def test_a_default_that_says_something_stays(capsys: pytest.CaptureFixture[str]) -> None:
    run(["export", "--help"])
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    for default in ("8", "6h", "tables", "1.0", "12"):
        assert f"[default: {default}]" in said


def row(artefact: str, count: int, **more: object) -> dict[str, object]:
    return {"artefact": artefact, "result": "ok", "count": count, "not_entitled": 0, "why": "", **more}


ROWS = [
    row("available_numbers.virtual_line_call_forward", 3),
    row("call_park", 0),
    row("call_pickup", 0),
    row("group", 0, result="forbidden", why="\x1b[31mno"),
    row("person", 1200),
    row("person.numbers", 0, not_entitled=1200),
]


def test_the_table_of_an_export() -> None:
    """Columns stand under each other whatever the names; what there is nothing of takes one line; nothing acts."""
    assert statuses_text(ROWS, every=False).splitlines() == [
        "available_numbers.virtual_line_call_forward       3",
        "group                                             0  forbidden: \\x1b[31mno",
        "person                                        1,200",
        "person.numbers                                    0  1,200 not entitled",
        "2 artefacts with nothing: call_park, call_pickup",
    ]
    every = statuses_text(ROWS, every=True).splitlines()
    assert len(every) == len(ROWS) and every[1].split() == ["call_park", "0"]
    assert statuses_text([], every=False) == ""
