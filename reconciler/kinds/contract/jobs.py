"""Jobs of the API: accepted at once, done later (webex-behaviour.md §15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reconciler.errors import ReconcileError
from reconciler.model.remote_id import uuid_of

OVER = frozenset({"COMPLETED", "FAILED", "STOPPED", "ABANDONED"})


_DO = "correct the cause and plan again"
#: An item of a job, as the API names it, and what is wrong with it.
ItemError = tuple[str, str]


class ItemErrors(ReconcileError):
    """A job is over and has item errors; what that says `of` each item is another matter. `ended`: how the job ended
    where that was not well; then those without an error of their own were not done either."""

    def __init__(self, items: Sequence[ItemError], ended: str = "") -> None:
        super().__init__("the job has item errors", why="; ".join(text for _, text in items), do=_DO)
        self.items, self.ended = items, ended

    def of(self, remote_id: str) -> ReconcileError | None:
        """Why the job did not do this item; None when it did. An error that names nobody may be anybody's."""
        own = [text for item, text in self.items if not item or uuid_of(item) == uuid_of(remote_id)]
        if own:
            return ReconcileError(self.what, why="; ".join(own), do=self.do)
        return ReconcileError(f"the job ended {self.ended}", do=self.do) if self.ended else None


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
    status = str(job.get("latestExecutionStatus"))
    if errors := job.get("errors"):
        return ItemErrors(errors, "" if status == "COMPLETED" else status)
    return ReconcileError(f"the job ended {status}", do=_DO)
