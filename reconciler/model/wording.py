"""Words and numbers as every rendering spells them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

_PLURALS = {"person": "people"}


def number(count: int) -> str:
    return f"{count:,}"


def counted(count: int, noun: str) -> str:
    """`1 person`, `1,204 people`, `3 hunt groups`."""
    return f"{number(count)} {noun_of(count, noun)}"


def noun_of(count: int, noun: str) -> str:
    words = noun.replace("_", " ")
    if count == 1:
        return words
    if words in _PLURALS:
        return _PLURALS[words]
    if words.endswith("y") and words[-2:-1] not in "aeiou":
        return f"{words[:-1]}ies"
    return f"{words}es" if words.endswith(("s", "x", "ch", "sh")) else f"{words}s"


def either(words: Sequence[str]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return " or ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def ended(state: str, why: str, between: str = ": ") -> str:
    """`stopped: the time was up`; a reason that begins with the state itself, like `interrupted`, says it alone."""
    return why if why.startswith(state) else f"{state}{between}{why}" if why else state


def moment(at: datetime) -> str:
    """`2026-12-01 09:30:00 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def age(seconds: float) -> str:
    """How long ago, in words that stay true while they are read: `just now`, `5 minutes ago`, `3 days ago`."""
    for length, noun in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= length:
            return f"{counted(int(seconds // length), noun)} ago"
    return "just now"


def duration(seconds: float) -> str:
    """`45s`, `3m10s`, `2h05m`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole}s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    return f"{minutes // 60}h{minutes % 60:02d}m"
