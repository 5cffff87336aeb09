"""The form of a tenant that somebody else wrote: what every record must have, and that what it points at is there.

Only for documents from outside (`--tenant`, `PUT /_control/state`): a store must load again whatever it has dumped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from . import routing, switches
from .store import BadTenant

Json = dict[str, Any]
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NAMES = {str: "text", int: "a number", list: "a list", dict: "an object"}

_ORG: dict[str, type] = {"id": str, "name": str, "domain": str, "admin": str}
# What no table of that name can do without; the format is at the top of store.py.
_FIELDS: dict[str, dict[str, type]] = {
    "licenses": {"offer": str, "name": str, "totalUnits": int},
    "locations": {"name": str, "timeZone": str, "preferredLanguage": str, "address": dict},
    "people": {"emails": list, "displayName": str, "licenses": list, "created": str},
    "workspaces": {"displayName": str, "licenses": list, "created": str},
    "trunks": {"name": str, "location": str},
    "route_groups": {"name": str, "trunks": list},
    "jobs": {"kind": str},
}
_CALLING: dict[str, dict[str, type]] = {
    "locations": {"callingLineId": dict, "announcementLanguage": str},
    "people": {"location": str},
    "workspaces": {"location": str},
}
_NO_TABLES: dict[str, type] = {
    "version": int,
    "org": dict,
    "switches": dict,
    "sequence": int,
    "clock": dict,
    "writes": int,
}


def check(tenant: Any) -> Json:
    """The document itself, when it is a tenant that can be served; else BadTenant, which says where it is not."""
    for problem in _problems(tenant):
        raise BadTenant(problem)
    found: Json = tenant
    return found


def _problems(tenant: Any) -> Iterator[str]:
    if not isinstance(tenant, dict):
        yield "a tenant is an object with an org"
    if tenant.get("version", 1) != 1:
        yield f"version {tenant['version']!r} is not known, only 1"
    yield from _lacking("org", tenant.get("org"), _ORG)
    for name, value in tenant.items():
        if name in _NO_TABLES:
            if not isinstance(value, _NO_TABLES[name]):
                yield f"{name} is not {_NAMES[_NO_TABLES[name]]}"
        elif not isinstance(value, list):
            yield f"{name} is not a list"
        elif name == "numbers":
            for index, number in enumerate(value):
                yield from _lacking(f"numbers[{index}]", number, {"number": str, "location": str, "state": str})
        elif name != "pending":
            yield from _table(name, value)
    yield from _dangling(tenant)


def _table(name: str, records: list[Any]) -> Iterator[str]:
    seen: set[str] = set()
    for index, record in enumerate(records):
        where = f"{name}[{index}]"
        yield from _lacking(where, record, {"id": str, **_FIELDS.get(name, {})})
        if record["id"] in seen:
            yield f"{where}: there is a second id {record['id']}"
        seen.add(record["id"])
        if name in _FIELDS and not _UUID.fullmatch(record["id"]):
            yield f"{where}: id {record['id']!r} is not a lowercase uuid"
        if name == "people" and not (record["emails"] and all(isinstance(one, str) for one in record["emails"])):
            yield f"{where}: emails is not a list of texts with at least one"
        if name in _CALLING and record.get("calling") is not None:
            yield from _lacking(f"{where}.calling", record["calling"], _CALLING[name])


def _lacking(where: str, record: Any, fields: dict[str, type]) -> Iterator[str]:
    if not isinstance(record, dict):
        yield f"{where} is not an object"
    for field, kind in fields.items():
        if field not in record:
            yield f"{where} has no {field}"
        if not isinstance(record[field], kind):
            yield f"{where}.{field} is not {_NAMES[kind]}"


def _dangling(tenant: Json) -> Iterator[str]:
    if not _UUID.fullmatch(tenant["org"]["id"]):
        yield f"org.id {tenant['org']['id']!r} is not a lowercase uuid"
    routing.discover()  # resources declare their switches at import
    try:
        switches.Positions(tenant.get("switches", {}))
    except ValueError as problem:
        yield f"switches: {problem}"
    locations = {one["id"]: one for one in tenant.get("locations", [])}
    licenses = {one["id"] for one in tenant.get("licenses", [])}
    for number in tenant.get("numbers", []):
        if number["location"] not in locations:
            yield f"number {number['number']} is in a location that is not there: {number['location']}"
    for kind in ("people", "workspaces"):
        for index, owner in enumerate(tenant.get(kind, [])):
            unknown = [one for one in owner["licenses"] if not isinstance(one, str) or one not in licenses]
            if unknown:
                yield f"{kind}[{index}] has a license that is not there: {unknown[0]}"
            calling = owner.get("calling")
            if calling and not locations.get(calling["location"], {}).get("calling"):
                yield f"{kind}[{index}] calls from a location without calling: {calling['location']}"
