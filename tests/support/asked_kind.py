"""`pytest -k KIND`: which files can have a test that is called by a kind.

Collecting everything takes most of the time in which one kind is tested. A test has a kind in its name because its
file, or the file's place, names the kind, or because the file goes through the kinds, the cases, the switches or the
documents of the API; no other file is read. tests/house/test_asked_kind.py compares this with what is collected.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from reconciler import kinds

_TESTS = Path(__file__).parents[1]
_GOES_THROUGH = re.compile(r"\bkinds\b|\bgenerated\b|\bcases\(|\blist_switches\(|\bopenapi\.DOCUMENTS\b")


@cache
def is_kind(asked: str) -> bool:
    try:
        return kinds.kind(asked).name == asked
    except KeyError:
        return False


def may_name(path: Path, kind: str) -> bool:
    """Whether a test of this file can be called by that kind."""
    if not path.name.startswith("test_") or not path.is_relative_to(_TESTS):
        return True
    text = path.read_text("utf-8")
    return kind in f"{path.relative_to(_TESTS)}\n{text}".lower() or bool(_GOES_THROUGH.search(text))
