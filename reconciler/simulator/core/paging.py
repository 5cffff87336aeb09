"""Paging as the API does it (webex-behaviour.md §1.5): RFC 5988 `Link` with rel="next", `max` silently clamped.

Links are absolute on the simulator's own base, because clients follow them verbatim.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from . import switches
from .errors import platform
from .routing import Reply, Request

switches.declare(
    "page_empty_with_next", "off", "last", "first", row="1.5, 18.8",
    text="an empty page that names a next one: never, behind the last rows, or before the first",
)  # fmt: skip
switches.declare(
    "page_without_list_key", "off", "on", row="1.5", text="whether the body of an empty page lacks the list's key"
)
switches.declare(
    "next_url_malformed", "off", "on", row="1.5, 18.8",
    text="whether the next URL of call queues and voicemail groups begins with `https,`",
)  # fmt: skip
switches.declare(
    "page_rows_unstable", "off", "on", row="1.5, 18.8",
    text="whether small pages of voicemail groups repeat some rows and leave out others",
)  # fmt: skip

# the lists in which these were seen (T:callqueue, T:voicemail_group)
_MALFORMED = frozenset({"/telephony/config/queues", "/telephony/config/voicemailGroups"})
_UNSTABLE = frozenset({"/telephony/config/voicemailGroups"})


def page_size(request: Request, default: int, limit: int, name: str = "max") -> int:
    """`max` within 1..limit; above the limit it is clamped without a word."""
    text = request.query.get(name)
    if text is None:
        return min(default, limit)
    if not text.isdecimal() or int(text) < 1:
        raise platform(400, f"Invalid value for {name}: {text}")
    return min(int(text), limit)


def next_link(request: Request, **changes: str | int) -> dict[str, str]:
    """The header that points at the next page; no blank after the semicolon, as seen live."""
    query = {**request.query, **{name: str(value) for name, value in changes.items()}}
    malformed = request.template in _MALFORMED and request.store.switches["next_url_malformed"] == "on"
    return {"Link": f'<{"https," if malformed else ""}{request.root}{request.path}?{urlencode(query)}>;rel="next"'}


def goes_on(request: Request, more: bool, beyond: bool) -> bool:
    """Whether this page names a next one: there are more rows, or an empty page is to follow; the one `beyond` that
    ends the list all the same."""
    return more or (request.store.switches["page_empty_with_next"] == "last" and not beyond)


def empty_first(request: Request, key: str, name: str, start: str) -> Reply | None:
    """The empty page before the first rows, which begin where the parameter `name` says `start`."""
    if name in request.query or request.store.switches["page_empty_with_next"] != "first":
        return None
    return Reply(200, body(request, key, []), next_link(request, **{name: start}))


def body(request: Request, key: str, rows: list[Any]) -> dict[str, Any]:
    """The list under its key."""
    lacking = not rows and request.store.switches["page_without_list_key"] == "on"
    return {} if lacking else {key: rows}


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
    if not start_text.isdecimal():
        raise platform(400, f"Invalid value for start: {start_text}")
    start = int(start_text)
    if empty := empty_first(request, key, "start", "0"):
        return empty
    if request.template in _UNSTABLE and request.store.switches["page_rows_unstable"] == "on" and start // size % 2:
        rows = rows[::-1]
    chosen = rows[start : start + size]
    shown = {**body(request, key, [show(row) for row in chosen] if show else list(chosen)), **(extra or {})}
    follows = goes_on(request, start + size < len(rows), start >= len(rows) + size)
    return Reply(200, shown, next_link(request, start=start + size, max=size) if follows else {})


def cursor(position: str) -> str:
    return base64.urlsafe_b64encode(position.encode()).decode()


def position(request: Request) -> str:
    """What the `after` cursor stands for; "" at the beginning."""
    try:
        return base64.urlsafe_b64decode(request.query.get("after", "")).decode()
    except ValueError as problem:
        raise platform(400, "Invalid value for after") from problem
