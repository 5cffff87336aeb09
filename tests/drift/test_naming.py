"""A list that only gives names could not be read: what refers to what is in it is said, and no drift."""

from __future__ import annotations

import pytest

from tests.support.office import ANA, Office


@pytest.mark.issue10(16)
@pytest.mark.parametrize(
    "route", ["/locations", "/people", "/licenses", "/workspaces", "/telephony/config/premisePstn/trunks", "/groups"]
)
def test_drift_of_everything_where_a_naming_list_fails_is_no_drift(office: Office, route: str) -> None:
    assert office.reconcile("export", "--no-report").code == 0
    office.server.faults([{"match": {"method": "GET", "route": route}, "do": {"status": 403}}])
    said = office.reconcile("drift", "--all", "-o", "json")
    assert [one["address"] for one in said.data["differences"] if one["state"] != "cannot_tell"] == []
    assert said.code == 7 and "403" in said.out


@pytest.mark.issue10(16)
def test_what_has_nothing_to_do_with_the_names_still_drifts(office: Office) -> None:
    assert office.reconcile("export", "--no-report").code == 0
    office.rename(ANA, "Renamed")
    office.server.faults([{"match": {"method": "GET", "route": "/workspaces"}, "do": {"status": 403}}])
    said = office.reconcile("drift", "--all", "-o", "json")
    drifted = {one["address"].partition("/")[0] for one in said.data["differences"] if one["state"] == "drifted"}
    assert said.code == 2 and "person" in drifted and "group.members" in said.data["incomplete"]
