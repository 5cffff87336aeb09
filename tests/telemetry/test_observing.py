"""Logs, traces and metrics of real commands: whole, by their schemas, and without a secret (S109, S110, G30, S121)."""

from __future__ import annotations

import base64
import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.cli.app import run
from reconciler.masking import keep_secret, masked
from reconciler.model.logged import LogLine
from reconciler.model.plan import Plan
from reconciler.runs.journal import Journal, broken_at, read
from reconciler.telemetry.logfile import LogFile, format_of
from reconciler.telemetry.metrics import Metrics, exposition
from reconciler.telemetry.observation import Observation
from reconciler.webex.exchange import Exchange
from reconciler.webex.har import Trace
from tests.support.live import Live

JOSE = "jose.dvorak@example.com"
FORWARDING = "/people/{personId}/features/callForwarding"
DESIRED: dict[str, Any] = {
    "people": [{"email": JOSE, "forwarding": {"busy": {"destination": "0100"}}}],
    "workspaces": [{"name": "Board Room", "capacity": 6}],
}


class Command:
    """`reconcile` in this repository, in this process."""

    def __init__(self, live: Live, capsys: pytest.CaptureFixture[str]) -> None:
        self.live, self._capsys = live, capsys
        self.said = ""

    def __call__(self, *arguments: str) -> int:
        self._capsys.readouterr()
        code = run([*arguments, "-C", str(self.live.root)])
        told = self._capsys.readouterr()
        self.said += told.out + told.err
        return code


