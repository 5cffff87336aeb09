"""What a look at watched settings gave: those that somebody changed and nobody describes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from reconciler.model.snapshot import Fields


@dataclass(slots=True)
class Seen:
    """A watched section that is not as in the snapshot; of each field that differs what it was and what it is. `made`:
    the snapshot does not know its owner, and `was` is what a new one has."""

    address: str
    was: Fields
    now: Fields
    made: bool = False

    def to_json(self) -> dict[str, Any]:
        return {"address": self.address, "was": self.was, "now": self.now, **({"made": True} if self.made else {})}


@dataclass(slots=True)
class Watch:
    """`new` are those that changed since the snapshot; `older` counts what is not at rest in it and not described
    (`described` known), or at all; `unlooked` says why the tenant was not looked at, or not all of it."""

    new: list[Seen] = field(default_factory=list)
    older: int = 0
    unlooked: str = ""

    def to_json(self) -> dict[str, Any]:
        return {"new": [one.to_json() for one in self.new], "older": self.older, "unlooked": self.unlooked}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Watch:
        return cls([Seen(**one) for one in data["new"]], data["older"], data["unlooked"])
