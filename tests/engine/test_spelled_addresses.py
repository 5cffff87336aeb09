"""The spelling of an e-mail address is the tenant's: a write about something else leaves it as it is."""

from __future__ import annotations

import pytest

from tests.support.office import ANA, Office


@pytest.mark.issue10("C")
@pytest.mark.parametrize("ours", ["Person000002@Example.com", "person000002@example.com", "PERSON000002@EXAMPLE.COM"])
def test_a_mixed_case_address_is_not_rewritten_unplanned(office: Office, ours: str) -> None:
    uuid, theirs = office.uuid(ANA), "Person000002@Example.com"
    office.put_person({**office.person(ANA), "emails": [theirs]})
    office.describe(people=[{"email": ours, "display_name": "Somebody New"}])
    plan = office.reconcile("plan", "-o", "json").data
    assert [(one["action"], one["want"]) for one in plan["changes"]] == [("update", {"display_name": "Somebody New"})]
    assert office.reconcile("apply", "--yes").code == 0
    (person,) = [one for one in office.server.state()["people"] if one["id"] == uuid]
    assert (person["displayName"], person["emails"]) == ("Somebody New", [theirs])
    assert office.reconcile("plan", "--detailed-exitcode").code == 0
