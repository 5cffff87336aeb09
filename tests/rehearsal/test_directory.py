"""Where a directory owns people, the twin has that directory: what changes a profile it refuses as the tenant does, and
what nobody knows of directories is said (issue 10, 27)."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.plan import Plan
from tests.rehearsal.conftest import Rehearse
from tests.support.live import Live

pytestmark = pytest.mark.issue10(27)
NOAH, MEI = "noah.tanaka@example.com", "mei.ramirez@example.com"
PROFESSIONAL, MESSAGING = "Webex Calling - Professional", "Messaging"


def planned(live: Live, entry: dict[str, Any], lift: tuple[str, ...] = ()) -> Plan:
    """A plan, as it was before tenant.yaml said whose people are, and that says it now."""
    live.describe({"people": [entry]})
    plan = live.plan(lift=lift)
    live.describe({"people": [entry]}, identity="directory")
    live.remember()
    return plan


@pytest.mark.parametrize("offline", [False, True])
@pytest.mark.parametrize(
    "entry",
    [{"email": NOAH, "display_name": "N. T."}, {"email": "new.one@example.com", "first_name": "New"}],
    ids=["name", "create"],
)
def test_what_changes_a_profile_is_refused_on_the_twin_as_in_the_tenant(
    live: Live, rehearse: Rehearse, entry: dict[str, Any], offline: bool
) -> None:
    plan = planned(live, entry)
    found = rehearse(live, plan, offline=offline)
    assert [one.address for one in found.refusals] == [f"person/{entry['email']}"]
    assert "directory" in found.refusals[0].why
    live.server.turn("people_profile_owner", "directory_changes")
    assert [str(one.verdict) for one in live.apply(plan).outcomes] == ["failed"]


@pytest.mark.parametrize("offline", [False, True])
def test_licences_and_an_extension_pass_and_what_nobody_knows_is_said(
    live: Live, rehearse: Rehearse, offline: bool
) -> None:
    wanted = {"email": MEI, "location": "Manchester", "extension": "1200", "licenses": [PROFESSIONAL, MESSAGING]}
    found = rehearse(live, planned(live, wanted), offline=offline)
    assert not found.refusals and not [one for one in found.unknown if "directory" in one]
    found = rehearse(live, planned(live, {"email": NOAH, "extension": "0199"}), offline=offline)
    assert not found.refusals and [one for one in found.unknown if "takes extension or number" in one]


def test_whether_a_lifted_delete_lasts_nobody_knows(live: Live, rehearse: Rehearse) -> None:
    live.describe({"people": [{"email": NOAH, "state": "absent"}]}, identity="directory")
    found = rehearse(live, live.plan(lift=[f"identity:{NOAH}"]))
    assert not found.refusals and [one for one in found.unknown if "brings them back" in one]


@pytest.mark.parametrize("position", ["passes", "refused"])
def test_a_lifted_delete_ends_as_the_tenant_decides(live: Live, position: str) -> None:
    live.server.turn("people_profile_owner", "directory_changes")
    live.server.turn("people_owned_delete", position)
    live.describe({"people": [{"email": NOAH, "state": "absent"}]}, identity="directory")
    before = live.state()["people"]
    (outcome,) = live.apply(live.plan(lift=[f"identity:{NOAH}"])).outcomes
    left = live.state()["people"]
    if position == "refused":
        assert str(outcome.verdict) == "failed" and "directory" in outcome.why and left == before
    else:
        assert str(outcome.verdict) == "verified" and [one for one in before if NOAH not in one["emails"]] == left
