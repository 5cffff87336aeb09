"""How locations reach the PSTN, where a plan depends on it: whose numbers it adds, removes or deactivates (the API does
not promise to refuse that where the carrier brings them, and may corrupt them: webex-behaviour.md §4), between which
numbers move along with their owners, and which are connected anew. One request a location, none where its connection
was read and tells, and one for what it offers where a provider is wanted.
"""

from __future__ import annotations

from collections.abc import Collection

from reconciler.inventory.reading import UNREAD, together
from reconciler.kinds.contract.access import Reader
from reconciler.kinds.contract.wire import pstn_type, read_document, understood
from reconciler.model.claims import carrying, numbered
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current, MemorySnapshot

_NAME = "location.pstn"


async def carriers(reader: Reader, changes: Collection[Change], snapshot: MemorySnapshot) -> None:
    """`facts["pstn"]` of each of these locations, empty without a connection, and `facts["pstn_options"]`, type by
    name. What cannot be read is a gap."""
    made = {change.key for change in changes if change.kind == "location" and change.action == "create"}
    connected = {change.key: change for change in changes if change.kind == _NAME and change.action != "cannot_tell"}
    places = {*numbered(changes).values(), *carrying(changes), *connected} - made - {""}
    known = snapshot.kinds.setdefault("location", {})
    try:
        if places - known.keys():
            listed = await reader.all("location")
            known |= {name: listed[name] for name in places - known.keys() if name in listed}
        found = [known[name] for name in sorted(places & known.keys()) if not known[name].candidates]
        offering = [one for one in found if one.key in connected and connected[one.key].want.get("provider")]
        await together([*(_one(reader, one) for one in found), *(_options(reader, one) for one in offering)])
    except UNREAD as error:
        snapshot.gaps.setdefault(_NAME, error.what)


async def _one(reader: Reader, current: Current) -> None:
    """A trunk or route group that was read for the plan is a local gateway; a provider's name leaves its type open."""
    read = current.fields.get("pstn") or {}
    routed = read.get("trunk") or read.get("route_group")
    current.facts["pstn"] = "LOCAL_GATEWAY" if routed else await pstn_type(reader, current.id)


async def _options(reader: Reader, current: Current) -> None:
    """A location without calling offers nothing yet."""

    async def read() -> None:
        url = reader.api.telephony.pstn.ep(f"locations/{current.id}/connectionOptions")
        items = (await read_document(reader, url)).get("items", [])
        current.facts["pstn_options"] = {str(one["displayName"]): str(one["pstnConnectionType"]) for one in items}

    if current.fields.get("calling", "unread") is not None:
        await understood(_NAME, read())
