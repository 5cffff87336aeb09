"""The error tree and the exit codes.

Every error says what went wrong, where (file:line or address), why, and what to do next; the CLI prints it
and exits with `exit_code`. Codes are the table in README.md ("Exit codes").
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum


class Exit(IntEnum):
    """What a process tells its caller; 64, 75 and 77 are those of sysexits.h."""

    OK = 0
    ERROR = 1
    CHANGES = 2
    PARTIAL = 3
    REFUSED = 4
    STALE = 5
    LOCKED = 6
    INCOMPLETE = 7
    USAGE = 64
    TEMPORARY = 75
    AUTH = 77
    INTERRUPTED = 130


class ReconcileError(Exception):
    """Something the user must know: `what`, and optionally `where`, `why` and `do` (the next step)."""

    exit_code: Exit = Exit.ERROR
    #: What the API answered, whole, as JSON data or text; None where it was not asked or did not answer.
    answer: object = None

    def __init__(self, what: str, *, where: str = "", why: str = "", do: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.why = why
        self.do = do

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return "\n".join([head, *(f"  {label}: {text}" for label, text in self._tail() if text)])

    def _tail(self) -> tuple[tuple[str, str], ...]:
        return (("why", self.why), ("do", self.do))


class InputError(ReconcileError):
    """Something in the repository is wrong; carries every problem found in one run."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(f"{count} error{'s' if count != 1 else ''} in the desired state")

    def __str__(self) -> str:
        return "\n".join([*(str(problem) for problem in self.problems), self.what])


class Problem:
    """One thing wrong at one place: `file:line:col: what (do)`. `entries` are the addresses of the entries that it is
    about, where the rest of the file stands without them; empty where it is about the file."""

    __slots__ = ("col", "do", "entries", "file", "line", "what")

    def __init__(self, file: str, line: int, col: int, what: str, do: str = "", entries: tuple[str, ...] = ()) -> None:
        self.file, self.line, self.col, self.what, self.do, self.entries = file, line, col, what, do, entries

    def __str__(self) -> str:
        head = f"{self.file}:{self.line}:{self.col}: {self.what}" if self.line else f"{self.file}: {self.what}"
        return f"{head}\n  do: {self.do}" if self.do else head

    def order(self) -> tuple[str, int, int, str]:
        return (self.file, self.line, self.col, self.what)


class UsageError(ReconcileError):
    exit_code = Exit.USAGE


class RefusedError(ReconcileError):
    """A guard, a policy or a missing confirmation; nothing was written."""

    exit_code = Exit.REFUSED


class StaleError(ReconcileError):
    """The plan does not fit what is there now, or is not the plan that was approved."""

    exit_code = Exit.STALE


class LockedError(ReconcileError):
    exit_code = Exit.LOCKED


class IncompleteError(ReconcileError):
    """A snapshot that is not proven complete."""

    exit_code = Exit.INCOMPLETE


class AuthError(ReconcileError):
    exit_code = Exit.AUTH


class TemporaryError(ReconcileError):
    """The API is down or refuses for now; trying later is right."""

    exit_code = Exit.TEMPORARY


class WaitedError(TemporaryError):
    """A write was refused for now, and has waited for so long that what it rests on has to be looked at again. It was
    not done."""


class ConvergingError(ReconcileError):
    """The API has taken it on and is not done yet: not to be sent again, only to be read later."""

    exit_code = Exit.PARTIAL


class ApiError(ReconcileError):
    """The API answered with an error.

    `status` is HTTP's, `code` the API's own (webex-behaviour.md §16; "" when there is none), `tracking_id`
    what Cisco support asks for. `retryable` says whether the same request can succeed later; `later_page` that it was
    for more of a list of which there is something.
    """

    later_page = False

    def __init__(self, status: int, message: str, *, code: str = "", tracking_id: str = "", request: str = "") -> None:
        label = f"HTTP {status}" + (f", code {code}" if code else "")
        super().__init__(f"{message} ({label})", where=request, why=f"tracking id {tracking_id}" if tracking_id else "")
        self.status = status
        self.message = message
        self.code = code
        self.tracking_id = tracking_id
        self.request = request
        if status in (423, 429, 502, 503, 504):  # nothing that was asked is wrong: another time it is right
            self.exit_code = Exit.TEMPORARY

    @property
    def retryable(self) -> bool:
        return self.status in (423, 429, 500, 502, 503, 504)


class ForbiddenError(ApiError):
    """403: the token's roles or scopes do not reach this far. The answer never says which; `scopes` are those that
    the endpoint wants (webex-behaviour.md §1.1)."""

    exit_code = Exit.AUTH
    scopes = ""


class NotEntitledError(ReconcileError):
    """This object has no such setting: not a calling user, licence tier too low (behaviour rows 5, 33)."""
