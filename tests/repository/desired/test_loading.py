"""Desired files of any layout become the same resources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.kinds import kind, sections_of
from reconciler.kinds.contract.marks import claims, references
from reconciler.model.desired import Wanted
from reconciler.repository import desired

Repository = Callable[..., Path]


def fields(root: Path) -> dict[str, object]:
    return {wanted.address: "absent" if wanted.absent else wanted.fields for wanted in desired.load(root).resources}


def test_yaml_and_csv_say_the_same(repository: Repository) -> None:
    root = repository(
        {
            "a.yaml": """\
people:
  - email: Ana@Acme.com
    location: Madrid
    extension: "0042"
    licenses: [B, A]
    forwarding: {always: null, no_answer: {destination: "53{extension}", rings: 4}}
    outgoing_permissions: null
"""
        }
    )
    by_yaml = fields(root)
    (root / "desired/a.yaml").unlink()
    table = (
        "email;location;extension;licenses;forwarding.always;forwarding.no_answer.destination;"
        "forwarding.no_answer.rings;outgoing_permissions;first_name\r\n"
        "Ana@Acme.com;Madrid;0042;B|A;REMOVE;53{extension};4;REMOVE;\r\n"
    )
    for name, data in (("USUARIOS.csv", table.encode("utf-8-sig")), ("people.csv", table.encode("cp1252"))):
        path = root / "desired" / name
        path.write_bytes(data)
        assert fields(root) == by_yaml
        path.unlink()
    no_answer = {"destination": "530042", "rings": 4}
    assert by_yaml["person/ana@acme.com"] == {
        "email": "ana@acme.com",
        "location": "Madrid",
        "extension": "0042",
        "licenses": ["A", "B"],
        "forwarding": {"always": None, "no_answer": no_answer},
        "outgoing_permissions": None,
    }


@pytest.mark.parametrize(
    "text",
    [
        "people:\n- email: a@b.cc\n  first_name: X\n- email: c@d.ee\n",
        "---\n# all\npeople:   #\n\n      - email: a@b.cc\n        first_name: X\n\n      #\n      - email: c@d.ee",
        "people: [{email: a@b.cc, first_name: X}, {email: c@d.ee}]\n",
        "Usuarios:\n  - {email: a@b.cc, first_name: X}\nusers:\n  - email: c@d.ee\n",
        "people:\n  - first_name: &x X\n    email: a@b.cc\n  - {email: c@d.ee}\n",
        "people:\n  -\n    email: a@b.cc\n    first_name: 'X'\n  - {email:\n  c@d.ee}\n",
        "people:\r\n  - email: a@b.cc\r\n    first_name: X\r\n  - email: c@d.ee\r\n",
        "\ufeffpeople:\n  - email: a@b.cc\n    first_name: >-\n      X\n  - email: c@d.ee\n",
    ],
)
def test_any_layout(repository: Repository, text: str) -> None:
    assert fields(repository(people=text)) == {
        "person/a@b.cc": {"email": "a@b.cc", "first_name": "X"},
        "person/c@d.ee": {"email": "c@d.ee"},
    }


def test_text_in_quotes_over_lines_that_look_like_items(repository: Repository) -> None:
    root = repository(people='people:\n  - email: a@b.cc\n    first_name: "X\n  - y"\n  - email: c@d.ee\n')
    assert fields(root)["person/a@b.cc"] == {"email": "a@b.cc", "first_name": "X - y"}


def test_anchors_and_merges_across_items(repository: Repository) -> None:
    text = "people:\n  - &one\n    email: a@b.cc\n    location: M\n  - <<: *one\n    email: c@d.ee\n"
    root = repository(people=text)
    assert fields(root)["person/c@d.ee"] == {"email": "c@d.ee", "location": "M"}
    assert [wanted.line for wanted in desired.load(root).resources] == [2, 5]


def test_numbers_leave_their_location_and_ranges_their_brackets(repository: Repository) -> None:
    root = repository(
        places="""\
