"""Names as they come from copying, from macOS and from other admins: for a person who reads them they are the plain
ones. `oddly_named` gives a tenant such names for every kind; what they are to us is `plain`."""

from __future__ import annotations

import unicodedata
from typing import Any

State = dict[str, Any]
#: What stands around a name, in turn: blanks of several kinds.
_AROUND = (("", " "), (" ", ""), ("\u00a0", ""), ("", "\u2003"), ("  ", "\t"), ("", "\u3000"), ("", ""))
_NAMED = {
    "locations": ("name",),
    "trunks": ("name",),
    "route_groups": ("name",),
    "licenses": ("name",),
    "workspaces": ("displayName", "notes"),
    "people": ("displayName", "firstName", "lastName", "title"),
}


def oddly_named(tenant: State) -> State:
    """The same tenant, with blanks around the names of everything in it and letters taken apart."""
    turn = 0
    for collection, fields in _NAMED.items():
        for record in tenant.get(collection, ()):
            for field in fields:
                if isinstance(record.get(field), str):
                    record[field] = odd(record[field], turn)
                    turn += 1
    for place in tenant.get("locations", ()):
        for part in ("address1", "city"):
            if place.get("address", {}).get(part):
                place["address"][part] = odd(place["address"][part], 0)
        half = place.get("calling") or {}
        if half.get("externalCallerIdName"):
            half["externalCallerIdName"] = odd(half["externalCallerIdName"], 1)
        if (half.get("callingLineId") or {}).get("name"):
            half["callingLineId"]["name"] = odd(half["callingLineId"]["name"], 0)
    for person in tenant.get("people", ()):
        person["emails"] = [mail.title() for mail in person["emails"]]
    return tenant


def odd(name: str, turn: int) -> str:
    before, after = _AROUND[turn % len(_AROUND)]
    return before + unicodedata.normalize("NFD", name) + after


def plain(name: str) -> str:
    """Written here once more, so that it is not the product's own word for it."""
    return unicodedata.normalize("NFC", name).strip(" \t\u00a0\u2003\u3000")
