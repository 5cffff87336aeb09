"""Taking a run back by the command that it prints, and by the name that others have for it."""

from __future__ import annotations

from reconciler.runs import known as runs
from tests.approval.conftest import Typed
from tests.support.live import Live
from tests.support.state import differences

PRO = "Webex Calling - Professional"
HERE = "Site 002"
ANA, BEN, EVA = (f"person00000{n}@example.com" for n in (1, 3, 5))
NIA = {"email": "nia@example.com", "first_name": "Nia", "location": HERE, "extension": "2001", "licenses": [PRO]}
DESIRED = {
    "people": [
        {**NIA, "phone_number": "+15550000901", "forwarding": {"always": {"destination": "1002"}}},
        {"email": ANA, "first_name": "Anna", "forwarding": {"busy": {"destination": "2001"}}},
    ],
    "workspaces": [{"name": "Studio"}, {"name": "Room 0001", "capacity": 7}],
    "numbers": [{"number": "+15550000901", "location": HERE, "state": "active"}],
}


def test_s114_m10_apply_then_rollback_is_nothing(office: Live, typed: Typed) -> None:
    """Every change has its pre-image in the journal; the tenant is what it was, and undone it stays undone."""
    before = office.state()
    office.describe(DESIRED)
    assert typed("apply", "--yes").code == 0
    office.server.advance(60)
    run = runs.find(office.root)
    assert {intent.address for intent in run.intents()} == {change.address for change in run.plan.changes}
    ana = next(intent for intent in run.intents() if intent.address == f"person/{ANA}")
    assert ana.before == {"first_name": next(one["firstName"] for one in before["people"] if ANA in one["emails"])}

    shown = typed("rollback", "last")
    assert shown.code == 4 and f"reconcile undo {run.name} --approve {shown.digest}" in shown.err
    assert typed("rollback", "last", "--approve", shown.digest).code == 0
    office.server.advance(60)
    assert differences(before, office.state()) == set()

    office.forget()
    assert typed("rollback", run.name, "--yes").code == 0
    assert typed("rollback", run.name, "--approve", shown.digest).code == 5, "that plan is not what is left"
    assert office.writes() == {}
