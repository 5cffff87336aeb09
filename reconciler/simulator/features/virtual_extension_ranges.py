"""Virtual extension ranges (developer.webex.com "Features: Virtual Extensions"; webex-behaviour.md §14, §16).

virtual_extension_ranges  {id, name, prefix, patterns, location: uuid or None}
"""

from __future__ import annotations

import re
from typing import Literal

from ..core import calling, errors, ids, paging, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from .virtual_extensions import KIND, in_scope, mode, one_scope, place

switches.declare(
    "range_prefix_unique", "off", "on", row="14",
    text="a second range with a prefix in standard mode: taken, as live tests do, or 400, as documented",
)  # fmt: skip

_TABLE = "virtual_extension_ranges"
_PATH = "/telephony/config/virtualExtensionRanges"
_ONE = _PATH + "/{extensionRangeId}"
_MOST = 100
_E164_PREFIX = re.compile(r"^\+[1-9]\d{0,14}$")
_OTHER_PREFIX = re.compile(r"^\+?\d{1,20}$")
_PATTERN = re.compile(r"^(?=.)\d*X*$")  # wildcards to the right of all digits


class Create(Body):
    name: str
    prefix: str
    patterns: list[str] | None = None
    location_id: str | None = None


class Update(Body):
    name: str | None = None
    prefix: str | None = None
    patterns: list[str] | None = None
    action: Literal["ADD", "REMOVE", "REPLACE"] | None = None


class Validate(Body):
    location_id: str | None = None
    name: str | None = None
    prefix: str | None = None
    patterns: list[str] | None = None
    range_id: str | None = None


def _find(store: Store, text: str) -> Json:
    """Ranges have ids of the same kind as extensions."""
    record = store.table(_TABLE).get(ids.parse(text, KIND))
    if record is None:
        raise errors.not_found()
    return record


def _name_fault(store: Store, record: Json | None, name: str | None) -> Json | None:
    """Names are unique in the whole organisation."""
    for other in store.table(_TABLE).values():
        if name is not None and other is not record and other["name"].lower() == name.lower():
            return {"name": name, "status": "DUPLICATE", "errorCode": 27850,
                    "message": f"Virtual extension range {name} already exists."}  # fmt: skip
    return None


def _prefix_fault(store: Store, record: Json | None, prefix: str | None) -> Json | None:
    if prefix is None:
        return None
    standard = mode(store) == "STANDARD"
    if not (_E164_PREFIX if standard else _OTHER_PREFIX).match(prefix):
        return {"prefix": prefix, "status": "INVALID", "message": f"The prefix {prefix} is invalid."}
    taken = any(other is not record and other["prefix"] == prefix for other in store.table(_TABLE).values())
    if standard and taken and store.switches["range_prefix_unique"] == "on":
        return {"prefix": prefix, "status": "DUPLICATE", "message": f"The prefix {prefix} is already in use."}
    return None


def _pattern_rows(store: Store, record: Json | None, location: str | None, patterns: list[str]) -> list[Json]:
    """One row for each pattern, VALID or not. Patterns are unique per location, and among those of the organisation."""
    if len(patterns) > _MOST:
        text = f"The request exceeds the limit of {_MOST} patterns."
        return [{"status": "LIMIT_EXCEEDED", "errorCode": 27854, "message": text}]
    used = {
        pattern
        for other in store.table(_TABLE).values()
        if other is not record and other["location"] == location
        for pattern in other["patterns"]
    }
    rows: list[Json] = []
    for index, pattern in enumerate(patterns):
        if not _PATTERN.match(pattern):
            fault = {"status": "INVALID", "message": f"The pattern {pattern} is invalid."}
        elif pattern in patterns[:index]:
            fault = {"status": "DUPLICATE_IN_LIST", "message": f"The pattern {pattern} is listed twice."}
        elif pattern in used:
            fault = {"status": "DUPLICATE", "message": f"The pattern {pattern} is already in use."}
        else:
            fault = {"status": "VALID"}
        rows.append({"pattern": pattern, **fault})
    return rows


def _refuse(store: Store, fault: Json | None) -> None:
    """The same fault in a write; those of which no code is known carry none (§17)."""
    if fault is None or fault["status"] == "VALID":
        return
    if fault.get("errorCode") == 27850:
        conflict = store.switches["feature_name_duplicate"] == "conflict"
        raise errors.broadworks(409 if conflict else 400, 27850, fault["message"])
    if "errorCode" in fault:
        raise errors.broadworks(400, fault["errorCode"], fault["message"])
    raise errors.platform(400, fault["message"])


