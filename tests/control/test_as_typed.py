"""The flags of `apply`, as they are typed: what the tenant is sent, what is said, and the exit code. What they do in
detail, and in virtual time, stands in the files beside this one."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
from pathlib import Path
from typing import Any

import pytest

from reconciler.runs.known import find
from reconciler.simulator import Simulator, generate_tenant
from tests.control.conftest import SLOW, Desk, Typed
from tests.support.live import Live
from tests.support.terminal import Terminal

#: Answers after 0.8 seconds of ours, and does nothing.
HANGS = {"delay": 240.0, "status": 503}


def test_s87_what_is_in_ok_csv_is_not_written_again(desk: Desk) -> None:
    """The process is killed at row k; `resume` is typed elsewhere. The file is whole at any time, and at the end."""
    apply = desk.start()
    desk.until(lambda: len(_ok_rows(desk)) >= 4)
    os.kill(apply.pid, signal.SIGKILL)
    apply.communicate(timeout=10)
    before = _ok_rows(desk)
    assert 4 <= len(before) < 30
    desk.fail()
    code, out, _ = desk.say("resume")
    assert code == 0 and "30 of 30 results verified" in out and desk.larger() == 30
    assert {desk.writes()[_path(desk, address)] for address in before} == {1}
    assert len(_ok_rows(desk)) == len(set(_ok_rows(desk))) == 30 and _ok_rows(desk)[: len(before)] == before


def _ok_rows(desk: Desk) -> list[str]:
    """The addresses in the run's ok.csv, if there is one by now."""
    for file in (desk.root / "state" / "runs").glob("*/*_ok.csv"):
        return [row["address"] for row in csv.DictReader(file.read_text("utf-8-sig").splitlines())]
    return []


def _path(desk: Desk, address: str) -> str:
    rooms = {room["displayName"]: room["id"] for room in desk.live.state()["workspaces"]}
    return f"/v1/workspaces/{desk.live.remote('PLACE', rooms[address.partition('/')[2]])}"


def test_s92_the_time_of_a_chunk_and_of_the_run(desk: Desk) -> None:
    desk.fail(2, **HANGS)
    code, out, err = desk.apply("--chunk-size", "10", "--chunk-timeout", "0.3s")
    assert code == 3 and "29 of 30 results verified" in out and "[30/30]" in err
    assert "stopped: 1 operation ran out of time (--chunk-timeout)" in err and desk.larger() == 29
    code, out, _ = desk.say("status")
    assert code == 3 and re.search(r"in doubt +1: workspace/Room", out) and "next: reconcile resume" in out
    desk.fail(1, **HANGS)
    code, out, err = desk.say("resume", "--timeout", "0.3s")
    assert code == 3 and "the time was up (--timeout" in err
    desk.fail()
    desk.until(desk.rests)
    assert desk.say("resume")[0] == 0 and desk.larger() == 30


@pytest.mark.issue10("C")
def test_s95_sixty_percent_of_failures_pause_before_the_next_chunk(typed: Typed) -> None:
    typed.fail(*(n for n in range(1, 21) if n % 5 < 3))
    code, _, err = typed.apply("--chunk-size", "20", "--workers", "1")
    assert code == 3 and typed.written() == 20 and "10 operations not begun" in err
    assert err.count("paused: 12 of the last 20 operations failed") == 2, "where it happens, and at the end"
    code, out, _ = typed.say("runs")
    assert code == 0 and out.split()[1:10] == "paused 20 of 30 steps: 12 failed, 8 verified".split()
    typed.fail(1, 2, 3, 4, 5)
    code, _, err = typed.say("resume", "--pause-on-failures", "50%/4", "--workers", "1")
    assert code == 3 and "paused: 4 of the last 4 operations failed" in err and typed.written() == 24
    code, out, _ = typed.say("resume", "--pause-on-failures", "off")
    assert code == 3 and "13 of 30 results verified" in out and "next: reconcile resume --only-failures" in out


def test_s96_the_first_failure_is_the_last_operation(typed: Typed) -> None:
    typed.fail(4)
    code, out, err = typed.apply("--fail-fast", "--workers", "1")
    assert code == 3 and typed.written() == 4 and "3 of 30 results verified" in out
    assert "26 operations not begun: stopped at the first failure" in err
    assert len(re.findall(r"^\[", err, re.M)) == 4, "one line of what is left, and not one for each"
    code, out, _ = typed.say("status")
    assert code == 3 and "error; 26 operations queued" in out
    assert typed.say("resume")[0] == 3 and typed.larger() == 29
    assert typed.say("resume", "--only-failures", "--yes")[0] == 0 and typed.larger() == 30


def test_s99_chunks_are_as_large_as_asked_for(typed: Typed) -> None:
    """And an operation of each ends before the next one begins."""
    typed.fail()
    assert typed.apply("--chunk-size", "12")[0] == 0
    records = find(typed.root).kept.records
    assert [len(record["operations"]) for record in records if record["event"] == "chunk done"] == [12, 12, 6]
    order = [record["operation"] for record in records if record["event"] in ("intent", "outcome")]
    assert [order[at + 24] in order[at : at + 24] for at in (0, 24)] == [False, False]


