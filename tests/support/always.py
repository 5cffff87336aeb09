"""What every export reads of the managed kinds: an enumeration, which no way through the program needs."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds import managed
from reconciler.kinds.contract.kind import Kind


def read_always() -> Mapping[str, Kind]:
    """The managed kinds, and of their sections those that every reading of the owner reads."""
    return {name: kind for name, kind in managed().items() if not kind.owner or kind.always}
