"""Which artefacts the simulator can answer for: the tests ask for no others."""

from __future__ import annotations

from reconciler.kinds import observed
from reconciler.kinds.contract.kind import Kind
from reconciler.simulator.core import errors, routing


def _is_served(request: str) -> bool:
    method, path = request.split(" ")
    try:
        return routing.find(method, f"/v1{path}")[1] is not None
    except errors.ApiError:
        return False


def served() -> dict[str, Kind]:
    """By name, those all of whose requests have a handler."""
    routing.discover()
    return {name: one for name, one in observed().items() if all(_is_served(request) for request in one.requests)}


ASKED = served()
