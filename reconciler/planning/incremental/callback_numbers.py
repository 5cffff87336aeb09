"""Emergency callback numbers as the snapshot in `state/` has them: inventory/callbacks.py without a request.

How locations are called back stands there where it was exported; who is called back through whom does not, which is
said beside the plan: its digest is that of the plan against the tenant.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from reconciler.model.callbacks import CallbackLocation, Callbacks, Dependants
from reconciler.model.plan import Change
from reconciler.model.remote_id import uuid_of
from reconciler.planning.guards import callbacks as rule
from reconciler.repository.store import StoredSnapshot

_NAMED = 5
_ARTEFACT = "location.emergency_callback_number"
_UNKNOWN = "state/ does not say who is called back through whom; a plan against the tenant does"


def callbacks(snapshot: StoredSnapshot, changes: Collection[Change]) -> Callbacks:
    """What these changes touch of it, as far as it is known here."""
    todo = [one for one in changes if not one.blocked and one.action != "cannot_tell"]
    found = Callbacks()
    if _ARTEFACT not in snapshot.kinds:
        return found
    for name in rule.places(todo, snapshot.get):
        current = snapshot.get(_ARTEFACT, name)
        if current is not None and not current.candidates:
            found.places[name] = _place(current.fields)
    holders = {place.through for place in found.places.values()} - {""}
    found.dependants = {one.address: Dependants(True, 0) for one in rule.takers(todo) if uuid_of(one.id) in holders}
    return found


def untold(changes: Collection[Change]) -> tuple[str, ...]:
    """What is to be known of a plan that takes numbers, places or calling away; nothing where it does not."""
    taking = [one.address for one in rule.takers(one for one in changes if not one.blocked)]
    some = ", ".join(taking[:_NAMED]) + (f" and {len(taking) - _NAMED} more" if len(taking) > _NAMED else "")
    return (f"whether emergency callback numbers rest on {some} cannot be told: {_UNKNOWN}",) if taking else ()


def _place(fields: dict[str, Any]) -> CallbackLocation:
    main, member = fields.get("location_info") or {}, fields.get("location_member_info") or {}
    chosen = fields.get("selected") == "LOCATION_MEMBER_NUMBER"
    return CallbackLocation(
        main=str(main.get("phone_number") or ""),
        main_good=main.get("quality", "INVALID") != "INVALID" and main.get("effective_level") != "NONE",
        through=uuid_of(str(member.get("member_id") or "")) if chosen else "",
        good=chosen and member.get("effective_level") == "LOCATION_MEMBER_NUMBER",
    )
