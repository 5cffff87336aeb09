"""Resources of one kind that share a name. Webex allows it of workspaces and of much else, and nobody can say by such a
name which of them is meant: it is ambiguous, and none of them is lost for that.

    workspace/Lobby            the name: it has candidates, and nothing else is known of it
    workspace/Lobby [<uuid>]   each of those who have it, in full; of licences by subscription (license.py)
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable

from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current, one_of

_NAMESAKE = re.compile(r" \[[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\]$", re.IGNORECASE)


def _by_id(current: Current) -> Iterable[str]:
    return (uuid_of(current.id),)


def distinct(found: list[Current], marks: Callable[[Current], Iterable[str]] = _by_id) -> list[Current]:
    """The same resources; those that share a key get a mark behind it, in whatever order a list has them: the first of
    `marks` that none of the others has."""
    shared: dict[str, list[Current]] = {}
    for current in found:
        shared.setdefault(current.key, []).append(current)
    for key, some in list(shared.items()):
        if len(some) == 1:
            continue
        often = Counter(mark for current in some for mark in {*marks(current)})
        for current in some:
            own = (mark for mark in marks(current) if often[mark] == 1 and f"{key} [{mark}]" not in shared)
            current.key = f"{key} [{next(own, uuid_of(current.id))}]"
    return found


def told_apart(found: Iterable[Current], marks: Callable[[Current], Iterable[str]] = _by_id) -> list[Current]:
    """As `distinct`, for what is referred to and described by name: with the names that several have."""
    rows = list(found)
    often = Counter(current.key for current in rows)
    names = [one_of(row for row in rows if row.key == key) for key, count in often.items() if count > 1]
    return [*distinct(rows, marks), *names]


def namesake(key: object) -> bool:
    """Whether a key is that of one of several of a name, as far as the key alone tells."""
    return isinstance(key, str) and key.endswith("]") and _NAMESAKE.search(key) is not None


def name_of(kind: str, key: str) -> str:
    """The name in a key; the key itself where nobody shares it."""
    marked = namesake(key) or (kind == "license" and key.endswith("]"))
    return key.rpartition(" [")[0] if marked and " [" in key else key


def is_namesake(current: Current) -> bool:
    """Whether it is one of several of a name, under a key that nobody can write in a desired file."""
    return bool(current.id) and current.key.endswith(f" [{uuid_of(current.id)}]")
