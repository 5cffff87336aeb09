"""Whatever the tenant is and whatever is wanted: apply reaches it, or says why not, and then stays where it is (M3)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, event, given, note, settings
from hypothesis import strategies as st

from reconciler import pipeline
from reconciler.errors import InputError
from reconciler.model.claims import CALLBACK, parts
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Plan
from reconciler.planning.guards import callbacks, own_admin
from reconciler.simulator import Simulator
from tests.properties import line_features
from tests.properties.history import MEMBERS
from tests.properties.truth import owner_of, unmet
from tests.properties.worlds import World, desired_states, tenants
from tests.support.live import Live, changes_of
from tests.support.state import by_name, differences, holds, normal, value_at
from tests.support.wanted import as_desired

_ROUNDS = 4
_CAMPAIGN = settings.get_profile("campaign")


@given(data=st.data())
def test_apply_converges(server: Simulator, data: st.DataObject) -> None:
    _converge(server, data)


@pytest.mark.campaign
@pytest.mark.timeout(0)
@settings(_CAMPAIGN, max_examples=int(os.environ.get("CAMPAIGN_EXAMPLES", "3000")))
@given(data=st.data())
def test_apply_converges_for_thousands(server: Simulator, data: st.DataObject) -> None:
    _converge(server, data)


@settings(max_examples=15)
@given(world=tenants())
def test_an_untouched_tenant_plans_empty(server: Simulator, world: World) -> None:
    """G8: a desired state of everything that is there is no change, through files, HTTP and back."""
    with tempfile.TemporaryDirectory() as root:
        live = Live(server, Path(root), world.tenant)
        live.describe(as_desired(live.export()))
        assert changes_of(live.plan()) == {}
        assert live.writes() == {}


def _converge(server: Simulator, data: st.DataObject) -> None:
    world = data.draw(tenants(), "tenant")
    desired = data.draw(desired_states(world), "desired")
    owned = bool(world.settings.get("identity"))
    if owned and data.draw(st.booleans(), "which is known"):
        desired = _without_profiles(desired)
    with tempfile.TemporaryDirectory() as root:
        live = Live(server, Path(root), world.tenant)
        live.describe(desired, **world.settings)
        live.remember()
        profiles = _profiles(live)
        _offline_agrees(live)
        _reach(live, desired)
        assert not owned or _profiles(live) == profiles, "what a directory owns has changed"


def _without_profiles(desired: dict[str, Any]) -> dict[str, Any]:
    """What somebody asks for who knows that a directory owns people: nobody new, nobody gone, and no names."""
    people = [one for one in desired.get("people", ()) if "last_name" not in one and "state" not in one]
    kept = [{name: value for name, value in one.items() if name != "first_name"} for one in people]
    return {**desired, "people": kept}


def _profiles(live: Live) -> dict[str, tuple[Any, ...]]:
    names = ("emails", "displayName", "firstName", "lastName")
    return {one["id"]: tuple(one.get(name) for name in names) for one in live.state()["people"]}


def _offline_agrees(live: Live) -> None:
    """M23: the plan against the snapshot is the plan against the tenant of which it was taken."""
    try:
        offline = pipeline.plan_offline(live.root, cache=False)
    except InputError:
        assume(False)
        raise
    online = _plan(live)
    # no snapshot knows whose token it is, nor who is called back through whom: what that blocks, and what waits for it
    unknown = [one.address for one in online.findings if one.rule in (own_admin.RULE, callbacks.RULE)]
    told = [note for change in online.changes for note in change.notes if _EMERGENCY in note]
    assert _comparable(offline, whole=not unknown) == _comparable(online, whole=not unknown)
    assert unknown or told or offline.digest == online.digest


_EMERGENCY = "emergency"


def _comparable(plan: Plan, *, whole: bool) -> list[dict[str, Any]]:
    """The changes without what is said of emergency callbacks; not `whole`: without what guards make of them."""
    found = [change.to_json() for change in plan.changes]
    for one in found:
        notes = [note for note in one.pop("notes", []) if _EMERGENCY not in note]
        claims = {name: [c for c in one.pop(name, []) if parts(c)[0] != CALLBACK] for name in ("takes", "frees")}
        if whole:
            one |= {"notes": notes, **claims}
        else:
            one.pop("blocked", None)
            one.pop("irreversible", None)  # is said only of what is not blocked
            one.pop("park", None)  # as nobody is parked who is blocked
    return found


def _reach(live: Live, desired: dict[str, Any]) -> None:
    """Plan and apply until a run changes nothing; that must come soon."""
    start = live.state()
    for turn in range(1, _ROUNDS + 1):
        before = live.state()
        plan = _plan(live)
        if plan.findings:
            event("blocked")
            assert all(finding.why and finding.do for finding in plan.findings)
            assert plan.digest == _plan(live).digest, "a plan of an unchanged tenant is the same plan"
            break
        live.forget()
        outcomes = live.apply(plan).outcomes
        note(f"round {turn}: {[(o.operation, o.action, str(o.verdict), o.why) for o in outcomes]}")
        bad = [outcome for outcome in outcomes if outcome.verdict != "verified"]
        assert all(outcome.why for outcome in bad), "everything that is not well says why"
        _true_in_the_tenant(live, desired, plan, bad)
        if not bad:
            _at_rest(live, plan)
            event(f"converged in round {turn}")
            break
        if not differences(before, live.state()):
            event("stuck: " + ", ".join(sorted({str(outcome.verdict) for outcome in bad})))
            break
    else:
        raise AssertionError("still changing the tenant after so many rounds: it oscillates")
    _others_untouched(live, desired, start)


def _plan(live: Live) -> Plan:
    live.forget()
    try:
        plan = live.plan()
    except InputError as error:
        event("invalid desired state")
        assert live.writes() == {} and str(error)
        assume(False)
        raise
    assert live.writes() == {}
    return plan


def _at_rest(live: Live, done: Plan) -> None:
    """Nothing is left but what cannot be told, and a second apply writes nothing."""
    plan = _plan(live)
    undecided = {change.address for change in done.changes if change.action == "cannot_tell"}
    assert {c.address for c in plan.changes if c.action != "cannot_tell"} == set(), changes_of(plan)
    assert {change.address for change in plan.changes} >= undecided or not undecided
    if not plan.findings:
        live.forget()
        assert live.apply(plan).outcomes == []
        assert live.writes() == {}


def _true_in_the_tenant(live: Live, desired: dict[str, Any], plan: Plan, bad: list[Outcome]) -> None:
    """A verdict of verified, checked without the client: the values stand in the simulator's own state."""
    state = live.state()
    places = {normal(one["name"]): one["id"] for one in state["locations"]}
    unsure = {outcome.address for outcome in bad} | {c.address for c in plan.changes if c.action == "cannot_tell"}
    for plural, singular, key in (("people", "person", "email"), ("workspaces", "workspace", "name")):
        for entry in desired.get(plural, ()):
            path, address = f"{plural}/{entry[key]}", f"{singular}/{entry[key]}"
            if address not in unsure:
                for found, wanted in _promised(entry, places):
                    if wanted is not _GONE:
                        assert holds(value_at(state, f"{path}/{found}"), wanted), f"{path}/{found} is not {wanted!r}"
                    else:
                        assert path not in by_name(state), f"{path} is still there"
            if f"{singular}.forwarding/{entry[key]}" not in unsure and address not in unsure:
                _forwarding_true(state, path, entry)
    wrong = {
        address: what for address, what in unmet(desired, state).items() if not unsure & {address, owner_of(address)}
    }
    assert not wrong


