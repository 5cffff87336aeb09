"""Adopt changes nobody but whom it adopts, whatever the YAML of several people has in common."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from reconciler.adopt import Adopted, adopt
from reconciler.model.snapshot import Current, Fields, MemorySnapshot
from reconciler.repository import desired
from tests.support.office import ANA as ANA_HERE
from tests.support.office import Office

ANA, BEN, EVA = "ana@example.com", "ben@example.com", "eva@example.com"
TENANT = "schema_version: 1\norg: {name: ACME, id: org}\n"
PROFILES = "profiles:\n  usual: &usual {NATIONAL: {action: BLOCK}, PREMIUM_SERVICES_I: {action: BLOCK}}\n"


def repository(root: Path, people: str, tenant: str = TENANT + PROFILES) -> None:
    (root / "desired").mkdir(exist_ok=True)
    (root / "desired" / "tenant.yaml").write_text(tenant, encoding="utf-8")
    (root / "desired" / "people.yaml").write_text(people, encoding="utf-8")


def people(root: Path) -> dict[str, Fields]:
    return {one.key: one.fields for one in desired.load(root).resources}


def adopted(root: Path, key: str, **fields: object) -> Adopted:
    """Adopt everything from a tenant that is as described, but for these fields of one person."""
    snapshot = MemorySnapshot(
        {"id": "org", "name": "ACME"}, {"person": {}, "location": {}, "license": {}, "number": {}}
    )
    for name, said in people(root).items():
        own = {**said, **(fields if name == key else {})}
        for section in ("forwarding", "outgoing_permissions"):
            if section in said and name == key and section in fields:
                own[section] = {**said[section], **fields[section]}  # type: ignore[dict-item]
        snapshot.add(Current("person", name, name, own))
    return adopt(root, snapshot, snapshot.org)


ALWAYS = {"destination": "12125550100", "voicemail": False}
SHARED = {
    "a section by an alias": """\
people:
  - email: ana@example.com
    forwarding: &busy
      busy: {destination: "100"}  # the desk
  - {email: ben@example.com, forwarding: *busy}
  - {email: eva@example.com, forwarding: *busy}
""",
    "a branch by an alias": """\
people:
  - {email: ana@example.com, forwarding: {busy: &desk {destination: "100"}}}
  - {email: ben@example.com, forwarding: {busy: *desk}}
  - {email: eva@example.com, forwarding: {busy: *desk, no_answer: *desk}}
""",
    "an entry by a merge key": """\
people:
  - &usual
    email: ana@example.com
    first_name: A
    forwarding: {busy: {destination: "100"}}
  - {<<: *usual, email: ben@example.com}
  - <<: *usual
    email: eva@example.com
    last_name: E
""",
    "several merge keys": """\
people:
  - &one {email: ana@example.com, forwarding: &f {busy: &b {destination: "100"}}}
  - &two {<<: *one, email: ben@example.com, first_name: B}
  - {<<: [*two, *one], email: eva@example.com, forwarding: {<<: *f, no_answer: *b}}
""",
    "a merge key in a section": """\
people:
  - {email: ana@example.com, forwarding: &f {busy: {destination: "100"}}}
  - {email: ben@example.com, forwarding: {<<: *f, no_answer: {destination: "200"}}}
  - {email: eva@example.com, forwarding: {<<: *f}}
""",
    "an anchor of its own": """\
people:
  - &alone {email: ana@example.com, forwarding: {busy: {destination: "100"}}}
  - {email: ben@example.com, forwarding: {busy: {destination: "100"}}}
  - {email: eva@example.com, forwarding: {busy: {destination: "100"}}}
