"""How far an export is, on stderr: lines for a log, one that moves for a terminal; and how many requests at a time."""

from __future__ import annotations

import asyncio
import io
import re
from dataclasses import dataclass, field

import pytest

from reconciler import pipeline
from reconciler.cli.app import run
from reconciler.cli.progress import EVERY, shown
from reconciler.inventory.choice import chosen
from reconciler.inventory.exporting import ExportOptions
from reconciler.report.progress import Progress, duration
from reconciler.simulator import Simulator, generate_tenant
from reconciler.webex.connection import Connection
from reconciler.webex.credentials import Credentials
from reconciler.webex.pacing import Pace
from reconciler.webex.policy import Policy
from tests.inventory.conftest import Reading


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    written: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0s"), (59.4, "59s"), (60, "1m00s"), (100, "1m40s"), (3599.7, "1h00m"), (7500, "2h05m")]
)
def test_a_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_line_as_it_is_read() -> None:
    clock = Clock()
    progress = Progress(clock=clock)
    assert progress.line == "export: 0 of ~0 requests, 0%"
    clock.now = 20.0
    progress.heard(1240, 0, 5800)
    assert progress.line == "export: 1,240 of ~5,800 requests, 21%, ETA 1m14s"
    progress.heard(1240, 3000, 5800)
    assert progress.line == "export: 4,240 of ~5,800 requests (3,000 from before), 73%, ETA 25s"


def test_an_estimate_that_was_too_low_is_never_passed() -> None:
    clock = Clock()
    progress = Progress(clock=clock)
    clock.now = 10.0
    progress.heard(700, 0, 650)
    assert progress.line == "export: 700 of ~700 requests, 100%, ETA 0s"


def test_without_a_terminal_there_is_a_line_every_few_seconds() -> None:
    clock, stream = Clock(), io.StringIO()
    with shown(Progress(clock=clock), quiet=False, stream=stream) as heard:
        for second in range(1, 21):  # an answer every half second, ten in all seconds of waiting
            for half in (0.0, 0.5):
                clock.now = second + half
                heard(2 * second + int(2 * half), 0, 100)
    lines = stream.getvalue().splitlines()
    assert len(lines) == 20.5 // EVERY
    assert lines[0].startswith("export: 10 of ~100 requests, 10%, ETA ")


@pytest.mark.parametrize("terminal", [True, False])
def test_quiet_says_nothing(terminal: bool) -> None:
    clock, stream = Clock(), Terminal() if terminal else io.StringIO()
    with shown(Progress(clock=clock), quiet=True, stream=stream) as heard:
        clock.now = 3600.0
        heard(50, 0, 100)
    assert stream.getvalue() == ""


def test_with_a_terminal_one_line_moves_and_is_gone_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    clock, stream = Clock(), Terminal()
    with shown(Progress(clock=clock), quiet=False, stream=stream) as heard:
        clock.now = 10.0
        heard(50, 0, 200)
    drawn = stream.getvalue()
    assert "export: 50 of ~200 requests, 25%, ETA 30s" in drawn
    assert "\x1b[2K" in drawn and drawn.count("\n") <= 1  # erased, not scrolled away


def test_an_export_tells_how_far_it_is(furnished_state: dict[str, object]) -> None:
    """Each answer is told; the estimate never falls short of what was done by much, and ends at the exact number."""
    heard: list[tuple[int, int, int]] = []
    with Simulator(furnished_state) as server:
        tenant = Connection(Credentials(server.base_url, server.token), waiting=lambda *_: None)
        how = ExportOptions(careful=True, heard=lambda *told: heard.append(told))
        done = asyncio.run(pipeline.export(tenant, choice=chosen(), how=how))
        total = server.requests()["total"]
    assert done.requests == total == done.expected
    # whose token it is and the preflight come before there is anything to estimate
    assert [sent for sent, _, _ in heard] == list(range(done.requests - len(heard) + 1, total + 1))
    assert len(heard) >= total - done.preflight.requests - 1
    last = heard[-1][2]
    assert abs(last - total) <= total * 0.05


def test_the_number_of_the_last_time_is_the_first_estimate(full: Simulator, whole: Reading) -> None:
    """With the counts of a snapshot of yesterday the very first line is about right."""
    heard: list[int] = []
    before = {name: len(found) for name, found in whole.snapshot.kinds.items()}
    tenant = Connection(Credentials(full.base_url, full.token), waiting=lambda *_: None)
    how = ExportOptions(before=before, heard=lambda sent, kept, total: heard.append(total))
    done = asyncio.run(pipeline.export(tenant, choice=chosen(), how=how))
    assert abs(heard[0] - done.requests) <= done.requests * 0.25


def test_the_export_says_what_it_expected(
    full: Simulator, tmp_path: object, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The formula's number and what was really asked, the preflight and the counting included."""
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", full.token)
    monkeypatch.setenv("WEBEX_API_URL", full.base_url)
    full.reset_requests()
    assert run(["export", "-C", str(tmp_path)]) == 0
    found = re.search(r"([\d,]+) requests \(([\d,]+) expected\)", capfd.readouterr().err)
    assert found is not None
    assert [int(one.replace(",", "")) for one in found.groups()] == [full.requests()["total"]] * 2


def at_once(server: Simulator) -> Credentials:
    """A tenant whose limit is known to be high: where none is known, they begin hardly side by side (contact.py)."""
    return Credentials(server.base_url, server.token, policy=Policy(pace=Pace(rate=100_000)))


@pytest.mark.parametrize("workers", [1, 3])
def test_never_more_requests_at_a_time_than_workers(workers: int) -> None:
    """Pages of lists, details and parts together; and as many as that, where there is enough to do."""
    with Simulator(generate_tenant(people=12, locations=2, workspaces=2, seed=1), latency=0.002) as server:
        tenant = Connection(at_once(server), waiting=lambda *_: None, workers=workers)
        asyncio.run(pipeline.export(tenant, choice=chosen()))
        assert server.requests()["max_in_flight"] == workers


def test_details_of_one_kind_are_read_beside_the_pages_of_another() -> None:
    """The list of people is one page after the other; meanwhile everything else goes on."""
    with Simulator(generate_tenant(people=400, locations=2, workspaces=6, seed=1), latency=0.001) as server:
        tenant = Connection(at_once(server), waiting=lambda *_: None, workers=4)
        choice = chosen(["person", "workspace"])
        asyncio.run(pipeline.export(tenant, choice=choice))
        routes = [entry["route"] for entry in server.log()]
    pages = [number for number, route in enumerate(routes) if route == "/people"]
    assert len(pages) == 4
    between = routes[pages[0] : pages[-1]]
    assert "/workspaces/{workspaceId}/features/callForwarding" in between


def test_no_more_coroutines_than_can_run() -> None:
    """Memory does not grow with what is waiting: 400 people are no 400 tasks."""
    most = 0

    def count(sent: int, kept: int, total: int) -> None:
        nonlocal most
        most = max(most, len(asyncio.all_tasks()))

    with Simulator(generate_tenant(people=400, locations=2, workspaces=2, seed=1)) as server:
        tenant = Connection(Credentials(server.base_url, server.token), waiting=lambda *_: None, workers=2)
        asyncio.run(pipeline.export(tenant, choice=chosen(["person"]), how=ExportOptions(heard=count)))
    assert 0 < most < 40
