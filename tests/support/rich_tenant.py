"""At least two objects of every kind that the simulator serves, made through its API on top of the sample tenant.

A kind whose creation is not served is left out and named in `Enriched.skipped`; a creation that the API refuses is
an `EditRefused`, because everything here is valid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from reconciler.simulator import Simulator
from reconciler.simulator.core import errors, routing

Json = dict[str, Any]


class Enriched:
    """What there is to build with, and what was built: ids by kind."""

    def __init__(self, simulator: Simulator) -> None:
        routing.discover()
        self._simulator = simulator
        self.made: dict[str, list[str]] = defaultdict(list)
        self.skipped: list[str] = []
        self.places = {one["name"]: one["id"] for one in self.listed("/locations", "items")}
        self.london, self.manchester, self.new_york = (
            self.places[name] for name in ("London HQ", "Manchester", "New York")
        )
        people = self.listed("/people?callingData=true", "items")
        self.people = {
            place: [one["id"] for one in people if one.get("locationId") == place] for place in self.places.values()
        }
        self.workspaces = [one["id"] for one in self.listed("/workspaces", "items")]
        org = self._simulator.edit("GET", "/people/me")
        self.org: str = org["orgId"]

    def state(self) -> Json:
        return self._simulator.state()

    def load(self, tenant: Json) -> None:
        self._simulator.load(tenant)

    def listed(self, path: str, key: str) -> list[Json]:
        found: list[Json] = self._simulator.edit("GET", path)[key]
        return found

    def serves(self, method: str, path: str) -> bool:
        try:
            return routing.find(method, f"/v1{path.partition('?')[0]}")[1] is not None
        except errors.ApiError:
            return False

    def send(self, kind: str, method: str, path: str, body: Json) -> Json:
        """The answer; {} where this is not served."""
        if "//" in path or not self.serves(method, path):
            if kind not in self.skipped:
                self.skipped.append(kind)
            return {}
        return self._simulator.edit(method, path, body) or {}

    def make(self, kind: str, path: str, *bodies: Json, key: str = "id") -> list[str]:
        """Create one object of that kind per body; their ids, "" where the kind is not served."""
        found: list[str] = []
        for body in bodies:
            answer = self.send(kind, "POST", path, body)
            if key in answer:
                self.made[kind].append(str(answer[key]))
            found.append(str(answer.get(key, "")))
        return found

    def change(self, kind: str, path: str, body: Json) -> None:
        self.send(kind, "PUT", path, body)
        if kind not in self.skipped:
            self.made[kind].append(path)

    def job(self, kind: str, path: str, body: Json) -> str:
        """Run a job to its end; its id."""
        (started,) = self.make(kind, path, body)
        for _ in range(3) if started else ():
            self._simulator.edit("GET", f"{path}/{started}")
        return started

    def within(self, location: str, feature: str) -> str:
        return f"/telephony/config/locations/{location}/{feature}"


def enrich(simulator: Simulator) -> Enriched:
    """Build everything, in the order in which one thing needs another."""
    from . import rich_features, rich_records, rich_routing

    rich = Enriched(simulator)
    steps: Sequence[Callable[[Enriched], None]] = (
        *rich_features.STEPS, *rich_routing.STEPS, *rich_records.STEPS
    )  # fmt: skip
    for step in steps:
        step(rich)
    return rich