""",
}


@pytest.mark.issue10(11)
@pytest.mark.parametrize("text", SHARED.values(), ids=SHARED.keys())
@pytest.mark.parametrize("key", [ANA, BEN, EVA])
@pytest.mark.parametrize(
    "fields",
    [
        {"forwarding": {"busy": {"destination": "999"}}},
        {"forwarding": {"busy": None}},
        {"first_name": "New"},
        {"first_name": "New", "forwarding": {"busy": {"destination": "999"}}},
    ],
    ids=["a leaf", "a branch", "a field", "both"],
)
def test_other_people_never_change(text: str, key: str, fields: Fields, tmp_path: Path) -> None:
    repository(tmp_path, text)
    before = people(tmp_path)
    fields = {name: value for name, value in fields.items() if name in before[key]}
    if not fields:
        return  # nobody describes that here
    done = adopted(tmp_path, key, **fields)
    after = people(tmp_path)
    assert {name: said for name, said in after.items() if name != key} == {
        name: said for name, said in before.items() if name != key
    }
    if done.left:
        assert after == before and done.edited == []
        assert f"person/{key}" in done.left[0] or f"person.forwarding/{key}" in done.left[0]
    else:
        wanted = {**before[key], **fields}
        if "forwarding" in fields:
            wanted["forwarding"] = {**before[key]["forwarding"], **fields["forwarding"]}
        assert after[key] == wanted


@pytest.mark.issue10(11)
def test_what_an_entry_shares_is_copied_into_it(tmp_path: Path) -> None:
    repository(tmp_path, SHARED["a section by an alias"])
    done = adopted(tmp_path, BEN, forwarding={"busy": {"destination": "999"}})
    assert done.left == [] and done.edited == ["desired/people.yaml:5 person.forwarding/ben@example.com busy"]
    text = (tmp_path / "desired" / "people.yaml").read_text(encoding="utf-8")
    assert text.startswith(SHARED["a section by an alias"].partition("  - {email: ben")[0])
    assert 'ben@example.com, forwarding: {busy: {destination: "999"}}' in text and "*busy" in text


@pytest.mark.issue10(11)
def test_an_entry_that_others_take_values_from_is_left_alone_and_said(tmp_path: Path) -> None:
    repository(tmp_path, SHARED["an entry by a merge key"])
    done = adopted(tmp_path, ANA, first_name="New")
    assert done.edited == []
    assert done.left == [
        "desired/people.yaml:2: person/ana@example.com is described by what others take values from (an anchor): "
        "first_name is 'New' in the tenant"
    ]


@pytest.mark.issue10(11)
def test_a_profile_stays_what_it_is_for_the_others(tmp_path: Path) -> None:
    """Its call types are in tenant.yaml; what is adopted stands in the entry, over the profile."""
    entries = "".join(f"  - {{email: {mail}, outgoing_permissions: {{profile: usual}}}}\n" for mail in (ANA, BEN))
    repository(tmp_path, f"people:\n{entries}")
    settings, before = (tmp_path / "desired" / "tenant.yaml").read_bytes(), people(tmp_path)
    done = adopted(tmp_path, ANA, outgoing_permissions={"NATIONAL": {"action": "ALLOW", "transfer": True}})
    assert done.left == []
    after = people(tmp_path)
    assert after[BEN] == before[BEN] and (tmp_path / "desired" / "tenant.yaml").read_bytes() == settings
    assert after[ANA]["outgoing_permissions"]["NATIONAL"]["action"] == "ALLOW"
    assert after[ANA]["outgoing_permissions"]["PREMIUM_SERVICES_I"] == {"action": "BLOCK"}


@pytest.mark.issue10(11)
def test_anchors_across_documents_are_refused_and_nothing_is_adopted(tmp_path: Path) -> None:
    from reconciler.errors import ReconcileError

    text = (
        "people:\n  - &a {email: ana@example.com, first_name: A}\n---\npeople:\n  - {<<: *a, email: ben@example.com}\n"
    )
    repository(tmp_path, text)
    snapshot = MemorySnapshot({"id": "org", "name": "ACME"}, {"person": {}})
    snapshot.add(Current("person", ANA, ANA, {"email": ANA, "first_name": "New"}))
    with pytest.raises(ReconcileError, match="nothing is adopted"):
        adopt(tmp_path, snapshot, snapshot.org)
    assert (tmp_path / "desired" / "people.yaml").read_text(encoding="utf-8") == text


@pytest.mark.issue10(11)
def test_values_out_of_a_csv_are_left_alone_and_said(tmp_path: Path) -> None:
    repository(tmp_path, "locations: []\n")
    table = tmp_path / "desired" / "people.csv"
    table.write_text("email,first_name,forwarding.busy.destination\nana@example.com,A,100\nben@example.com,A,100\n")
    (tmp_path / "desired" / "people.yaml").unlink()
    (tmp_path / "desired" / "more.yaml").write_text("people:\n  - {email: eva@example.com, first_name: E}\n")
    before = table.read_bytes()
    done = adopted(tmp_path, BEN, first_name="New", forwarding={"busy": {"destination": "999"}})
    assert table.read_bytes() == before and done.edited == []
    assert [line.partition(" ")[0] for line in done.left] == ["desired/people.csv:3:"] * 2
    assert all("is described in CSV" in line for line in done.left)


@pytest.mark.issue10(11)
def test_a_snapshot_from_before_an_apply_takes_nothing_back(office: Office) -> None:
    office.export()
    office.describe(people=[{"email": ANA_HERE, "display_name": "Renamed"}])
    assert office.reconcile("apply", "--yes").code == 0
    before = (office.root / "desired" / "all.yaml").read_bytes()
    refused = office.reconcile("adopt", f"person/{ANA_HERE}")
    assert refused.code == 4 and "was applied after it was taken" in refused.err and "reconcile export" in refused.err
    assert (office.root / "desired" / "all.yaml").read_bytes() == before
    office.export()
    assert office.reconcile("adopt", f"person/{ANA_HERE}").code == 0
    assert (office.root / "desired" / "all.yaml").read_bytes() == before


@pytest.mark.issue10(11)
def test_a_newer_commit_of_desired_makes_the_snapshot_stale_where_no_run_is_known(office: Office) -> None:
    """Applied by a pipeline: this machine has no run of it, and git tells."""
    office.export()
    office.describe(people=[{"email": ANA_HERE, "first_name": "Ann"}])
    office.commit("Snapshot and people")
    office.describe(people=[{"email": ANA_HERE, "first_name": "Anna"}])
    office.commit("Renamed")
    shutil.rmtree(office.root / ".reconcile", ignore_errors=True)  # another machine
    refused = office.reconcile("adopt", f"person/{ANA_HERE}")
    assert refused.code == 4 and "has a newer commit" in refused.err
    assert "Anna" in (office.root / "desired" / "all.yaml").read_text()
    taken_back = office.reconcile("adopt", f"person/{ANA_HERE}", "--stale")
    assert taken_back.code == 0 and "Anna" not in (office.root / "desired" / "all.yaml").read_text()
