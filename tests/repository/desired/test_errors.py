"""Error texts are product: one badly broken repository, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.errors import InputError, ReconcileError
from reconciler.repository import desired

LOCATIONS = """\
# yaml-language-server: $schema=./schema.json
locations:
  - name: Madrid HQ
    address: {address1: Gran Via 1, city: Madrid, postal_code: 28013, country: ES}
    time_zone: Europe/Madird
    preferred_language: es_xx
    calling: {main_number: "910000000", outside_dial_digit: "99"}
    pstn: {trunk: A, provider: B}
    numbers:
      - {range: ["+34910000000", "+34910000099"], state: off}
      - {number: "910000002"}
    internal_dialing: {unknown_extensions: {route_group: 3}}
    outgoing_permissions: {profile: strickt, INTERNATIONAL: {action: DENY}}
  - name: Lisboa
    address: {country: Portugal}
    outgoing_permissions: {profile: strickt}
  - {}
"""

PEOPLE = """\
people:
  # numbers that are not quoted
  - email: ana@acme.com
    location: Madrid HQ
    extension: 0042
  - email: bob@acme.com
    location: Madrid HQ
    phone_number: "910000000"
  - email: carl@acme.com
    location: Nowhere
    phone_number: 910000001
    extenson: "1"
  - email: dora@acme
    first_name: null
    last_name: ""
    licenses: 5
    extension: "1"
  - email: eva@acme.com
    forwarding:
      always: {destination: "53{extension}"}
      no_answer: {destination: "53", rings: 99, voicemail: maybe}
    email: twice@acme.com
  - email: fred@acme.com
    licenses: [Calling, 7]
    forwarding: [a]
    first_name: [a]
    state: gone
  - just text
  -
"""

TABLE = """\
email,location,extension,forwarding.allways.destination,licenses,licenses
gus@acme.com,Madrid HQ,4711,,
hal@acme.com,Madrid HQ,4711,x,,A
ina@acme.com,Madrid HQ,1;2,,,
,Madrid HQ,4712,,,
"""

BROKEN = {
    "madrid/location.yaml": LOCATIONS,
    "madrid/people.yaml": PEOPLE,
    "madrid/Usuarios.csv": TABLE,
    "clash.yaml": """\
workspaces:
  - {name: Lobby, location: Lisboa, extension: "4711"}
  - {name: Lobby, location: Lisboa}
  - {name: Roof, location: Lisboa, extension: "4711"}
""",
    "syntax.yaml": "people:\n  - email: x@acme.com\n    first_name: 'Ann\n",
    "tabs.yaml": "people:\n\t- email: x@acme.com\n",
    "two.yaml": "people: []\n---\npeople: []\n",
    "list.yaml": "- email: x@acme.com\n",
    "names.yaml": "peeple: []\nworkspaces: {name: x}\ntrunks:\n  - name: T1\nlocations:\n",
    "odd.yaml": "people:\n  - &a {email: kim@acme.com, extensio: '12'}\n  - *a\n",
    "latin.yaml": "people:\n  - {email: o@acme.com, first_name: Jos\xe9}\n".encode("latin-1"),
    "Leute.csv": "email\nx@acme.com\n",
    "quote.csv": 'email\n"x@acme.com\n',
    "numbers.csv": 'number,location\n910000007,Madrid HQ\n"+34910000008",Madrid HQ\n',
    "empty.yaml": "# nothing yet\n",
}

TENANT = """\
schema_version: 1
org: {name: ACME, id: Y2lzY28}
manage: {persn: {prune: false}}
profiles:
  strict: {INTERNATIONAL: {action: DENY}}
  nested: {profile: strict}