_GONE = object()


def _promised(entry: dict[str, Any], places: dict[str, str]) -> list[tuple[str, Any]]:
    if entry.get("state") == "absent":
        return [("", _GONE)]
    fields = {"first_name": "firstName", "notes": "notes", "capacity": "capacity"}
    promised = [(theirs, entry[ours]) for ours, theirs in fields.items() if ours in entry]
    for ours, theirs in (("extension", "calling/extension"), ("phone_number", "calling/number")):
        if ours in entry:
            promised.append((theirs, entry[ours]))
    if "location" in entry:
        promised.append(("calling/location" if "email" in entry else "location", places[entry["location"]]))
    return promised


def _forwarding_true(state: dict[str, Any], path: str, entry: dict[str, Any]) -> None:
    theirs = {"no_answer": "noAnswer", "business_continuity": "businessContinuity"}
    for name, branch in (entry.get("forwarding") or {}).items():
        found = value_at(state, f"{path}/calling/forwarding/{theirs.get(name, name)}")
        assert (found or {}).get("destination") == (branch or {}).get("destination"), f"{path} forwards {name}"


def _others_untouched(live: Live, desired: dict[str, Any], start: dict[str, Any]) -> None:
    """Nobody who is not described has changed."""
    described = {f"people/{entry['email']}" for entry in desired.get("people", ())}
    described |= {f"workspaces/{entry['name']}" for entry in desired.get("workspaces", ())}
    described |= {f"locations/{entry['name']}" for entry in desired.get("locations", ())}
    for plural in line_features.PLURALS:
        described |= {
            f"{plural}/{entry[name]}" for entry in desired.get(plural, ()) for name in ("was", "name") if name in entry
        }
    # Who was called back through somebody who is gone falls back to their location; that they still can be is
    # looked at by whoever plays stories (check.py), and so is who is no member any more.
    paths = (path for path in differences(start, live.state()) if "/ecbn/" not in path and not MEMBERS.search(path))
    changed = {"/".join(path.split("/")[:2]) for path in paths}
    assert {path for path in changed if not path.startswith("numbers/")} <= described
