"""Requests and answers as an HTTP Archive, by the SDK's writer; every attempt, those too that were refused or repeated.

Bodies are masked: fields that are named like a secret, and the token wherever it stands. The file is whole after every
entry, so that a command that is killed leaves one that can be read.
"""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime
from typing import Any, TextIO

from wxc_sdk.har_writer import HarWriter
from wxc_sdk.har_writer.har import HAREntry, HARRequest, HARResponse

from reconciler.masking import MASK, masked, masked_text
from reconciler.webex.exchange import Exchange

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


class Trace:
    """Writes to a stream that can be read and sought; it is closed at the end."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._writer = HarWriter(path=stream, incremental=True)  # type: ignore[arg-type]
        self._end()

    def event(self, line: dict[str, Any]) -> None:
        """Only requests are of interest here."""

    def exchange(self, exchange: Exchange) -> None:
        with warnings.catch_warnings():  # the SDK's models warn of their own serialisation (wxc-sdk.md §2.5)
            warnings.simplefilter("ignore")
            self._writer.new_entry(_entry(exchange))
        self._end()

    def close(self) -> None:
        self._stream.close()

    def _end(self) -> None:
        """End the document, and go back to where the next entry will stand."""
        here = self._stream.tell()
        self._stream.write(self._writer._incremental_trailer)
        self._stream.flush()
        self._stream.seek(here)


def _entry(exchange: Exchange) -> HAREntry:
    return HAREntry(
        request=HARRequest(
            method=exchange.method,
            url=masked_text(exchange.url),
            httpVersion="HTTP/1.1",
            headers=_headers(exchange.request_headers),
            postData=_body(exchange.request_body) or None,
        ),
        response=HARResponse(
            status=exchange.status,
            statusText=masked_text(exchange.problem),
            httpVersion="HTTP/1.1",
            headers=_headers(exchange.headers),
            content_str=_body(exchange.body),
        ),
        startedDateTime=datetime.fromtimestamp(exchange.began, UTC),
        time=exchange.seconds * 1000,
    )


def _headers(headers: Any) -> dict[str, str]:
    """Without secrets; the writer wants to know what kind of text a body is."""
    found = {name: MASK if name.lower() in _SECRET_HEADERS else masked_text(value) for name, value in headers.items()}
    if not any(name.lower() == "content-type" for name in found):
        found["Content-Type"] = "text/plain"
    return found


def _body(body: bytes) -> str:
    try:
        return json.dumps(masked(json.loads(body)), ensure_ascii=False)
    except ValueError:
        return masked_text(body.decode("utf-8", "replace"))
