"""A rename is rehearsed like any other write: the twin has the old name, and gets the new one."""

from __future__ import annotations

from tests.support.live import Live

from .conftest import Rehearse, agree, applied


def test_a_rename_is_rehearsed(live: Live, rehearse: Rehearse) -> None:
    people = [key for key, one in live.export().kinds["person"].items() if one.fields.get("location") == "Manchester"]
    live.describe(
        {
            "locations": [{"name": "Manchester North", "was": "Manchester"}],
            "workspaces": [{"name": "Boardroom", "was": "Board Room"}],
            "people": [{"email": people[0], "location": "Manchester North", "extension": "7711"}],
        }
    )
    plan = live.plan()
    found = rehearse(live, plan)
    assert found.refusals == []
    live.remember()
    assert rehearse(live, plan, offline=True).refusals == []
    agree(found, applied(live, plan))
