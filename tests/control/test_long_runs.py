"""S93, S106, S108: long runs, by hand: `./dev test -m campaign tests/control`. What they took is printed."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.model.control import Ending
from reconciler.pipeline import Tenant
from reconciler.runs import lock
from reconciler.runs.known import find
from reconciler.simulator import Simulator, generate_tenant
from tests.control.conftest import verdicts, without_calling
from tests.support.live import Live

pytestmark = [pytest.mark.campaign, pytest.mark.timeout(0)]
#: Seconds that 5,000 rows may take, the tenant simulated in the same process, on a machine that others use too.
STATED = 600.0
#: Bytes that a row that is done may cost the process that applies.
BYTES_A_ROW = 4_000


def resident(process: int | str = "self") -> int:
    """Bytes of memory that a process has now."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def rows(server: Simulator, root: Path, count: int, *, calling: bool) -> Live:
    """So many rooms. With `calling` each reading looks for its number in a list as long as the tenant is large."""
    tenant = generate_tenant(people=2, locations=2, workspaces=count, seed=1)
    live = Live(server, root, tenant if calling else without_calling(tenant))
    live.describe({"workspaces": [{"name": f"Room {n:04d}", "capacity": 7} for n in range(1, count + 1)]})
    return live


def test_s106_five_thousand_rows_in_a_stated_time(server: Simulator, tmp_path: Path, capsys: Any) -> None:
    live = rows(server, tmp_path, 5_000, calling=True)
    plan = live.plan()
    live.forget()
    began = time.monotonic()
    applied = live.apply(plan, chunk_size=200)
    seconds = time.monotonic() - began
    assert verdicts(applied) == {"verified": 5_000} and sum(live.writes().values()) == 5_000
    with capsys.disabled():
        print(
            f"\n5,000 rows in {seconds:.0f} s, {5_000 / seconds:.0f} a second, {server.requests()['total']:,} requests"
        )
    assert seconds <= STATED


def test_s108_memory_at_21_000_rows(
    server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """The process that applies, alone: what it holds is the plan and a few words a row; the journal is on the disk. At
    the end it is gone through once, for the summary, which has a result for each row; that is told apart."""
    count = int(os.environ.get("CAMPAIGN_ROWS", "21000"))
    live = rows(server, tmp_path, count, calling=False)
    (tmp_path / "plan.json").write_text(live.plan().dumps(), encoding="utf-8")
    monkeypatch.setenv("WEBEX_API_URL", server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", server.token)
    flags = ["--yes", "--max-age", "off", "--chunk-size", "200", "-C", str(tmp_path)]
    command = [sys.executable, "-m", "reconciler", "apply", str(tmp_path / "plan.json"), *flags]
    samples: list[tuple[int, int]] = []
    peak, began = 0, time.monotonic()
    with (tmp_path / "out").open("w") as out, subprocess.Popen(command, stdout=out, stderr=out) as apply:
        while apply.poll() is None:
            time.sleep(2)
            server.reset_requests()
            done = lock.holder(tmp_path).get("done", 0)
            if done > 500 and apply.poll() is None:
                samples.append((done, resident(apply.pid)))
                peak = max(peak, samples[-1][1])
    samples = [(done, held) for done, held in samples if done < samples[-1][0]]
    seconds = time.monotonic() - began
    a_row = (samples[-1][1] - samples[0][1]) / (samples[-1][0] - samples[0][0])
    size = find(live.root).kept.path.stat().st_size
    with capsys.disabled():
        print(
            f"\n{count:,} rows in {seconds:.0f} s: {a_row:,.0f} bytes a row held; resident {samples[0][1] / 1e6:.0f} MB"
            f" after {samples[0][0]:,} rows, {samples[-1][1] / 1e6:.0f} MB after {samples[-1][0]:,},"
            f" {peak / 1e6:.0f} MB at most; journal {size / 1e6:.0f} MB"
        )
    assert apply.returncode == 0 and find(live.root).standing.verdicts == {"verified": count}
    assert a_row <= BYTES_A_ROW


def test_s93_twenty_four_hours(rooms: Any, capsys: Any) -> None:
    """A moving clock; one request in a hundred is answered 429 or 5xx, not at all, late, or does nothing. What did
    nothing is told as drifted, and done again in a second run. Memory grows by the outcomes alone, and not by the hour.
    """
    office = rooms(int(os.environ.get("CAMPAIGN_ROOMS", "7000")))
    office.listens = False
    office.tenant = Tenant(office.tenant.credentials, waiting=lambda *_: None, workers=2)
    plan = office.plan()
    office.server.chaos(seed=7, rate=0.01)
    office.server._tenant.latency = 9.0
    samples: list[tuple[float, int, int]] = []

    def sample(event: str, facts: Mapping[str, Any]) -> None:
        if event == "chunk_done":
            office.server.reset_requests()
        if event == "heartbeat" and facts["elapsed"] >= 3600 * (len(samples) + 1):
            gc.collect()
            samples.append((facts["elapsed"] / 3600, tracemalloc.get_traced_memory()[0], resident()))

    tracemalloc.start()
    applied = office.apply(plan, sample, chunk_size=20, heartbeat=60.0, pause=None)
    tracemalloc.stop()
    resumed = 0
    while applied.ending is not Ending.FINISHED and resumed < 20:
        resumed += 1
        applied = office.resume(pause=None, chunk_size=20)
    first, hours = verdicts(applied), office.simulation.now / 3600
    assert hours >= 24
    while (again := pipeline.retry(office.root, "last")).operations and resumed < 20:
        resumed += 1
        applied = office.apply(again, pause=None)
    with capsys.disabled():
        print(f"\n{hours:.1f} hours, {office.count:,} rows {first}, {resumed} more runs")
        print("  " + ", ".join(f"{hour:.0f} h: {held / 1e6:.1f} MB" for hour, held, _ in samples[::3]))
        faulty = Counter(json.dumps(one["do"])[:24] for one in office.server.fault_report()["chaos"])
        print(f"  resident {samples[0][2] / 1e6:.0f} → {samples[-1][2] / 1e6:.0f} MB; faults {dict(faulty)}")
    assert set(verdicts(applied)) == {"verified"} and office.larger() == office.count
    early, late = samples[2][1], samples[-1][1]
    done = (samples[-1][0] - samples[2][0]) / samples[-1][0] * office.count
    assert (late - early) / done <= BYTES_A_ROW
