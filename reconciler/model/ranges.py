"""Numbers in a row as ranges: `+442079460010…+442079460049`."""

from __future__ import annotations

import re
from collections.abc import Iterable

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def is_number(key: str) -> bool:
    return _E164.fullmatch(key) is not None


def ranges(numbers: Iterable[str]) -> list[str]:
    """Sorted numbers and ranges of at least three; numbers of another length never share a range."""
    rows: list[list[int]] = []
    for value in sorted({int(number) for number in numbers}):
        if rows and value == rows[-1][1] + 1 and len(str(value)) == len(str(rows[-1][0])):
            rows[-1][1] = value
        else:
            rows.append([value, value])
    return [part for first, last in rows for part in _spelled(first, last)]


def _spelled(first: int, last: int) -> list[str]:
    if last - first < 2:
        return [f"+{value}" for value in range(first, last + 1)]
    return [f"+{first}…+{last}"]
