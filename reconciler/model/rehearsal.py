"""What a twin of the tenant made of a plan: a view beside the plan, which changes nothing of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class RefusedStep:
    """A step of the plan that would not come about: the twin refused it (`failed`), took it without effect (`drifted`),
    or something that it needs is refused (`skipped`). `status` and `code` are HTTP's and the API's own."""

    address: str
    operation: str
    action: str
    verdict: str
    why: str
    status: int = 0
    code: str = ""

    def to_json(self) -> dict[str, Any]:
        shown = {name: getattr(self, name) for name in ("address", "operation", "action", "verdict", "why")}
        return shown | {name: value for name in ("status", "code") if (value := getattr(self, name))}


@dataclass(slots=True)
class Rehearsal:
    """`steps` were carried out on the twin, `refusals` are those of them that would not come about; `unknown` says what
    a twin cannot tell, and which steps it could not follow."""

    steps: int
    refusals: list[RefusedStep] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return {
            "steps": self.steps,
            "refusals": [refusal.to_json() for refusal in self.refusals],
            "unknown": self.unknown,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Rehearsal:
        return cls(data["steps"], [RefusedStep(**refusal) for refusal in data["refusals"]], data["unknown"])