@pytest.fixture
def command(live: Live, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    monkeypatch.setenv("WEBEX_API_URL", live.server.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", live.server.token)
    live.describe(DESIRED)
    yield Command(live, capsys)
    live.server.no_faults()


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# --- S109 --------------------------------------------------------------------------------------------------------


def test_s109_every_line_validates_and_has_the_run(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    log = command.live.root / "logs" / "day.jsonl"
    command.live.forget()
    assert command("apply", "--yes", "--log-file", str(log)) == 0
    asked = command.live.server.requests()["total"]
    lines = lines_of(log)
    assert run(["schema", "log"]) == 0
    schema = json.loads(capsys.readouterr().out)
    for line in lines:
        jsonschema.validate(line, schema, format_checker=jsonschema.FormatChecker())
        assert list(line) == ["ts", "run_id", "action_id", "event", "payload"]
    events = Counter(line["event"] for line in lines)
    assert events["request"] == asked
    assert events >= Counter(
        {"run_started": 1, "chunk_started": 1, "operation_intent": 2, "operation_answered": 2, "operation_outcome": 2,
         "chunk_done": 1, "run_ended": 1}
    )  # fmt: skip
    (name,) = (path.name for path in (command.live.root / "state" / "runs").iterdir())
    begun = next(number for number, line in enumerate(lines) if line["event"] == "run_started")
    assert {line["run_id"] for line in lines[begun:]} == {name}
    assert all(re.fullmatch(r"apply-\d{8}T\d{6}Z", line["run_id"]) for line in lines[:begun])
    intents = {line["action_id"] for line in lines if line["event"] == "operation_intent"}
    assert intents == {f"person.forwarding/{JOSE}", "workspace/Board Room"}
    assert (log.stat().st_mode & 0o777) == 0o600


def test_s109_each_command_adds_to_the_file(command: Command) -> None:
    log = command.live.root / "log.jsonl"
    for verb in (["plan"], ["export", "--kind", "workspace", "--no-cache"], ["drift"]):
        command(*verb, "--log-file", str(log))
    verbs = {line["action_id"]: line["run_id"] for line in lines_of(log)}
    assert verbs.keys() == {"plan", "drift", "export"} and len(set(verbs.values())) == 3


def test_as_text_it_is_a_line_an_event_and_inert(command: Command) -> None:
    """A joiner may stand in a name (emoji, Persian); what acts on a terminal is refused before it comes so far."""
    command.live.describe({"workspaces": [{"name": "Odd\u200droom", "capacity": 1}]})
    log = command.live.root / "log.txt"
    assert command("apply", "--yes", "--log-file", str(log)) == 0
    lines = log.read_text("utf-8").splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00 [a-z_]+ ", line) for line in lines)
    assert any("workspace/Odd\\u200droom" in line for line in lines) and "\u200d" not in log.read_text("utf-8")


@pytest.mark.parametrize(
    ("name", "asked", "form"),
    [("a.jsonl", None, "jsonl"), ("a.HAR", None, "har"), ("a.log", None, "text"), ("a.log", "jsonl", "jsonl")],
)
def test_the_format_is_asked_for_or_the_name_says_it(name: str, asked: Any, form: str) -> None:
    assert format_of(Path(name), asked) == form


# --- G30, S40 ----------------------------------------------------------------------------------------------------


def test_g30_the_trace_has_every_attempt_and_no_secret(command: Command) -> None:
    har = command.live.root / "trace.har"
    token = command.live.server.token
    command.live.server.faults(
        [
            {"match": {"method": "PUT", "route": "/workspaces/*"}, "nth": 1,
             "do": {"status": 429, "headers": {"Retry-After": "0"}, "body": {"message": "slow"}}},
            {"match": {"method": "PUT", "route": FORWARDING},
             "do": {"status": 400, "body": {"message": f"{token} is bad", "password": "hunter2"}}},
        ]
    )  # fmt: skip
    command.live.forget()
    assert command("apply", "--yes", "--log-file", str(har)) == 3
    entries = json.loads(har.read_text())["log"]["entries"]
    asked = [f"{entry['method']} {entry['status']}" for entry in command.live.server.log()]
    told = [f"{entry['request']['method']} {entry['response']['status']}" for entry in entries]
    assert Counter(told) == Counter(asked) and "PUT 429" in told and "PUT 400" in told
    text = har.read_text() + "".join(_decoded(entries))
    assert token not in text and "hunter2" not in text and "Bearer" not in text
    assert "(secret, not shown)" in text and "*** is bad" in text
    assert '"capacity": 6' in text  # what was sent is in it


def _decoded(entries: list[dict[str, Any]]) -> Iterator[str]:
    """Bodies of answers stand in base64, behind which a secret would hide."""
    for entry in entries:
        yield base64.b64decode(entry["response"].get("content", {}).get("text", "")).decode()
        yield entry["request"].get("postData", {}).get("text", "")


def test_g30_killed_at_any_moment_it_is_a_whole_document(tmp_path: Path) -> None:
    path = tmp_path / "trace.har"
    trace = Trace(path.open("w+"))
    assert json.loads(path.read_text())["log"]["entries"] == []
    for number in range(1, 4):
        trace.exchange(exchange(path=f"/v1/{number}", body=b"<html>" if number == 2 else b'{"ok": 1}'))
        assert len(json.loads(path.read_text())["log"]["entries"]) == number
    trace.close()


def exchange(**given: Any) -> Exchange:
    usual: dict[str, Any] = {
        "method": "GET", "url": "http://x/v1/people", "path": "/v1/people", "family": "/people", "attempt": 1,
        "began": 1.0, "seconds": 0.25, "status": 200, "problem": "", "request_headers": {}, "request_body": b"",
        "headers": {"trackingid": "T_1, T_1"}, "body": b"",
    }  # fmt: skip
    return Exchange(**{**usual, **given})


# --- S110 --------------------------------------------------------------------------------------------------------


def test_s110_no_secret_in_anything_that_a_full_run_writes(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every verb that reaches the tenant, with all logs on, a tenant that answers with the token, and a failure of each
    sort: then every byte of every file, of what was printed, and of what an encoded body says."""
    token, client, refresh = command.live.server.token, "client-secret-3141592", "refresh-token-2718281"
    monkeypatch.setenv("WEBEX_CLIENT_ID", "client")
    monkeypatch.setenv("WEBEX_CLIENT_SECRET", client)
    monkeypatch.setenv("WEBEX_REFRESH_TOKEN", refresh)
    root = command.live.root
    logs = [word for name in ("log.jsonl", "log.txt", "log.har") for word in ("--log-file", str(root / name))]
    logs += ["--metrics-file", str(root / "run.prom")]
    body = {"message": f"Bearer {token} of {client} is not welcome", "errors": [{"description": f"{refresh} neither"}]}
    assert command("export", "--kind", "workspace", *logs) == 0
    assert command("plan", "-o", "json", *logs) == 0
    command.live.server.faults([{"match": {"method": "PUT", "route": FORWARDING}, "do": {"status": 400, "body": body}}])
    assert command("apply", "--yes", *logs) == 3
    command.live.server.faults([{"match": {"method": "GET", "route": FORWARDING}, "do": {"status": 401, "body": body}}])
    assert command("plan", *logs) != 0
    command.live.server.no_faults()
    assert command("drift", "--detailed", *logs) in (2, 7)  # the snapshot is a part
    assert command("resume", *logs) in (0, 3)
    assert command("status", "-o", "md") in (0, 3)
    assert command("undo", "last", "--yes", *logs) == 0
    written = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert len(written) > 15 and any(path.suffix == ".har" for path in written)
    entries = json.loads((root / "log.har").read_text())["log"]["entries"]
    texts = {**{str(path): data.decode("utf-8", "replace") for path, data in written.items()}, "said": command.said}
    texts["decoded"] = "".join(_decoded(entries))
    for secret in (token, client, refresh, base64.b64encode(token.encode()).decode()):
        assert [name for name, text in texts.items() if secret in text] == []
    assert "*** is not welcome" in texts[str(root / "log.jsonl")]  # it was there to be masked


def test_s110_masking() -> None:
    keep_secret("sesame-open-up", "no")
    data = {"a": ["say sesame-open-up!", {"pinCode": 1234, "access_token": "x", "note": "no"}], "sesame-open-up": None}
    assert masked(data) == {
        "a": ["say ***!", {"pinCode": "(secret, not shown)", "access_token": "(secret, not shown)", "note": "no"}],
        "***": None,
    }


def test_s110_fields_that_are_named_like_secrets_are_in_no_log(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "log.jsonl", "jsonl")
    observation = Observation([log], "apply")
    facts = {"at": "2026-03-02T08:00:00+00:00", "run": "r", "operation": "o", "members": [{"want": {"pin": "271828"}}]}
    observation.on_event("operation_intent", facts)
    observation.close()
    (line,) = lines_of(tmp_path / "log.jsonl")
    assert line["payload"] == {"members": [{"want": {"pin": "(secret, not shown)"}}]}


def test_s110_a_known_secret_is_in_no_journal(tmp_path: Path) -> None:
    keep_secret("token-of-somebody")
    with Journal(tmp_path, Plan("org", "Org", "", "f", [], [], [], 0, 0)) as journal:
        journal.record("error", operation="o", error="it quotes token-of-somebody")
    assert not broken_at(journal.folder / "journal.jsonl")
    assert read(journal.folder).records[-1]["error"] == "it quotes ***"


# --- metrics (S121) ----------------------------------------------------------------------------------------------


def samples(text: str) -> dict[str, float]:
    found = {}
    for line in text.splitlines():
        if line.startswith("#"):
            assert re.fullmatch(r"# (HELP reconcile_\w+ \S.*|TYPE reconcile_\w+ (counter|gauge))", line)
        else:
            name, _, value = line.rpartition(" ")
            assert re.fullmatch(r"reconcile_\w+(\{(\w+=\"[^\"]*\",?)+\})?", name), name
            found[name] = float(value)
    return found


def test_s121_metrics_say_what_was_asked_and_what_came_of_it(command: Command) -> None:
    file = command.live.root / "run.prom"
    command.live.server.faults(
        [{"match": {"method": "PUT", "route": "/workspaces/*"}, "nth": 1,
          "do": {"status": 429, "headers": {"Retry-After": "0.2"}}}]
    )  # fmt: skip
    command.live.forget()
    assert command("apply", "--yes", "--metrics-file", str(file)) == 0
    found = samples(file.read_text())
    total = sum(value for name, value in found.items() if name.startswith("reconcile_requests_total"))
    assert total == command.live.server.requests()["total"]
    assert found['reconcile_results{verdict="verified"}'] == 2 and found['reconcile_run_state{state="finished"}'] == 1
    assert found['reconcile_retries_total{family="/workspaces"}'] == 1
    assert found['reconcile_waiting_seconds_total{family="/workspaces",status="429"}'] == 0.2
    assert found["reconcile_run_ended_timestamp_seconds"] >= found["reconcile_run_started_timestamp_seconds"]
    assert {path.name for path in command.live.root.iterdir() if path.name.startswith("tmp")} == set()


def test_s121_while_it_runs_the_file_says_so(tmp_path: Path) -> None:
    metrics = Metrics(tmp_path / "m.prom")
    at = "2026-03-02T08:00:00+00:00"
    metrics.event({"ts": at, "event": "run_started", "payload": {"steps": 7, "settled": 2}})
    found = samples((tmp_path / "m.prom").read_text())
    assert found['reconcile_run_state{state="running"}'] == 1
    assert (found['reconcile_steps{state="total"}'], found['reconcile_steps{state="done"}']) == (7, 2)
    metrics.event({"ts": at, "event": "run_ended", "payload": {"state": "paused", "verdicts": {"failed": 2}}})
    found = samples((tmp_path / "m.prom").read_text())
    assert [name for name in found if "run_state" in name] == ['reconcile_run_state{state="paused"}']


def test_metrics_escape_labels() -> None:
    text = exposition({("reconcile_retries_total", (("family", 'a"b\\c\nd'),)): 1.5})
    assert text.splitlines()[-1] == 'reconcile_retries_total{family="a\\"b\\\\c\\nd"} 1.5'


# --- spans -------------------------------------------------------------------------------------------------------


def test_spans_of_a_run(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    from reconciler.telemetry import tracing

    exporter = InMemorySpanExporter()
    monkeypatch.setattr(tracing, "_exporter", lambda name: exporter)
    monkeypatch.setattr(exporter, "shutdown", lambda: None)
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")
    command.live.forget()
    assert command("apply", "--yes") == 0
    spans = exporter.get_finished_spans()
    named = Counter(span.name for span in spans)
    assert named["reconcile apply"] == 1 and named["chunk 1"] == 1 and named["update"] == 2
    requests = [span for span in spans if span.kind.name == "CLIENT"]
    assert len(requests) == command.live.server.requests()["total"]
    (whole,) = (span for span in spans if span.name == "reconcile apply")
    (chunk,) = (span for span in spans if span.name == "chunk 1")
    assert chunk.parent.span_id == whole.context.span_id and whole.attributes["reconcile.run"]
    updates = [span for span in spans if span.name == "update"]
    assert all(span.parent.span_id == chunk.context.span_id for span in updates)
    assert {span.attributes["reconcile.verdict"] for span in updates} == {"verified"}
    assert all(span.start_time <= span.end_time for span in spans)


def test_spans_without_the_library_are_said_and_nothing_else(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    for name in ("opentelemetry", "opentelemetry.sdk", "opentelemetry.exporter"):
        monkeypatch.setitem(sys.modules, name, None)
    assert command("plan") == 0
    assert "pip install 'webex-reconciler[otel]'" in command.said


# --- what only watches ends nothing ------------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["--log-file", "--metrics-file"])
def test_a_file_that_cannot_be_written_is_said_before_anything_is_asked(flag: str, command: Command) -> None:
    (command.live.root / "file").write_text("")
    command.live.forget()
    assert command("apply", "--yes", flag, str(command.live.root / "file" / "log.jsonl")) == 64
    assert command.live.server.requests()["total"] == 0 and "cannot write" in command.said


def test_what_is_no_file_is_not_replaced_by_one(command: Command) -> None:
    """Metrics are put in place of what is there; of /dev/null for instance, by root in a container."""
    pipe, real, link = (command.live.root / name for name in ("pipe", "real.prom", "link.prom"))
    os.mkfifo(pipe)
    assert command("plan", "--metrics-file", str(pipe)) == 64 and pipe.is_fifo()
    assert "it is no file, and would be replaced by one" in command.said
    link.symlink_to(real)
    assert command("plan", "--metrics-file", str(link)) == 0
    assert link.is_symlink() and "reconcile_requests_total" in real.read_text()


class Broken:
    def __init__(self) -> None:
        self.asked = 0

    def event(self, line: Any) -> None:
        self.asked += 1
        raise OSError(28, "No space left on device")

    def exchange(self, exchange: Any) -> None: ...

    def close(self) -> None: ...


def test_a_sink_that_fails_is_given_up_and_the_others_go_on(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    broken, metrics = Broken(), Metrics(tmp_path / "m.prom")
    observation = Observation([broken, metrics], "plan")
    for _ in range(3):
        observation.on_exchange(exchange())
    observation.close()
    assert broken.asked == 1 and capsys.readouterr().err.count("No space left") == 1
    assert samples((tmp_path / "m.prom").read_text())['reconcile_request_seconds_total{family="/people"}'] == 0.75


def test_a_line_is_as_its_schema_says() -> None:
    with pytest.raises(ValueError):
        LogLine.model_validate({"ts": "yesterday", "run_id": "", "action_id": "", "event": "", "payload": {}})
