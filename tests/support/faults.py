"""A server that lies, refuses, loses its answer or spells oddly: what the API does and the simulator alone does not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from reconciler.simulator.core import errors, routing
from reconciler.simulator.core.routing import Handler, Reply, Request

#: `METHOD /route` → {answer: status, applied: whether it takes effect, times: how often (always), code, text, scim},
#: or {spell: {text: text}}, which rewrites the answer
Faults = Mapping[str, Mapping[str, Any]]


@contextmanager
def faults(wanted: Faults) -> Iterator[Counter[str]]:
    """While this lasts the routes answer as told; gives how often each did."""
    used: Counter[str] = Counter()
    find = routing.find

    def find_faulty(method: str, path: str) -> tuple[str, Handler | None, dict[str, str]]:
        template, handler, params = find(method, path)
        route = f"{method} {template}"
        fault = wanted.get(route)
        if handler is None or fault is None or used[route] >= fault.get("times", 1_000_000):
            return template, handler, params
        used[route] += 1
        return template, _faulty(handler, fault), params

    routing.find = find_faulty
    try:
        yield used
    finally:
        routing.find = find


def _faulty(handler: Handler, fault: Mapping[str, Any]) -> Handler:
    def answer(request: Request) -> Reply:
        if fault.get("applied"):
            handler(request)
        if "spell" in fault:
            return _spelt(handler(request), fault["spell"])
        status, text = fault["answer"], fault.get("text", "injected")
        if status < 300:
            return Reply(status, {} if status == 200 else None)
        if fault.get("scim"):
            raise errors.scim(status, text, "200003")
        if "code" in fault:
            raise errors.broadworks(status, fault["code"], text)
        raise errors.platform(status, text)

    return answer


def _spelt(reply: Reply, spelling: Mapping[str, str]) -> Reply:
    text = json.dumps(reply.body, ensure_ascii=False)
    for usual, odd in spelling.items():
        text = text.replace(json.dumps(usual), json.dumps(odd))
    return Reply(reply.status, json.loads(text), reply.headers)
