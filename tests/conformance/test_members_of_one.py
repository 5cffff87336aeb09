"""Who can be in one feature of a kind at a time (a Claim beside the members) goes from one to the other in one plan."""

from __future__ import annotations

import pytest

from reconciler import pipeline
from reconciler.kinds import managed
from reconciler.kinds.contract.feature import Feature
from reconciler.kinds.contract.marks import marks_of
from reconciler.kinds.contract.setting import places
from tests.support.live import Live

EXCLUSIVE = [
    (name, field)
    for name, kind in managed().items()
    if not kind.owner and issubclass(kind.managed, Feature)
    for field, _ in marks_of(kind).own_claims
    if places(kind.managed)[field].members
]
ANA, JOSE = "person/amelia.ashford@example.com", "person/jose.dvorak@example.com"


@pytest.mark.parametrize(("name", "field"), EXCLUSIVE)
@pytest.mark.parametrize("order", ["AB", "BA"])
def test_a_member_goes_from_one_to_the_other(name: str, field: str, order: str, live: Live) -> None:
    def describe(first: list[str], second: list[str]) -> None:
        members = dict(zip(order, (first, second), strict=True))
        entries = [{"location": "London HQ", "name": at, field: members[at]} for at in order]
        live.describe({managed()[name].plural: entries})

    for first, second in (([ANA, JOSE], []), ([JOSE], [ANA])):
        describe(first, second)
        applied = live.apply(live.plan())
        assert {one.verdict for one in applied.outcomes} == {"verified"}, [one.why for one in applied.outcomes]
        assert not live.plan().changes


@pytest.mark.parametrize(("name", "field"), EXCLUSIVE)
def test_who_is_in_another_one_is_told_by_the_plan(name: str, field: str, live: Live) -> None:
    """Though nobody describes that; with the tenant and without it. Two that exchange members are told to do it in two
    plans."""
    plural, here = managed()[name].plural, {"location": "London HQ"}
    one, two = here | {"name": "One", field: [ANA]}, here | {"name": "Two", field: [JOSE]}
    live.describe({plural: [one, two]})
    assert {outcome.verdict for outcome in live.apply(live.plan()).outcomes} == {"verified"}
    live.remember()
    live.describe({plural: [two | {field: [ANA, JOSE]}]})
    for plan in (live.plan(), pipeline.plan_offline(live.root)):
        (finding,) = plan.findings
        assert (finding.rule, finding.override) == ("members", f"members:{name}/{ANA}")
        words = name.replace("_", " ")
        assert finding.why == f"{ANA} is in {words} One, and can be in one {words} only"
    live.describe({plural: [one | {field: [JOSE]}, two | {field: [ANA]}]})
    assert {finding.rule for finding in live.plan().findings} == {"circle"}
