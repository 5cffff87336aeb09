"""Resources of one kind that share a name. Webex allows it of workspaces and of much else, and nobody can say by such a
name which of them is meant: it is ambiguous, and none of them is lost for that.

    workspace/Lobby            the name: it has candidates, and nothing else is known of it
    workspace/Lobby [<uuid>]   each of those who have it, in full
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from reconciler.kinds._wire import uuid_of
from reconciler.model.snapshot import Current, one_of

_NAMESAKE = re.compile(r" \[[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\]$", re.IGNORECASE)


def distinct(found: list[Current]) -> list[Current]:
    """The same resources; those that share a key get their ids behind it, in whatever order a list has them."""
    often = Counter(current.key for current in found)
    for current in found:
        if often[current.key] > 1:
            current.key = f"{current.key} [{uuid_of(current.id)}]"
    return found


def told_apart(found: Iterable[Current]) -> list[Current]:
    """As `distinct`, for what is referred to and described by name: with the names that several have."""
    rows = list(found)
    often = Counter(current.key for current in rows)
    names = [one_of(row for row in rows if row.key == key) for key, count in often.items() if count > 1]
    return [*distinct(rows), *names]


def namesake(key: object) -> bool:
    """Whether a key is that of one of several of a name, as far as the key alone tells."""
    return isinstance(key, str) and key.endswith("]") and _NAMESAKE.search(key) is not None


def name_of(key: str) -> str:
    """The name in a key; the key itself where nobody shares it."""
    return key.rpartition(" [")[0] if namesake(key) else key


def is_namesake(current: Current) -> bool:
    """Whether it is one of several of a name, under a key that nobody can write in a desired file."""
    return bool(current.id) and current.key.endswith(f" [{uuid_of(current.id)}]")
