"""What is not known of the real API (webex-behaviour.md §17), and how slow it is, are named switches.

A resource declares its switches beside its routes. A tenant sets positions under its key `switches`; the tests run
every position.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SECONDS = re.compile(r"^\d+(\.\d+)?s$")
_declared: dict[str, Switch] = {}


@dataclass(frozen=True)
class Switch:
    """The first position is the default. Where the positions are times like `30s`, any other time is one too."""

    name: str
    positions: tuple[str, ...]
    row: str  # of webex-behaviour.md
    text: str

    @property
    def default(self) -> str:
        return self.positions[0]

    def takes(self, position: object) -> bool:
        if not isinstance(position, str):
            return False
        timed = all(_SECONDS.match(one) for one in self.positions)
        return position in self.positions or bool(timed and _SECONDS.match(position))


def declare(name: str, *positions: str, row: str, text: str) -> None:
    """To be called at import, once per switch."""
    if name in _declared:
        raise ValueError(f"switch {name} is declared twice")
    _declared[name] = Switch(name, positions, row, text)


def declared() -> list[Switch]:
    """All switches of the resources that are imported, by name."""
    return [_declared[name] for name in sorted(_declared)]


class UnknownSwitch(ValueError):
    """A switch or a position that does not exist; the text says which exist."""


class Positions(dict[str, str]):
    """The positions that differ from the defaults; asking for any other gives its default."""

    def __init__(self, chosen: dict[str, object]) -> None:
        super().__init__()
        for name, position in chosen.items():
            self.turn(name, position)

    def turn(self, name: str, position: object) -> None:
        switch = _declared.get(name)
        if switch is None:
            raise UnknownSwitch(f"there is no switch {name!r}; there are: {', '.join(sorted(_declared))}")
        if not isinstance(position, str) or not switch.takes(position):
            raise UnknownSwitch(f"switch {name} has no position {position!r}; it has: {', '.join(switch.positions)}")
        self.pop(name, None)
        if position != switch.default:
            self[name] = position

    def __missing__(self, name: str) -> str:
        return _declared[name].default

    def seconds(self, name: str) -> float:
        """The time that a switch like `number_release` stands at."""
        return float(self[name].removesuffix("s"))
