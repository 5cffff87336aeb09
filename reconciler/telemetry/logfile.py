"""A log as a file: JSON lines for machines, or one line of text for each event. Only its owner can read it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Literal, TextIO

from reconciler.errors import UsageError
from reconciler.files.links import refuse_path
from reconciler.inert import visible
from reconciler.masking import masked_text
from reconciler.model.logged import LogLine
from reconciler.webex.exchange import Exchange

Format = Literal["jsonl", "text", "har"]
_SUFFIXES: dict[str, Format] = {".jsonl": "jsonl", ".json": "jsonl", ".ndjson": "jsonl", ".har": "har"}


def format_of(path: Path, asked: Format | None = None) -> Format:
    """As it was asked for, else by the name of the file: .jsonl, .har, anything else is text."""
    return asked or _SUFFIXES.get(path.suffix.lower(), "text")


def opened(path: Path, *, append: bool) -> TextIO:
    """The file, readable by its owner alone. UsageError where it cannot be written, before anything is done;
    RefusedError where it is a link out of its repository."""
    refuse_path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | (os.O_APPEND if append else os.O_TRUNC)
        handle = os.open(path, flags, 0o600)
    except OSError as error:
        raise UsageError(
            f"cannot write {path}", why=error.strerror or "", do="name a file that can be written"
        ) from None
    return os.fdopen(handle, "a" if append else "w+", encoding="utf-8", errors="backslashreplace")


class LogFile:
    """Appends to a file, line by line, so that a log of several commands can be one file."""

    def __init__(self, path: Path, form: Format) -> None:
        self._file = opened(path, append=True)
        self._words = _text if form == "text" else _json

    def event(self, line: dict[str, Any]) -> None:
        self._file.write(masked_text(self._words(line)) + "\n")
        self._file.flush()

    def exchange(self, exchange: Exchange) -> None:
        """The `request` line says it."""

    def close(self) -> None:
        self._file.close()


def _json(line: dict[str, Any]) -> str:
    return LogLine.model_validate(line).model_dump_json()


def _text(line: dict[str, Any]) -> str:
    """`2026-05-04T09:30:00.123+00:00 chunk_done apply number=1 wave=1`."""
    facts = (f"{name}={_value(value)}" for name, value in line["payload"].items() if value not in ("", None, [], {}))
    return " ".join([line["ts"], line["event"], visible(line["action_id"]), *facts])


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return visible(text) if " " not in text else visible(json.dumps(text, ensure_ascii=False))
