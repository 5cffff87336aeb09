"""What nobody knows of the real API is a switch of the simulator: the cases hold in every position of every switch.

A case is run once to see which switches it meets, and then again in each of their other positions in which the tenant
would have answered anything else (tests/support/answers.py); the campaign runs it in all of them.
"""

from __future__ import annotations

import os
import re
import zlib
from dataclasses import replace
from typing import ClassVar

import pytest

from reconciler.simulator import EditRefused
from reconciler.simulator.core import store, switches
from tests.support.answers import Answers
from tests.support.case import Case, prepare, run
from tests.support.live import Live
from tests.support.state import differences

#: The API refuses what no plan can know beforehand: the refusal is told in its words, and nothing else is touched.
REFUSALS = {("forwarding_needs_number", "on"), ("job_item_errors", "first")}

#: Where a directory owns people no plan can know it beforehand either (with `identity: directory` it does:
#: test_licences_apart.py); a case that writes no profile holds there as everywhere.
PROFILE = re.compile(r"POST /people|PUT /people/[^/]+")

#: Quirks of pages cost requests, and nearly every case meets them: tried in one of eight, the same each time; the
#: campaign tries all.
COSTLY = frozenset({"page_empty_with_next", "page_without_list_key", "next_url_malformed"})
ALL = os.environ.get("HYPOTHESIS_PROFILE") == "campaign"


class Watched(switches.Positions):
    """Remembers which switches were asked for."""

    met: ClassVar[set[str]] = set()

    def __getitem__(self, name: str) -> str:
        self.met.add(name)
        return super().__getitem__(name) if name in self else self.__missing__(name)


def run_everywhere(case: Case, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the tenant stands, and then again in each other position in which it would have answered anything else."""
    monkeypatch.setattr(store, "Positions", Watched)
    tenant = live.state()
    live.server.load(tenant)
    Watched.met = set()
    with monkeypatch.context() as patch:
        answers = Answers(patch)
        run(case, live)
    for name, position in others(case, set(Watched.met), tenant["switches"]):
        if not ALL and answers.same(tenant, name, position):
            continue
        live.server.load(tenant)
        turned = replace(case, switches={name: position}, patient=position.endswith("s") or name in COSTLY)
        try:
            if refuses(case, name, position):
                run_refused(turned, live)
            else:
                run(turned, live)
        except AssertionError as failure:
            raise AssertionError(f"{name}={position}: {failure}") from failure


def others(case: Case, met: set[str], stands: dict[str, str]) -> list[tuple[str, str]]:
    """The other positions of these switches, in which the case is to be run."""
    return [
        (one.name, position)
        for one in switches.declared()
        if one.name in met
        for position in one.positions
        if position != stands.get(one.name, one.default) and (ALL or tried(case, one.name, position))
    ]


def tried(case: Case, name: str, position: str) -> bool:
    return name not in COSTLY or zlib.crc32(f"{case.name} {name} {position}".encode()) % 8 == 0


def refuses(case: Case, name: str, position: str) -> bool:
    """Whether the API may refuse in this position what the case writes."""
    if name != "people_profile_owner":
        return (name, position) in REFUSALS
    edits = [request for one in case.given + case.meanwhile for request in one]
    return any(PROFILE.fullmatch(one) for one in [*case.expect.get("writes", {}), *edits])


def run_refused(case: Case, live: Live) -> None:
    """Every operation is verified, or failed in the API's words; what failed is as it was before."""
    try:
        prepare(case, live)
    except EditRefused:
        return  # what the case begins with cannot be in this position
    if "error" in case.expect:
        return
    plan = live.plan()
    before = live.state()
    if plan.findings:
        return
    outcomes = live.apply(plan).outcomes
    assert all(outcome.verdict in ("verified", "failed", "skipped", "drifted") for outcome in outcomes)
    assert all(outcome.why for outcome in outcomes if outcome.verdict != "verified")
    if all(outcome.verdict == "failed" for outcome in outcomes):
        assert differences(before, live.state()) == set()
