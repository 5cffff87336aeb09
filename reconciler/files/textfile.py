"""From the bytes of a file to its text: nothing is guessed that could be wrong without being said.

    a byte order mark      decides: UTF-8 or UTF-16
    UTF-8                  where every byte of the file is
    UTF-16 without a mark  where every other byte is zero, as in what some programs export
    Windows-1252           for spreadsheets alone, where nothing in the file is UTF-8 beyond ASCII; it is said then
    all else               is refused, with the place

Text comes back in NFC, as macOS and others do not write it (model/text.py).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from reconciler.model.text import normalised

#: No file of a repository is nearly as large; more than that is a mistake, and would not fit into memory.
LARGEST = 256 * 1024 * 1024
_UTF16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_UTF32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
#: A character of several bytes in UTF-8.
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_SAVE = "save the file as UTF-8"


class TextError(Exception):
    """Bytes that are no text: where (1-based), why, and what to do."""

    def __init__(self, what: str, line: int = 1, col: int = 1, do: str = _SAVE) -> None:
        super().__init__(what)
        self.what, self.line, self.col, self.do = what, line, col, do


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text with \\n for line ends \\r\\n; `guessed` names the encoding where nothing proves it."""

    text: str
    guessed: str = ""


def decoded(data: bytes, *, spreadsheet: bool = False) -> Decoded:
    """The text of a file. TextError where it is none that can be read for certain."""
    if len(data) > LARGEST:
        raise TextError(f"{len(data) // 1_000_000} MB are too large for a file of this repository", do="divide it")
    text, guessed = _text(data, spreadsheet)
    if (at := text.find("\0")) >= 0:
        line = text.count("\n", 0, at) + 1
        raise TextError("a NUL character: this is no text", line, at - text.rfind("\n", 0, at))
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    return Decoded(text.replace("\r\n", "\n"), guessed)


def unescaped(text: str, values: Any) -> Any:
    """The values in a YAML text with what escapes spell in normal form too: it was not there yet in the text."""
    return normalised(values) if "\\" in text else values


def _text(data: bytes, spreadsheet: bool) -> tuple[str, str]:
    if data.startswith(_OFFICE):
        raise TextError("a spreadsheet's own format, whatever its name says", do="save it as CSV (UTF-8)")
    if data.startswith(_UTF32):
        raise TextError("UTF-32 text")
    encoding = _UTF16.get(data[:2]) or (_unmarked(data) if b"\0" in data[:64] else "")
    if encoding:
        try:
            return data.decode(encoding).removeprefix("\ufeff"), ""
        except UnicodeDecodeError as error:
            raise TextError(f"not {encoding[:6].upper()} text: {error.reason}") from None
    try:
        return data.decode().removeprefix("\ufeff"), ""
    except UnicodeDecodeError as error:
        line, col = _place(data, error.start)
        found = f"the byte 0x{data[error.start]:02X} is not UTF-8"
    if not spreadsheet or data.startswith(b"\xef\xbb\xbf"):
        raise TextError(f"not UTF-8 text: {found}", line, col)
    if match := _MULTIBYTE.search(data):
        where = f"line {_place(data, match.start())[0]} is written in UTF-8"
        raise TextError(f"two encodings in one file: {found}, and {where}", line, col, f"correct it, and {_SAVE}")
    try:
        return data.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError as error:
        line, col = _place(data, error.start)
        what = f"neither UTF-8 nor Windows-1252: the byte 0x{data[error.start]:02X} is a character in neither"
        raise TextError(what, line, col) from None


def _unmarked(data: bytes) -> str:
    """UTF-16 that does not say so: of a text that is mostly ASCII every other byte is zero, and no other."""
    if len(data) < 4 or len(data) % 2:
        return ""
    even, odd = data[:4096:2], data[1:4096:2]
    for zero, other, name in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if 2 * zero.count(0) > len(zero) and not other.count(0):
            return name
    return ""


def _place(data: bytes, start: int) -> tuple[int, int]:
    return data.count(b"\n", 0, start) + 1, start - data.rfind(b"\n", 0, start)