"""


def test_every_kind_of_problem(repository: Callable[..., Path], snapshot: SnapshotAssertion) -> None:
    with pytest.raises(InputError) as error:
        desired.load(repository(BROKEN, tenant=TENANT))
    assert [p.order() for p in error.value.problems] == sorted(p.order() for p in error.value.problems)
    assert str(error.value) == snapshot


@pytest.mark.parametrize(
    "tenant",
    [
        "schema_version: 2\norg: {id: x}\n",
        "schema_version: 1\n",
        "org: {id: 7, nam: x}\nlimits: {delete: {max: -1, percent: 200}, remove: {}}\nprotect: x\n",
        "schema_version: [1\n",
        "just text\n",
        "",
        None,
    ],
    ids=["version", "no org", "fields", "syntax", "text", "empty", "missing"],
)
def test_tenant(repository: Callable[..., Path], snapshot: SnapshotAssertion, tenant: str | None) -> None:
    with pytest.raises(InputError) as error:
        desired.load(repository({"people.yaml": "people: []\n"}, tenant=tenant))
    assert str(error.value) == snapshot


def test_names_that_clash_or_lead_nowhere(repository: Callable[..., Path], snapshot: SnapshotAssertion) -> None:
    root = repository(
        {"calls.csv.yaml": "locations:\n  - {name: Madrid}\n  - {name: Toledo, time_zone: Mars}\n"},
        people="""\
people:
  - {email: ana@acme.com, location: Madird, extension: "4711"}
  - {email: bob@acme.com, location: Madrid, extension: "4712", phone_number: "+34910000001"}
  - {email: Bob@acme.com, location: Madrid}
  - {email: carl@acme.com, location: Madrid, numbers: {secondary: ["+34910000001"]}}
  - {email: dora@acme.com, location: Madrid, extension: "4712"}
  - {email: eva@acme.com, location: Toledo, licenses: {Calling: true}}
  - {email: fred@acme.com, location: Madrid, outgoing_permissions: {profile: strikt}}
  - {email: gus@acme.com, forwarding: {always: {destination: "53{extension}"}}}
""",
    )
    with pytest.raises(InputError) as error:
        desired.load(root)
    assert str(error.value) == snapshot


def test_nothing_but_a_tenant(repository: Callable[..., Path], snapshot: SnapshotAssertion) -> None:
    with pytest.raises(InputError) as error:
        desired.load(repository())
    assert str(error.value) == snapshot


def test_no_desired_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such folder"):
        desired.load(tmp_path)
    with pytest.raises(ReconcileError, match="reconcile adopt"):
        desired.find_root(tmp_path)


def test_the_root_is_found_from_within(repository: Callable[..., Path]) -> None:
    root = repository({"madrid/people.yaml": ""})
    assert desired.find_root(root / "desired/madrid") == root.resolve()


@pytest.mark.parametrize(
    ("written", "shown"),
    [("0042", "0042"), ("1234", "1234"), ("+34910000000", "+34910000000"), ("0x1F", "0x1F"), ("1_000", "1_000")],
)
def test_what_is_advised_is_what_was_written(repository: Callable[..., Path], written: str, shown: str) -> None:
    root = repository(people=f"people:\n  - email: a@acme.com\n    extension:  {written}  # note\n")
    (problem,) = desired.examine(root).problems
    assert (problem.line, problem.col) == (3, 17)
    assert problem.do == f'write it in quotes: "{shown}"'


def test_national_numbers(repository: Callable[..., Path]) -> None:
    people = 'people: [{email: a@acme.com, location: M, phone_number: "910000000"}]\n'
    root = repository(people=people, places="locations:\n  - name: M\n    address: {country: ES}\n")
    read = desired.examine(root)
    assert not read.problems
    assert [one.fields["phone_number"] for one in read.resources if one.kind == "person"] == ["+34910000000"]
    assert read.notices[0].endswith('phone_number: "910000000" is read as +34910000000')
    root = repository(people=people, places="locations:\n  - name: M\n    time_zone: Europe/Madrid\n")
    (problem,) = desired.examine(root).problems
    assert problem.what == 'phone_number: "910000000" is not E.164'
    assert "+ country code number" in problem.do
