"""What git leaves of a merge that did not go through is said to be that, whichever file it is in; nothing is read."""

from __future__ import annotations

import pytest

from tests.support.office import ANA, Office

SIDES = b"<<<<<<< HEAD\n%s\n=======\n%s\n>>>>>>> theirs\n"


@pytest.mark.issue10("C")
@pytest.mark.parametrize("file", ["manifest.json", "person"])
def test_a_snapshot_in_a_merge_conflict_is_said_to_be_one(office: Office, file: str) -> None:
    office.describe(people=[{"email": ANA, "last_name": "New"}])
    assert office.export("--no-report").code == 0
    state = office.root / "state"
    path = state / file if file == "manifest.json" else next(iter(sorted((state / file).glob("*.jsonl"))))
    whole = path.read_bytes().strip()
    path.write_bytes(SIDES % (whole, whole))
    for verb in (["plan", "--offline"], ["drift"]):
        said = office.reconcile(*verb)
        assert said.code == 1 and "in a merge conflict of git" in said.err and f"{path.name}:1" in said.err
        assert "git checkout --theirs -- state" in said.err


@pytest.mark.issue10("C")
def test_a_desired_file_in_a_merge_conflict_names_the_line(office: Office) -> None:
    text = b"people:\n  - email: a@example.com\n" + SIDES % (b"    last_name: A", b"    last_name: B")
    (office.root / "desired" / "all.yaml").write_bytes(text)
    said = office.reconcile("validate")
    assert said.code == 1 and "desired/all.yaml:3" in said.out + said.err
    assert "a merge conflict of git begins here" in said.out + said.err
