"""What a change takes away for good, said before it is approved; `applying/undo.py` finds the same afterwards.

a change          undo could not bring back
----------------  -------------------------------------------------------------
delete            all but the fields that are managed, or anything at all
move              what the move takes away and nobody describes
calling is lost   the calling settings that nobody describes
create, set       nothing is lost, but it stays where the API has no way back
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.kind import Kind
from reconciler.model.plan import Change, Operation
from reconciler.planning.order import token
from reconciler.planning.taking import Loss, taken_away

MOVE_LOSES = (
    "undone only in part: what the move took away of settings that are not managed here, like voicemail, does not come"
    " back by moving again"
)
DELETE_LOSES = (
    "undone only in part: it is created anew from the fields that it had; its data, devices, other settings and its id"
    " are lost"
)
CALLING_LOSES = (
    "undone only in part: with the calling licence go all calling settings; forwarding, permissions and numbers come"
    " back, what is not managed here, like voicemail, does not"
)

_DESTROYS = {Loss.ALL: "deletes", Loss.PLACE: "moves, which lose settings,", Loss.CALLING: "takes calling away from"}
_LOSES = {Loss.PLACE: MOVE_LOSES, Loss.CALLING: CALLING_LOSES}


def irreversible(change: Change) -> list[str]:
    """Why `undo` could not take this change back, or only in part; empty when it could."""
    kind = kind_named(change.kind)
    if change.action == "delete":
        return [_cannot(_no_create(kind)) if _no_create(kind) else DELETE_LOSES]
    if change.action == "create":
        return [_cannot(why)] if (why := _no_way_back(kind, change)) else []
    if change.action != "update":
        return []
    taken = taken_away(change)
    lost = [_LOSES[taken]] if taken in _LOSES else []
    return [*lost, *(f"{name} cannot be undone: {why}" for name, why in _stays(kind, change))]


def destructive(change: Change) -> str:
    """What a change destroys, in words; empty when it only adds or sets. Such a change takes an explicit approval."""
    taken = taken_away(change)
    return _DESTROYS[taken] if taken else ""


def risky(change: Change) -> bool:
    """Whether a cautious operator leaves it out: it destroys, cannot be taken back, takes an approval of its own, or
    its kind warns of it."""
    kind = kind_named(change.kind)
    return bool(
        change.explicit or destructive(change) or irreversible(change) or (kind.rules.warn and kind.rules.warn(change))
    )


def safe_part(changes: Iterable[Change], operations: Iterable[Operation]) -> set[str]:
    """The addresses of the changes that are not risky and rest on none that is. What a change rests on, its operations
    say; a change of which one operation falls out falls out whole."""
    out = {change.address for change in changes if change.blocked or change.action == "cannot_tell" or risky(change)}
    todo = list(operations)
    fallen = -1
    while len(out) != fallen:
        fallen = len(out)
        tokens = {token(m.address, o.step) for o in todo for m in o.members if m.address in out}
        out |= {m.address for o in todo for m in o.members if not tokens.isdisjoint(o.needs_of(m))}
    return {change.address for change in changes} - out


def _cannot(why: str) -> str:
    return f"cannot be undone: {why}"


def _no_create(kind: Kind) -> str:
    can = bool(kind.create or kind.write or (kind.batch and "create" in kind.batch.most))
    return "" if can else f"a {kind.name} cannot be created by the API"


def _no_way_back(kind: Kind, change: Change) -> str:
    """Why what is created could not be deleted, or cleared if it is a section."""
    if kind.delete or kind.batch or kind.cleared is not None:
        return ""
    back = replace(change, action="delete", want={}, before=change.want)
    return (kind.rules.refuse(back) if kind.rules.refuse else "") or f"a {kind.name} cannot be deleted by the API"


def _stays(kind: Kind, change: Change) -> Iterable[tuple[str, str]]:
    """Fields of which the kind says that they could not be set back."""
    if kind.section and kind.cleared is None and not any(change.before.values()):
        back = replace(change, action="delete", want={}, before=change.want)
        if change.before:
            why = kind.rules.refuse(back) if kind.rules.refuse else ""
            yield kind.section, why or "this section can be changed, but the API has no way to clear it"
        return
    if kind.rules.refuse is None or not change.before:
        return
    for name, value in change.want.items():
        back = replace(change, want={name: change.before.get(name)}, before={name: value})
        if why := kind.rules.refuse(back):
            yield name, why
