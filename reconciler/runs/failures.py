"""What there is to say of an error, as data without secrets: what, where, why, the API's whole answer, the causes."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

from reconciler.errors import ApiError, ReconcileError
from reconciler.masking import masked

_MOST_FRAMES = 12
_MOST_CAUSES = 8


def told(error: BaseException) -> dict[str, Any]:
    """`{type, what, where, why, do, status, code, tracking_id, answer, causes, trace}`; what is empty is left out.
    `causes` are the errors behind it, the nearest first; `trace` is where it arose, the outermost call first, without
    the libraries in between."""
    data: dict[str, Any] = {"type": type(error).__name__, "what": str(error)}
    if isinstance(error, ReconcileError):
        data |= {name: getattr(error, name) for name in ("what", "where", "why", "do", "answer")}
    if isinstance(error, ApiError):
        data |= {"status": error.status, "code": error.code, "tracking_id": error.tracking_id}
    data["causes"] = [{"type": type(cause).__name__, "what": str(cause)} for cause in _causes(error)]
    places = [_place(frame) for frame in traceback.extract_tb(error.__traceback__)]
    ours = [place for place in places[:-1] if place.startswith("reconciler/")]
    data["trace"] = [*ours[-_MOST_FRAMES:], *places[-1:]]
    found: dict[str, Any] = masked({name: value for name, value in data.items() if value not in ("", None, [])})
    return found


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The errors that this one came from; also where we said `from None`, which only spares a reader of a terminal."""
    for _ in range(_MOST_CAUSES):
        cause = error.__cause__ or error.__context__
        if cause is None:
            return
        yield cause
        error = cause


def _place(frame: traceback.FrameSummary) -> str:
    """`reconciler/webex/session.py:203 _attempt`: from the package on, for the rest of the path is this machine's."""
    path = frame.filename.replace("\\", "/")
    for start in ("/site-packages/", "/reconciler/", "/lib/"):
        _, found, tail = path.rpartition(start)
        if found:
            path = f"reconciler/{tail}" if start == "/reconciler/" else tail
            break
    return f"{path}:{frame.lineno} {frame.name}"
