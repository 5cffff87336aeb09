"""Cases as data: `tests/cases/<kind>/<case>.yaml`, described in tests/cases/README.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcileError
from reconciler.model.plan import Plan
from reconciler.repository import yamlfile
from tests.support.budget import check_calls, least_writes
from tests.support.faults import faults
from tests.support.live import Live, changes_of
from tests.support.state import differences, holds, resolve, value_at

CASES = Path(__file__).parents[1] / "cases"


@dataclass(frozen=True)
class Case:
    """One case as read; every part may be left out but `about` and `expect`."""

    path: Path
    about: str
    expect: dict[str, Any]
    desired: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    switches: dict[str, Any] = field(default_factory=dict)
    given: list[dict[str, Any]] = field(default_factory=list)
    meanwhile: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[str, Any] = field(default_factory=dict)
    spelling: dict[str, Any] = field(default_factory=dict)
    #: the tenant is slow, so that some writes are sent again until they are taken
    patient: bool = False

    @property
    def undisturbed(self) -> bool:
        """Whether everything goes as planned, so that it can be foretold how many requests it takes."""
        return not (self.faults or self.meanwhile or self.patient or self.expect.get("verdicts"))

    @property
    def kind(self) -> str:
        return self.path.parent.name

    @property
    def name(self) -> str:
        return f"{self.kind}/{self.path.stem}"


def cases() -> list[Case]:
    return [Case(path, **yamlfile.load(path.read_text("utf-8"))) for path in sorted(CASES.glob("*/*.yaml"))]


def run(case: Case, live: Live) -> None:
    """Plan, apply, compare the whole tenant before and after, and plan again."""
    prepare(case, live)
    with faults(live.server, {route: {"spell": spelling} for route, spelling in case.spelling.items()}):
        _run(case, live)


def _run(case: Case, live: Live) -> None:
    expect = case.expect
    before = live.state()
    live.forget()
    if "error" in expect:
        with pytest.raises(ReconcileError) as caught:
            live.plan()
        assert expect["error"]["text"] in str(caught.value)
        assert caught.value.exit_code == expect["error"]["exit"]
        assert live.writes() == {}
        return
    plan = live.plan()
    assert live.writes() == {}, "planning wrote"
    assert changes_of(plan) == expect.get("changes", {})
    _check_words(plan, expect)
    edit(live, case.meanwhile)
    if case.meanwhile:
        before = live.state()
    live.forget()
    _apply(case, live, plan)
    if case.undisturbed and not plan.findings:
        check_calls(plan, live.requests())  # M5
        assert sum(live.writes().values()) <= least_writes(plan)  # M7
    _check_writes(case, live.writes())
    if "trace" in expect and not case.patient:
        assert live.trace() == expect["trace"]
    _check_state(live, before, expect.get("then", {}))
    _check_again(live, expect)


def _check_writes(case: Case, writes: dict[str, int]) -> None:
    wanted = case.expect.get("writes", {})
    if case.patient:
        assert all(writes.get(route, 0) >= count for route, count in wanted.items())
    else:
        assert writes == wanted


def prepare(case: Case, live: Live) -> None:
    if case.switches:
        live.server.load({**live.state(), "switches": {**live.state()["switches"], **case.switches}})
    edit(live, case.given)
    live.describe(case.desired, **case.settings)


def edit(live: Live, edits: list[dict[str, Any]]) -> None:
    """What other admins do: `{"PUT /people/{person:ana@example.com}": body}`, one after the other."""
    for one in edits:
        for request, body in one.items():
            method, path = resolve(request, live.state(), remote=True).split(" ", 1)
            live.server.edit(method, path, resolve(body, live.state(), remote=True))
    if edits:
        live.server.advance(60)  # long enough ago for everybody to read it


def _check_words(plan: Plan, expect: dict[str, Any]) -> None:
    by_address = {change.address: change for change in plan.changes}
    findings = {finding.address: f"{finding.rule}: {finding.why}" for finding in plan.findings}
    assert findings.keys() == expect.get("blocked", {}).keys()
    for address, text in expect.get("blocked", {}).items():
        assert text in findings[address]
    for address, text in expect.get("notes", {}).items():
        assert any(text in note for note in by_address[address].notes), by_address[address].notes
    for address, text in expect.get("reasons", {}).items():
        assert text in by_address[address].reason


def _apply(case: Case, live: Live, plan: Plan) -> None:
    expect = case.expect
    if plan.findings:
        with pytest.raises(ReconcileError) as caught:
            live.apply(plan)
        assert caught.value.exit_code == 4
        return
    with faults(live.server, case.faults):
        outcomes = live.apply(plan).outcomes
    told = [(o.address, str(o.verdict), o.why, o.fields) for o in outcomes]
    wanted = expect.get("verdicts", {})
    for outcome in outcomes:
        assert outcome.verdict == wanted.get(outcome.address, "verified"), told
    assert wanted.keys() <= {outcome.address for outcome in outcomes}, told
    for address, text in expect.get("why", {}).items():
        assert any(text in outcome.why for outcome in outcomes if outcome.address == address), told


def _check_state(live: Live, before: dict[str, Any], then: dict[str, Any]) -> None:
    """Every value that is named is there, and nothing else has changed."""
    after = live.state()
    named = resolve(then, after, remote=False)
    for path, value in named.items():
        assert holds(value_at(after, path), value), f"{path} is {value_at(after, path)!r}"
    changed = {path for path in differences(before, after) if not any(_within(path, name) for name in named)}
    assert changed == set(), "changed without being named in `then`"


def _within(path: str, name: str) -> bool:
    return path == name or path.startswith(f"{name}/")


def _check_again(live: Live, expect: dict[str, Any]) -> None:
    """A second run finds nothing to do, unless the case says what."""
    live.forget()
    again = expect.get("again", _left(expect))
    if again is None:
        return
    plan = live.plan()
    assert changes_of(plan) == again
    if not again:
        assert live.apply(plan).outcomes == []
        assert live.writes() == {}


def _left(expect: dict[str, Any]) -> dict[str, str]:
    """What cannot be told or is blocked stays in the plan."""
    changes: dict[str, str] = expect.get("changes", {})
    if expect.get("blocked"):
        return changes
    undone = expect.get("verdicts", {})
    return {address: action for address, action in changes.items() if action == "cannot_tell" or address in undone}
