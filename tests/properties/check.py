"""What must hold of every plan, run and error, whatever happened around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.errors import InputError, ReconcileError
from reconciler.model.applied import Applied
from reconciler.model.plan import Plan
from reconciler.runs import journal
from reconciler.runs.known import Run
from reconciler.simulator import Simulator
from tests.properties import callback, line_features
from tests.properties.history import Deed, History
from tests.properties.truth import owner_of
from tests.support.state import normal

_PLURAL = {"person": "people"}
_TAKEN = ("already in use", "already assigned", "not available")
_UNENTITLED = "not available for this object"


def history(history: History) -> None:
    if history.mishap is not None:
        raise history.mishap
    assert not history.overwritten, f"somebody else's change was overwritten unseen: {history.overwritten}"
    assert not history.strange, f"changed although nobody described it: {history.strange}"
    assert not history.doubled, f"created twice: {history.doubled}"


def callbacks(server: Simulator, before: set[str], told: str) -> None:
    """In whatever state a run stops, whoever could be called back in an emergency, and still calls, can be."""
    gone = (before & callback.known(server)) - callback.valid(server)
    assert not gone, f"after {told} no longer called back in an emergency: {sorted(gone)}"


def told(error: ReconcileError) -> None:
    if isinstance(error, InputError):
        assert error.problems and all(problem.what for problem in error.problems)
    else:
        assert error.what and (error.do or error.why or error.where), f"says neither why nor what to do: {error!r}"


def plan(plan: Plan) -> None:
    assert all(finding.why and finding.do for finding in plan.findings), plan.findings
    assert Plan.loads(plan.dumps(), "plan.json").digest == plan.digest


def holders(plan: Plan, state: dict[str, Any]) -> None:
    """Who is said to have an extension is there, and where there is said to be no calling is none."""
    halves = {normal(one["name"]): one.get("calling") for one in state["locations"]}
    names = {one["id"]: normal(one["name"]) for one in state["locations"]}
    held = {f"{name}/{half.get('voicePortal')}" for name, half in halves.items() if half}
    blocks = (one.get("calling") for table in state.values() if isinstance(table, list) for one in table)
    held |= {f"{names[b['location']]}/{b.get('extension')}" for b in blocks if isinstance(b, dict) and "location" in b}
    for finding in plan.findings:
        rule, _, subject = finding.override.partition(":")
        assert rule != "extensions" or subject in held, f"nobody has it: {finding}"
        assert rule != "no-calling" or not halves.get(subject), f"it has calling: {finding}"


def applied(done: Applied, plan: Plan | None) -> None:
    """Every step of every operation has an outcome, all that is not well says why, and the evidence is whole."""
    run = Run(done.folder)
    if plan is not None and done.ending == "finished":
        steps = sum(len(operation.members) for operation in plan.operations)
        assert len(done.outcomes) == steps, f"{len(done.outcomes)} outcomes of {steps}"
    silent = [one for one in done.outcomes if one.verdict != "verified" and not one.why]
    assert not silent, f"says not why: {silent}"
    assert not run.kept.broken and not run.kept.torn, "the journal's chain is broken"
    assert journal.broken_at(run.kept.path) == 0
    totals = done.summary["totals"]
    assert len(done.outcomes) <= totals["results"] == sum(totals.values()) - totals["results"], totals


def verified(done: Applied, plan: Plan | None, unmet: dict[str, list[str]], since: list[Deed]) -> None:
    """What is called verified is true in the tenant, unless somebody else changed it, or a delay did, meanwhile."""
    assert plan is not None
    unsure = {one.address for one in done.outcomes if one.verdict != "verified"}
    unsure |= {change.address for change in plan.changes if change.action == "cannot_tell"}
    others = {"/".join(path.split("/")[:2]) for deed in since if deed.who != "us" for path in deed.changed}
    lies = {
        address: what
        for address, what in unmet.items()
        if address in {one.address for one in done.outcomes}
        if address not in unsure and owner_of(address) not in unsure and _path(address) not in others
    }
    assert not lies, f"called verified and not so: {lies}"


def blockers(done: Applied, desired: dict[str, Any], state: dict[str, Any]) -> None:
    """Where somebody is said to have what is wanted, somebody has. Who moves wants to keep what they have."""
    holders = {f"person/{_name(one)}": _claimed(one.get("calling") or {}) for one in state["people"]}
    holders |= {f"workspace/{_name(one)}": _claimed(one.get("calling") or {}) for one in state["workspaces"]}
    holders |= {f"location/{normal(one['name'])}": {_main_number(one)} for one in state["locations"]}
    holders |= {f"{kind}/{_line(one, state)}": _claimed(one["calling"]) for kind, one in _lines(state)}
    entries = {f"person/{one['email']}": one for one in desired.get("people", ())}
    entries |= {f"workspace/{one['name']}": one for one in desired.get("workspaces", ())}
    entries |= {f"location/{one['name']}": one for one in desired.get("locations", ())}
    for plural, kind in line_features.PLURALS.items():
        entries |= {f"{kind}/{one['location']}/{one['name']}": one for one in desired.get(plural, ())}
    for outcome in done.outcomes:
        why = outcome.why.replace(_UNENTITLED, "")
        if outcome.verdict != "verified" and any(words in why for words in _TAKEN):
            owner = owner_of(outcome.address)
            taken = set().union(*(values for holder, values in holders.items() if holder != owner))
            wanted = (_wanted(entries[owner]) | holders.get(owner, set())) - {None}
            assert wanted & taken, f"{outcome.address}: {outcome.why}, but nobody else has any of {wanted}"


def _lines(state: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Whatever else has an extension or a number: paging groups, virtual lines, and all that nobody describes."""
    for table, records in state.items():
        kind = line_features.PLURALS.get(table, table)
        if table not in ("people", "workspaces", "locations") and isinstance(records, list):
            yield from ((kind, one) for one in records if isinstance(one.get("calling"), dict))


