"""One repository, one organisation (design rule 11): a snapshot of another one is refused wherever it would be taken
for this tenant's, and never mixed with this one's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.simulator.core import ids
from tests.support.office import ANA, KINDS, Office

OTHER = "5d0c9e44-71ab-4f3e-8a1d-00000000ffff"


@pytest.fixture
def known(office: Office) -> Office:
    assert office.export("--no-report").code == 0
    office.commit("One")
    return office


def move(folder: Path, org: str = OTHER) -> None:
    """Make it the snapshot of another organisation."""
    manifest = folder / "manifest.json"
    content = json.loads(manifest.read_text())
    content["org"]["id"] = ids.encode("ORGANIZATION", org) if org else ""
    manifest.write_text(json.dumps(content))


def unpin(office: Office) -> None:
    (office.root / "desired" / "tenant.yaml").unlink()


def written(folder: Path) -> dict[str, bytes]:
    """All files, but those of git and what was only learned of the API's limits."""
    files = (path for path in folder.rglob("*") if path.is_file() and not {".git", ".reconcile"} & set(path.parts))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


REFUSED = (
    ["insights"],
    ["insights", "--exit-code", "-o", "json"],
    ["export", "--from-state", "--format", "csv"],
    ["export", "--from-state", "--layout", "odt", "--report"],
    ["adopt"],
    ["validate"],
    ["plan", "--offline"],
    ["drift"],
    ["drift", "--all"],
    ["history", "diff", "HEAD"],
    ["history", "diff", "HEAD", "WORKING"],
    ["history", "blame", f"person/{ANA}"],
    ["export", "--since", "last"],
)
MIXED = (["export", "--kind", "location"], ["export", "--address", f"person/{ANA}"], ["export", "--location", "Site 1"])


@pytest.mark.parametrize("org", [OTHER, ""], ids=["other", "none"])
def test_state_of_another_organisation_is_refused(known: Office, org: str) -> None:
    move(known.root / "state", org)
    known.describe(people=[{"email": "new@example.com", "location": "elsewhere"}])  # whose names it might lend
    before = written(known.root)
    for words in (*REFUSED, *MIXED):
        said = known.reconcile(*words)
        assert (said.code, said.out) == (4, ""), (words, said)
        assert "of another organisation" in said.err and "do: " in said.err, words
        assert words in MIXED or "desired/tenant.yaml pins" in said.err, words
    assert written(known.root) == before


def test_a_commit_of_another_organisation_is_told_from_ours(known: Office) -> None:
    """A full export puts it right, as the refusal says: nothing of the other organisation is left."""
    move(known.root / "state")
    foreign = known.commit("Of another")
    assert known.reconcile("export", "-q", "--no-report").code == 0
    assert known.reconcile("insights").code == 0
    known.commit("Ours again")
    snapshots: list[dict[str, Any]] = known.reconcile("history", "list", "-o", "json").data["snapshots"]
    assert ["another organisation" in one.get("why", "") for one in snapshots] == [False, True, False]
    for words in (["history", "show", foreign], ["history", "diff", foreign]):
        said = known.reconcile(*words)
        assert said.code == 4 and "of another organisation" in said.err, words
    assert known.reconcile("history", "blame", f"person/{ANA}").code == 0


def test_a_dated_copy_of_another_organisation_is_told_from_ours(office: Office) -> None:
    for _ in range(2):
        assert office.export("--no-report", "--dated", "snapshots").code == 0
    move(sorted((office.root / "snapshots").iterdir())[0])
    copies: list[dict[str, Any]] = office.reconcile("history", "list", "-o", "json").data["copies"]
    assert ["another organisation" in one.get("why", "") for one in copies] == [False, True]


def test_an_unpinned_export_mixes_nothing(known: Office) -> None:
    """A token of another organisation, in a folder of which only `state/` says whose it is."""
    unpin(known)
    move(known.root / "state")
    before = written(known.root / "state")
    for words in (*MIXED, ["export"]):
        known.server.reset_requests()
        said = known.reconcile(*words)
        assert said.code == 4 and "of another organisation" in said.err and "--out" in said.err
        assert known.server.requests()["by_route"] == {"GET /people/me": 1}, "nothing but whose token it is was asked"
    assert written(known.root / "state") == before


def test_an_unpinned_export_into_its_own_snapshot_is_none_of_it(known: Office) -> None:
    unpin(known)
    assert known.reconcile("export", "--kind", "location").code == 0
    assert set(json.loads((known.root / "state" / "manifest.json").read_text())["kinds"]) == set(KINDS)


def test_earlier_snapshots_of_another_organisation_are_not_compared(known: Office, tmp_path: Path) -> None:
    move(known.root / "state")
    (known.root / "state").rename(tmp_path / "foreign")
    said = known.export("--previous", str(tmp_path / "foreign"))
    assert said.code == 0 and "of another organisation" in said.err
