"""What became of an operation, as seen by reading back."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    VERIFIED = "verified"
    CONVERGING = "converging"
    DRIFTED = "drifted"
    FAILED = "failed"
    SKIPPED = "skipped"
    STALE = "stale"
    UNKNOWN = "unknown"


#: A failure: neither somebody else's change nor what did not begin.
BAD = frozenset({Verdict.FAILED, Verdict.DRIFTED, Verdict.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on one address, with the reason, the fields that are not as wanted, and whether we wrote. `also` are
    fields that changed between the readings before and after the write although nobody asked for it. `again`: not the
    operation failed but the way to the tenant (token, network), so that `resume` tries it once more.

    The evidence of a write: `id` is Webex's, `read` the readings before and after it ({"before": fields or None,
    "after": …}), `as_wanted` for each field that was written whether it was read back as wanted."""

    address: str
    operation: str
    action: str
    verdict: Verdict
    why: str = ""
    wrote: bool = False
    fields: dict[str, Any] = field(default_factory=dict)
    tracking_id: str = ""
    seconds: float = 0.0
    also: dict[str, Any] = field(default_factory=dict)
    again: bool = False
    id: str = ""
    read: dict[str, Any] = field(default_factory=dict)
    as_wanted: dict[str, bool] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "address": self.address,
            "operation": self.operation,
            "action": self.action,
            "verdict": str(self.verdict),
            "wrote": self.wrote,
        }
        for name in ("why", "fields", "tracking_id", "also", "again", "id", "read", "as_wanted"):
            if value := getattr(self, name):
                data[name] = value
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Outcome:
        """An outcome as `to_json` wrote it; what else stands beside it is ignored."""
        given = {name: data[name] for name in cls.__slots__ if name in data}
        return cls(**{**given, "verdict": Verdict(data["verdict"])})