def _line(record: dict[str, Any], state: dict[str, Any]) -> str:
    place = next(one["name"] for one in state["locations"] if one["id"] == record["calling"]["location"])
    return f"{normal(place)}/{line_features.name_of(record)}"


def _main_number(location: dict[str, Any]) -> str | None:
    number: str | None = ((location.get("calling") or {}).get("callingLineId") or {}).get("phoneNumber")
    return number


def _wanted(entry: dict[str, Any]) -> set[Any]:
    numbers = {entry.get("extension"), entry.get("phone_number"), (entry.get("calling") or {}).get("main_number")}
    return numbers | set((entry.get("numbers") or {}).get("secondary", ()))


def _name(record: dict[str, Any]) -> str:
    return str(record["emails"][0].lower() if "emails" in record else normal(record["displayName"]))


def _claimed(calling: dict[str, Any]) -> set[Any]:
    return {calling.get("extension"), calling.get("number"), *(one["number"] for one in calling.get("alternates", ()))}


def nothing_left(plan: Plan, done: Plan, unmet: dict[str, list[str]], left_out: set[str]) -> None:
    """But for what cannot be told and what a guard blocks, with all that belongs to it."""
    undecided = {change.address for change in (*done.changes, *plan.changes) if change.action == "cannot_tell"}
    undecided |= left_out
    undecided |= {address for address in unmet if owner_of(address) in undecided}
    left = {change.address: change.action for change in plan.changes if change.address not in undecided}
    assert not left, f"all is verified, and yet the next plan changes {left}"
    wrong = {address: what for address, what in unmet.items() if address not in undecided}
    assert not wrong, f"all is verified, and yet it is not so: {wrong}"


def _path(address: str) -> str:
    kind, _, key = owner_of(address).partition("/")
    if kind in line_features.PLURALS.values():
        key = key.partition("/")[2]
    return f"{_PLURAL.get(kind, f'{kind}s')}/{key}"
