"""Features whose id is made of their name: call parks and call pickups (webex-behaviour.md §1.7, FB#28).

`ciscospark://us/CALL_PARK/<base64 of the name>`: a rename changes the id, the old one is gone at once, and features of
the same name in two locations have the same id. Records keep a uuid of their own, which nobody outside ever sees.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from ..core import calling, errors, ids, paging
from ..core.routing import Json, Reply, Request
from ..core.store import Store
from ._feature import Feature, show_location


@dataclass(frozen=True)
class NamedFeature(Feature):
    def id_of(self, record: Json) -> str:
        # the URL alphabet, because a "/" inside would end the value where clients cut the id into parts
        return ids.encode(self.kind, base64.urlsafe_b64encode(record["name"].encode()).decode())

    def find(self, request: Request, parameter: str) -> Json:
        location = calling.location(request)["id"]
        calling.group(request)
        name = _name(request.uuid(parameter, self.kind))
        for record in self.records(request.store).values():
            if record["location"] == location and record["name"] == name:
                return record
        raise errors.not_found()

    def of_location(self, request: Request) -> Reply:
        """The list of one location, by name: `order` ASC (default) or DSC."""
        calling.group(request)
        store, location = request.store, calling.location(request)["id"]
        name, order = request.query.get("name", "").lower(), request.query.get("order", "ASC").upper()
        if order not in ("ASC", "DSC"):
            raise errors.invalid_value("Invalid field value: order")
        rows = [
            record
            for record in self.records(store).values()
            if record["location"] == location and name in record["name"].lower()
        ]
        rows.sort(key=lambda record: record["name"].lower(), reverse=order == "DSC")
        return paging.by_offset(
            request, rows, self.list_key, default=2000, limit=2000, show=lambda row: self.row(store, row)
        )

    def row(self, store: Store, record: Json) -> Json:
        """All that lists show."""
        return {"id": self.id_of(record), "name": record["name"], **show_location(store, record)}


def _name(value: str) -> str:
    try:
        return base64.b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4), altchars=b"-_").decode()
    except (binascii.Error, ValueError):
        return ""
