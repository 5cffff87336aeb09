"""What was asked of the simulator: counts and an ordered log. Control calls never appear here."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .faults import Do


class Ledger:
    def __init__(self) -> None:
        self.in_flight = 0
        self.reset()

    def reset(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.max_in_flight = self.in_flight

    def enter(self) -> None:
        self.in_flight += 1
        self.max_in_flight = max(self.max_in_flight, self.in_flight)

    def leave(self, method: str, template: str, path: str, status: int, do: Do | None = None) -> None:
        """Entered in the order of the answers, which is the order in which the requests took effect. Status 0: the
        connection was dropped; `fault` is what was done to the request."""
        self.in_flight -= 1
        entry = {"method": method, "route": template, "path": path, "status": status}
        self.entries.append(entry if do is None else {**entry, "fault": do.model_dump(exclude_defaults=True)})

    def abandon(self) -> None:
        """The client went away before its answer; nothing took effect."""
        self.in_flight -= 1

    def summary(self) -> dict[str, Any]:
        return {
            "total": len(self.entries),
            "by_method": dict(Counter(entry["method"] for entry in self.entries)),
            "by_route": dict(Counter(f"{entry['method']} {entry['route']}" for entry in self.entries)),
            "status": dict(Counter(str(entry["status"]) for entry in self.entries)),
            "max_in_flight": self.max_in_flight,
        }
