"""Current state turned into desired state, as adopting all of it would."""

from __future__ import annotations

from typing import Any

from reconciler.kinds import kind
from reconciler.kinds.contract.namesakes import is_namesake
from reconciler.model.desired import Wanted
from reconciler.model.snapshot import Current, MemorySnapshot


def without_nulls(value: Any) -> Any:
    """What is there; nothing is said of what is not."""
    if isinstance(value, dict):
        kept = {name: without_nulls(item) for name, item in value.items() if item is not None}
        return {name: item for name, item in kept.items() if item != {}}
    return value


def as_wanted(current: Current) -> Wanted:
    return Wanted(current.kind, current.key, without_nulls(current.fields), "everything.yaml", 1)


def as_desired(snapshot: MemorySnapshot) -> dict[str, list[dict[str, Any]]]:
    """The content of one desired file with every resource that can be described."""
    return {
        kind(name).plural: [
            without_nulls(current.fields)
            for _, current in sorted(resources.items())
            if not current.candidates and not is_namesake(current)  # no name describes it
        ]
        for name, resources in snapshot.kinds.items()
        if kind(name).writable and resources
    }
