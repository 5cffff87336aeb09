"""Paging groups of a location (developer.webex.com "Features: Paging Group"; webex-behaviour.md §14).

paging_groups  {id, location, name, calling, enabled, languageCode, firstName?, lastName?,
                originatorCallerIdEnabled, originators: [[table, uuid]], targets: [[table, uuid]],
                directLineCallerIdName?, dialByName?}
"""

from __future__ import annotations

from ..core import calling, cascade, errors, owners
from ..core.bodies import Body, parse
from ..core.owners import Owner, OwnerKind
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..numbers import _available
from . import _line_members, _names
from ._feature import Feature, show_address, show_location

_TABLE = "paging_groups"
GROUPS = Feature(
    _TABLE, "PAGING_GROUP", "paging", "locationPaging",
    owners.register(OwnerKind(_TABLE, "PAGING_GROUP", "PAGING_GROUP", filter="GROUP_PAGING")),
)  # fmt: skip
_PATH = GROUPS.in_location
_ONE = _PATH + "/{pagingId}"
_MOST_TARGETS = 75
_CLEARED = frozenset({"phoneNumber", "extension", "dialByName", "directLineCallerIdName"})  # by null or ""


class Update(Body):
    """Originators and targets are id strings; objects are refused. A list replaces the list that is there."""

    enabled: bool | None = None
    name: str | None = None
    phone_number: str | None = None
    extension: str | None = None
    language_code: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    originator_caller_id_enabled: bool | None = None
    originators: list[str] | None = None
    targets: list[str] | None = None
    direct_line_caller_id_name: _names.DirectLineCallerIdName | None = None
    dial_by_name: str | None = None


class Create(Update):
    name: str


def _changes(store: Store, location: str, record: Json | None, sent: Json) -> Json:
    """What a write changes, checked and as it is stored; `calling` is the address that it makes."""
    changes = {name: value for name, value in sent.items() if value is not None or name in _CLEARED}
    _names.check_length("name", changes.get("name"), 30)
    for name in ("firstName", "lastName"):
        _names.check_length(name, changes.get(name), 64)
    _names.check_language(changes.get("languageCode"))
    _names.check_caller_names({**(record or {}), **changes})
    if "name" in changes:
        GROUPS.check_name(store, location, changes["name"], record)
    if len(changes.get("targets", ())) > _MOST_TARGETS:
        raise errors.platform(400, f"A paging group cannot have more than {_MOST_TARGETS} targets.")
    for name in ("originators", "targets"):
        if name in changes:
            changes[name] = _line_members.parse(store, changes[name])
    changes["calling"] = GROUPS.address(store, location, record, changes)
    return {name: value for name, value in changes.items() if name not in ("phoneNumber", "extension")}


@route("GET", GROUPS.collection)
def list_paging_groups(request: Request) -> Reply:
    """Read the List of Paging Groups: without members."""
    return GROUPS.list(request, _row)


def _row(store: Store, record: Json) -> Json:
    return {
        "id": GROUPS.id_of(record),
        "enabled": record["enabled"],
        "name": record["name"],
        **show_address(store, record),
        "tollFreeNumber": False,
        **show_location(store, record),
    }


@route("POST", _PATH)
def create_paging_group(request: Request) -> Reply:
    """Create a new Paging Group: a name, and a number or an extension."""
    calling.calling_half(request)
    store, location = request.store, calling.location(request)["id"]
    changes = _changes(store, location, None, parse(Create, request.document()).wire(sent=True))
    record: Json = {
        "id": store.new_id(_TABLE),
        "location": location,
        "enabled": True,
        "languageCode": _names.language_of(store, location),
        "originatorCallerIdEnabled": False,
        "originators": [],
        "targets": [],
        **changes,
    }
    GROUPS.add(store, record)
    return Reply(201, {"id": GROUPS.id_of(record)})


@route("GET", _ONE)
def get_paging_group(request: Request) -> Reply:
    """Get Details for a Paging Group: members as objects, not in the order in which they were written."""
    store, record = request.store, GROUPS.find(request, "pagingId")
    return Reply(
        200,
        {
            "id": GROUPS.id_of(record),
            "enabled": record["enabled"],
            "name": record["name"],
            **show_address(store, record),
            "tollFreeNumber": False,
            "language": _names.language(record["languageCode"]),
            "languageCode": record["languageCode"],
            "firstName": record.get("firstName") or ".",
            "lastName": record.get("lastName") or record["calling"].get("number") or record["name"],
            "originatorCallerIdEnabled": record["originatorCallerIdEnabled"],
            "originators": _line_members.show_plain(store, record["originators"]),
            "targets": _line_members.show_plain(store, record["targets"]),
            **_names.show_caller_names(record),
        },
    )


@route("PUT", _ONE)
def update_paging_group(request: Request) -> Reply:
    """Update a Paging Group: merges (§1.9)."""
    store, record = request.store, GROUPS.find(request, "pagingId")
    changes = _changes(store, record["location"], record, parse(Update, request.document()).wire(sent=True))
    GROUPS.change_address(store, record, changes.pop("calling"))
    record |= changes
    return Reply(204)


@route("DELETE", _ONE)
def delete_paging_group(request: Request) -> Reply:
    """Delete a Paging Group."""
    GROUPS.remove(request.store, GROUPS.find(request, "pagingId"))
    return Reply(204)


_available.serve(_PATH + "/availableNumbers", _available.FEATURE)


@cascade.on_end
def forget_member(store: Store, owner: Owner) -> None:
    _line_members.forget(GROUPS.records(store).values(), owner, "originators", "targets")
