"""Desired files that are being changed: each is read once, and all are written at the end, when nothing can fail. A
file keeps its byte order mark and its line ends: to git and to whoever edits it, only what was adopted has changed."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Form:
    """How a text lies in its file."""

    encoding: str = "utf-8"
    newline: str = "\n"

    def text(self, data: bytes) -> str:
        return data.decode(self.encoding).replace("\r\n", "\n")

    def data(self, text: str) -> bytes:
        return text.replace("\n", self.newline).encode(self.encoding)


def form_of(data: bytes) -> Form:
    """The form of a file; where line ends differ, the one that most have."""
    marks = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    encoding = next((name for mark, name in marks.items() if data.startswith(mark)), "utf-8")
    text = data.decode(encoding)
    return Form(encoding, "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n")


class Texts:
    """The texts of desired files by name, relative to the repository."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._forms: dict[str, Form] = {}
        self._changed: dict[str, str] = {}

    def get(self, file: str) -> str | None:
        """The text as it is to be; None where there is no such file."""
        if file in self._changed:
            return self._changed[file]
        path = self.root / file
        if not path.exists():
            return None
        data = path.read_bytes()
        form = self._forms[file] = form_of(data)
        return form.text(data)

    def put(self, file: str, text: str) -> None:
        self._changed[file] = text

    def write(self) -> None:
        for file, text in sorted(self._changed.items()):
            path = self.root / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self._forms.get(file, Form()).data(text))
