"""What a request carries: a JSON document, the fields of a form, or something that nobody can read.

Whatever arrives here is read without an exception of its own: a client in another language, or one that is broken,
must get an answer and not a trace.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from aiohttp import HttpVersion11, web

from .core.routing import Json

LARGEST = 16 * 1024 * 1024  # bytes; announcements have up to 8 MB
_DEEPEST = 200  # levels; real bodies have six, and Python's parser gives up at a thousand
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Unreadable(Exception):
    """A body that is not what it says; the text says why, `status` what the client gets."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status


async def body(request: web.BaseRequest, *, forms: bool = True) -> Any:
    """The document or the fields of a form; None for no body. Unreadable for anything else.

    JSON is taken for JSON whatever the content type says, because many clients say nothing.
    """
    try:
        await _continue(request)
        if forms and request.content_type in _FORMS:
            return _fields(await request.post())
        raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise Unreadable(f"The request body is larger than {LARGEST} bytes", 413) from None
    except (ValueError, LookupError, AssertionError, web.RequestPayloadError) as problem:
        # a wrong charset, no boundary, a gzip stream that is none
        raise Unreadable(f"The request body cannot be decoded: {problem}") from None
    return document(raw)


async def _continue(request: web.BaseRequest) -> None:
    """Ask for the body of a client that waits to be asked, as curl does with large ones (RFC 9110 §10.1.1)."""
    if request.headers.get("Expect", "").lower() == "100-continue" and request.version == HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # the answer itself has not begun


def document(raw: bytes) -> Any:
    """A JSON document; None for an empty text."""
    if not raw.strip():
        return None
    try:
        found = json.loads(raw, parse_constant=_no_number, parse_float=_finite)
    except RecursionError:
        raise Unreadable("The document is nested too deeply") from None
    except ValueError as problem:
        raise Unreadable(f"The document is not JSON: {problem}") from None
    if raw.count(b"[") + raw.count(b"{") > _DEEPEST and _is_deep(found):
        raise Unreadable("The document is nested too deeply")
    if b"\\u" in raw or b"\x00" in raw:  # the second: UTF-16 and UTF-32, which json takes too
        _check_text(found)
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _no_number(text)


def _is_deep(found: Any) -> bool:
    level: list[Any] = [found]
    for _ in range(_DEEPEST):
        level = [
            below
            for one in level
            for below in (one.values() if isinstance(one, dict) else one if isinstance(one, list) else ())
        ]
        if not level:
            return False
    return True


def _check_text(found: Any) -> None:
    """Half of a surrogate pair can be escaped in JSON, but no answer could ever be written with it."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Unreadable("The document has half of a surrogate pair in it") from None


def _fields(fields: Any) -> Json:
    """The fields of a form; a file stands as its name, type and size, because nobody listens to announcements."""
    found: Json = {}
    for name, value in fields.items():
        if isinstance(value, web.FileField):
            size = len(value.file.read())
            found[name] = {"fileName": value.filename, "contentType": value.content_type, "size": size}
        else:
            found[name] = value if isinstance(value, str) else value.decode("utf-8", "replace")
    _check_text(found)
    return found
