"""Lists walked to their proven end (webex-behaviour.md §1.5): the SDK's own pager takes an empty page for the end,
follows no malformed link, and takes any list in a page for the list; each of them loses rows silently."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from reconciler.errors import ApiError, IncompleteError
from reconciler.webex.session import Session

#: Pages in a row that say nothing new, each with a next one, after which this is no list any more; and pages in all: a
#: million people.
_MOST_IDLE = 50
MOST = 10_000
#: What is said with a list without narrowing it.
_WHOLE = frozenset("max start count limit startIndex orgId callingData details includeAssignedTo numberType".split())
#: What stands beside the rows of a page, and alone in an empty one.
_BESIDE = frozenset(("notFoundIds", "count"))
_NEXT = re.compile(r"rel\s*=\s*[\"']?[^;,\"']*\bnext\b", re.IGNORECASE)


async def pages(
    session: Session, url: str, key: str, params: dict[str, str]
) -> AsyncIterator[tuple[list[dict[str, Any]], bool]]:
    """Page by page the rows as the wire has them, and whether it is the last one. IncompleteError when the end is not
    the end for certain."""
    get: Any = session._request_w_response  # the SDK's verb that gives the headers too; its decorator loses its type
    seen: set[str] = set()
    said: set[str] = set()
    idle, whole = 0, _WHOLE.issuperset(params)
    while True:
        # `next` links carry their own parameters
        try:
            response, body = await get("GET", url=url, params=params or None)
        except ApiError as error:
            error.later_page = bool(seen)
            raise
        link = _next(response)
        rows = _rows(body, key, url, whole=whole and link is None)
        whole = whole and not rows
        yield rows, link is None
        if link is None:
            return
        seen.add(url)
        url, params = link, {}
        ends = repr((rows[0], rows[-1], len(rows))) if rows else ""
        idle = idle + 1 if not rows or ends in said else 0
        said.add(ends)
        if url in seen or idle > _MOST_IDLE or len(seen) >= MOST:
            why = "its pages come again" if len(seen) < MOST else f"it has {MOST:,} pages and still a next one"
            raise IncompleteError("the list does not end", where=_path(response.url), why=why)


def _next(response: Any) -> str | None:
    """Where the next page is; None after the last. IncompleteError for what is no address. Whether it is at home says
    the session, which sends the token nowhere else."""
    try:
        link = response.links.get("next", {}).get("url")
        parts = urlsplit(str(link or ""))
        if link is None:
            told = not _NEXT.search(response.headers.get("Link", ""))
        else:
            plain = parts.username is None and parts.password is None and parts.port != 0
            told = plain and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        told, link = False, None
    if not told:
        where = str(link or response.headers.get("Link"))
        raise IncompleteError("the list breaks off", where=_path(response.url), why=f"its next page is {where!r}")
    return None if link is None else str(link)


def _rows(body: Any, key: str, url: str, *, whole: bool) -> list[dict[str, Any]]:
    """The rows of one page. Who took an answer that is no list for an empty one would take what is there for gone. Only
    where little was asked for (`whole` is false), rows came before or a next page is named, is an object without the
    key an empty page (§1.5): a whole list that ends with it proves nothing."""
    if not isinstance(body, dict):
        raise IncompleteError("this is no page of a list", where=_path(url), why=f"it is {_named(body)}")
    rows = body.get(key)
    if key not in body and not whole and _BESIDE.issuperset(body):
        return []
    if not isinstance(rows, list):
        why = f"{key!r} is {_named(rows)}" if key in body else f"it has {', '.join(sorted(body)) or 'nothing'}"
        raise IncompleteError(f"a page without a list of {key!r}", where=_path(url), why=why)
    if odd := [row for row in rows if not isinstance(row, (dict, str))]:
        raise IncompleteError(f"a row of the list is {_named(odd[0])}", where=_path(url))
    return rows


def _named(value: Any) -> str:
    words = {dict: "an object", list: "a list", str: "text", type(None): "null", bool: "true or false"}
    return words.get(type(value), f"a {type(value).__name__}")


def _path(url: Any) -> str:
    return f"GET {urlsplit(str(url)).path}"
