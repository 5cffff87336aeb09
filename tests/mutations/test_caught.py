"""A test of the tests: the product is broken in one place, and conformance of one kind must turn red, for that reason.

What is caught is committed, in caught.txt: whoever adds a mutation adds its line, and none may go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconciler.errors import ReconcileError
from reconciler.kinds import section
from reconciler.kinds.contract.access import Reader, Writer
from reconciler.model.address import owner_address
from reconciler.model.outcome import Verdict
from reconciler.model.snapshot import Current, Fields
from reconciler.planning import forecast, order
from reconciler.planning.order import token
from tests.conformance import test_marks as marks
from tests.conformance import test_section_life as life
from tests.conformance import test_sections as sections
from tests.rehearsal import test_carried as carried

CAUGHT = (Path(__file__).parent / "caught.txt").read_text("utf-8").splitlines()
Mutation = Callable[[pytest.FixtureRequest, pytest.MonkeyPatch], None]
mutations: dict[str, tuple[str, Mutation]] = {}


def mutation(name: str, *, seen: str) -> Callable[[Mutation], Mutation]:
    """One way to break the product; `seen` is what the failure says (a regular expression)."""

    def register(function: Mutation) -> Mutation:
        mutations[name] = seen, function
        return function

    return register


def test_the_list_is_what_is_caught() -> None:
    assert list(mutations) == CAUGHT


@pytest.mark.parametrize("name", CAUGHT)
def test_conformance_turns_red(name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, broken = mutations[name]
    with pytest.raises((AssertionError, ReconcileError, pytest.fail.Exception)) as told:
        broken(request, monkeypatch)
    assert re.search(seen, str(told.value)), str(told.value)


@contextmanager
def other(name: str, **parts: Any) -> Iterator[None]:
    """A kind, frozen as it is, with other parts."""
    kind = section(name)
    usual = {part: getattr(kind, part) for part in parts}
    for part, value in parts.items():
        object.__setattr__(kind, part, value)
    try:
        yield
    finally:
        for part, value in usual.items():
            object.__setattr__(kind, part, value)


# --- a kind ---


@mutation("a write that drops a leaf which nobody manages", seen=r"smsDestination'\] changed with it")
def _drops(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    write = section("person.voicemail").write
    assert write is not None

    async def dropping(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
        owner.wire["notifications"].pop("smsDestination", None)
        await write(writer, owner, now, want)

    with other("person.voicemail", write=dropping):
        sections.test_a_field_is_written_and_every_other_leaf_stays("person.voicemail", request.getfixturevalue("live"))


@mutation("a write that sets more than it is asked to", seen=r"ring_splash")
def _sets_more(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    write = section("person.do_not_disturb").write
    assert write is not None

    async def eager(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
        await write(writer, owner, now, {"ring_splash": False, **want})

    with other("person.do_not_disturb", write=eager):
        sections.test_a_field_is_written_and_every_other_leaf_stays(
            "person.do_not_disturb", request.getfixturevalue("live")
        )


@mutation("a read that forgets to normalise", seen=r"destination|drifted")
def _reads_as_it_is(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.kinds.settings.forwarding.e164", lambda value: value)
    sections.test_a_field_is_written_and_every_other_leaf_stays("person.forwarding", request.getfixturevalue("live"))


@mutation("a read that does not show a field", seen=r"ring_splash: no leaf of the document")
def _reads_less(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    fetch = section("person.do_not_disturb").fetch
    assert fetch is not None

    async def blind(reader: Reader, owner: Current) -> Fields | None:
        return {**(await fetch(reader, owner) or {}), "ring_splash": False}

    with other("person.do_not_disturb", fetch=blind):
        sections.test_a_field_is_written_and_every_other_leaf_stays(
            "person.do_not_disturb", request.getfixturevalue("live")
        )


@mutation("a declared default that is not what the API gives", seen="has other defaults than are declared")
def _other_default(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    with other("person.call_waiting", defaults={"enabled": False}):
        sections.test_null_is_the_rest_position("person.call_waiting", request.getfixturevalue("live"))


# --- what is described ---


@mutation("a member that is nobody", seen="DID NOT RAISE")
def _nobody(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.repository.desired.checks.names_in", _said_of(0))
    for name, path, ref in marks.REFS:
        if name == "person.monitoring":
            marks.test_who_is_nobody_is_told_where_it_is_written(name, path, ref, request.getfixturevalue("live"))


@mutation("a number or an extension taken twice", seen="DID NOT RAISE")
def _taken_twice(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.repository.desired.checks.names_in", _said_of(1))
    name, field, claim = next(one for one in marks.CLAIMS if one[0] == "person")
    marks.test_what_is_claimed_twice_is_told(name, field, claim, request.getfixturevalue("live"))


def _said_of(kept: int) -> Callable[..., tuple[list[str], list[str]]]:
    """What a resource claims and refers to, with nothing in one of the two."""
    from reconciler.repository.desired import checks

    usual = checks.names_in

    def half(*about: Any) -> tuple[list[str], list[str]]:
        found = usual(*about)
        return (found[0], []) if kept == 0 else ([], found[1])

    return half


# --- what is planned ---


@mutation("a forecast off by one", seen="foretold")
def _one_more(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = forecast._send
    monkeypatch.setattr(forecast, "_send", lambda operation: [*usual(operation), "GET /people/{personId}"])
    life.test_described_written_read_and_taken_back("person.call_waiting", request.getfixturevalue("live"))


@mutation("a section written before its owner's last step", seen="is written before the last of")
def _too_early(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = order._needs

    def early(by_address: Any, steps: Any) -> Any:
        needs, for_claims = usual(by_address, steps)
        last = {change.address: token(change.address, step.name) for change, step in steps}
        for own, before in needs.items():
            address = own.partition("#")[0]
            if owner_address(address) != address:
                before.discard(last.get(owner_address(address), ""))
        return needs, for_claims

    monkeypatch.setattr(order, "_needs", early)
    marks.test_a_section_waits_for_every_step_of_its_owner("person.forwarding")


@mutation("a kind that the rehearsal cannot carry", seen=r"\{'enabled': True\} == \{'enabled': False\}")
def _not_carried(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*about: Any) -> str:
        return ""

    monkeypatch.setattr("reconciler.rehearsal.replay.Replay._section", nothing)
    live, rehearse, scene = (request.getfixturevalue(name) for name in ("live", "rehearse", "scene"))
    carried.test_a_setting_is_on_the_twin_as_it_is_in_the_tenant("person.call_waiting", live, rehearse, scene)


# --- what is carried out ---


@mutation("a success that is believed without reading back", seen="an ignored write is believed")
def _believed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    from reconciler.applying import attempt

    usual = attempt.judged

    def trusting(*about: Any, **more: Any) -> Any:
        return {name: replace(one, verdict=Verdict.VERIFIED) for name, one in usual(*about, **more).items()}

    monkeypatch.setattr(attempt, "judged", trusting)
    life.test_described_written_read_and_taken_back("person.call_waiting", request.getfixturevalue("live"))


@mutation("an undo that forgets a field", seen="undo brings back every leaf")
def _half_undone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    from reconciler.applying import undo

    usual = undo._comparable
    monkeypatch.setattr(undo, "_comparable", lambda deed: usual(deed)[1:])
    life.test_described_written_read_and_taken_back("person.do_not_disturb", request.getfixturevalue("live"))
