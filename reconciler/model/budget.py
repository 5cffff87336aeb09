"""What a plan will cost: requests by API family, and time. An estimate beside the plan, not part of its digest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

#: Where a rate is known from: earlier refusals, the operator, the usual 300 a minute, or there is none to keep to.
Source = Literal["learned", "given", "assumed", "none"]


@dataclass(frozen=True, slots=True)
class Family:
    """The requests to one API family, and how many a second are expected to go through; 0: as many as there are."""

    calls: int
    writes: int
    rate: float = 0.0
    source: Source = "none"


@dataclass(frozen=True, slots=True)
class PastEstimates:
    """How far the estimates of so many earlier runs were off, on average: 0.08 is 8 percent."""

    runs: int
    calls: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Budget:
    """`jobs` are asynchronous ones of the API. How long one takes is in nobody's hand: `seconds` has it as earlier runs
    measured it, in `job_seconds`, and not where that is 0. `limit` is the family whose rate decides about the time;
    empty where the `latency` of an answer (seconds) does."""

    families: Mapping[str, Family] = field(default_factory=dict)
    jobs: int = 0
    job_seconds: float = 0.0
    seconds: float = 0.0
    latency: float = 0.0
    limit: str = ""
    past: PastEstimates | None = None

    @property
    def calls(self) -> int:
        return sum(family.calls for family in self.families.values())

    @property
    def foresees_time(self) -> bool:
        """Whether all that takes time is in `seconds`."""
        return not self.jobs or self.job_seconds > 0

    @property
    def writes(self) -> int:
        return sum(family.writes for family in self.families.values())

    def to_json(self) -> dict[str, Any]:
        told = {**asdict(self), "families": {name: asdict(one) for name, one in sorted(self.families.items())}}
        told = {"calls": self.calls, "writes": self.writes, **told}
        unknown = () if self.job_seconds else ("job_seconds",)  # so that a plan of before it was known still is itself
        return {name: value for name, value in told.items() if value is not None and name not in unknown}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Budget:
        """As `to_json` wrote it; TypeError or AttributeError for anything else."""
        given = {name: value for name, value in data.items() if name not in ("calls", "writes")}
        families = {name: Family(**one) for name, one in data.get("families", {}).items()}
        past = PastEstimates(**data["past"]) if data.get("past") else None
        return cls(**{**given, "families": families, "past": past})
