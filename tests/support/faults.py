"""What cases say of a server that lies, refuses, loses its answer or spells oddly, as a schedule of the simulator."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from reconciler.simulator import Simulator
from reconciler.simulator.core import errors

#: `METHOD /route` → {answer: status, applied: whether it takes effect, times: how often (always), code, text, scim},
#: or {spell: {text: text}}, which rewrites the answer
Faults = Mapping[str, Mapping[str, Any]]


@contextmanager
def faults(server: Simulator, wanted: Faults) -> Iterator[None]:
    """While this lasts the routes answer as told, whatever else is set."""
    server.faults([_fault(*route.split(" ", 1), fault) for route, fault in wanted.items()])
    try:
        yield
    finally:
        server.no_faults()


def _fault(method: str, route: str, fault: Mapping[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"match": {"method": method, "route": route}, "do": _do(fault)}
    return {**told, "times": fault["times"]} if "times" in fault else told


def _do(fault: Mapping[str, Any]) -> dict[str, Any]:
    if "spell" in fault:
        return {"replace": {json.dumps(usual): json.dumps(odd) for usual, odd in fault["spell"].items()}}
    status, text = fault["answer"], fault.get("text", "injected")
    taken = {"drop": "after"} if fault.get("applied") else {}
    if status < 300:
        return {"status": status, **({"body": {}} if status == 200 else {}), **taken}
    if fault.get("scim"):
        refusal = errors.scim(status, text, "200003")
    elif "code" in fault:
        refusal = errors.broadworks(status, fault["code"], text)
    else:
        refusal = errors.platform(status, text)
    return {"status": status, "body": refusal.body, "headers": refusal.headers, **taken}
