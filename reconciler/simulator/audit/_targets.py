"""What a write was done to, found from its route and the tables: no resource has to say anything for its audit."""

from __future__ import annotations

import base64
import binascii
from typing import NamedTuple

from ..core import ids, owners
from ..core.routing import Json, Reply, Request
from ..core.store import Store

# tables whose records are no owners of numbers, so that owners.py does not know the kinds of their ids
_TYPES = {"people": "USER", "locations": "LOCATION", "trunks": "TRUNK", "route_groups": "ROUTE_GROUP",
          "jobs": "JOB"}  # fmt: skip
# who is meant where the path says nothing
_SUBJECTS = ("personId", "workspaceId", "locationId")


class Target(NamedTuple):
    type: str
    id: str
    name: str


def before(request: Request) -> Target | None:
    """The object of the path, which a delete is about to take away; the innermost one that there is."""
    return next((found for text in reversed(request.params.values()) if (found := _of(request.store, text))), None)


def created(request: Request, reply: Reply) -> str:
    """The id in the answer to a create; other answers show the object of the path."""
    answer = reply.body if request.method == "POST" and isinstance(reply.body, dict) else {}
    return str(answer.get("id") or "")


def after(request: Request, reply: Reply) -> Target:
    """What a create made; else the object of the path or of the body; else the organisation."""
    store = request.store
    if (text := created(request, reply)) and (found := _of(store, text, _sent_name(request))):
        return found
    if found := before(request):
        return found
    for document in (reply.body, request.body):
        for name in _SUBJECTS if isinstance(document, dict) else ():
            if found := _of(store, str(document.get(name) or "")):
                return found
    return Target("ORG", store.org["id"], store.org["name"])


def _sent_name(request: Request) -> str:
    sent = request.body if isinstance(request.body, dict) else {}
    return str(sent.get("name") or sent.get("displayName") or "")


def _of(store: Store, text: str, fallback: str = "") -> Target | None:
    """The object that an id names, in whatever encoding; None for a text that is no id."""
    kind, value = ids.decode(text) or ("", text.lower() if ids.is_uuid(text) else "")
    if not value:
        return None
    key = value.rpartition(":")[2].rpartition("_")[2]
    for table, records in store.tables.items():
        if (record := records.get(key)) is not None:
            return Target(_TYPES.get(table) or kind or table.upper(), key, _name(table, record))
    # an object without a table of its own, or one whose id is made of its name (§1.7)
    return Target(kind, value, _from_name(value) or fallback) if kind else None


def _name(table: str, record: Json) -> str:
    for key in ("displayName", "name", "templateName"):
        if record.get(key):
            return str(record[key])
    kind = next((one for one in owners.kinds() if one.table == table), None)
    return " ".join(filter(None, kind.name(record))) if kind else ""


def _from_name(value: str) -> str:
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
