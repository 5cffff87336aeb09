"""apply, then undo: the tenant is what it was, but for what the undo plan names beforehand (M10)."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, event, given, note, settings
from hypothesis import strategies as st

from reconciler import pipeline
from reconciler.errors import InputError, UsageError
from reconciler.model.address import owner_address, split_address
from reconciler.model.plan import Change, Plan
from reconciler.model.selection import Selection
from reconciler.simulator import Simulator
from tests.properties import call_settings, callback, check, line_features
from tests.properties.history import MEMBERS
from tests.properties.worlds import desired_states, tenants
from tests.support.live import Live
from tests.support.state import State, differences, normal

_CAMPAIGN = settings.get_profile("campaign")
_NAMES = ("name", "firstName", "lastName", "displayName")
_COLLECTION = {"person": "people"}
#: Mostly nobody wants what somebody has, but for those who swap; otherwise too little is carried out.
_MOSTLY = st.sampled_from([True, True, False])
#: What the plan says where not everything comes back.
_IN_PART = ("undone only in part", "left alone", "cannot be undone", "left as it is")


@settings(max_examples=12)
@given(data=st.data())
def test_undo_takes_back(server: Simulator, data: st.DataObject) -> None:
    _take_back(server, data)


@pytest.mark.campaign
@pytest.mark.timeout(0)
@settings(_CAMPAIGN, max_examples=int(os.environ.get("CAMPAIGN_EXAMPLES", "1000")))
@given(data=st.data())
def test_undo_takes_back_thousands(server: Simulator, data: st.DataObject) -> None:
    _take_back(server, data)


def _take_back(server: Simulator, data: st.DataObject) -> None:
    world = data.draw(tenants(_MOSTLY), "tenant")
    desired = data.draw(desired_states(world), "desired")
    with tempfile.TemporaryDirectory() as root:
        live = Live(server, Path(root), world.tenant)
        live.describe(desired, **world.settings)
        try:
            plan = live.plan()
            if blocked := tuple(sorted({finding.address for finding in plan.findings})):
                plan = live.plan(Selection(exclude=blocked))
        except (InputError, UsageError):  # or a guard blocks all of it
            assume(False)
            raise
        assume(not plan.findings and plan.operations)
        for operation in plan.operations:
            event(f"{operation.kind} {operation.step or operation.action}")
        before, called_back = live.state(), callback.valid(server)
        done = live.apply(plan)
        live.server.advance(120)
        note(f"applied: {[(o.operation, o.action, str(o.verdict), o.why) for o in done.outcomes]}")
        undo = asyncio.run(pipeline.undo(live.root, live.tenant, done.folder.name))
        named = [change for change in undo.changes if _in_part(change)]
        note(f"undo: {[(c.address, c.action, c.want, c.reason, c.notes, c.blocked) for c in undo.changes]}")
        if undo.findings:
            event("blocked")
            assert all(finding.why and finding.do for finding in undo.findings)
            return
        outcomes = live.apply(undo).outcomes if undo.operations else []
        live.server.advance(120)
        check.callbacks(server, called_back, "undo")
        note(f"undone: {[(o.operation, o.action, str(o.verdict), o.why) for o in outcomes]}")
        assume(all(outcome.verdict == "verified" for outcome in outcomes))  # a failure says so by itself
        if any(change.reason.endswith(" first") for change in named):  # what has to be done before is done now
            undo = asyncio.run(pipeline.undo(live.root, live.tenant, done.folder.name))
            assume(not undo.findings)
            assert not undo.operations or all(one.verdict == "verified" for one in live.apply(undo).outcomes)
            live.server.advance(120)
            named = [change for change in undo.changes if _in_part(change)]
        # who was called back through somebody who left is so by the location's number from then on (§15): no setting of
        # ours, and whether that is a good one is looked at above; who was deleted is in no group any more (§8)
        found = differences(_sorted(before), _sorted(live.state()))
        different = {path for path in found if "/calling/ecbn/" not in path and not (named and MEMBERS.search(path))}
        note(f"different: {sorted(different)}")
        changed = {"/".join(path.split("/")[:2]) for path in different}
        event("something is named" if named else "all of it")
        # somebody who is not all back may lack an extension or a number that others then show
        assert {path for path in changed if not (named and path.startswith("numbers/"))} <= _paths(named)
        declared = _paths([change for change in plan.changes if change.irreversible])
        declared |= _paths([Change(o.address, "", "", "update", "") for o in done.outcomes if o.verdict != "verified"])
        assert {path for path in changed if not (declared and path.startswith("numbers/"))} <= declared
        _again(live, done.folder.name, undo)


def _sorted(state: State) -> State:
    """In the order of licences and of who is paged nobody sees a meaning, nor in a setting that reads as if nobody had
    written it, nor in a blank around a name: one that is given back is in normal form, as desired has it."""
    for one in state["people"]:
        one["licenses"] = sorted(one["licenses"])
    for one in state.get("paging_groups", ()):
        one |= {name: sorted(one[name]) for name in line_features.MEMBERS}
    for one in (one for plural in line_features.PLURALS for one in state.get(plural, ())):
        one |= {name: normal(one[name]) for name in _NAMES if name in one}
    return {
        name: [call_settings.without_rest(one) for one in table] if isinstance(table, list) else table
        for name, table in state.items()
    }


def _in_part(change: Change) -> bool:
    return change.action == "cannot_tell" or any(words in text for text in change.notes for words in _IN_PART)


def _paths(changes: list[Change]) -> set[str]:
    """`people/ana@example.com`; of two parts of a key the place stands in no path."""
    owners = (split_address(owner_address(change.address)) for change in changes)
    return {f"{_COLLECTION.get(kind, f'{kind}s')}/{key.rpartition('/')[2]}" for kind, key in owners}


def _again(live: Live, run: str, undo: Plan) -> None:
    """What was taken back is not taken back again; what could not be is named again."""
    again = asyncio.run(pipeline.undo(live.root, live.tenant, run))
    left = {change.address for change in again.changes}
    assert left <= {change.address for change in undo.changes if _in_part(change)}
