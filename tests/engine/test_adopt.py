"""Adopt: everything and then plan is empty; one drifted field changes one line; what cannot be written is said."""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path

import pytest

from reconciler.adopt import adopt
from reconciler.cli.app import run
from reconciler.kinds import owners
from reconciler.model.snapshot import MemorySnapshot
from reconciler.repository import store
from reconciler.simulator import Simulator, generate_tenant, sample_tenant

ROOT = Path(__file__).parents[2]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    for folder in ("desired", "state"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("runs"))
    return tmp_path


@pytest.mark.parametrize("tenant", [sample_tenant(), generate_tenant(people=40, locations=3, workspaces=9, seed=5)])
def test_adopt_of_everything_then_plan_is_empty(
    tenant: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Simulator(tenant) as sim:
        monkeypatch.setenv("WEBEX_API_URL", sim.base_url)
        monkeypatch.setenv("WEBEX_ACCESS_TOKEN", sim.token)
        for arguments in (["export"], ["adopt"], ["validate"], ["plan", "--detailed-exitcode"], ["verify"]):
            assert run([arguments[0], "-C", str(tmp_path), *arguments[1:]]) == 0, capsys.readouterr().err
        assert run(["plan", "-C", str(tmp_path), "--offline", "--detailed-exitcode"]) == 0
        assert set(sim.requests()["by_method"]) == {"GET"}
    assert "No changes." in capsys.readouterr().out


def _drift(repo: Path, kind: str, name: str, was: str, now: str) -> store.StoredSnapshot:
    """The committed snapshot with one value changed, as an export after somebody's click would leave it."""
    snapshot = store.open(repo / "state")
    current = snapshot.get(kind, name)
    assert current is not None and was in repr(current.fields)
    current.fields = eval(repr(current.fields).replace(was, now, 1))
    snapshot.get = lambda k, key, real=snapshot.get: current if (k, key) == (kind, name) else real(k, key)  # type: ignore[method-assign]
    return snapshot


def test_a_drifted_field_changes_one_line(repo: Path) -> None:
    file = repo / "desired" / "london-hq" / "people.yaml"
    file.write_text(
        "# Ours.\n" + file.read_text().replace("    first_name: Amelia\n", "    first_name: Amelia # Amy\n", 1)
    )
    before = file.read_text()
    snapshot = _drift(
        repo, "person", "amelia.ashford@example.com", "'display_name': 'Amelia Ashford'", "'display_name': 'Amy'"
    )
    done = adopt(repo, snapshot, snapshot.org, ["person/*"])
    changed = [line for line in difflib.ndiff(before.splitlines(), file.read_text().splitlines()) if line[0] in "+-"]
    assert changed == ["-     display_name: Amelia Ashford", "+     display_name: Amy"]
    assert done.edited == ["desired/london-hq/people.yaml:3 person/amelia.ashford@example.com display_name"]
    assert (done.written, done.left) == ({}, [])


def test_what_stands_in_csv_or_in_a_range_is_said(repo: Path) -> None:
    snapshot = _drift(repo, "person", "bjorn.castellan@example.com", "'extension': '1107'", "'extension': '1199'")
    done = adopt(repo, snapshot, snapshot.org)
    assert done.edited == []
    assert done.left == [
        "desired/manchester/people.csv:3: person/bjorn.castellan@example.com is described in CSV: "
        "extension is '1199' in the tenant"
    ]
    snapshot = _drift(repo, "number", "+442079460099", "'state': 'inactive'", "'state': 'active'")
    (left,) = adopt(repo, snapshot, snapshot.org).left
    assert "number/+442079460099" in left and "'active' in the tenant" in left


def test_new_resources_go_to_the_end_of_their_file(repo: Path) -> None:
    file = repo / "desired" / "london-hq" / "workspaces.yaml"
    text = file.read_text()
    kept, _, last = text.rpartition("  - name: ")
    file.write_text(kept)
    snapshot = store.open(repo / "state")
    done = adopt(repo, snapshot, snapshot.org, ["workspace/*"])
    assert done.written == {"desired/london-hq/workspaces.yaml": 1}
    assert file.read_text().startswith(kept)
    assert file.read_text().count("  - name: ") == text.count("  - name: ")
    assert last.splitlines()[0] in file.read_text()


def test_patterns_choose(repo: Path) -> None:
    shutil.rmtree(repo / "desired")
    snapshot = store.open(repo / "state")
    done = adopt(repo, snapshot, snapshot.org, ["location/London*", "person/amelia.ashford@*"])
    assert done.written == {"desired/london-hq/location.yaml": 1, "desired/london-hq/people.yaml": 1}
    assert (repo / "desired" / "tenant.yaml").exists()


def test_broken_desired_files_stop_it(repo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (repo / "desired" / "bad.yaml").write_text("people: 3\n")
    before = {path: path.read_bytes() for path in (repo / "desired").rglob("*") if path.is_file()}
    assert run(["adopt", "-C", str(repo)]) == 1
    assert "nothing is adopted" in capsys.readouterr().err
    assert before == {path: path.read_bytes() for path in (repo / "desired").rglob("*") if path.is_file()}


def test_what_is_at_one_of_two_locations_of_a_name_is_left_out(
    server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By that name two places would become one, where the same extension is in use twice: it would not load."""
    tenant = generate_tenant(people=6, locations=3, workspaces=2, seed=5)
    first, second, third = tenant["locations"]
    second["name"] = first["name"]
    server.load(tenant)
    monkeypatch.setenv("WEBEX_API_URL", server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", server.token)
    codes = {}
    for words in (["export", "-q"], ["adopt"], ["validate"], ["plan", "--detailed-exitcode"], ["adopt", "person/*"]):
        codes[" ".join(words)] = run([words[0], "-C", str(tmp_path), *words[1:]])
    assert codes == {"export -q": 0, "adopt": 3, "validate": 0, "plan --detailed-exitcode": 0, "adopt person/*": 3}
    told = capsys.readouterr().err
    (place,) = {line for line in told.splitlines() if line.startswith(f"left alone: location/{first['name']}: ")}
    both = store.open(tmp_path / "state").get("location", first["name"])
    assert both is not None and len(both.candidates) == 2 and all(one in place for one in both.candidates)
    assert "rename all but one" in place
    places = (first["id"], second["id"])
    there = [one["emails"][0] for one in tenant["people"] if (one["calling"] or {}).get("location") in places]
    assert there and all(f"person/{email}" in told for email in there)
    assert "numbers in all: several locations are called" in told
    written = "".join(path.read_text() for path in (tmp_path / "desired").rglob("*.yaml"))
    assert third["name"] in written and first["name"] not in written


def test_a_snapshot_without_anything_has_nothing_to_adopt(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = MemorySnapshot({"id": "org", "name": "ACME"}, {kind.name: {} for kind in owners()})
    store.write(tmp_path / "state", empty)
    assert run(["adopt", "person/*", "-C", str(tmp_path)]) == 64
    assert "nothing in the snapshot matches person/*" in capsys.readouterr().err
    assert not (tmp_path / "desired").exists(), "a mistyped pattern pins nothing"
    assert run(["adopt", "-C", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert "the snapshot has no resource that can be managed" in said.out and said.err == ""
    assert "pins the organisation" in said.out
    empty.gaps["person"] = "HTTP 403"
    store.write(tmp_path / "state", empty)
    assert run(["adopt", "-C", str(tmp_path)]) == 7
    assert "incomplete: person: HTTP 403" in capsys.readouterr().err
