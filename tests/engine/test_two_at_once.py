"""Two who change the same documents at the same time: what the other set, and what of ours is gone, is said, and
nothing is put back (issue 10, item 6, the part inside a run)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from reconciler.cli.carrying import ended
from reconciler.model.applied import Applied
from tests.support.budget import check_calls
from tests.support.live import Live
from tests.support.state import value_at

pytestmark = pytest.mark.issue10(6)

FOUR = [f"{name}@example.com" for name in ("jose.dvorak", "soren.lindqvist", "hiro.harcourt", "mei.nunez")]
JOSE = FOUR[0]
ROOMS = [
    {"name": name, "location": "London HQ", "extension": extension, "license": "Webex Calling - Workspaces"}
    for name, extension in (("Fresh", "7998"), ("Quiet", "7999"))
]


def verdicts(applied: Applied) -> dict[str, str]:
    return {one.address: str(one.verdict) for one in applied.outcomes if one.verdict != "verified"}


def person(live: Live, email: str) -> Any:
    return next(one for one in live.state()["people"] if email in one["emails"])


def renamed(live: Live, email: str, by: str = "amelia.tanaka@example.com", **fields: Any) -> None:
    """What another admin writes, with all that it read; nobody: the owner of the token, in another clone."""
    actor = person(live, by)["id"] if by else ""
    route = f"/people/{live.remote('PEOPLE', person(live, email)['id'])}"
    document = live.server.edit("GET", f"{route}?callingData=true", None)
    live.server.edit("PUT", f"{route}?callingData=true", {**document, **fields}, actor=actor)


def once(event: str, address: str, deed: Callable[[], object]) -> Callable[[str, Mapping[str, Any]], None]:
    done: list[str] = []

    def heard(name: str, facts: Mapping[str, Any]) -> None:
        named = [facts.get("address"), *(one["address"] for one in facts.get("members", ()))]
        if name == event and address in named and not done:
            done.append(name)
            deed()

    return heard


@pytest.fixture
def four(live: Live) -> Live:
    live.server.run_clock(1)
    live.describe({"people": [{"email": email, "first_name": f"New {n}"} for n, email in enumerate(FOUR)]})
    return live


def test_what_another_writer_took_back_is_drifted(four: Live) -> None:
    plan = four.plan()
    watch = once("operation_outcome", f"person/{JOSE}", lambda: renamed(four, JOSE, firstName="Theirs"))
    applied = four.apply(plan, observers=(watch,))
    assert verdicts(applied) == {f"person/{JOSE}": "drifted"}
    assert ended(applied, plan, four.root) == 3
    assert value_at(four.state(), f"people/{JOSE}/firstName") == "Theirs", "nothing is put back"


def test_what_our_write_took_from_another_is_said_with_their_name(four: Live) -> None:
    """It came between our reading and our write: what we sent is there, and what they set is not."""
    plan = four.plan()
    watch = once("operation_intent", f"person/{JOSE}", lambda: renamed(four, JOSE, title="Director"))
    applied = four.apply(plan, observers=(watch,))
    assert verdicts(applied) == {f"person/{JOSE}": "drifted"}
    (outcome,) = (one for one in applied.outcomes if one.verdict == "drifted")
    assert "amelia.tanaka@example.com" in outcome.why and "during this run" in outcome.why


def test_a_second_clone_with_the_same_token_is_seen_too(four: Live) -> None:
    plan = four.plan()
    watch = once("operation_intent", f"person/{JOSE}", lambda: renamed(four, JOSE, by="", title="Director"))
    applied = four.apply(plan, observers=(watch,))
    assert verdicts(applied) == {f"person/{JOSE}": "drifted"}
    (outcome,) = (one for one in applied.outcomes if one.verdict == "drifted")
    assert "elsewhere with the account of this run" in outcome.why
    assert ended(applied, plan, four.root) == 3


def test_who_wrote_just_before_this_run_is_not_taken_for_somebody_during_it(four: Live) -> None:
    assert verdicts(four.apply(four.plan())) == {}
    four.describe({"people": [{"email": email, "first_name": f"Newer {n}"} for n, email in enumerate(FOUR)]})
    assert verdicts(four.apply(four.plan())) == {}


def test_alone_nobody_is_suspected_and_it_costs_one_request(four: Live) -> None:
    renamed(four, JOSE, title="Director")
    four.server.advance(60)
    plan = four.plan()
    four.forget()
    applied = four.apply(plan)
    assert verdicts(applied) == {} and applied.summary["others"] == ""
    assert four.requests()["GET /adminAudit/events"] == 1
    check_calls(plan, four.requests())


def test_without_the_right_to_look_it_is_said(four: Live, capsys: pytest.CaptureFixture[str]) -> None:
    plan = four.plan()
    refused = {"match": {"method": "GET", "route": "/adminAudit/events"}, "do": {"status": 403}}
    four.server.faults([refused])
    applied = four.apply(plan)
    four.server.no_faults()
    assert verdicts(applied) == {} and "not looked at" in applied.summary["others"]
    assert ended(applied, plan, four.root) == 0
    assert "not looked at" in capsys.readouterr().err


def test_two_of_one_name_after_a_create_are_drifted(live: Live) -> None:
    live.describe({"workspaces": ROOMS})
    plan = live.plan()
    second = {"displayName": "Fresh"}
    watch = once("operation_outcome", "workspace/Fresh", lambda: live.server.edit("POST", "/workspaces", second))
    live.forget()
    applied = live.apply(plan, observers=(watch,))
    assert verdicts(applied) == {"workspace/Fresh": "drifted"}
    assert "ambiguous" in next(one.why for one in applied.outcomes if one.verdict == "drifted")


def test_the_look_for_a_second_one_is_foretold(live: Live) -> None:
    live.describe({"workspaces": ROOMS})
    plan = live.plan()
    live.forget()
    assert verdicts(live.apply(plan)) == {}
    check_calls(plan, live.requests())
