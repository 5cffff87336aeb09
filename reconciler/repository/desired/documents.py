"""Files below `desired/` as units: pieces that can be hashed, parsed and reported on each for itself.

A unit is an item of a YAML list or a row of a CSV. There are three readers of one shape (`Document`): YAML cut into
blocks, YAML read whole where the cut cannot be trusted, and CSV.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from reconciler.errors import Problem
from reconciler.files import textfile
from reconciler.repository import yamlfile
from reconciler.repository.desired import blocks
from reconciler.repository.desired.entries import labels
from reconciler.repository.desired.tables import TableDocument
from reconciler.repository.desired.units import Document, Unit, kind_of
from reconciler.repository.yamlfile import Path

#: Text given to the YAML reader at once: enough to forget its overhead, little enough to keep memory flat.
BATCH = 256
#: No entry has nearly as many characters, and no file that cannot be cut into entries: they would fill the memory.
LARGEST_ENTRY, LARGEST_WHOLE = 1_000_000, 16_000_000


class UntrustedSplit(Exception):
    """The blocks of a file do not parse one by one, but the file does as a whole."""


def open_document(name: str, data: bytes, *, whole: bool = False) -> Document:
    """The document in a file's bytes; `name` is relative to the repository. `whole`: its blocks cannot be trusted."""
    if name.lower().endswith(".csv"):
        return TableDocument(name, data)
    try:
        text = textfile.decoded(data).text
    except textfile.TextError as error:
        return Broken(Problem(name, error.line, error.col, error.what, error.do))
    sections = None if whole else blocks.split(text)
    return WholeYaml(name, text) if sections is None else BlockYaml(name, text, sections)


def too_large(name: str, line: int, what: str, size: int, most: int) -> Problem:
    """That so many characters are more than one of its kind may have."""
    found = f"{size / 1_000_000:,.1f} million characters are too many for one {what}: at most {most / 1_000_000:,.0f}"
    return Problem(name, line, 1, found, "divide it, or look for a quote or a block of text that does not end")


class Broken:
    """A file of which nothing can be read."""

    text = ""
    notices: tuple[str, ...] = ()

    def __init__(self, problem: Problem) -> None:
        self.units: list[Unit] = []
        self.problems = [problem]

    def values(self, units: Sequence[Unit]) -> list[Any]:
        return []

    def digest(self, unit: Unit) -> bytes:
        return b""

    def place(self, unit: Unit, path: Path, *, key: bool) -> tuple[int, int]:
        return (1, 1)

    def raw(self, unit: Unit, path: Path) -> str:
        return ""

    def careful(self, unit: Unit) -> Any:
        return None


