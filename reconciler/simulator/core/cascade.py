"""What follows from the end of a member: a person, workspace or virtual line that is deleted or loses calling
vanishes from hunt groups, pickups, monitoring lists, … (§8). Who keeps such references registers here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .owners import Owner

if TYPE_CHECKING:
    from .store import Store

Forget = Callable[["Store", Owner], None]
_hooks: list[Forget] = []


def on_end(hook: Forget) -> Forget:
    """Decorator: `hook(store, owner)` drops every reference to the owner."""
    _hooks.append(hook)
    return hook


def end(store: Store, owner: Owner) -> None:
    for hook in _hooks:
        hook(store, owner)
