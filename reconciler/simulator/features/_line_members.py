"""Members of call parks, pickups and paging groups: people, workspaces and virtual lines with calling. Written as
plain id strings, read as objects, gone when the member ends (webex-behaviour.md §1.7, §8, §14).

Stored as a list of [table, uuid].
"""

from __future__ import annotations

from collections.abc import Iterable

from ..core import calling, errors, ids, owners, paging, switches
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request
from ..core.store import Store
from ._feature import Feature, member

switches.declare(
    "feature_member_ids", "people", "own", row="1.7",
    text="ids of workspaces and virtual lines in parks, pickups and paging groups: as PEOPLE, or in their own kind",
)  # fmt: skip
switches.declare(
    "feature_member_elsewhere", "refuse", "accept", row="14",
    text="a member of another location in a call park or pickup: 400, or taken",
)  # fmt: skip

Members = list[list[str]]
_TABLES = ("people", "workspaces", "virtual_lines")
_SORTS = {"fname": "firstName", "lname": "lastName", "number": "external", "extension": "extension"}


def parse(store: Store, texts: list[str], location: str | None = None) -> Members:
    """The members that these ids name, each once; with `location` only members of that one."""
    found = list(dict.fromkeys(member(store, text) for text in texts))
    for owner in found if location is not None else ():
        elsewhere = _block(store, owner)["location"] != location
        if elsewhere and store.switches["feature_member_elsewhere"] == "refuse":
            raise errors.platform(400, f"The user {owner.id} does not belong to the location.")
    return [list(owner) for owner in found]


def _block(store: Store, owner: Owner) -> Json:
    found: Json = store.table(owner.kind)[owner.id]["calling"]
    return found


def member_id(store: Store, owner: Owner) -> str:
    own = store.switches["feature_member_ids"] == "own"
    return ids.encode(owners.kind_of(owner).id_kind if own else "PEOPLE", owner.id)


def show_plain(store: Store, members: Iterable[list[str]]) -> list[Json]:
    """As paging groups show them: name, type, number. Their order is not the one that was written (§14, 18.37)."""
    rows = []
    for owner in (Owner(*pair) for pair in members):
        number = _number(store, owner)
        if number.get("external"):
            number["phoneNumber"] = number.pop("external")
        rows.append({**_person(store, owner), **number})
    return sorted(rows, key=lambda row: (row["lastName"], row["firstName"], row["id"]))


def show_agents(store: Store, members: Iterable[list[str]]) -> list[Json]:
    """As parks and pickups show them: with display name, e-mail and a list of numbers."""
    return [show_agent(store, Owner(*pair)) for pair in members]


def show_agent(store: Store, owner: Owner) -> Json:
    record = store.table(owner.kind)[owner.id]
    shown = {**_person(store, owner), "displayName": record["displayName"]}
    if record.get("emails"):
        shown["email"] = record["emails"][0]
    return {**shown, "numbers": [{**_number(store, owner), "primary": True}]}


def _person(store: Store, owner: Owner) -> Json:
    kind = owners.kind_of(owner)
    first, last = kind.name(store.table(owner.kind)[owner.id])
    return {"id": member_id(store, owner), "firstName": first, "lastName": last, "type": kind.type}


def _number(store: Store, owner: Owner) -> Json:
    block = _block(store, owner)
    shown: Json = {"external": block["number"]} if block.get("number") else {}
    if block.get("extension"):
        shown |= {"extension": block["extension"], "esn": calling.esn(store, block)}
        if prefix := (store.calling_of(block["location"]) or {}).get("routingPrefix"):
            shown["routingPrefix"] = prefix
    return shown


def available(request: Request, feature: Feature, group: str) -> Reply:
    """`…/availableUsers`: members of the location that are in no group of the feature yet, and those of the group
    that the parameter `group` names, because they may stay in it."""
    calling.calling_half(request)
    store, query, location = request.store, request.query, calling.location(request)["id"]
    taken = set()
    for record in feature.records(store).values():
        if record["location"] == location and record["name"] != query.get(group):
            taken |= {tuple(pair) for pair in record["agents"]}
    rows = [
        show_agent(store, Owner(table, key))
        for table in _TABLES
        for key, record in store.table(table).items()
        if (record.get("calling") or {}).get("location") == location and (table, key) not in taken
    ]
    name, number = query.get("name", "").lower(), query.get("phoneNumber")
    rows = [
        row
        for row in rows
        if name in f"{row['firstName']} {row['lastName']}".lower()
        and (not number or row["numbers"][0].get("external") == number)
    ]
    return paging.by_offset(request, _ordered(rows, query.get("order", "")), "agents", default=2000, limit=2000)


def _ordered(rows: list[Json], order: str) -> list[Json]:
    """Up to three fields, `lname|fname-desc`; "asc" and "desc" may follow after a dash."""
    terms = [term for term in order.split("|") if term]
    if len(terms) > 3:
        raise errors.invalid_value("Invalid field value: order")
    for term in reversed(terms):
        field, _, direction = term.partition("-")
        if field not in _SORTS:
            raise errors.invalid_value("Invalid field value: order")
        key = _SORTS[field]
        rows = sorted(rows, key=lambda row: str({**row, **row["numbers"][0]}.get(key, "")), reverse=direction == "desc")
    return rows


def forget(records: Iterable[Json], owner: Owner, *fields: str) -> None:
    """Drop an ended member out of these fields of every record."""
    for record in records:
        for field in fields:
            record[field] = [pair for pair in record[field] if pair != list(owner)]
