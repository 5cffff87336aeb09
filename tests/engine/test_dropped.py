"""What was described and no longer is, is said: in a plan and in an apply, in every view (G38)."""

from __future__ import annotations

import json

import pytest

from reconciler.model.plan import Change
from reconciler.report.fields import field_lines
from tests.support.office import ANA, BEN, Office

PEOPLE = [{"email": ANA, "forwarding": {"always": None}}, {"email": BEN}]


@pytest.mark.issue10(23)
def test_g38_what_is_no_longer_described_is_said_in_all_views(office: Office) -> None:
    office.export()
    office.describe(people=PEOPLE)
    office.commit("Two people")
    assert "no longer described" not in office.reconcile("plan").out
    office.describe(people=[{"email": ANA}])
    said = f"2 no longer described: person.forwarding/{ANA}, person/{BEN}"
    for words in (["plan"], ["plan", "--offline"], ["plan", "-o", "md"], ["plan", "-o", "html"], ["apply", "--yes"]):
        done = office.reconcile(*words)
        assert done.code == 0 and said in done.out.replace("\\", "").replace("`", "") + done.err, words
        assert "state: absent" in done.out.replace("`", "") + done.err
    assert json.loads(office.reconcile("plan", "-o", "json").out)["no_longer_described"] == [
        f"person.forwarding/{ANA}", f"person/{BEN}"
    ]  # fmt: skip
    office.commit("One person")  # the commit before says it still, as on the pull request
    assert said in office.reconcile("plan").out
    office.describe(people=[{"email": ANA, "first_name": "A"}])
    office.commit("Later")
    assert said not in office.reconcile("plan").out
    assert any(one["emails"] == [BEN] for one in office.server.state()["people"])


def test_of_sections_alone_it_is_said_how_they_are_cleared(office: Office) -> None:
    office.describe(people=PEOPLE)
    office.commit("Two people")
    office.describe(people=[{"email": ANA}, {"email": BEN}])
    told = office.reconcile("plan").out
    assert f"1 no longer described: person.forwarding/{ANA}: what is there stays as it is (to clear a section" in told
    assert "state: absent" not in told


@pytest.mark.issue10(23)
def test_a_file_taken_away_a_row_of_a_table_and_an_entry_that_moved(office: Office) -> None:
    office.describe(people=[])
    table = office.root / "desired" / "people.csv"
    table.write_text(f"email,first_name\n{ANA},A\n{BEN},B\n")
    office.commit("A table")
    table.write_text(f"email,first_name\n{ANA},A\n")
    assert f"1 no longer described: person/{BEN}" in office.reconcile("plan").out
    table.unlink()
    assert f"2 no longer described: person/{ANA}, person/{BEN}" in office.reconcile("plan").out
    office.describe(people=[{"email": ANA}, {"email": BEN, "state": "absent"}])
    assert "no longer described" not in office.reconcile("plan", "--target", f"person/{ANA}").out


@pytest.mark.issue10(23)
def test_without_git_the_last_apply_here_is_what_it_is_held_against(office: Office) -> None:
    office.describe(people=[{"email": ANA, "display_name": "Ana Here"}, {"email": BEN}])
    assert office.reconcile("apply", "--yes").code == 0
    office.describe(people=[{"email": ANA}])
    assert f"1 no longer described: person/{BEN}" in office.reconcile("plan").out
    assert f"1 no longer described: person/{BEN}" in office.reconcile("apply", "--yes").out
    assert "no longer described" not in office.reconcile("plan").out


@pytest.mark.issue10(23)
def test_a_value_that_equals_the_key_is_shown() -> None:
    want = {"external_caller_id_name": "Bath", "announcement_language": "en_gb"}
    change = Change("location.calling/Bath", "location.calling", "Bath", "create", "not in the tenant", want=want)
    assert [line.path for line in field_lines(change)] == ["external_caller_id_name", "announcement_language"]
    own = Change("location/Bath", "location", "Bath", "create", "x", want={"name": "Bath", "address": {"city": "Bath"}})
    assert [line.path for line in field_lines(own)] == ["address.city"]
