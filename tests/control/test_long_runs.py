"""S93, S106, S108: long runs, by hand: `./dev test -m campaign tests/control`. What they took is printed."""

from __future__ import annotations

import csv
import gc
import json
import os
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.model.applied import Applied
from reconciler.model.control import Ending
from reconciler.runs import lock
from reconciler.runs.known import find
from reconciler.simulator import Simulator, generate_tenant
from reconciler.webex.connection import Connection
from tests.control.conftest import verdicts, without_calling
from tests.support.live import Live

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(0)]
#: Seconds that 5,000 rows may take, on a machine that others use too.
STATED = 600.0
#: Bytes that a row that is done may cost the process that applies; how much of it may be the time that it takes (in
#: the minute or so that a row takes there, 3 kilobytes an hour); and what the processes may take in all.
BYTES_A_ROW, BYTES_OF_TIME = 4_000, 50
MOST = {"plan": 400e6, "apply": 500e6}


def resident(process: int | str = "self") -> int:
    """Bytes of memory that a process has now."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def rows(server: Simulator, root: Path, count: int, *, calling: bool, patch: pytest.MonkeyPatch) -> Live:
    """So many rooms, described in a CSV file. With `calling` each reading looks for its number in a list as long as the
    tenant is large."""
    tenant = generate_tenant(people=2, locations=2, workspaces=count, seed=1)
    live = Live(server, root, tenant if calling else without_calling(tenant))
    with (root / "desired" / "workspaces.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("name", "capacity"), *((f"Room {n:04d}", 7) for n in range(1, count + 1))])
    patch.setenv("WEBEX_API_URL", server.base_url)
    patch.setenv("WEBEX_ACCESS_TOKEN", server.token)
    return live


@dataclass
class Process:
    """`reconcile` in a process of its own: what it took, looked at every two seconds while it runs."""

    root: Path
    seconds: float = 0.0
    peak: int = 0
    samples: list[tuple[int, int]] = field(default_factory=list)

    def run(self, server: Simulator, *arguments: str) -> Process:
        command = [sys.executable, "-m", "reconciler", *arguments, "-C", str(self.root)]
        began = time.monotonic()
        with (self.root / "out").open("w") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out)
            while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
                time.sleep(2)
                server.reset_requests()
                done = lock.holder(self.root).get("done", 0)
                if done > 500:
                    self.samples.append((done, resident(process.pid)))
        self.seconds, self.peak = time.monotonic() - began, ended[2].ru_maxrss * 1024
        assert os.waitstatus_to_exitcode(ended[1]) == 0, (self.root / "out").read_text()[-2000:]
        return self


def test_s106_five_thousand_rows_in_a_stated_time(
    server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """As an operator does it: one command, in chunks of 200."""
    live = rows(server, tmp_path, 5_000, calling=True, patch=monkeypatch)
    done = Process(tmp_path).run(server, "apply", "--yes", "--chunk-size", "200")
    run = find(live.root)
    chunks = [len(record["operations"]) for record in run.kept.records if record["event"] == "chunk done"]
    with capsys.disabled():
        print(f"\n5,000 rows in {done.seconds:.0f} s, {5_000 / done.seconds:.0f} a second, plan and all")
    larger = sum(room.get("capacity") == 7 for room in live.state()["workspaces"])
    assert run.standing.verdicts == {"verified": 5_000} and larger == 5_000
    assert chunks == [200] * 25 and done.seconds <= STATED


def test_s108_memory_at_21_000_rows(
    server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """A long CSV file is planned, and the plan applied, each by a process of its own: what the latter holds is the plan
    and a few words a row; the journal is on the disk. At the end it is gone through once, for the summary, which has a
    result for each row."""
    count = int(os.environ.get("CAMPAIGN_ROWS", "21000"))
    live = rows(server, tmp_path, count, calling=False, patch=monkeypatch)
    plan = Process(tmp_path).run(server, "plan", "--out", str(tmp_path / "plan.json"))
    done = Process(tmp_path).run(
        server, "apply", str(tmp_path / "plan.json"), "--yes", "--max-age", "off", "--chunk-size", "200"
    )
    samples = [(rows, held) for rows, held in done.samples if rows < done.samples[-1][0]]
    a_row = (samples[-1][1] - samples[0][1]) / (samples[-1][0] - samples[0][0])
    size = find(live.root).kept.path.stat().st_size
    with capsys.disabled():
        print(
            f"\n{count:,} rows: planned in {plan.seconds:.0f} s with {plan.peak / 1e6:.0f} MB at most, applied in"
            f" {done.seconds:.0f} s; {a_row:,.0f} bytes a row held, resident {samples[0][1] / 1e6:.0f} MB after"
            f" {samples[0][0]:,} rows, {samples[-1][1] / 1e6:.0f} MB after {samples[-1][0]:,}, {done.peak / 1e6:.0f} MB"
            f" at most; journal {size / 1e6:.0f} MB"
        )
    assert find(live.root).standing.verdicts == {"verified": count}
    assert a_row <= BYTES_A_ROW and plan.peak <= MOST["plan"] and done.peak <= MOST["apply"]


@dataclass
class Long:
    """A long run in virtual time, with how much it holds after so many rows and hours."""

    office: Any
    latency: float
    requests: int = 0
    samples: list[tuple[int, float, int]] = field(default_factory=list)

    def run(self) -> Applied:
        self.office.listens = False
        self.office.tenant = Connection(self.office.tenant.credentials, waiting=lambda *_: None, workers=2)
        plan = self.office.plan()
        self.office.server.chaos(seed=7, rate=0.01)
        self.office.server._tenant.latency = self.latency
        tracemalloc.start()
        applied: Applied = self.office.apply(plan, self._sample, chunk_size=20, heartbeat=60.0, pause=None)
        tracemalloc.stop()
        self._count()
        return applied

    def _sample(self, event: str, facts: Mapping[str, Any]) -> None:
        if event == "chunk_done":
            self._count()
            if facts["number"] % 5 == 0:
                gc.collect()
                hours = self.office.simulation.now / 3600
                self.samples.append((facts["number"] * 20, hours, tracemalloc.get_traced_memory()[0]))

    def _count(self) -> None:
        self.requests += self.office.server.requests()["total"]
        self.office.server.reset_requests()

    @property
    def a_row(self) -> float:
        """Bytes held for each row, from the second sample on."""
        (early, _, less), (late, _, more) = self.samples[1], self.samples[-1]
        return (more - less) / (late - early)


def test_s93_twenty_four_hours(rooms: Any, capsys: Any) -> None:
    """A moving clock; one request in a hundred is answered 429 or 5xx, not at all, late, or does nothing. What did
    nothing is told as drifted, and done again in a second run. Memory is flat: it grows by the outcomes alone, which is
    seen from the same run made in an hour or two."""
    count = int(os.environ.get("CAMPAIGN_ROOMS", "2000"))
    quick = Long(rooms(count), 0.5)
    quick.run()
    day = Long(rooms(count), 9.0)
    applied = day.run()
    hours, office, faults = day.office.simulation.now / 3600, day.office, day.office.server.fault_report()["chaos"]
    with capsys.disabled():
        print(f"\n{hours:.1f} hours, {count:,} rows {verdicts(applied)}, {day.requests:,} requests")
        print("  " + ", ".join(f"{at:.0f} h: {held / 1e6:.1f} MB" for _, at, held in day.samples[::3]))
        print(f"  {day.a_row:,.0f} bytes a row; in {quick.samples[-1][1]:.1f} hours {quick.a_row:,.0f} bytes a row")
        print(f"  faults {dict(Counter(json.dumps(one['do'])[:24] for one in faults))}")
    assert applied.ending is Ending.FINISHED and hours >= 24
    assert len(faults) >= 0.005 * day.requests
    assert day.a_row <= BYTES_A_ROW and day.a_row - quick.a_row <= BYTES_OF_TIME
    again = 0
    while (left := pipeline.retry(office.root, "last")).operations and again < 20:
        again += 1
        applied = office.apply(left, pause=None)
    assert set(verdicts(applied)) == {"verified"} and office.larger() == office.count
