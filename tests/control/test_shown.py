"""G29: what an operator sees of a run: lines that stay, and one that moves where there is a terminal."""

from __future__ import annotations

import io
import re
import time
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from reconciler.cli.app import run as reconcile
from reconciler.cli.progress import running
from reconciler.report.heartbeat import heartbeat_line
from reconciler.runs import pause_file
from reconciler.runs.known import find


class Terminal(io.StringIO):
    """Records what a terminal is sent."""

    def isatty(self) -> bool:
        return True


def run_of_fourteen(rooms: Any, stream: io.StringIO) -> str:
    """A slow tenant that asks for a wait of 37 s, refuses one room, and is paused for some minutes in the middle."""
    office = rooms(14)
    office.server._tenant.latency = 9.0
    refused = {"match": {"method": "PUT"}, "nth": 6, "do": {"status": 429, "headers": {"Retry-After": "37"}}}
    office.server.faults([refused, {"match": {"method": "PUT"}, "nth": 3, "do": {"status": 400, "body": {}}}])

    def pause(event: str, facts: Any) -> None:
        if event == "operation_outcome" and facts["done"] == 6 and stream.isatty():
            time.sleep(0.4)  # the line is drawn four times a second of ours, in which all of this would be over
        if event == "operation_outcome" and facts["done"] == 9:
            folder = find(office.root).folder
            pause_file.ask(folder, "ana@desk")
            office.simulation.loop.call_later(300, pause_file.go_on, folder)

    with running(stream) as shown:
        office.apply(None, shown, pause, chunk_size=7)
    text = re.sub(r"resumes \d\d:\d\d:\d\d", "resumes HH:MM:SS", stream.getvalue())
    text = re.sub(r"tracking id \S+", "tracking id X", text)
    return text.replace(find(office.root).name, "RUN")


#: A run as its events tell it.
BEAT = {"state": "running", "done": 3, "total": 5000, "bad": 0, "error_rate": 0.0, "eta": 250.0, "request_rate": 2.14}
DONE = {"done": 4, "total": 5000, "eta": 249.6, "seconds": 1.23, "wrote": True, "action": "update"}
NUMBERS = {**DONE, "done": 9, "operation": "number/1+2", "action": "create", "of": 3, "verdict": "verified"}
EVENTS: list[tuple[str, dict[str, Any]]] = [
    ("run_started", {"steps": 5000}),
    ("heartbeat", {**BEAT, "done": 0, "eta": None}),
    (
        "operation_outcome",
        {**DONE, "address": "workspace/A\x1b[0m", "operation": "a", "verdict": "verified", "nth": 1, "of": 1},
    ),
    ("operation_outcome", {**NUMBERS, "address": "number/1", "nth": 1}),
    ("operation_outcome", {**NUMBERS, "address": "number/2", "nth": 2}),
    ("operation_outcome", {**NUMBERS, "address": "number/3", "nth": 3, "verdict": "failed", "why": "HTTP 400\nno"}),
    ("waiting", {"seconds": 0.4, "status": 429, "family": "/people"}),
    ("waiting", {"seconds": 37.0, "status": 429, "family": "/telephony/config"}),
    ("heartbeat", {**BEAT, "done": 9, "bad": 1, "error_rate": 0.1111}),
    (
        "job",
        {"url": "/telephony/config/jobs/person/moveLocation/Y2lzY29zcGFyazovL3VzL0pPQl9JRC9mOWYw", "state": "running"},
    ),
    ("heartbeat", {**BEAT, "done": 9, "state": "pausing", "bad": 1, "error_rate": 0.1111}),
    ("paused", {"run": "RUN", "why": "10 of the last 20 operations failed"}),
    ("heartbeat", {**BEAT, "done": 9, "state": "paused", "bad": 1, "error_rate": 0.1111}),
    ("resumed", {"why": "10 of the last 20 operations failed"}),
    ("operations_left", {"why": "the time was up (--timeout 2h00m)", "operations": ["b"] * 4991}),
    ("something new", {}),
]


def test_g29_what_stays_of_a_run(snapshot: SnapshotAssertion) -> None:
    stream = io.StringIO()
    with running(stream) as shown:
        for event, facts in EVENTS:
            shown(event, facts)
    assert re.sub(r"resumes \d\d:\d\d:\d\d", "resumes HH:MM:SS", stream.getvalue()) == snapshot


def test_g29_without_a_terminal_there_is_a_line_every_ten_seconds(rooms: Any) -> None:
    text = run_of_fourteen(rooms, io.StringIO())
    assert "\x1b" not in text and text.count("still working: ") >= 10
    for said in ("waiting 37s: 429 on /workspaces", "paused: ana@desk asked for it", "resumed: goes on", "[14/14]"):
        assert said in text
    assert sorted(re.findall(r"^\[(\d+)/14\]", text, re.M), key=int) == [str(n) for n in range(1, 15)]


def test_g29_a_recorded_terminal_session(rooms: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The moving line is drawn again and again below the lines that stay, and is gone at the end."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    recorded = run_of_fourteen(rooms, Terminal())
    assert "\x1b[2K" in recorded, "a line is taken away and drawn anew"
    assert re.search(r"still working: \d+/14 · .*requests/s · ~\S+ left", recorded)
    assert "1 failed" in recorded and "14/14" in recorded
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", recorded)
    for said in ("waiting 37s: 429 on /workspaces", "paused: ana@desk asked for it", "resumed: goes on"):
        assert said in plain


def test_a_heartbeat_before_anything_is_done() -> None:
    facts = {"state": "running", "done": 0, "total": 21_000, "bad": 0, "error_rate": 0.0, "request_rate": 0.0}
    assert heartbeat_line({**facts, "eta": None}) == "still working: 0/21,000 · 0.0 requests/s"
    assert heartbeat_line({**facts, "eta": 0.4, "request_rate": None}) == "still working: 0/21,000"


@pytest.mark.parametrize(
    "arguments",
    [
        ["--chunk-size", "0"],
        ["--timeout", "soon"],
        ["--timeout", "0"],
        ["--timeout", "-5"],
        ["--timeout", "nan"],
        ["--chunk-timeout", "1d"],
        ["--converge-timeout", "inf"],
        ["--heartbeat", "0"],
        ["--canary", "0"],
        ["--canary", "0%"],
        ["--canary", "101%"],
        ["--canary", "two"],
        ["--pause-on-failures", "50%"],
        ["--pause-on-failures", "50/20"],
        ["--pause-on-failures", "50%/0"],
        ["--pause-on-failures", "150%/20"],
        ["--on-failure", "explode"],
    ],
)
def test_flags_that_make_no_sense_are_usage(tmp_path: Any, arguments: list[str], capsys: Any) -> None:
    assert reconcile(["apply", "--yes", "-C", str(tmp_path), *arguments]) == 64
    said = capsys.readouterr()
    assert said.out == "" and "Traceback" not in said.err and arguments[0].lstrip("-") in said.err
