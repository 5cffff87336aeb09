"""OpenTelemetry spans: one for the command, one for each chunk, operation and request. Configured by the standard's own
variables (OTEL_TRACES_EXPORTER, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES,
OTEL_SDK_DISABLED), and loaded only where one of the first two is set. Extra: `otel`.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime
from typing import Any

from reconciler import DISTRIBUTION
from reconciler.masking import masked_text
from reconciler.webex.exchange import Exchange

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def wanted() -> bool:
    """Whether somebody has asked for spans."""
    exporter = os.environ.get("OTEL_TRACES_EXPORTER", "")
    if exporter == "none" or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    return bool(exporter or any(os.environ.get(name) for name in _ENDPOINTS))


def spans(command: str) -> Spans | None:
    """A sink, or None where the library is not installed, which is said."""
    try:
        return Spans(command, _exporter(os.environ.get("OTEL_TRACES_EXPORTER", "otlp")))
    except ImportError as error:
        what = (
            f"warning: no spans: {error.name or 'opentelemetry'} is not installed: pip install '{DISTRIBUTION}[otel]'"
        )
        print(what, file=sys.stderr)
        return None


def _exporter(name: str) -> Any:
    if name == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stderr)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


class Spans:
    """Makes spans of what it hears and gives them to an exporter of OpenTelemetry's."""

    def __init__(self, command: str, exporter: Any) -> None:
        from opentelemetry import trace
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        service = {} if "OTEL_SERVICE_NAME" in os.environ else {"service.name": "reconcile"}
        self._provider = TracerProvider(resource=Resource.create(service), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._api = trace
        self._tracer = self._provider.get_tracer("reconciler")
        self._command = self._tracer.start_span(f"reconcile {command}")
        self._within = trace.set_span_in_context(self._command)
        self._chunk: Any = None
        self._operations: dict[str, Any] = {}

    def event(self, line: dict[str, Any]) -> None:
        event, facts, at = line["event"], line["payload"], _nanoseconds(line["ts"])
        if event == "run_started":
            self._command.set_attributes({"reconcile.run": line["run_id"], "reconcile.plan": facts["plan"]})
        elif event == "chunk_started":
            self._chunk = self._span(f"chunk {facts['number']}", at, {"reconcile.wave": facts["wave"]})
        elif event == "chunk_done" and self._chunk is not None:
            self._chunk.end(at)
            self._chunk = None
        elif event == "operation_intent" and line["action_id"] not in self._operations:
            about = {"reconcile.operation": line["action_id"], "reconcile.action": facts["action"]}
            self._operations[line["action_id"]] = self._span(facts["action"], at, about, self._chunk)
        elif event == "operation_outcome":
            self._outcome(line["action_id"], facts, at)
        elif event == "waiting":
            self._command.add_event("waiting", {name: facts[name] for name in ("seconds", "status", "family")}, at)

    def exchange(self, exchange: Exchange) -> None:
        began = int(exchange.began * 1e9)
        about: dict[str, str | int] = {
            "http.request.method": exchange.method,
            "url.path": masked_text(exchange.path),
            "http.response.status_code": exchange.status,
            "http.request.resend_count": exchange.attempt - 1,
            "reconcile.tracking_id": exchange.tracking_id,
        }
        span = self._tracer.start_span(
            f"{exchange.method} {exchange.family}", self._within, self._api.SpanKind.CLIENT, about, start_time=began
        )
        if exchange.status == 0 or exchange.status >= 400:
            span.set_status(self._api.StatusCode.ERROR, masked_text(exchange.problem))
        span.end(began + int(exchange.seconds * 1e9))

    def close(self) -> None:
        for span in (*self._operations.values(), self._chunk, self._command):
            if span is not None:
                span.end()
        self._provider.shutdown()

    def _outcome(self, operation: str, facts: dict[str, Any], at: int) -> None:
        """The last member of an operation ends its span."""
        span = self._operations.get(operation)
        if span is None:
            return
        if facts["verdict"] not in ("verified", "converging"):
            span.set_status(self._api.StatusCode.ERROR, facts.get("why", ""))
        span.set_attribute("reconcile.verdict", facts["verdict"])
        if facts["nth"] == facts["of"]:
            self._operations.pop(operation).end(at)

    def _span(self, name: str, at: int, about: dict[str, Any], parent: Any = None) -> Any:
        within = self._api.set_span_in_context(parent) if parent is not None else self._within
        return self._tracer.start_span(name, within, attributes=about, start_time=at)


def _nanoseconds(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp() * 1e9)
