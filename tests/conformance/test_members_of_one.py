"""Who can be in one feature of a kind at a time (a Claim beside the members) goes from one to the other in one plan."""

from __future__ import annotations

import pytest

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
