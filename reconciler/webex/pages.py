"""Lists walked to their proven end (webex-behaviour.md §1.5): the SDK's own pager takes an empty page for the end,
follows no malformed link, and takes any list in a page for the list; each of them loses rows silently."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlsplit

from reconciler.errors import IncompleteError
from reconciler.webex.session import Session

#: Empty pages in a row, each with a next one, after which this is no list any more.
_MOST_EMPTY = 50


async def pages(
    session: Session, url: str, key: str, params: dict[str, str]
) -> AsyncIterator[tuple[list[dict[str, Any]], bool]]:
    """Page by page the rows as the wire has them, and whether it is the last one. IncompleteError when the end is not
    the end for certain."""
    get: Any = session._request_w_response  # the SDK's verb that gives the headers too; its decorator loses its type
    seen: set[str] = set()
    empty = 0
    while True:
        # `next` links carry their own parameters
        response, body = await get("GET", url=url, params=params or None)
        rows = _rows(body, key, url)
        link = response.links.get("next", {}).get("url")
        yield rows, link is None
        if link is None:
            return
        seen.add(url)
        url, params = str(link), {}
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise IncompleteError("the list breaks off", where=_path(response.url), why=f"its next page is {url!r}")
        empty = 0 if rows else empty + 1
        if url in seen or empty > _MOST_EMPTY:
            raise IncompleteError("the list does not end", where=_path(response.url), why="its pages come again")


def _rows(body: Any, key: str, url: str) -> list[dict[str, Any]]:
    """The rows of one page. An object without the key is an empty page (§1.5); an answer without anything is none: who
    took it for the end of a list would take what is there for gone."""
    if not isinstance(body, dict):
        raise IncompleteError("this is no page of a list", where=_path(url), why=f"it is {type(body).__name__}")
    rows = body.get(key)
    if rows is None and not any(isinstance(value, list) for value in body.values()):
        return []
    if not isinstance(rows, list):
        raise IncompleteError(f"a page without {key!r}", where=_path(url), why=f"it has {', '.join(sorted(body))}")
    return rows


def _path(url: Any) -> str:
    return f"GET {urlsplit(str(url)).path}"
