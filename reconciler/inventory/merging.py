"""A part of the tenant that was read again, in the place that it had in a snapshot of all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.errors import RefusedError
from reconciler.inventory.choice import Choice
from reconciler.inventory.status import RESULTS
from reconciler.kinds import nested
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import MemorySnapshot
from reconciler.repository.store import StoredSnapshot


def merged(part: MemorySnapshot, choice: Choice, whole: StoredSnapshot | None) -> MemorySnapshot:
    """The resources of `part` and those of `whole` that were not chosen. Without `whole` what was read stands alone,
    and is said to be incomplete: of the others nothing is known."""
    if whole is not None and uuid_of(whole.org.get("id", "")) != uuid_of(part.org["id"]):
        raise RefusedError("the snapshot there is of another organisation", do="write elsewhere, with --out")
    found = MemorySnapshot(part.org)
    found.statuses = _worst(whole.statuses if whole is not None else {}, part.statuses)
    for name in sorted(choice.whole or ()):
        read = part.kinds.get(name, {}).values()
        found.kinds[name] = {one.key: one for one in read if choice.selects(name, one.key, one.fields)}
        gaps = {gap: why for gap, why in part.gaps.items() if gap == name or _section_of(gap) == name}
        if whole is None or name not in whole.kinds:
            found.gaps |= {name: "only a part of it was read (--location, --address)"} | gaps
            continue
        found.gaps |= {gap: why for gap, why in whole.gaps.items() if gap == name or _section_of(gap) == name} | gaps
        for key in whole.keys(name):
            current = whole.get(name, key)
            if current is not None and not choice.selects(name, key, current.fields):
                found.kinds[name].setdefault(key, current)
    return found


def _worst(before: Mapping[str, dict[str, Any]], now: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What was told of the whole holds, unless the part fared worse: how many of the whole have none, it cannot say."""
    worse = {name: said for name, said in now.items() if _badness(said) > _badness(before.get(name, {}))}
    return {**before, **worse}


def _badness(said: Mapping[str, Any]) -> int:
    result = said.get("result", "ok")
    return RESULTS.index(result) if result in RESULTS else len(RESULTS)


def _section_of(gap: str) -> str:
    """The kind in which a managed section lies."""
    return gap.partition(".")[0] if nested(gap) else gap
