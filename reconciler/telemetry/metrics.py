"""Metrics as a Prometheus text file, for the textfile collector of node_exporter: written whole, in one step, at each
sign of life and at the end. The file of the last run stays for the next scrape.

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from reconciler.errors import UsageError
from reconciler.telemetry.logfile import opened
from reconciler.webex.exchange import Exchange

Labels = tuple[tuple[str, str], ...]
_HELP = {
    "reconcile_requests_total": (
        "counter",
        "Requests sent, each attempt, by API family, method and status (0: no answer).",
    ),
    "reconcile_request_seconds_total": ("counter", "Seconds that answers took, by API family."),
    "reconcile_retries_total": ("counter", "Attempts after the first one, by API family."),
    "reconcile_waiting_seconds_total": (
        "counter",
        "Seconds for which the API asked to wait, by API family and status.",
    ),
    "reconcile_results": ("gauge", "Results of the run, by verdict."),
    "reconcile_steps": ("gauge", "Steps of the run: total and done."),
    "reconcile_error_ratio": ("gauge", "Part of the results that failed or drifted."),
    "reconcile_run_state": ("gauge", "1 for the state of the run: running, or how it ended."),
    "reconcile_run_started_timestamp_seconds": ("gauge", "When the run began, in seconds since the epoch."),
    "reconcile_run_ended_timestamp_seconds": ("gauge", "When the run ended, in seconds since the epoch."),
}


class Metrics:
    """Counts what it hears; the file is at `path`."""

    def __init__(self, path: Path) -> None:
        if path.exists() and not path.is_file() and not path.is_dir():
            raise UsageError(
                f"cannot write {path}", why="it is no file, and would be replaced by one", do="name a file of its own"
            )
        opened(path, append=True).close()  # so that a path that cannot be written is said before anything is done
        self._path = Path(os.path.realpath(path))  # a link stays one
        self._values: Counter[tuple[str, Labels]] = Counter()

    def exchange(self, exchange: Exchange) -> None:
        family = ("family", exchange.family)
        status = (("method", exchange.method), ("status", str(exchange.status)))
        self._values["reconcile_requests_total", (family, *status)] += 1
        self._values["reconcile_retries_total", (family,)] += exchange.attempt > 1
        self._values["reconcile_request_seconds_total", (family,)] += exchange.seconds  # type: ignore[assignment]

    def event(self, line: dict[str, Any]) -> None:
        event, facts = line["event"], line["payload"]
        if event == "waiting":
            labels = (("family", facts["family"]), ("status", str(facts["status"])))
            self._values["reconcile_waiting_seconds_total", labels] += facts["seconds"]
        elif event == "run_started":
            self._put("reconcile_run_started_timestamp_seconds", _epoch(line["ts"]))
            self._put("reconcile_steps", facts["steps"], state="total")
            self._put("reconcile_steps", facts.get("settled", 0), state="done")
            self._put("reconcile_run_state", 1, state="running")
            self._write()
        elif event == "operation_outcome":
            self._values["reconcile_results", (("verdict", facts["verdict"]),)] += 1
            self._put("reconcile_steps", facts["done"], state="done")
        elif event == "heartbeat":
            self._put("reconcile_error_ratio", facts["error_rate"])
            self._write()
        elif event == "run_ended":
            self._ended(line["ts"], facts)

    def close(self) -> None:
        self._write()

    def _ended(self, at: str, facts: dict[str, Any]) -> None:
        self._forget("reconcile_run_state", "reconcile_results")
        self._put("reconcile_run_state", 1, state=facts["state"])
        self._put("reconcile_run_ended_timestamp_seconds", _epoch(at))
        for verdict, count in facts["verdicts"].items():
            self._put("reconcile_results", count, verdict=verdict)
        self._write()

    def _put(self, name: str, value: float, **labels: str) -> None:
        self._values[name, tuple(labels.items())] = value  # type: ignore[assignment]

    def _forget(self, *names: str) -> None:
        for key in [key for key in self._values if key[0] in names]:
            del self._values[key]

    def _write(self) -> None:
        with tempfile.NamedTemporaryFile("w", dir=self._path.parent, delete=False, encoding="utf-8") as file:
            try:
                file.write(exposition(self._values))
                file.flush()
                os.chmod(file.name, 0o644)  # the collector is somebody else
                os.replace(file.name, self._path)
            except OSError:
                os.unlink(file.name)
                raise


def exposition(values: Mapping[tuple[str, Labels], float]) -> str:
    """The text format, metrics and labels in a fixed order."""
    lines = []
    for name, (kind, about) in _HELP.items():
        found = sorted((labels, value) for (metric, labels), value in values.items() if metric == name)
        if found:
            lines += [f"# HELP {name} {about}", f"# TYPE {name} {kind}"]
            lines += [f"{name}{_labels(labels)} {_number(value)}" for labels, value in found]
    return "\n".join(lines) + "\n" if lines else ""


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    texts = (f'{name}="{_escaped(value)}"' for name, value in labels)
    return "{" + ",".join(texts) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(round(value, 6))


def _epoch(at: str) -> float:
    return round(datetime.fromisoformat(at).timestamp(), 3)
