"""Who is called back at which number after an emergency call, as far as a plan touches it.

Everybody is called back at what was chosen for them, and where that is no good at what stands behind it: the location's
number, their own, the location's main number. What is good, the API says: a level other than NONE, and a quality other
than INVALID.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class LocationMember:
    """Somebody at a location. `id` is a uuid; `valid`: whether a good number calls them back; `own`: whether their own
    number is one; `through` is the uuid of who was chosen for them, and `good` whether that one's number is good."""

    address: str
    id: str
    valid: bool
    own: bool = False
    through: str = ""
    good: bool = False


@dataclass(frozen=True)
class CallbackLocation:
    """A location: its `main` number and whether it is good; who was chosen (`through`, a uuid) and whether that one's
    number is good. `members` are all who are there, None where nobody had to ask."""

    main: str = ""
    main_good: bool = False
    through: str = ""
    good: bool = False
    members: tuple[LocationMember, ...] | None = None

    @property
    def valid(self) -> bool:
        return self.main_good or self.good


@dataclass(frozen=True)
class Dependants:
    """Who is called back through somebody: the location by default, and so many members."""

    place: bool
    members: int

    def __bool__(self) -> bool:
        return self.place or self.members > 0


@dataclass
class Callbacks:
    """What was read of it: `places` by name, `dependants` and `own` settings by the address of who is changed;
    `members` say of those who are to be chosen whether their number is good. `unread` says of an address why nobody
    knows what rests on it."""

    places: dict[str, CallbackLocation] = field(default_factory=dict)
    dependants: dict[str, Dependants] = field(default_factory=dict)
    own: dict[str, LocationMember] = field(default_factory=dict)
    members: dict[str, bool] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)
