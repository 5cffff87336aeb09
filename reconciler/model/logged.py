"""A line of a log: what happened when, in which run, to which operation. `reconcile schema log` prints its schema."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class LogLine(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ts: AwareDatetime
    run_id: str = Field(description="The run; of a command that carries nothing out, the command and when it began")
    action_id: str = Field(description="The operation, as in plan and journal; else the command, like export")
    event: str = Field(
        description="What happened, as in reconciler/telemetry/events.py; `request` is one attempt of a request"
    )
    payload: dict[str, Any] = Field(description="The facts, without secrets")