class BlockYaml:
    """A YAML file cut into the items of its lists; only those asked for are parsed."""

    notices: tuple[str, ...] = ()

    def __init__(self, name: str, text: str, sections: list[blocks.Section]) -> None:
        self.name = name
        self.text = text
        self.units: list[Unit] = []
        self.problems: list[Problem] = []
        self._blocks: list[blocks.Block] = []
        self._ascii: bytes | None = None
        for section in sections:
            kind = kind_of(section.name, name, section.line, 1, self.problems)
            if kind is None:
                continue
            for block in section.blocks:
                if block.end - block.start > LARGEST_ENTRY:
                    self.problems.append(too_large(name, block.line, "entry", block.end - block.start, LARGEST_ENTRY))
                    continue
                self.units.append(Unit(kind, block.line, len(self._blocks)))
                self._blocks.append(block)

    def digest(self, unit: Unit) -> bytes:
        block = self._blocks[unit.number]
        if self._ascii is None:
            self._ascii = self.text.encode() if self.text.isascii() else b""
        piece = self._ascii[block.start : block.end] or self.text[block.start : block.end].encode()
        return hashlib.sha256(piece + unit.kind.name.encode()).digest()

    def values(self, units: Sequence[Unit]) -> list[Any]:
        found: list[Any] = []
        for start in range(0, len(units), BATCH):
            found += self._batch(units[start : start + BATCH])
        return list(textfile.unescaped(self.text, found))

    def place(self, unit: Unit, path: Path, *, key: bool) -> tuple[int, int]:
        positions = yamlfile.positions(self._text([unit]))
        line, col = positions.key((0, *path)) if key else positions.value((0, *path))
        return line + unit.line - 1, col

    def raw(self, unit: Unit, path: Path) -> str:
        return yamlfile.positions(self._text([unit])).raw((0, *path))

    def careful(self, unit: Unit) -> Any:
        return textfile.unescaped(self.text, yamlfile.load_carefully(self._text([unit]))[0])

    def _text(self, units: Sequence[Unit]) -> str:
        """The texts of these units; those that follow one another are one slice."""
        parts: list[str] = []
        start = end = -1
        for unit in units:
            block = self._blocks[unit.number]
            if block.start != end:
                parts.append(self.text[start:end] if start >= 0 else "")
                start = block.start
            end = block.end
        parts.append(self.text[start:end] if start >= 0 else "")
        return "".join(part if part.endswith("\n") or not part else part + "\n" for part in parts)

    def _batch(self, units: Sequence[Unit]) -> list[Any]:
        """Parse units at once where their dashes are in one column; on any doubt, each for itself."""
        if len({self._blocks[unit.number].indent for unit in units}) == 1:
            values = yamlfile.load_items(self._text(units))
            if values is not None and len(values) == len(units):
                return values
        return [self._single(unit) for unit in units]

    def _single(self, unit: Unit) -> Any:
        try:
            values = yamlfile.load(self._text([unit]))
        except yamlfile.YamlSyntaxError as error:
            self._refuse_if_whole()
            return Problem(self.name, unit.line + error.line - 1, error.col, error.what)
        if not isinstance(values, list) or len(values) != 1:
            raise UntrustedSplit
        return values[0]

    def _refuse_if_whole(self) -> None:
        try:
            yamlfile.load(self.text)
        except yamlfile.YamlSyntaxError:
            return
        raise UntrustedSplit


class WholeYaml:
    """A YAML file read at once: anchors across items, flow style at the top, or broken syntax."""

    notices: tuple[str, ...] = ()

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.units: list[Unit] = []
        self.problems: list[Problem] = []
        self.text = text
        self._values: list[Any] = []
        self._paths: list[Path] = []
        self._found: yamlfile.Positions | None = None
        self._whole = hashlib.blake2b(text.encode(), digest_size=16).digest()
        self._read()

    def _read(self) -> None:
        if len(self.text) > LARGEST_WHOLE:
            what = "file that cannot be cut into entries"
            self.problems.append(too_large(self.name, 1, what, len(self.text), LARGEST_WHOLE))
            return
        try:
            content = textfile.unescaped(self.text, yamlfile.load(self.text))
        except yamlfile.YamlSyntaxError as error:
            self.problems.append(Problem(self.name, error.line, error.col, error.what))
            return
        if content is None:
            return
        if not isinstance(content, dict):
            do = f"begin it with what it lists, like `{labels()[0]}:`"
            self.problems.append(Problem(self.name, 1, 1, "a desired file maps kinds to lists", do))
            return
        for label, items in content.items():
            line, col = self._positions.key((label,))
            kind = kind_of(str(label), self.name, line, col, self.problems)
            if kind is None or items is None:
                continue
            if not isinstance(items, list):
                do = f"write each {kind.name} as an item: `- {kind.key_fields[-1]}: …`"
                self.problems.append(Problem(self.name, line, col, f"{label} must be a list", do))
                continue
            for number, item in enumerate(items):
                line = self._positions.value((label, number))[0]
                place = len(self._values)
                self.units.append(Unit(kind, line, place))
                self._values.append(item)
                self._paths.append((label, number))

    @property
    def _positions(self) -> yamlfile.Positions:
        if self._found is None:
            self._found = yamlfile.positions(self.text)
        return self._found

    def values(self, units: Sequence[Unit]) -> list[Any]:
        return [self._values[unit.number] for unit in units]

    def digest(self, unit: Unit) -> bytes:
        return self._whole + unit.number.to_bytes(8, "big")

    def place(self, unit: Unit, path: Path, *, key: bool) -> tuple[int, int]:
        full = (*self._paths[unit.number], *path)
        return self._positions.key(full) if key else self._positions.value(full)

    def raw(self, unit: Unit, path: Path) -> str:
        return self._positions.raw((*self._paths[unit.number], *path))

    def careful(self, unit: Unit) -> Any:
        return self._values[unit.number]
