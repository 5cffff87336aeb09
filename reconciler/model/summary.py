"""The end of a run as data: `summary.json`. One schema: `reconcile schema summary` prints it, writing checks it."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Status = Literal["executed", "dry_run", "skipped", "rejected", "error"]
Action = Literal["create", "update", "delete", "cannot_tell"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Org(_Part):
    id: str
    name: str


class Origin(_Part):
    """What of desired/ the plan was made from."""

    commit: str = Field(description="Of HEAD; +modified where the files were not as it has them; empty: none")
    fingerprint: str = Field(description="Digest of the files that were used")


class Result(_Part):
    """What became of one change, or of one step of it."""

    row_index: int = Field(ge=0, description="Which change of the plan, from 1; 0: none")
    script: str = Field(description="Kind and action, like person.forwarding.update")
    address: str
    action: Action
    operation: str = Field(description="The operation that carried it; empty where none did")
    status: Status
    verdict: str
    wrote: bool
    params_hash: str = Field(description="SHA-256 of what is asked for, without secrets")
    why: str = ""
    error_type: str = ""
    error: str = ""
    entity_id: str = Field("", description="Webex's id")
    tracking_id: str = ""
    seconds: float = Field(0.0, ge=0)
    source: str = Field("", description="file:line that asks for it")
    fields: dict[str, Any] = Field({}, description="Fields that are not as wanted: wanted and found")
    as_wanted: dict[str, bool] = Field({}, description="For every field that was written: read back as wanted?")
    changed: dict[str, Any] = Field({}, description="Fields that differ before and after: before and after")
    also: dict[str, Any] = Field({}, description="Of those, the ones that nobody asked for")
    again: bool = Field(False, description="The way to the tenant failed: resume tries it again")


class Totals(_Part):
    results: int
    executed: int
    dry_run: int
    skipped: int
    rejected: int
    error: int

    @model_validator(mode="after")
    def _is_sum(self) -> Totals:
        if self.results != self.executed + self.dry_run + self.skipped + self.rejected + self.error:
            raise ValueError("results is not the sum of the others")
        return self


class Chunk(_Part):
    """Operations that were carried out together. State: queued, running, success, error."""

    number: int
    wave: int
    state: Literal["queued", "running", "success", "error"]
    operations: list[str]
    began: str = ""
    ended: str = ""
    verdicts: dict[str, int] = {}


class Summary(_Part):
    format_version: int
    run: str
    plan: str = Field(description="Digest of the plan")
    org: Org
    desired: Origin | None = None
    bulk_mode: bool = Field(description="More than one change was to be carried out")
    state: str = Field("", description="How the run ended: finished, interrupted, paused, stopped, converging")
    why: str = ""
    started: str = ""
    ended: str = ""
    resumed: int = 0
    totals: Totals
    verdicts: dict[str, int]
    counts: dict[str, int] = Field(description="Changes of the plan by action")
    results: list[Result]
    chunks: list[Chunk] = []
    beside: list[str] = Field([], description="Addresses at which something else changed too")
    others: str = Field("", description="Why nobody looked whether others changed the same objects meanwhile")
    budget: dict[str, Any] = Field({}, description="Calls, writes and seconds, estimated and counted")
    files: list[str] = []
    journal: dict[str, Any] = Field({}, description="How many records, and the hash of the last one")

    @model_validator(mode="after")
    def _totals_are_of_the_results(self) -> Summary:
        for name, count in self.totals.model_dump().items():
            found = [result for result in self.results if name in ("results", result.status)]
            if len(found) != count:
                raise ValueError(f"totals.{name} is {count}, but there are {len(found)} such results")
        return self
