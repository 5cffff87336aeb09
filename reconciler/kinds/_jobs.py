"""Jobs of the API: accepted at once, done later (webex-behaviour.md §15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.errors import ReconcileError

OVER = frozenset({"COMPLETED", "FAILED", "STOPPED", "ABANDONED"})


def state_of(job: Mapping[str, Any]) -> str:
    """`queued`, `running`, `success` or `error`. A COMPLETED job can still have item errors; they count."""
    status = job.get("latestExecutionStatus")
    if status in OVER:
        return "success" if status == "COMPLETED" and not job.get("errors") else "error"
    return "running" if status == "STARTED" else "queued"


def failure(job: Mapping[str, Any]) -> ReconcileError | None:
    """Why a job that is over did not do what it was to do; None when it did."""
    if state_of(job) == "success":
        return None
    errors = job.get("errors") or ()
    what = "the job has item errors" if errors else f"the job ended {job.get('latestExecutionStatus')}"
    return ReconcileError(what, why="; ".join(errors), do="correct the cause and plan again")
