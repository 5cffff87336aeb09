"""S23: what holds for any tenant, without a write: run against the simulator, and against a sandbox of yours where one
variable names it (README.md in this folder)."""

from __future__ import annotations

import json
import re

from tests.sandbox.conftest import Place


def test_s23_the_token_may_read(place: Place) -> None:
    said = place.reconcile("export", "--preflight")
    assert said.code == 0, said.out


def test_s23_everything_is_read_with_the_requests_of_the_formula(exported: Place) -> None:
    assert exported.first is not None
    status = json.loads((exported.root / "inventory" / "status.json").read_text())
    assert exported.first.code == 0, [row for row in status if row["result"] != "ok"]
    assert len(status) > 80
    ((sent, expected),) = re.findall(r"([\d,]+) requests \(([\d,]+) expected\)", exported.first.err)
    again = int(sent.replace(",", "")) - int(expected.replace(",", ""))
    assert again == 0 or (exported.sandbox.file and again > 0)  # a tenant with rate limits is asked again


def test_s23_a_second_export_has_the_same_bytes(exported: Place) -> None:
    before = exported.files()
    assert exported.export().code == 0
    assert before and exported.files() == before


def test_s23_what_is_adopted_plans_empty_and_has_not_drifted(adopted: Place) -> None:
    for verb in (["plan", "--detailed-exitcode"], ["plan", "--offline", "--detailed-exitcode"], ["drift"], ["verify"]):
        said = adopted.reconcile(*verb)
        assert said.code == 0, said.out


def test_s23_what_was_exported_can_be_looked_at(adopted: Place) -> None:
    assert adopted.reconcile("validate").code == 0
    assert adopted.reconcile("insights").code in (0, 2)
    folder = adopted.root / "tables"
    made = adopted.reconcile("export", "-q", "--from-state", "--no-report", "--format", "csv", "--outputs", str(folder))
    assert made.code == 0 and list(folder.rglob("person.csv")), made.err


def test_s23_between_two_readings_there_is_no_history(exported: Place) -> None:
    assert exported.reconcile("export", "-q", "--dated", "days").code == 0  # a folder of the repository
    (day,) = (exported.root / "days").iterdir()
    said = exported.reconcile("history diff", str(day), "--detailed-exitcode")
    assert said.code == 0, said.out


def test_s23_nothing_but_get_was_asked(adopted: Place) -> None:
    """By construction: a reader's transport refuses all else. What left this process says so too."""
    assert set(adopted.asked) == {"GET"}
