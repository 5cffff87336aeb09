"""What the inventory repeats: with every agent, member or assignee the API tells how they are called and reached.

That is said by the one whose it is. Where that one is compared as well, a new name is one change, not one more for each
queue, group and licence in which it stands again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from reconciler.kinds import observed
from reconciler.kinds.contract.observed import MEMBERS
from reconciler.model.address import split_address
from reconciler.model.snapshot import Fields

#: What is told of somebody beside the address that stands for them.
_REPEATED = frozenset(
    "first_name last_name display_name name email type phone_number extension esn routing_prefix numbers location"
    " location_id".split()
)
#: What a number that somebody has repeats of them.
_OF_HOLDER = frozenset(("extension", "esn"))
#: What a part of somebody repeats of them or of their location, to choose from.
_OF_OWNER = {"person.caller_id": frozenset(("direct_number", "extension_number", "location_number"))}


def own_fields(kind: str, fields: Fields, told: Collection[str]) -> Fields:
    """The fields of an artefact without what they repeat of resources of the kinds in `told`; what is told of somebody
    of another kind stays. Lists of what follows from elsewhere are in the order of what is left."""
    repeated = _OF_OWNER.get(kind, frozenset()) if kind.partition(".")[0] in told else frozenset()
    own = _mapping({name: value for name, value in fields.items() if name not in repeated}, told)
    if kind in observed() and observed()[kind].derived:
        own |= {name: sorted(value, key=_canonical) for name, value in own.items() if isinstance(value, list)}
    return own


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _mapping(fields: Fields, told: Collection[str]) -> Fields:
    copied: set[str] = set()
    for name, value in fields.items():
        of = name.removesuffix("_id")
        if of != name and _told(value, told):
            copied.add(f"{of}_name")
            if of in MEMBERS:  # a device is called as the one whose it is
                copied.add("display_name")
    return {name: _without(value, told) for name, value in fields.items() if name not in copied}


def _without(value: Any, told: Collection[str]) -> Any:
    if isinstance(value, list):
        return [_without(item, told) for item in value]
    if not isinstance(value, Mapping):
        return value
    drop: frozenset[str] = frozenset()
    if _told(value.get("id"), told):
        drop = _REPEATED
    elif isinstance(owner := value.get("owner"), Mapping) and _told(owner.get("id"), told):
        drop = _OF_HOLDER
    return _mapping({name: part for name, part in value.items() if name not in drop}, told)


def _told(address: Any, told: Collection[str]) -> bool:
    return isinstance(address, str) and "/" in address and split_address(address)[0] in told
