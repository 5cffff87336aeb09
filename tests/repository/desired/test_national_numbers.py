"""S57: which national numbers are certain, whose country counts, and that every plan says what it read."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import InputError
from reconciler.planning.incremental import evaluating
from reconciler.repository import desired
from reconciler.repository.desired.phone import as_e164

pytestmark = pytest.mark.issue10("C")

ROOT = Path(__file__).parents[3]
#: What `011 234 5678` is in South Africa, and in Italy.
JOHANNESBURG, TURIN = "+27112345678", "+390112345678"

CERTAIN = {
    "ES": {"910 00 00 00": "+34910000000", "(91) 000-00-00": "+34910000000", "0034 910 000 000": "+34910000000"},
    "GB": {
        "(0161) 496 0000": "+441614960000",
        "+44 (0)20 7946 0010": "+442079460010",
        "020\u00a07946\u20110010": "+442079460010",
    },
    "IT": {"06 1234 5678": "+390612345678", "347 123 4567": "+393471234567", "0039 06 1234 5678": "+390612345678"},
    "US": {"(212) 555-0112": "+12125550112", "1-212-555-0112": "+12125550112", "011 44 20 7946 0010": "+442079460010"},
    "CA": {"416.555.0112": "+14165550112"},
    "MX": {"55 1234 5678": "+525512345678", "(55) 1234-5678": "+525512345678", "00 1 212 555 0112": "+12125550112"},
    "DE": {"030/1234567": "+49301234567", "030 123456-0": "+49301234560", "(+49) 30 123456": "+4930123456"},
    "AU": {"(02) 5550 1234": "+61255501234", "0011 44 20 7946 0010": "+442079460010"},
    "": {"00 34 910 000 000": "+34910000000", "+44 20 7946 0010": "+442079460010"},
}
DOUBTFUL = {
    "ES": ["900", "91 000", "910 00 00 00 ext 4"],
    "GB": ["20 7946 0010", "7946 0010", "0100", "020 7946 0010 / 0011"],
    "IT": ["6 1234 5678"],  # the 0 is a part of it
    "US": ["555-0112", "12 34"],
    "MX": ["1234 5678"],
    "DE": ["4711", "030 100", "221 4710", "0100"],  # somebody in the same town, or in Cologne
    "": ["020 7946 0010"],
    "XX": ["020 7946 0010"],
}


@pytest.mark.parametrize(("country", "written"), [(c, w) for c, numbers in CERTAIN.items() for w in numbers])
def test_what_is_written_as_it_is_dialled_there_is_certain(country: str, written: str) -> None:
    assert as_e164(written, country, certain=True) == CERTAIN[country][written]


@pytest.mark.parametrize(("country", "written"), [(c, w) for c, numbers in DOUBTFUL.items() for w in numbers])
def test_what_may_be_another_number_or_an_extension_is_not(country: str, written: str) -> None:
    assert as_e164(written, country, certain=True) == ""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The sample tenant, with one new person in a file of its own, at a place in a file of its own."""
    shutil.copytree(ROOT / "state", tmp_path / "state", ignore=shutil.ignore_patterns("runs"))
    shutil.copytree(ROOT / "desired", tmp_path / "desired")
    place(tmp_path, "ZA")
    person(tmp_path)
    inventory = ", ".join(f"{{number: '{number}', location: Annex}}" for number in (JOHANNESBURG, TURIN))
    (tmp_path / "desired" / "numbers.yaml").write_text(f"numbers: [{inventory}]\n", "utf-8")
    return tmp_path


def place(root: Path, country: str, name: str = "Annex") -> None:
    address = f"address: {{address1: a, city: b, postal_code: c, country: {country}}}, " if country else ""
    text = f"locations: [{{name: '{name}', {address}time_zone: Europe/London}}]\n"
    (root / "desired" / "annex.yaml").write_text(text, "utf-8")


def person(root: Path, number: str = "011 234 5678", location: str = "Annex", more: str = "") -> None:
    fields = f"email: n.field@example.com, first_name: N, location: '{location}', phone_number: '{number}'"
    (root / "desired" / "new.yaml").write_text(f"{more}people: [{{{fields}}}]\n", "utf-8")


def read(root: Path, **how: Any) -> tuple[str, list[str]]:
    """The number that the plan would write, and what is said of it."""
    found = evaluating.evaluate(root, **how)
    (made,) = (change for change in found.changes if change.address == "person/n.field@example.com")
    return made.want["phone_number"], [re.sub(r".* is read as ", "", said) for said in found.notices]


def test_the_country_of_another_file_counts_also_where_it_has_changed_since(root: Path) -> None:
    for country, number in (("ZA", JOHANNESBURG), ("IT", TURIN), ("ZA", JOHANNESBURG)):
        place(root, country)
        assert read(root) == (number, [number]) == read(root) == read(root, cache=False)
    place(root, "US")
    for _ in range(2):
        with pytest.raises(InputError, match="not E\\.164"):
            evaluating.evaluate(root)


def test_units_that_did_not_change_are_said_again(root: Path) -> None:
    place(root, "ZA")
    assert read(root)[1] == [JOHANNESBURG]
    person(root, more="workspaces: [{name: Cabin, location: Annex, extension: '7091'}]\n")
    assert read(root) == (JOHANNESBURG, [JOHANNESBURG]) == read(root)


def test_a_clash_of_numbers_is_seen_also_when_only_the_country_has_changed(root: Path) -> None:
    place(root, "ZA")
    other = f"people: [{{email: o.field@example.com, first_name: O, location: Annex, phone_number: '{TURIN}'}}]\n"
    (root / "desired" / "other.yaml").write_text(other, "utf-8")
    assert read(root)[0] == JOHANNESBURG
    place(root, "IT")
    with pytest.raises(InputError, match=re.escape(TURIN)):
        evaluating.evaluate(root)


def test_a_location_that_does_not_say_its_country_has_that_of_the_snapshot(root: Path) -> None:
    numbers = "calling: {main_number: '020 7946 0010'}, numbers: [{number: '020 7946 0999'}]"
    for file in (root / "desired").rglob("*"):
        if file.is_file() and file.name not in ("tenant.yaml",):
            file.unlink()
    (root / "desired" / "london.yaml").write_text(f"locations: [{{name: London HQ, {numbers}}}]\n", "utf-8")
    loaded = desired.load(root)
    assert [wanted.key for wanted in loaded.resources if wanted.kind == "number"] == ["+442079460999"]
    assert len(loaded.notices) == 2
    shutil.rmtree(root / "state")
    with pytest.raises(InputError) as refused:
        desired.load(root, references=False)
    assert "nobody says here which country it is in" in str(refused.value)


@pytest.mark.parametrize("spelled", ["Café ", "Cafe\u0301", " Café"])
def test_a_location_is_found_in_its_normal_form(root: Path, spelled: str) -> None:
    place(root, "ZA", "Café")
    person(root, location=spelled)
    (root / "desired" / "numbers.yaml").write_text(
        f"numbers: [{{number: '{JOHANNESBURG}', location: Café}}]\n", "utf-8"
    )
    assert read(root)[0] == JOHANNESBURG


def test_a_workspace_is_not_of_the_country_of_a_location_that_has_its_name(root: Path) -> None:
    room = "workspaces: [{name: London HQ, calling: {}, phone_number: '020 7946 0010'}]\n"
    (root / "desired" / "new.yaml").write_text(room.replace("calling: {}, ", ""), "utf-8")
    with pytest.raises(InputError, match="not E\\.164"):
        desired.load(root)
