"""Paging as the API does it (webex-behaviour.md §1.5): RFC 5988 `Link` with rel="next", `max` silently clamped.

Links are absolute on the simulator's own base, because clients follow them verbatim.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from .errors import platform
from .routing import Reply, Request


def page_size(request: Request, default: int, limit: int, name: str = "max") -> int:
    """`max` within 1..limit; above the limit it is clamped without a word."""
    text = request.query.get(name)
    if text is None:
        return min(default, limit)
    if not text.isdigit() or int(text) < 1:
        raise platform(400, f"Invalid value for {name}: {text}")
    return min(int(text), limit)


def next_link(request: Request, **changes: str | int) -> dict[str, str]:
    """The header that points at the next page; no blank after the semicolon, as seen live."""
    query = {**request.query, **{name: str(value) for name, value in changes.items()}}
    return {"Link": f'<{request.root}{request.path}?{urlencode(query)}>;rel="next"'}


def by_offset(
    request: Request,
    rows: Sequence[Any],
    key: str,
    *,
    default: int,
    limit: int,
    show: Callable[[Any], Any] | None = None,
    extra: dict[str, Any] | None = None,
) -> Reply:
    """A page by `max` and zero-based `start`. `show` renders only the rows of this page."""
    size = page_size(request, default, limit)
    start_text = request.query.get("start", "0")
    if not start_text.isdigit():
        raise platform(400, f"Invalid value for start: {start_text}")
    start = int(start_text)
    chosen = rows[start : start + size]
    body = {key: [show(row) for row in chosen] if show else list(chosen), **(extra or {})}
    more = start + size < len(rows)
    return Reply(200, body, next_link(request, start=start + size, max=size) if more else {})


def cursor(position: str) -> str:
    return base64.urlsafe_b64encode(position.encode()).decode()


def position(request: Request) -> str:
    """What the `after` cursor stands for; "" at the beginning."""
    try:
        return base64.urlsafe_b64decode(request.query.get("after", "")).decode()
    except ValueError as problem:
        raise platform(400, "Invalid value for after") from problem
