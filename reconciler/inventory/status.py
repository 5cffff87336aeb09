"""What came of reading each artefact: how many there are, who has none, what was refused and what went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import ApiError, ForbiddenError, IncompleteError, ReconcileError

#: From best to worst; an artefact has the worst that happened to any part of it.
RESULTS = ("ok", "not_found", "incomplete", "forbidden", "error")

_ENOUGH = 3


@dataclass
class Status:
    """One artefact. `count` is what was read (0 is ok), `not_entitled` how many owners have no such setting, `failed`
    how many could not be read; `scope` is what the token lacks where that is known."""

    artefact: str
    result: str = "ok"
    count: int = 0
    not_entitled: int = 0
    failed: int = 0
    http_status: int | None = None
    scope: str = ""
    why: str = ""

    def add(self, error: ReconcileError) -> None:
        """Something could not be read; the worst of all such is told."""
        self.failed += 1
        found = _result(error)
        if RESULTS.index(found) > RESULTS.index(self.result):
            self.result, self.why = found, error.what
            self.http_status = error.status if isinstance(error, ApiError) else None
            self.scope = error.scopes if isinstance(error, ForbiddenError) else ""

    @property
    def hopeless(self) -> bool:
        """So many refusals and nothing read: it is the token, not the object, and the rest would be refused too."""
        return self.result == "forbidden" and not self.count and self.failed >= _ENOUGH

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))

    @property
    def beside(self) -> dict[str, Any]:
        """What a snapshot does not tell itself: all but the count, as far as there is something to say."""
        return {name: value for name, value in vars(self).items() if name not in _COUNTED and value != _PLAIN[name]}

    @classmethod
    def of(cls, artefact: str, count: int, beside: Mapping[str, Any]) -> Status:
        """The other way round. What nobody here would have said is an error."""
        status = cls(artefact, count=count, **beside)
        if status.result not in RESULTS:
            status.result = "error"
        return status


_COUNTED = ("artefact", "count")
_PLAIN = vars(Status(""))


@dataclass
class Statuses:
    """The statuses of one reading, one per artefact that was asked for."""

    by_name: dict[str, Status] = field(default_factory=dict)

    def of(self, artefact: str) -> Status:
        return self.by_name.setdefault(artefact, Status(artefact))

    def __iter__(self) -> Iterator[Status]:
        return iter(sorted(self.by_name.values(), key=lambda status: status.artefact))

    @property
    def beside(self) -> dict[str, dict[str, Any]]:
        """By artefact what a snapshot does not tell itself."""
        return {status.artefact: said for status in self if (said := status.beside)}

    @property
    def complete(self) -> bool:
        return all(status.result == "ok" for status in self)

    @property
    def totals(self) -> Counter[str]:
        return Counter(status.result for status in self)


def _result(error: ReconcileError) -> str:
    if isinstance(error, ForbiddenError):
        return "forbidden"
    if isinstance(error, IncompleteError) or (isinstance(error, ApiError) and error.later_page):
        return "incomplete"
    return "not_found" if isinstance(error, ApiError) and error.status == 404 else "error"
