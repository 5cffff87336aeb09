"""How much a YAML text may become: readers call themselves for what nests, aliases of aliases make a few lines fill the
memory, and a number may have more digits than can be written down. Looked for before any of them reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

#: As deep as anything that somebody means: more of it would end the process in a reader that calls itself.
DEEPEST = 100
#: So many values at most may come of aliases: each of a few may name a few others, and so on.
MOST_VALUES = 1_000_000
#: More digits than anybody means: Python refuses to write down a number of 4,300, wherever it comes to that.
MOST_DIGITS = 1_000
#: One byte of so many tells whether there is such a number, or such a row of open items, at all.
_STRIDE = 8
_DIGITS = bytes(0x30 if chr(code) in "0123456789abcdefABCDEF_" else 0x20 for code in range(0x100))
_OPENING = bytes(0x30 if chr(code) in " \t-?" else 0x20 for code in range(0x100))
_BRACKETS = bytes(set(range(0x100)) - set(b"[]{}"))
_NUMBER = re.compile(r"[-+]?(?:0[xob])?[\da-fA-F_]+")
_RUNS = re.compile(r"(?:[-?][ \t]+){40}")
#: The least length of what `_may_be_deep` looks for: 40 items on one line, or as many spaces as may be nested.
_SHORTEST = 80
#: What a reader tells of a text without calling itself: nodes as they begin and end.
Events = Callable[[str], Iterable[Any]]


class YamlSyntaxError(Exception):
    """A text that is no YAML, or more than a reader can take: where (1-based) and why, in plain words."""

    def __init__(self, what: str, line: int, col: int) -> None:
        super().__init__(what)
        self.what, self.line, self.col = what, line, col


def within_bounds(text: str, events: Events) -> None:
    """YamlSyntaxError where a text nests deeper than any that is meant, its aliases make too much of it, or a number
    in it is too long."""
    encoded = text.encode("utf-8", "surrogatepass")
    sample = encoded[::_STRIDE]
    if _may_be_deep(text, encoded, sample):
        _refuse_deep(events(text))
    if _has_run(sample, _DIGITS, MOST_DIGITS):
        _refuse_long(events(text))
    if "*" in text and "&" in text:
        _refuse_swelling(events(text))


def _may_be_deep(text: str, encoded: bytes, sample: bytes) -> bool:
    """Brackets that close one another are taken away level by level; where some are left, in texts perhaps, or items
    open on one line, the events tell."""
    left = encoded.translate(None, _BRACKETS)
    for _ in range(DEEPEST // 2):
        if len(left) < DEEPEST // 2:
            break
        left = left.replace(b"[]", b"").replace(b"{}", b"")
    else:
        if left:
            return True
    if not _has_run(sample, _OPENING, _SHORTEST):
        return False
    return "\n" + " " * DEEPEST in text or _RUNS.search(text) is not None


def _has_run(sample: bytes, table: bytes, length: int) -> bool:
    """Whether there may be so many bytes in a row that the table makes 0, seen from one of `_STRIDE` of them."""
    return b"0" * (length // _STRIDE) in sample.translate(table)


def _refuse_deep(events: Iterable[Any]) -> None:
    depth = 0
    for event in events:
        name = type(event).__name__
        if name in ("MappingStartEvent", "SequenceStartEvent"):
            depth += 1
            if depth > DEEPEST:
                raise _beyond(f"nested more than {DEEPEST} deep", event)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            depth -= 1


def _refuse_long(events: Iterable[Any]) -> None:
    for event in events:
        if type(event).__name__ != "ScalarEvent" or len(event.value) < MOST_DIGITS:
            continue
        if (not event.style or event.tag) and _NUMBER.fullmatch(event.value):
            raise _beyond(f"a number of more than {MOST_DIGITS:,} digits", event)


def _refuse_swelling(events: Iterable[Any]) -> None:
    sizes: dict[str, int] = {}
    begun: list[tuple[str, int]] = []
    total = 0
    for event in events:
        name = type(event).__name__
        if name == "AliasEvent":
            total += sizes.get(event.anchor, 1)
        elif name == "ScalarEvent":
            total += 1
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            begun.append((event.anchor or "", total))
            total += 1
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            anchor, before = begun.pop()
            sizes[anchor] = total - before
        if total > MOST_VALUES:
            raise _beyond(f"aliases make more than {MOST_VALUES:,} values of this text", event)


def _beyond(what: str, event: Any) -> YamlSyntaxError:
    return YamlSyntaxError(what, event.start_mark.line + 1, event.start_mark.column + 1)
