"""Text of a tenant in Markdown: only ever as code, where a forge reads no mentions, links, references or HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: So much of a text stands in a line.
LONGEST = 300


def code(text: str, longest: int = LONGEST) -> str:
    """A code span: its delimiter is longer than any run of backticks in it. Cut where it is very long."""
    text = unmarked(text if len(text) <= longest else f"{text[:longest]}…") or " "
    ticks = "`" * (longest_run([text]) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") or text.strip() != text else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def unmarked(text: str) -> str:
    """No tenant text can pass for the hidden marker of a comment."""
    return text.replace("<!--", "<\\!--").replace("-->", "--\\>")


def longest_run(texts: Iterable[str]) -> int:
    """The longest run of backticks."""
    return max((len(run) for text in texts if "`" in text for run in re.findall("`+", text)), default=0)
