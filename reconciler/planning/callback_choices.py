"""By whose number somebody is called back after an emergency, as far as a plan sets it: what was chosen, and what is to
be. It may be that of a member, their own, or what the location has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.kinds.contract.owners import PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.model.address import owner_address, split_address
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current

Get = Callable[[str, str], Current | None]
#: Who is called back, and whose number may be chosen for others.
CALLERS = {owner.name: owner for owner in (PERSON, WORKSPACE, VIRTUAL_LINE)}
SECTION = "emergency_callback_number"
_MEMBER, _OWN = "location_member_number", "direct_line"


@dataclass(frozen=True)
class CallbackChoice:
    """What a change makes of it. `before` and `after` are the addresses of those whose number it is, of `owner` itself
    for the own one; empty: what the location has."""

    owner: str
    before: str
    after: str
    change: Change

    @property
    def moved(self) -> bool:
        return self.before != self.after


def is_choice(kind: str) -> bool:
    return kind.partition(".")[2] == SECTION


def choices(changes: Iterable[Change], get: Get) -> dict[str, CallbackChoice]:
    """By the address of who is called back."""
    found = {}
    for change in changes:
        if is_choice(change.kind):
            owner = owner_address(change.address)
            have = chosen(owner, get)
            before, after = ({**have, **side} for side in (change.before, change.want))
            found[owner] = CallbackChoice(owner, whose(owner, before), whose(owner, after), change)
    return found


def chosen(owner: str, get: Get) -> Mapping[str, Any]:
    """The section as it is now, as far as it is known."""
    current = get(*split_address(owner))
    return (current.fields.get(SECTION) if current else None) or {}


def whose(owner: str, fields: Mapping[str, Any]) -> str:
    selected = fields.get("selected", _MEMBER if fields.get("member") else "")
    return str(fields.get("member") or "") if selected == _MEMBER else owner if selected == _OWN else ""
