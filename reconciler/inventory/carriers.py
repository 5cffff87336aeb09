"""How the locations reach the PSTN whose numbers a plan adds, removes or deactivates: the API does not promise to
refuse that where the carrier brings the numbers, and may corrupt them (webex-behaviour.md §4). One request a location.
"""

from __future__ import annotations

from collections.abc import Collection

from reconciler.inventory.reading import UNREAD, together
from reconciler.kinds._kind import Reader
from reconciler.kinds._wire import pstn_type
from reconciler.model.claims import numbered
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current, MemorySnapshot

_NAME = "location.pstn"


async def carriers(reader: Reader, changes: Collection[Change], snapshot: MemorySnapshot) -> None:
    """`facts["pstn"]` of each of these locations, empty without a connection. What cannot be read is a gap."""
    made = {change.key for change in changes if change.kind == "location" and change.action == "create"}
    places = set(numbered(changes).values()) - made
    known = snapshot.kinds.setdefault("location", {})
    try:
        if places - known.keys():
            listed = await reader.all("location")
            known |= {name: listed[name] for name in places - known.keys() if name in listed}
        found = [known[name] for name in sorted(places & known.keys())]
        await together(_one(reader, current) for current in found if not current.candidates)
    except UNREAD as error:
        snapshot.gaps.setdefault(_NAME, error.what)


async def _one(reader: Reader, current: Current) -> None:
    current.facts["pstn"] = await pstn_type(reader, current.id)
