"""M4 as a property: whatever is wanted of whatever tenant, without any guard: the tenant does what its twin did."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from reconciler.errors import InputError, RefusedError
from reconciler.simulator import Simulator
from tests.properties.worlds import World, desired_states, tenants
from tests.support.live import Live

from .conftest import Rehearse, agree, applied, unguarded

Json = dict[str, Any]


#: A rehearsal does not read who is called back through whom (a guard does, which is not asked here).
UNKNOWN = frozenset({"callbacks"})
#: A twin refuses what changes a profile, the milder of two ways; that a tenant refuses every write of a person, nobody
#: can read.
DIRECTORIES = st.sampled_from([{}, {}, {}, {}, {"directory": "directory_changes"}])


@st.composite
def hostile_worlds(draw: st.DrawFn) -> tuple[World, Json]:
    """A tenant that is short of licences at times, and a desired state over it."""
    world = draw(tenants(directories=DIRECTORIES, without=UNKNOWN))
    for license in world.tenant["licenses"]:
        if draw(st.integers(0, 3)) == 0:
            license["totalUnits"] = draw(st.integers(0, 3))
    return world, draw(desired_states(world))


def check(server: Simulator, rehearse: Rehearse, world: World, desired: Json) -> int:
    """How many steps the rehearsal says would be refused."""
    with tempfile.TemporaryDirectory() as root:
        live = Live(server, Path(root), world.tenant)
        live.describe(desired, **world.settings)
        try:
            plan = unguarded(live.plan())
        except InputError:
            assume(False)
            raise
        found = rehearse(live, plan)
        live.remember()
        assert rehearse(live, plan, offline=True).refusals == found.refusals  # nobody else has extensions here
        try:
            outcomes = applied(live, plan)
        except RefusedError as error:  # the one whose token it is would go; a guard that nothing lifts
            assume("lock out the admin" not in error.what)
            raise
        agree(found, outcomes)
        return len(found.refusals)


@pytest.mark.issue10(3)
@pytest.mark.parametrize(
    "desired",
    [
        {"workspaces": [{"name": "Board Room", "state": "absent"}]},
        {"locations": [{"name": "London HQ", "calling": {"main_number": "+442079460090"}}]},
    ],
    ids=["room", "main number"],
)
def test_a_location_with_a_blank_in_its_name_has_its_numbers_on_the_twin_too(
    server: Simulator, rehearse: Rehearse, prompt: None, desired: Json
) -> None:
    check(server, rehearse, World({"odd": {"names": 1}}), desired)


@given(case=hostile_worlds())
@settings(max_examples=5)
def test_m4_twin_and_live_agree_whatever_is_wanted(
    server: Simulator, rehearse: Rehearse, prompt: None, case: tuple[World, Json]
) -> None:
    event(f"refusals: {min(check(server, rehearse, *case), 3)}")


@pytest.mark.campaign
@pytest.mark.timeout(0)
@given(case=hostile_worlds())
@settings(settings.get_profile("campaign"), max_examples=int(os.environ.get("CAMPAIGN_EXAMPLES", "3000")))
def test_m4_twin_and_live_agree_for_thousands(
    server: Simulator, rehearse: Rehearse, prompt: None, case: tuple[World, Json]
) -> None:
    event(f"refusals: {min(check(server, rehearse, *case), 3)}")
