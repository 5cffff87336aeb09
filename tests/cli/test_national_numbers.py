"""S57: a number as it is dialled in its country is read in E.164, and said; what is not certain stays an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reconciler.simulator import Simulator

pytestmark = pytest.mark.issue10("C")

_HIRE = "people: [{{email: nora.field@example.com, first_name: Nora, location: {place}, extension: '0991', {more}}}]\n"


def write(repo: Path, more: str, place: str = "London HQ") -> None:
    (repo / "desired" / "new.yaml").write_text(_HIRE.format(place=place, more=more), "utf-8")


@pytest.mark.parametrize(
    ("written", "place", "number"),
    [
        ("020 7946 0010", "London HQ", "+442079460010"),
        ("+44 (0)20 7946 0010", "London HQ", "+442079460010"),
        ("0044 20 7946 0010", "New York", "+442079460010"),
        ("(212) 555-0112", "New York", "+12125550112"),
    ],
)
def test_a_number_with_a_known_country_is_read_and_said(
    reconcile: Any, repo: Path, written: str, place: str, number: str
) -> None:
    write(repo, f"forwarding: {{busy: {{destination: '{written}'}}}}", place)
    said = reconcile("validate")
    assert said.code == 0
    assert "desired/new.yaml:1:" in said.err and f'destination: "{written}" is read as {number}' in said.err


def test_a_main_phone_number_too(reconcile: Any, repo: Path) -> None:
    write(repo, "phone_number: '020 7946 0099'")
    said = reconcile("validate")
    assert 'phone_number: "020 7946 0099" is read as +442079460099' in said.err


def test_the_plan_says_it_and_writes_e164(reconcile: Any, sim: Simulator, repo: Path) -> None:
    write(repo, "licenses: [Webex Calling - Professional], forwarding: {busy: {destination: '020 7946 0010'}}")
    said = reconcile("plan").out
    assert '"020 7946 0010" is read as +442079460010' in said and '+ busy.destination "+442079460010"' in said


@pytest.mark.parametrize("written", ["7946 0010", "12 34", "020 7946 00100000", "phone 020 7946 0010"])
def test_what_is_not_certain_is_refused_as_before(reconcile: Any, repo: Path, written: str) -> None:
    write(repo, f"phone_number: '{written}'")
    said = reconcile("validate")
    assert said.code == 1 and "is not E.164" in said.err and "is read as" not in said.err


@pytest.mark.parametrize("written", ["0100", "02079460010", "53{extension}"])
def test_extensions_policies_and_what_is_dialled_stay(reconcile: Any, repo: Path, written: str) -> None:
    write(repo, f"forwarding: {{busy: {{destination: '{written}'}}}}")
    said = reconcile("validate")
    assert said.code == 0 and "is read as" not in said.err