def test_m21_the_canary_alone_is_damaged(typed: Typed) -> None:
    typed.fail(2)
    code, out, err = typed.apply("--canary", "10%", "--workers", "4")
    assert code == 3 and typed.written() == 3 and "2 of 30 results verified" in out
    assert "of the canary" in err and "27 operations not begun" in err
    assert typed.say("resume")[0] == 3 and typed.larger() == 29


def test_g17_one_fails_and_the_others_are_applied_side_by_side(typed: Typed) -> None:
    typed.fail(3, slow=True)
    code, out, err = typed.apply("--workers", "5")
    assert code == 3 and "29 of 30 results verified" in out and typed.larger() == 29
    assert len(re.findall(r"^\[\d+/30\] FAILED workspace/Room \d+ update failed: no luck", err, re.M)) == 1
    assert typed.live.server.requests()["max_in_flight"] == 5


def test_s94_how_far_how_bad_how_long_still(desk: Desk) -> None:
    """Asked for every 0.3 s; a line each, because nobody is at a terminal."""
    desk.fail(1, slow=True)
    _, _, err = desk.apply("--heartbeat", "0.3s", "--workers", "1")
    beats = re.findall(r"still working: (\d+)/30 · 1 failed \((\d+\.\d)%\) · \d+\.\d requests/s · ~\d+s left", err)
    assert len(beats) >= 2 and all(float(rate) == round(100 / int(done), 1) for done, rate in beats)


def test_s102_a_move_that_outlasts_the_waiting(
    server: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """The tenant is not done by the deadline: exit 3, *converging*, and `resume` sends nothing until it is."""
    live = Live(server, tmp_path, generate_tenant(people=6, locations=2, workspaces=1, seed=1))
    server.run_clock(1)
    server.turn("job_pace", "clock")
    monkeypatch.setenv("WEBEX_API_URL", server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", server.token)
    live.describe({"people": [{"email": "person000004@example.com", "location": "Site 002", "extension": "2009"}]})
    desk = Desk(live, capsys)
    digest = desk.say("plan")[1].rpartition("--approve ")[2].strip()
    code, out, err = desk.say("apply", "--approve", digest, "--converge-timeout", "0.2s")
    assert code == 3 and "converging  1" in out and "next: reconcile resume" in out
    assert re.search(r"^job person/moveLocation …\S+: queued", err, re.M)
    code, out, _ = desk.say("status")
    assert code == 3 and ": converging\n" in out and "waits for 1 step that the tenant is still at" in out
    assert desk.say("resume", "--converge-timeout", "0.2s")[0] == 3
    sent = live.writes()
    server.advance(60)
    code, out, _ = desk.say("resume")
    assert code == 0 and "1 of 1 result verified" in out and live.writes() == sent
    assert sent["POST /telephony/config/jobs/person/moveLocation"] == 1


def test_g29_a_terminal_from_the_first_line_to_ctrl_c(desk: Desk) -> None:
    """A pause that the run asked for itself, ended from elsewhere; a wait with its reason; the first Ctrl-C drains."""
    environment = {"COLUMNS": "150", "TERM": "xterm"}
    wait = {"match": {"method": "PUT"}, "nth": 7, "do": {"status": 429, "headers": {"Retry-After": "1"}}}
    desk.fail(1, 2, 3, 4)
    desk.live.server.faults([wait, SLOW])
    flags = ["--pause-on-failures", "100%/4", "--workers", "1", "--heartbeat", "1h"]
    with Terminal(desk.root, environment, *desk.plan, *flags) as terminal:
        assert "paused: 4 of the last 4 operations failed" in terminal.until("end here: Ctrl-C")
        terminal.until("still paused: 4/30 · 4 failed (100.0%)")
        code, _, err = desk.say("resume")
        assert code == 0 and f"run {find(desk.root).name} goes on in process" in err
        terminal.until("resumed: goes on")
        waited = terminal.until("[7/30] ok")
        assert re.search(r"waiting 1s: 429 on /workspaces, resumes \d\d:\d\d:\d\d", waited)
        assert re.search(r"still working: \d/30 · 4 failed \(\d+.\d%\)", waited), "without any beat"
        terminal.press(b"\x03")
        code, rest = terminal.end()
    assert code == 130 and "interrupted: letting running operations end; again to stop at once" in rest
    assert re.search(r"^interrupted$", rest, re.M) and "operations not begun: interrupted" in rest
    done = json.loads(desk.say("status", "-o", "json")[1])
    assert done["state"] == "interrupted" and done["in_doubt"] == 0, "what was under way has ended"
    assert sum(done["verdicts"].values()) + done["left"] == 30 and 7 <= 30 - done["left"] <= 10
    desk.fail()
    assert desk.say("resume")[0] == 3 and desk.larger() == 26
