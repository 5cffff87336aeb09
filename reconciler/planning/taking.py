"""What a change takes away from somebody: all of it, what a move loses, or calling."""

from __future__ import annotations

from enum import StrEnum

from reconciler.kinds import kind as kind_named
from reconciler.model.plan import Change


class Loss(StrEnum):
    """What is taken, as rules say it of whoever it is taken from."""

    ALL = "deleted"
    PLACE = "moved to another location"
    CALLING = "left without calling"


def taken_away(change: Change) -> Loss | None:
    """What a change takes away; None where it only adds or sets."""
    if change.action == "delete":
        return Loss.ALL
    if change.action != "update":
        return None
    if moves(change):
        return Loss.PLACE
    return Loss.CALLING if loses_calling(change) else None


def moves(change: Change) -> bool:
    """Whether one of the writes of a change is a move."""
    steps = kind_named(change.kind).rules.steps
    return steps is not None and any(step.name == "move" for step in steps(change))


def loses_calling(change: Change) -> bool:
    """Whether somebody who has a calling licence is to have none."""
    if "licenses" not in change.want:
        return False
    return has_calling(change.before.get("licenses")) and not has_calling(change.want["licenses"])


def has_calling(licenses: object) -> bool:
    """Whether one of these licences, names in a list, gives Webex Calling."""
    return isinstance(licenses, (list, tuple)) and any(str(name).startswith("Webex Calling") for name in licenses)
