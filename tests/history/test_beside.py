"""S126: what changed at the moment of a write without being asked for is told, at no request more."""

from __future__ import annotations

import json

import pytest

from reconciler.applying.tenant_access import Reach
from reconciler.applying.verify import beside
from reconciler.model.plan import Member, Operation
from tests.support.office import ANA, Office


def test_another_admins_edit_between_the_readings_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.describe(people=[{"email": ANA, "display_name": "Ours"}])
    send = Reach.send

    async def meanwhile(self: Reach, *arguments: object) -> None:
        await send(self, *arguments)  # type: ignore[arg-type]
        document = office.person(ANA)
        office.put_person({**document, "lastName": "Theirs"})

    office.server.reset_requests()
    assert office.reconcile("apply", "--yes").code == 0
    alone = office.server.requests()["total"]

    office.describe(people=[{"email": ANA, "display_name": "Ours again"}])
    monkeypatch.setattr(Reach, "send", meanwhile)
    old = office.person(ANA)["lastName"]
    office.server.reset_requests()
    said = office.reconcile("apply", "--yes")
    assert said.code == 0 and "also changed: last_name:" in said.out
    assert office.server.requests()["total"] == alone
    last = max((office.root / "state" / "runs").iterdir())
    (result,) = json.loads((last / "summary.json").read_text())["results"]
    assert result["verdict"] == "verified" and result["also"] == {"last_name": {"before": old, "after": "Theirs"}}


def test_a_plain_apply_tells_nothing_beside(office: Office) -> None:
    office.describe(people=[{"email": ANA, "display_name": "Ours", "forwarding": {"always": None}}])
    said = office.reconcile("apply", "--yes")
    (run,) = (office.root / "state" / "runs").iterdir()
    results = json.loads((run / "summary.json").read_text())["results"]
    assert results and not any("also" in result for result in results) and "also changed" not in said.out


def test_what_a_write_is_to_change_is_not_beside_it() -> None:
    member = Member(f"person/{ANA}", {"licenses": {"Messaging": True}}, {})
    operation = Operation("1", "person", "update", [member], [])
    before = {"licenses": [], "extension": "1", "last_name": "A"}
    assert beside(operation, member, before, {**before, "licenses": ["Messaging"]}) == {}
    assert beside(operation, member, before, {**before, "last_name": "B"}) == {
        "last_name": {"before": "A", "after": "B"}
    }
    assert beside(operation, member, None, before) == beside(operation, member, before, None) == {}
