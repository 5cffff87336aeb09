"""What is read and not managed names others by address; where the list that gives their names could not be read it has
their remote ids, and would seem to have changed."""

from __future__ import annotations

import json

from reconciler.drift.comparison import Difference, Drift
from reconciler.kinds import observed
from reconciler.model.remote_id import uuid_of


def set_unnamed_apart(found: Drift) -> None:
    """Of artefacts in which names are missing nothing is compared: they become gaps, which say why."""
    lists = {name for name in found.gaps if "." not in name}
    unnamed: dict[str, str] = {}
    for one in found.differences if lists else ():
        if one.kind in observed() and one.drifted and (kind := _names(one, lists)):
            unnamed.setdefault(one.kind, kind)
    found.differences = [one for one in found.differences if one.kind not in unnamed]
    for name, kind in unnamed.items():
        found.gaps.setdefault(name, f"tenant: it names {kind} by ids, because the list of {kind} could not be read")


def _names(difference: Difference, lists: set[str]) -> str:
    """The kind of whom a difference shows an id, or the address that it had; empty where it is about none of these."""
    if difference.deed != "changed" and "location" in lists:
        return "location"  # by whose name many are told apart
    told = json.dumps([[one.snapshot, one.live] for one in difference.drifted], default=str, ensure_ascii=False)
    by_address = next((kind for kind in sorted(lists) if f'"{kind}/' in told), "")
    by_id = any(uuid_of(text) != text for text in told.split('"') if len(text) > 40)
    return by_address or (sorted(lists)[0] if by_id else "")
