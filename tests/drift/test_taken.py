"""When the snapshot was taken: told by the export, by the commit, or not at all; never by the snapshot's own bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from reconciler.repository import git
from reconciler.repository.store.taken import note, taken
from tests.support.office import ANA, Office

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_two_exports_of_an_unchanged_tenant_give_the_same_bytes_and_a_later_time(office: Office) -> None:
    office.export()
    before, first = content(office.root / "state"), taken(office.root)
    office.export()
    assert content(office.root / "state") == before
    second = taken(office.root)
    assert all(second.kinds[kind] > moment for kind, moment in first.kinds.items()) and first.kinds


def test_the_time_is_the_beginning_of_the_reading(office: Office) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    office.export()
    moment = taken(office.root).earliest(["person"])
    assert moment is not None and before <= moment <= datetime.now(UTC)


def test_an_export_of_one_kind_says_nothing_of_the_others(office: Office) -> None:
    office.export()
    note(office.root, taken(office.root).kinds, LONG_AGO)
    office.reconcile("export", "--kind", "person")
    found = taken(office.root)
    assert found.kinds["location"] == LONG_AGO < found.kinds["person"]
    assert found.earliest(["person", "location"]) == LONG_AGO


def test_an_export_to_elsewhere_says_nothing_of_state(office: Office) -> None:
    office.export()
    note(office.root, taken(office.root).kinds, LONG_AGO)
    office.export("--out", str(office.root / "elsewhere"))
    assert set(taken(office.root).kinds.values()) == {LONG_AGO}


def test_another_snapshot_than_the_one_that_was_noted_has_no_time(office: Office) -> None:
    office.export("--out", str(office.root / "other"))
    office.rename(ANA, "Renamed")
    office.export()
    note(office.root, taken(office.root).kinds, LONG_AGO)
    for name, data in content(office.root / "other").items():
        (office.root / "state" / name).write_bytes(data)
    found = taken(office.root)
    assert "person" not in found.kinds and found.kinds["location"] == LONG_AGO
    assert found.earliest(["person"]) is None and "not a git repository" in found.why


def test_the_commit_says_it_where_the_export_was_elsewhere(office: Office) -> None:
    office.export()
    (office.root / ".reconcile" / "state-taken.json").unlink()
    assert taken(office.root).earliest(["person"]) is None
    commit = office.commit("Snapshot")
    found = taken(office.root)
    with git.past(office.root) as past:
        committed = past.log("state")[0].at
    assert found.earliest(["person"]) == committed - timedelta(hours=1) and commit[:10] in found.how
    office.rename(ANA, "Renamed")
    office.export("--out", str(office.root / "state"))
    (office.root / ".reconcile" / "state-taken.json").unlink()
    assert taken(office.root).kinds == {} and "not committed" in taken(office.root).why
    office.commit("Snapshot\n\nSnapshot-Taken: 2026-01-01T00:00:00.000+00:00")
    assert taken(office.root).earliest(["person", "location"]) == LONG_AGO


def test_a_folder_that_cannot_be_written_costs_only_the_time(office: Office) -> None:
    (office.root / ".reconcile").write_text("a file where a folder should be")
    assert office.export().code == 0
    assert taken(office.root).kinds == {}
