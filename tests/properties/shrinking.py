"""A story that fails made small: whatever can be left out without its ending differently is left out.

python -m tests.properties.shrinking < story.json > tests/properties/regressions/what-it-shows.json
"""

from __future__ import annotations

import copy
import json
import sys
from collections.abc import Iterator
from typing import Any

from tests.properties.replay import play

Json = dict[str, Any]
Place = tuple[Any, ...]
#: So much of what is said must stay the same, or it is another failure.
_ALIKE = 45


def failure(story: Json) -> str:
    """What goes wrong in it; empty when nothing does, or where it is no story any more."""
    try:
        play(story)
    except AssertionError as error:
        return str(error)
    except (KeyError, IndexError, ValueError):
        return ""
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


def shrunk(story: Json) -> Json:
    """The smallest story found that fails alike."""
    wrong = failure(story)[:_ALIKE]
    assert wrong, "this story does not fail"
    smaller = True
    while smaller:
        smaller = False
        for place in list(_places(story)):
            candidate = _without(story, place)
            if candidate is not None and failure(candidate)[:_ALIKE] == wrong:
                story, smaller = candidate, True
    return story


def _places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Everything that may be left out, large things first, the last of a list first."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in reversed(list(items)):
        if place or key in ("steps", "switches"):
            if place:
                yield (*place, key)
            yield from _places(item, (*place, key))


def _without(story: Json, place: Place) -> Json | None:
    """None where it is gone already, or belongs to what cannot do without it."""
    candidate = copy.deepcopy(story)
    holder: Any = candidate
    try:
        for key in place[:-1]:
            holder = holder[key]
        del holder[place[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    return candidate


if __name__ == "__main__":
    given = json.load(sys.stdin)
    small = shrunk(given.get("story", given))
    print(json.dumps({"shows": failure(small)[:400], "story": small}, ensure_ascii=False, indent=1))
