"""A file that adopt changes keeps its form: line ends, byte order mark, indentation, the mark at which it begins."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from reconciler.adopt import adopt
from reconciler.model.snapshot import Current, MemorySnapshot

KEY = "a@example.com"
OURS = "people:\n  - email: a@example.com\n    display_name: Old\n    forwarding:\n      always: {destination: '100'}\n"
WIDE = (
    "%YAML 1.2\n--- # ours\npeople:\n    -   email: a@example.com\n        display_name: Old\n"
    "        forwarding:\n            always:\n                destination: '100'\n"
)
FLAT = "# Ours.\n---\n\npeople:\n- email: a@example.com   # the first\n  display_name: Old\n\n# end\n"


def snapshot_of(root: Path) -> MemorySnapshot:
    (root / "desired").mkdir(exist_ok=True)
    (root / "desired" / "tenant.yaml").write_text("schema_version: 1\norg: {name: Office, id: T1JH}\n")
    fields = {"email": KEY, "display_name": "New"}
    held = {"person": {KEY: Current("person", KEY, "1", fields)}}
    return MemorySnapshot({"id": "T1JH", "name": "Office"}, held, {})


@pytest.mark.issue10("C")
@pytest.mark.parametrize("text", [OURS, WIDE, FLAT, f"{OURS}\n"], ids=["ours", "wide", "flat", "blank"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_g5_only_the_line_that_drifted_is_another(text: str, newline: str, encoding: str, tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path)
    file = tmp_path / "desired" / "people.yaml"
    file.write_bytes(text.replace("\n", newline).encode(encoding))
    done = adopt(tmp_path, snapshot, snapshot.org)
    assert done.left == [] and len(done.edited) == 1
    now = file.read_bytes()
    assert now == text.replace("Old", "New").replace("\n", newline).encode(encoding)


@pytest.mark.issue10("C")
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, b".env\n.reconcile/\nstate/runs/\nsim.json\n"),
        (b"*.pyc\r\n.env", b"*.pyc\r\n.env\r\n.reconcile/\r\nstate/runs/\r\nsim.json\r\n"),
        (b"sim.json\nstate/runs/\n.reconcile/\n.env\n", b"sim.json\nstate/runs/\n.reconcile/\n.env\n"),
    ],
)
def test_a_new_repository_keeps_tokens_and_runs_out_of_git(before: bytes | None, after: bytes, tmp_path: Path) -> None:
    if before is not None:
        (tmp_path / ".gitignore").write_bytes(before)
    snapshot = MemorySnapshot({"id": "T1JH", "name": "Office"}, {}, {})
    adopt(tmp_path, snapshot, snapshot.org)
    assert (tmp_path / "desired" / "tenant.yaml").is_file() and (tmp_path / ".gitignore").read_bytes() == after
    (tmp_path / ".gitignore").write_bytes(b"mine\n")
    adopt(tmp_path, snapshot, snapshot.org)
    assert (tmp_path / ".gitignore").read_bytes() == b"mine\n", "it is written once, and theirs from then on"


@pytest.mark.issue10("C")
def test_entries_that_are_added_stand_as_the_others_do(tmp_path: Path) -> None:
    snapshot = snapshot_of(tmp_path)
    snapshot.kinds["person"]["b@example.com"] = Current("person", "b@example.com", "2", {"email": "b@example.com"})
    file = tmp_path / "desired" / "people.yaml"
    file.write_bytes(WIDE.replace("Old", "New").replace("\n", "\r\n").encode("utf-8-sig"))
    adopt(tmp_path, snapshot, snapshot.org)
    before = WIDE.replace("Old", "New").splitlines()
    after = file.read_bytes().decode("utf-8-sig").split("\r\n")[:-1]
    added = [line[2:] for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert added == ["    -   email: b@example.com"]