locations:
  - name: Madrid
    numbers:
      - {range: ["+34910000008", "+34910000010"], state: inactive}
      - {number: "+34910000020"}
      - {number: "+34910000021", state: absent}
""",
        more="numeraciones:\n  - {number: '+34910000030', location: Madrid, state: absent}\n",
    )
    found = fields(root)
    inactive = [f"number/+3491000{n:04d}" for n in (8, 9, 10)]
    assert [address for address in found if address in inactive] == inactive
    assert found["number/+34910000009"] == {"number": "+34910000009", "location": "Madrid", "state": "inactive"}
    assert found["number/+34910000020"] == {"number": "+34910000020", "location": "Madrid"}
    assert found["number/+34910000021"] == found["number/+34910000030"] == "absent"
    assert found["location/Madrid"] == {"name": "Madrid"}


def test_profiles_are_merged_under_what_is_said_here(repository: Repository) -> None:
    text = "people:\n  - email: a@b.cc\n    outgoing_permissions: {profile: strict, LOCAL: {action: ALLOW}}\n"
    assert fields(repository(people=text))["person/a@b.cc"] == {
        "email": "a@b.cc",
        "outgoing_permissions": {"INTERNATIONAL": {"action": "BLOCK"}, "LOCAL": {"action": "ALLOW"}},
    }


def test_the_fingerprint_is_of_names_and_contents(repository: Repository) -> None:
    root = repository(people="people: []\n")
    first = desired.load(root).fingerprint
    assert desired.load(root).fingerprint == first
    (root / "desired/people.yaml").rename(root / "desired/persons.yaml")
    second = desired.load(root).fingerprint
    (root / "desired/persons.yaml").write_text("people:  []\n")
    assert len({first, second, desired.load(root).fingerprint}) == 3


def test_the_quick_names_are_those_of_the_marks(repository: Repository) -> None:
    from reconciler.repository.desired.checks import names_in

    root = repository(
        places="""\
locations:
  - name: Madrid
    calling: {main_number: "+34910000001"}
    pstn: {trunk: T}
    internal_dialing: {unknown_extensions: {route_group: R}}
    numbers: [{number: "+34910000001"}]
people:
  - {email: a@b.cc, location: Madrid, extension: "12", phone_number: "+34910000001",
     licenses: {A: true, B: false}, numbers: {secondary: ["+34910000002", "+34910000003"]}}
workspaces:
  - {name: W, location: Madrid, extension: null, license: L}
""",
    )

    def by_marks(wanted: Wanted) -> tuple[set[str], set[str]]:
        parts = [(kind(wanted.kind), wanted.fields)]
        parts += [(s, wanted.fields[n]) for n, s in sections_of(wanted.kind).items() if wanted.fields.get(n)]
        taken = {claim for k, f in parts for claim in claims(k, f)}
        return taken, {one.address for k, f in parts for one in references(k, f)}

    for wanted in desired.examine(root).resources:
        quick = names_in(wanted)
        assert (set(quick[0]), set(quick[1])) == by_marks(wanted)


def test_references_are_judged_by_desired_and_state(repository: Repository) -> None:
    from reconciler.model.snapshot import Current, MemorySnapshot
    from reconciler.repository import store

    root = repository(people="people:\n  - {email: a@b.cc, location: Lugo, licenses: [L]}\n")
    assert not desired.examine(root).problems
    snapshot = MemorySnapshot(org={"id": "Y2lzY28"})
    snapshot.add(Current("location", "Vigo", "1", {"name": "Vigo"}))
    store.write(root / "state", snapshot)
    (problem,) = desired.examine(root).problems
    assert "there is no location 'Lugo'" in problem.what
    snapshot.add(Current("location", "Lugo", "2", {"name": "Lugo"}))
    store.write(root / "state", snapshot)
    assert not desired.examine(root).problems
