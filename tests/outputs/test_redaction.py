"""No e-mail, number or name of the tenant is in any byte of a masked export; equal values have equal masks (S33)."""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.outputs import Request, write
from reconciler.outputs.redaction import Redactor
from tests.outputs.conftest import Rich, files_of

KEY = b"0123456789abcdef0123456789abcdef"
FORMATS = ("csv", "json", "jsonl", "sqlite")
E164 = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True).filter(lambda text: not text.startswith("+999"))
MAIL = st.from_regex(r"[^@\s/\x00-\x1f\x7f,;<>\"]{1,12}@[a-z0-9-]{1,8}\.[a-z]{2,5}", fullmatch=True)
AROUND = st.sampled_from(["", " ", "call ", "mailto:", "sip:", "<", ">", "(", ")", ", ", "/", "x=", ".", "tel:"])


def _formats() -> tuple[str, ...]:
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        return FORMATS
    return (*FORMATS, "parquet")


def _secrets(state: Any) -> tuple[set[str], set[str], set[str]]:
    """Every e-mail, number and whole name in the tenant's state, wherever it stands."""
    text = json.dumps(state, ensure_ascii=False)
    mails = set(re.findall(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+", text))
    numbers = {re.sub(r"\D", "", one) for one in re.findall(r"\+\d[\d-]{6,}", text)}
    return mails, numbers, {person["displayName"] for person in state["people"]}


def test_s33_nothing_of_the_rich_tenant_is_left(rich: Rich, tmp_path: Path) -> None:
    mails, numbers, names = _secrets(rich.state)
    assert len(mails) >= 60 and len(numbers) >= 300 and len(names) == 60
    statuses = list(rich.exported.statuses)
    for layout, formats in (("tables", _formats()), ("odt", ("csv", "json"))):
        write(tmp_path / layout, rich.exported.snapshot, statuses, Request(formats, layout, redact=True, key=KEY))
        for file in (tmp_path / layout).rglob("*"):
            data = file.read_bytes().decode("utf-8", "replace") if file.is_file() else file.name
            if file.suffix == ".parquet":
                data = _plain_parquet(file)
            for secret in (*mails, *numbers, *names):
                assert secret not in data, f"{secret} in {file.relative_to(tmp_path)}"


def _plain_parquet(file: Path) -> str:
    """What is in it: its pages are compressed."""
    parquet = pytest.importorskip("pyarrow.parquet")
    return json.dumps(parquet.read_table(file).to_pylist(), ensure_ascii=False)


def test_masks_join_as_the_values_did(rich: Rich, tmp_path: Path) -> None:
    for name, redact in (("open", False), ("masked", True)):
        write(tmp_path / name, rich.exported.snapshot, [], Request(("csv",), redact=redact, key=KEY))
    shapes = []
    for name in ("open", "masked"):
        rows = {
            table: list(csv.DictReader(io.StringIO((tmp_path / name / f"csv/{table}.csv").read_text("utf-8"))))
            for table in ("person", "number", "view.queue_agents", "call_queue")
        }
        people = {row["address"]: row["phone_number"] for row in rows["person"]}
        numbers = {row["number"] for row in rows["number"]}
        assert {
            row["agent"] for row in rows["view.queue_agents"] if row["agent"].startswith("person/")
        } <= people.keys()
        assert {number for number in people.values() if number} <= numbers
        shapes.append({table: len(found) for table, found in rows.items()})
        if name == "masked":
            assert all(re.fullmatch(r"person/person-[0-9a-f]{14}@redacted\.example", one) for one in people)
            assert all(re.fullmatch(r"\+999\d{12}", one) for one in numbers)
            assert [row["address"] for row in rows["person"]] == sorted(people), "the order tells nothing of the names"
            assert all(row["name"] and not row["name"].startswith("Person") for row in rows["call_queue"])
    assert shapes[0] == shapes[1]


def test_the_key_decides_whether_runs_compare(rich: Rich, tmp_path: Path) -> None:
    snapshot = MemorySnapshot(rich.exported.snapshot.org, {"person": rich.exported.snapshot.kinds["person"]})
    made = []
    for number, key in enumerate((KEY, KEY, b"another key, long enough", None, None)):
        write(tmp_path / str(number), snapshot, [], Request(("jsonl",), redact=True, key=key))
        made.append(files_of(tmp_path / str(number))["jsonl/person.jsonl"])
    assert made[0] == made[1] and len(set(made)) == 4
    assert not any(KEY in data or KEY.hex().encode() in data for data in files_of(tmp_path / "0").values())


@given(mail=MAIL, number=E164, before=AROUND, after=AROUND)
def test_wherever_they_stand(mail: str, number: str, before: str, after: str) -> None:
    """Whole values, keys, parts of texts, below lists and mappings, as keys of mappings, behind remote ids."""
    redactor = Redactor(KEY)
    coded = base64.urlsafe_b64encode(f"ciscospark://us/X/{number}".encode()).decode().rstrip("=")
    current = Current(
        "person",
        mail,
        coded,
        {"note": f"{before}{mail}{after}", "list": [{"a": f"{before}{number}{after}"}], number: {mail: number}},
        {"owner": f"PEOPLE {mail}"},
        {"part": f"GET /people?email={mail} {number}"},
        [f"{number} in {mail}"],
    )
    hidden = redactor.current(current)
    text = json.dumps([getattr(hidden, name) for name in ("key", "id", "fields", "facts", "unknown", "candidates")],
                      ensure_ascii=False)  # fmt: skip
    assert mail not in text and number not in text
    decoded = base64.urlsafe_b64decode(hidden.id + "=" * (-len(hidden.id) % 4)).decode()
    assert number not in decoded and decoded.startswith("ciscospark://us/X/+999")
    assert hidden.key == redactor.mail(mail) and hidden.fields[redactor.number(number)][hidden.key]


@pytest.mark.parametrize("mail", ["o'brien@example.com", "a,b@example.com", "a:b@example.com", "(x)=y@example.com"])
def test_no_part_of_an_odd_address_is_left(mail: str) -> None:
    redactor = Redactor(KEY)
    assert redactor.text(f"person/{mail}") == f"person/{redactor.mail(mail)}"
    assert redactor.text("Ask ana@example.com.") == f"Ask {redactor.mail('ana@example.com')}."


@given(numbers=st.sets(st.from_regex(r"[0-9]{7,10}", fullmatch=True), max_size=50), key=st.binary(min_size=16))
def test_no_two_short_numbers_get_the_same_mask(numbers: set[str], key: bytes) -> None:
    redactor = Redactor(key)
    masks = {redactor.text(number) for number in numbers}
    assert len(masks) == len(numbers)
    assert {len(mask) for mask in masks} == {len(number) for number in numbers}


@given(numbers=st.sets(E164, max_size=50))
def test_no_two_numbers_get_the_same_mask(numbers: set[str]) -> None:
    redactor = Redactor(KEY)
    assert len({redactor.text(number) for number in numbers}) == len(numbers)


@pytest.mark.parametrize(
    "same",
    ["+442079460010", "+44-2079460010", "+44 20 7946 0010", "+44 (20) 7946-0010", "00442079460010", "442079460010"],
)
def test_one_number_in_many_spellings_has_one_mask(same: str) -> None:
    redactor = Redactor(KEY)
    assert redactor.text(same).lstrip("+0") == redactor.text("+442079460010").lstrip("+")


@pytest.mark.parametrize(
    "text",
    [
        "0100",
        "123456",
        "London HQ/Sales",
        "2026-11-21T14:19:24.123Z",
        "2026-11-21 14:19:24",
        "192.168.100.200",
        "83568e93-0241-5aa8-ba55-556e27438249",
        "Y2lzY29zcGFyazovL3VzL1BFT1BMRS84MzU2ZTkzYy0wMjQxLTVhYTgtYmE1NS01NTZlMjc0MzgyNDk",
        "Webex Calling - Professional",
        "+33!",
    ],
)
def test_what_stays(text: str) -> None:
    """Extensions of up to six digits, places, times, addresses of machines, remote ids."""
    assert Redactor(KEY).text(text) == text


def test_names_of_people_and_what_opens_something() -> None:
    redactor = Redactor(KEY)
    redactor.learn({"first_name": "José", "last_name": "Núñez", "display_name": "José Núñez (Ops)"})
    hidden = redactor.value(
        {
            "agents": [{"id": "person/a@example.com", "display_name": "Somebody Else", "name": "x"}],
            "caller_id_first_name": "José",
            "name": "Room of José Núñez, 2",
            "owner": "José Núñez",
            "place": {"id": "location/L", "name": "London HQ"},
            "access_codes": [{"code": "4711", "description": "night"}],
        }
    )
    text = json.dumps(hidden, ensure_ascii=False)
    assert not re.search("José|Núñez|Somebody|4711", text)
    assert hidden["place"] == {"id": "location/L", "name": "London HQ"}
    assert hidden["owner"] == redactor.name("José Núñez") and hidden["owner"] in hidden["name"]
    facts = Current("number", "+442079460000", "", {}, {"owner": "PEOPLE Zoë Unknown"})
    assert redactor.current(facts).facts == {"owner": f"PEOPLE {redactor.name('Zoë Unknown')}"}
