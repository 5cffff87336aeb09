"""Who said yes to which plan: bound to its digest, kept in the journal."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

#: Asked at a terminal, `--approve DIGEST`, `--yes`; or approved together with the plan that it takes back
#: (`--on-failure undo`).
Way = Literal["prompt", "digest", "yes", "on-failure"]


@dataclass(frozen=True)
class Approval:
    """The approval of one plan. `by` is user@host, `at` ISO 8601 in UTC, `overrides` the findings lifted by name."""

    digest: str
    by: str
    at: str
    how: Way
    overrides: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "overrides": list(self.overrides)}
