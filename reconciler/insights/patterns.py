"""Regular expressions of the user's rules, matched by RE2: in time that grows with the text and no faster.

Python's own `re` takes longer than the universe for `([a-z]+)+!` and one long name, and a rule can come with anybody's
pull request. RE2 has no lookaround and no back references; `\\d` and `\\w` are ASCII there.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    import re2  # only who has such a rule pays for its import

    options = re2.Options()
    options.log_errors = False  # it would write to stderr; the error says the same
    return re2.compile(_text(pattern), options)


def mistake(pattern: str) -> str:
    """What is wrong with a pattern; empty when nothing is."""
    import re2

    try:
        _compiled(pattern)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return ""


def found(pattern: str, text: str) -> bool:
    """Whether a pattern matches anywhere in a text."""
    return _compiled(pattern).search(_text(text)) is not None


def _text(text: str) -> str:
    """Half a surrogate pair, which JSON can bring, is a question mark, as in the files of an export."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
