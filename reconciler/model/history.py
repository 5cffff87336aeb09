"""What the past is told in: commits, snapshots of some day, runs, and since when a field has its value."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reconciler.model.snapshot import Fields

#: Behind the commit of a plan: desired/ was not as the commit has it; git could not say whether it was.
MODIFIED, UNCHECKED = "+modified", "+unchecked"


def short_commit(commit: str, digits: int = 7) -> str:
    """`a6a57e3+modified` of a plan's commit."""
    name, plus, how = commit.partition("+")
    return f"{name[:digits]}{plus}{how}"


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit; `at` is when it was committed, in UTC."""

    id: str
    at: datetime
    author: str
    email: str
    message: str

    @property
    def short(self) -> str:
        return self.id[:10]

    @property
    def title(self) -> str:
        return self.message.partition("\n")[0]

    def trailer(self, name: str) -> str:
        """The value of the last line `Name: value` in the message; empty when there is none."""
        start = f"{name.lower()}:"
        lines = (line.strip() for line in reversed(self.message.splitlines()))
        return next((line[len(start) :].strip() for line in lines if line.lower().startswith(start)), "")


@dataclass(frozen=True, slots=True)
class PastRun:
    """One apply, from its folder: when, which plan, of which desired commit (with `+modified` where the files were not
    as it has them) and of which content, what became of it. `wrote` are the addresses with what was set and verified;
    `ended` is False for one that was cut off."""

    name: str
    at: datetime
    digest: str
    commit: str
    content: str
    totals: dict[str, int]
    wrote: dict[str, Fields]
    ended: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """One snapshot: where it lies, when it was taken or committed (None: it lies in a folder that does not say), how
    much it holds, and what changed since the one before; `changes` is None where there is none before, or where one of
    the two cannot be read, then `why`."""

    label: str
    at: datetime | None
    counts: dict[str, int] = field(default_factory=dict)
    commit: Commit | None = None
    changes: Counter[str] | None = None
    addresses: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Blame:
    """One field: its value, the commit in which it first had it (None: not committed yet; `first` when the history
    begins with it), the run that set it, and the commit of desired that the run applied (None where the files were
    in no commit)."""

    address: str
    path: str
    value: Any
    commit: Commit | None
    first: bool
    run: PastRun | None
    desired: Commit | None