def _check(store: Store, record: Json | None, location: str | None, sent: Create | Update) -> None:
    if sent.name == "":
        raise errors.missing_field("name")
    _refuse(store, _name_fault(store, record, sent.name))
    _refuse(store, _prefix_fault(store, record, sent.prefix))
    for row in _pattern_rows(store, record, location, sent.patterns or []):
        _refuse(store, row)


@route("GET", _PATH)
def list_ranges(request: Request) -> Reply:
    """Get a list of a Virtual Extension Range: without patterns, by name."""
    one_scope(request, "locationId", "orgLevelOnly")
    store, query = request.store, request.query
    rows = [_row(store, record) for record in store.table(_TABLE).values() if in_scope(request, record)]
    for name in ("name", "prefix"):
        rows = [row for row in rows if query.get(name, "").lower() in row[name].lower()]
    field, _, direction = query.get("order", "name").partition("-")
    if field.upper() in ("ASC", "DSC", "DESC"):
        field, direction = "name", field
    key = field if field in ("name", "prefix") else "name"
    rows.sort(key=lambda row: row[key].lower(), reverse=direction.upper() in ("DSC", "DESC"))
    return paging.by_offset(request, rows, "virtualExtensionRanges", default=2000, limit=2000)


def _row(store: Store, record: Json) -> Json:
    return {
        "id": ids.encode(KIND, record["id"]),
        "name": record["name"],
        "prefix": record["prefix"],
        **place(store, record),
    }


@route("POST", _PATH)
def create_range(request: Request) -> Reply:
    """Create a Virtual Extension Range, of a location or of the organisation."""
    store, sent = request.store, parse(Create, request.document())
    location = calling.calling_location(store, sent.location_id) if sent.location_id else None
    _check(store, None, location, sent)
    record: Json = {
        "id": store.new_id(_TABLE),
        "name": sent.name,
        "prefix": sent.prefix,
        "patterns": sent.patterns or [],
        "location": location,
    }
    store.table(_TABLE)[record["id"]] = record
    return Reply(201, {"id": ids.encode(KIND, record["id"])})


@route("GET", _ONE)
def get_range(request: Request) -> Reply:
    """Get details of a Virtual Extension Range."""
    store, record = request.store, _find(request.store, request.params["extensionRangeId"])
    return Reply(200, {**_row(store, record), "patterns": record["patterns"]})


@route("PUT", _ONE)
def update_range(request: Request) -> Reply:
    """Modify Virtual Extension Range: patterns need an action, and are a delta unless it is REPLACE."""
    store, record = request.store, _find(request.store, request.params["extensionRangeId"])
    sent = parse(Update, request.document())
    if sent.patterns is not None and sent.action is None:
        raise errors.missing_field("action")
    _check(store, record, record["location"], sent)
    record["name"] = sent.name or record["name"]
    record["prefix"] = sent.prefix or record["prefix"]
    patterns, kept = sent.patterns or [], record["patterns"]
    if sent.action == "ADD":
        record["patterns"] = list(dict.fromkeys([*kept, *patterns]))
    if sent.action == "REMOVE":
        record["patterns"] = [pattern for pattern in kept if pattern not in patterns]
    if sent.action == "REPLACE" and sent.patterns is not None:
        record["patterns"] = patterns
    return Reply(204)


@route("DELETE", _ONE)
def delete_range(request: Request) -> Reply:
    """Delete a Virtual Extension Range."""
    record = _find(request.store, request.params["extensionRangeId"])
    del request.store.table(_TABLE)[record["id"]]
    return Reply(204)


@route("POST", _PATH + "/actions/validate/invoke")
def validate_range(request: Request) -> Reply:
    """Validate the prefix and extension pattern: 200 whatever is found but too many patterns, and without a fault the
    status alone. A prefix that is wrong is the only row."""
    store, sent = request.store, parse(Validate, request.document())
    record = _find(store, sent.range_id) if sent.range_id else None
    location = calling.calling_location(store, sent.location_id) if sent.location_id else None
    if prefix := _prefix_fault(store, record, sent.prefix):
        return Reply(200, {"status": "ERRORS", "virtualExtensionRangeValidationStatus": [prefix]})
    if len(sent.patterns or []) > _MOST:
        _refuse(store, _pattern_rows(store, record, location, sent.patterns or [])[0])
    named = _name_fault(store, record, sent.name)
    rows = ([named] if named else []) + _pattern_rows(store, record, location, sent.patterns or [])
    if all(row["status"] == "VALID" for row in rows):
        return Reply(200, {"status": "OK"})
    return Reply(200, {"status": "ERRORS", "virtualExtensionRangeValidationStatus": rows})
