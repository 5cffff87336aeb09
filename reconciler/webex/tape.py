"""What was read is kept as it came, so that somebody who has to begin again need not ask again.

A tape keeps documents and lists by their request. A list counts only as a whole: half of one and the rest of a later
one are no list, because what lies between can have moved.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from reconciler.errors import ApiError
from reconciler.webex.pages import pages
from reconciler.webex.session import Session


class Tape(Protocol):
    """Where it is kept; the spool of an export is one."""

    def document(self, request: str) -> Any:
        """What this request gave. LookupError when it is not known; ApiError when that was the answer."""
        ...

    def rows(self, request: str) -> Iterable[dict[str, Any]]:
        """The rows of a list that was read to its end. LookupError when it was not; an ApiError may end it."""
        ...

    def keep(self, request: str, document: Any) -> None: ...

    def keep_page(self, request: str, number: int, rows: list[dict[str, Any]], *, last: bool) -> None:
        """One page of a list, counted from 0, where the list begins anew."""
        ...

    def keep_refusal(self, request: str, error: ApiError, pages: int = 0) -> None:
        """The answer was an error, for a list after so many pages."""
        ...


def request_of(url: str, params: dict[str, str]) -> str:
    """What a request asks for, whatever host and order of parameters: `/v1/people?callingData=true&max=100`."""
    return f"{urlsplit(url).path}?{urlencode(sorted(params.items()))}"


async def get(session: Session, tape: Tape | None, url: str, params: dict[str, str]) -> Any:
    """One document, as the wire has it, from the tape if it has it."""
    if tape is None:
        return await session.rest_get(url, params=params or None)
    request = request_of(url, params)
    try:
        return tape.document(request)
    except LookupError:
        pass
    try:
        document = await session.rest_get(url, params=params or None)
    except ApiError as error:
        if _is_answer(error):
            tape.keep_refusal(request, error)
        raise
    tape.keep(request, document)
    return document


async def rows(
    session: Session, tape: Tape | None, url: str, key: str, params: dict[str, str]
) -> AsyncIterator[dict[str, Any]]:
    """The rows of every page. IncompleteError when the end is not the end for certain."""
    if tape is None:
        async for page, _ in pages(session, url, key, params):
            for row in page:
                yield row
        return
    request, number = request_of(url, params), 0
    try:
        known: Iterable[dict[str, Any]] | None = tape.rows(request)
    except LookupError:
        known = None
    if known is not None:
        for row in known:
            yield row
        return
    try:
        async for page, last in pages(session, url, key, params):
            tape.keep_page(request, number, page, last=last)
            number += 1
            for row in page:
                yield row
    except ApiError as error:
        if _is_answer(error):
            tape.keep_refusal(request, error, number)
        raise


def _is_answer(error: ApiError) -> bool:
    """Whether it would be the same again: there is no such thing, or this object has none (§1.2)."""
    return error.status in (404, 405) or error.code == "4003"
