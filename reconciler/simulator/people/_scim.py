"""What SCIM users, groups and bulk share (webex-behaviour.md §10): errors in shape E5, the organisation in the path,
searching and patching."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from pydantic import Field

from ..core import bodies, errors, ids, switches
from ..core.bodies import Body
from ..core.routing import Json, Reply, Request
from . import _scim_filter
from ._scim_filter import refused

switches.declare(
    "scim_encoded_org", "403", "accept", row="17.15", text="the base64 id of the organisation in the path of SCIM calls"
)
switches.declare(
    "scim_visibility", "0s", "15s", row="1.6", text="how long what a SCIM bulk call created is in no SCIM search"
)

ROOT = "/identity/scim/{orgId}/v2"
_LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
_MOST = 100
_VALUE_PATH = re.compile(r"^(?P<list>[^\[]+)\[(?P<filter>.+)\](?:\.(?P<rest>.+))?$")
_SORTED = ("username", "displayname", "id", "meta.lastmodified")


class _Operation(Body):
    op: str
    path: str | None = None
    value: Any = None


class Patch(Body):
    operations: list[_Operation] = Field(alias="Operations")


B = TypeVar("B", bound=Body)


def parse(model: type[B], document: Any) -> B:
    """As everywhere, only that the refusal has SCIM's shape."""
    try:
        return bodies.parse(model, document)
    except errors.ApiError as refusal:
        raise refused(refusal.body["message"]) from refusal


def document(request: Request) -> Json:
    try:
        return request.document()
    except errors.ApiError as refusal:
        raise refused(refusal.body["message"]) from refusal


def check(request: Request) -> None:
    """The organisation stands in the path as a bare uuid; anything else is refused as for lack of rights (§17.15)."""
    given, org = request.params["orgId"], request.store.org["id"]
    encoded = request.store.switches["scim_encoded_org"] == "accept" and ids.any_uuid(given) == org
    if given != org and not encoded:
        raise errors.scim(403, "Sorry, you don't have sufficient privileges", "200003")


def not_found() -> errors.ApiError:
    return errors.scim(404, "Resource not found.", "200004")


def conflict(text: str) -> errors.ApiError:
    return errors.scim(409, text, "200005")


def meta(request: Request, kind: str, record: Json) -> Json:
    return {
        "resourceType": kind,
        "location": f"{request.root}/identity/scim/{request.store.org['id']}/v2/{kind}s/{record['id']}",
        "version": 'W/"1"',
        "created": record["created"],
        "lastModified": record["lastModified"],
    }


def whole(request: Request, name: str, default: int, least: int = 0) -> int:
    text = request.query.get(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise refused(f"{name} is not a number.")
    return max(int(text), least)


def search(
    request: Request,
    rows: Sequence[Json],
    show: Callable[[Json], Json],
    attributes: Iterable[str],
) -> Reply:
    """A page of what the filter lets through: one-based startIndex, count up to 100."""
    text = request.query.get("filter", "").strip()
    now = request.store.clock.now()
    shown: list[Json] | None = None
    rows = [row for row in rows if row.get("scimHiddenUntil", 0) <= now]
    if text or "sortBy" in request.query:
        test = _scim_filter.compiled(text, attributes) if text else None
        shown = _sorted(request, [one for one in map(show, rows) if test is None or test(one)])
    first, count = whole(request, "startIndex", 1, 1), min(whole(request, "count", _MOST), _MOST)
    total = len(rows if shown is None else shown)
    page = [show(row) for row in rows[first - 1 : first - 1 + count]] if shown is None else shown[first - 1 :][:count]
    body = {
        "schemas": [_LIST],
        "totalResults": total,
        "itemsPerPage": len(page),
        "startIndex": first,
        "Resources": [_chosen(request, one) for one in page],
    }
    return Reply(200, body)


def _sorted(request: Request, rows: list[Json]) -> list[Json]:
    name = request.query.get("sortBy", "")
    if not name:
        return rows
    if name.lower() not in _SORTED:
        raise refused(f"{name} cannot be sorted by.")
    falling = request.query.get("sortOrder", "ascending").lower() == "descending"
    return sorted(rows, key=lambda row: str(_scim_filter.values(row, name)).lower(), reverse=falling)


def _chosen(request: Request, row: Json) -> Json:
    """`attributes` and `excludedAttributes`; id and schemas are always shown."""
    wanted = {name.lower() for name in request.listed("attributes")}
    unwanted = {name.lower() for name in request.listed("excludedAttributes")}
    return {
        name: value
        for name, value in row.items()
        if name in ("id", "schemas") or ((not wanted or name.lower() in wanted) and name.lower() not in unwanted)
    }


def patched(shown: Json, patch: Json, multiple: frozenset[str]) -> Json:
    """The document after the operations of a PATCH; `multiple` are the attributes that are lists."""
    body = dict(shown)
    for operation in parse(Patch, patch).operations:
        name, path, value = operation.op.lower(), operation.path, operation.value
        if name not in ("add", "replace", "remove"):
            raise refused(f"Unknown operation {name}")
        if name == "remove" and not path:
            raise refused("noTarget: remove without a path.")
        if path and (found := _VALUE_PATH.match(path)):
            _patch_matching(body, name, found, value)
        elif path:
            _patch_one(body, name, _scim_filter.steps(path), value, multiple)
        elif isinstance(value, dict):
            for key, one in value.items():
                _patch_one(body, name, [key], one, multiple)
        else:
            raise refused("An operation without a path has an object as its value.")
    return body


def _patch_one(body: Json, name: str, path: list[str], value: Any, multiple: frozenset[str]) -> None:
    holder = body
    for step in path[:-1]:
        inner = holder.get(step)
        holder[step] = dict(inner) if isinstance(inner, dict) else {}
        holder = holder[step]
    last = path[-1]
    if name == "remove":
        holder.pop(last, None)
    elif len(path) == 1 and last in multiple:
        entries = value if isinstance(value, list) else [value]
        kept = list(holder.get(last) or []) if name == "add" else []
        holder[last] = kept + [entry for entry in entries if entry not in kept]
    elif isinstance(value, dict) and isinstance(holder.get(last), dict):
        holder[last] = {**holder[last], **value}
    else:
        holder[last] = value


def _patch_matching(body: Json, name: str, found: re.Match[str], value: Any) -> None:
    """`phoneNumbers[type eq "work"].value`: every entry of the list that the filter meets."""
    entries = [dict(entry) for entry in body.get(found["list"]) or []]
    test = _scim_filter.compiled(found["filter"], ())
    chosen = [entry for entry in entries if test(entry)]
    if not chosen and name == "replace":
        raise refused(f"noTarget: nothing matches {found[0]}.")
    for entry in chosen:
        if name == "remove" and not found["rest"]:
            entries.remove(entry)
        elif name == "remove":
            entry.pop(found["rest"], None)
        else:
            entry.update({found["rest"]: value} if found["rest"] else value if isinstance(value, dict) else {})
    body[found["list"]] = entries
