"""One number that is refused fails alone: what was refused together is divided, each has its own error, and a retry is
of the failed ones only (issue 10, item 15; S101)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.model.applied import Applied
from tests.support.live import Live

pytestmark = pytest.mark.issue10(15)

ROUTE = "/telephony/config/locations/{locationId}/numbers"
BAD = "+442079461003"
NEW = [f"+44207946100{n}" for n in range(8)]
ZOE = "zoe.ramirez@example.com"
#: What is asked of eight numbers, how they are before, and the request.
BATCHES: dict[str, tuple[str | None, dict[str, Any], str]] = {
    "added": (None, {"state": "inactive"}, "POST"),
    "deactivated": ("active", {"state": "inactive"}, "PUT"),
    "removed": ("inactive", {"state": "absent"}, "DELETE"),
}


def path(live: Live, place: str) -> str:
    key = next(one["id"] for one in live.state()["locations"] if one["name"] == place)
    return f"/telephony/config/locations/{live.remote('LOCATION', key)}/numbers"


def secondary(live: Live, action: str) -> None:
    """Another admin gives somebody the number, or takes it from them."""
    key = next(one["id"] for one in live.state()["people"] if ZOE in one["emails"])
    entry = {"primary": False, "action": action, "directNumber": BAD}
    body = {"enableDistinctiveRingPattern": True, "phoneNumbers": [entry]}
    live.server.edit("PUT", f"/telephony/config/people/{live.remote('PEOPLE', key)}/numbers", body)


def in_the_way(live: Live, what: str, *, there: bool) -> None:
    """What makes the API refuse one of the numbers, or ends that."""
    if what != "added":
        secondary(live, "ADD" if there else "DELETE")
    elif there:
        live.server.edit("POST", path(live, "Manchester"), {"phoneNumbers": [BAD], "state": "ACTIVE"})
    else:
        live.server.edit("DELETE", path(live, "Manchester"), {"phoneNumbers": [BAD]})


def failures(applied: Applied) -> list[Any]:
    (file,) = applied.folder.glob("*_error.jsonl")
    return [json.loads(line) for line in file.read_text().splitlines()]


@pytest.mark.parametrize("what", BATCHES)
def test_one_refused_number_fails_alone_and_so_does_its_retry(what: str, live: Live) -> None:
    state, wanted, method = BATCHES[what]
    if state:
        live.server.edit("POST", path(live, "London HQ"), {"phoneNumbers": NEW, "state": state.upper()})
        live.server.advance(60)
    live.describe({"numbers": [{"number": number, "location": "London HQ", **wanted} for number in NEW]})
    plan = live.plan()
    done: list[str] = []

    def between_the_look_and_the_write(event: str, facts: Mapping[str, Any]) -> None:
        if event == "operation_intent" and not done and any(BAD in one["address"] for one in facts["members"]):
            done.append(event)
            in_the_way(live, what, there=True)

    applied = live.apply(plan, observers=(between_the_look_and_the_write,))
    verdicts = {one.address: str(one.verdict) for one in applied.outcomes}
    bad = verdicts.pop(f"number/{BAD}")
    assert bad in ("failed", "stale") and set(verdicts.values()) == {"verified"}, verdicts
    (failure,) = failures(applied)
    assert failure["address"] == f"number/{BAD}" and BAD in failure["why"] + str(failure["error"])
    assert not any(number in str(failure["error"]) for number in NEW if number != BAD)
    in_the_way(live, what, there=False)
    live.server.advance(60)
    live.forget()
    if bad == "failed":
        again = pipeline.retry(live.root, "last")
        assert [member.address for o in again.operations for member in o.members] == [f"number/{BAD}"]
        assert {str(one.verdict) for one in live.apply(again).outcomes} == {"verified"}
        assert live.writes() == {f"{method} {ROUTE}": 1}
    else:
        live.apply(live.plan())
    assert live.plan().changes == []
