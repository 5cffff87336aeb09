"""Cutting a desired file into the items of its lists by text alone, so that only what changed need be parsed.

    people:            a section: a name at the margin and nothing after it
      - email: ana     a block: from one dash at the section's indentation to the next
        extension: …   lines of a block are deeper than its dash

In such a file a line at the dash's indentation can only begin the next item, with one exception, text in quotes or
brackets that goes on there; its first half then fails to parse, and the reader takes the whole file instead
(`documents.py`). Everything else that looks unusual here makes `split` give up at once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_HEAD = re.compile(r"\n(?=[^ \n#-])")
_SECTION = re.compile(r"([A-Za-z][\w-]*):[ ]*(?:#.*)?$", re.MULTILINE)
_IDLE = re.compile(r"(?:[ ]*(?:#[^\n]*)?(?:\n|\Z))*")
_FIRST = re.compile(r"(?:[ ]*(?:#.*)?\n)*([ ]*)-(?=[ \n]|$)")


@dataclass(slots=True)
class Block:
    """One item of a section: its first line (1-based), where its text begins and ends, and the column of its dash."""

    section: str
    line: int
    start: int
    end: int
    indent: int


@dataclass(slots=True)
class Section:
    """A name at the margin, its line, and its items in order; their texts follow one another without a gap."""

    name: str
    line: int
    blocks: list[Block]


def split(text: str) -> list[Section] | None:
    """The sections of a desired file, or None where its layout cannot be trusted."""
    heads = [match.end() for match in _HEAD.finditer(text)]
    if text[:1] not in ("", " ", "\n", "#", "-"):
        heads.insert(0, 0)
    if not _nothing(text[: heads[0] if heads else len(text)], but="---"):
        return None
    if not heads:
        return []
    sections: list[Section] = []
    line, counted = 1, 0
    for head, end in zip(heads, [*heads[1:], len(text)], strict=True):
        match = _SECTION.match(text, head)
        if match is None or any(section.name == match[1] for section in sections):
            return None
        line, counted = line + text.count("\n", counted, head), head
        section = Section(match[1], line, [])
        if not _cut(text, section, match.end(), end):
            return None
        sections.append(section)
    return sections


def _cut(text: str, section: Section, start: int, end: int) -> bool:
    """Fill in the blocks of a section whose head line ends at `start`; whether that could be trusted."""
    first = _FIRST.match(text, start + 1, end)
    if first is None:
        return _nothing(text[start + 1 : end])
    indent = len(first[1])
    deeper = " " * (indent + 1)  # asked for first: so is nearly every line
    margin = re.compile(rf"\n(?!{deeper}) {{0,{indent}}}(?=[^ \n#])")
    begins = [match.end() for match in margin.finditer(text, first.start(1) - 1, end)]
    if any(text[at - indent - 1] != "\n" or text[at : at + 2] not in ("- ", "-\n", "-") for at in begins):
        return False
    line = section.line + text.count("\n", start, begins[0])
    starts = [at - indent for at in begins]
    for begin, stop in zip(starts, [*starts[1:], end], strict=True):
        section.blocks.append(Block(section.name, line, begin, stop, indent))
        line += text.count("\n", begin, stop)
    return True


def _nothing(text: str, but: str = "") -> bool:
    """Whether there are only blank lines and comments (and `but`)."""
    if text[_IDLE.match(text).end() :] == "":  # type: ignore[union-attr]
        return True
    rows = (row.strip(" ") for row in text.split("\n"))
    return bool(but) and all(not row or row.startswith("#") or row == but for row in rows)
