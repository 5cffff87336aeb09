"""Who counts on those that a plan takes something from: gathered from the snapshot in `state/`, from what was read for
the plan, and from what the plan itself is about to write, which has the last word."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

from reconciler.errors import ReconcileError
from reconciler.model.address import owner_address, split_address
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current, Fields
from reconciler.planning.guards import referred
from reconciler.planning.guards.proposal import Get
from reconciler.repository import store
from reconciler.repository.store import StoredSnapshot

_SECTION = "forwarding"


def gathered(
    root: Path, org: str, changes: Collection[Change], get: Get, read: Iterable[Current]
) -> dict[str, list[str]]:
    """By the address of a change who counts on what it takes away, in words; empty where nothing is taken. `read` is
    what the tenant says now; without a snapshot that is all there is."""

    @cache
    def kept() -> StoredSnapshot | None:
        try:
            return store.open(root / "state", org)
        except ReconcileError:
            return None  # there is none, or it is not sound: what needs it says so

    def prefix(place: str) -> str:
        sides = [one.get("location", place) for one in [kept()] if one] + [get("location", place)]
        halves = [one.fields.get("calling") or {} for one in sides if one]
        return next((str(half["routing_prefix"]) for half in halves if half.get("routing_prefix")), "")

    who = referred.leaving(changes, get, prefix)
    if not who:
        return {}
    snapshot = kept()
    documents = store.lines(snapshot, who.texts()) if snapshot else {}
    for current in read:
        if _SECTION in current.fields:
            documents[current.address] = {**documents.get(current.address, {}), **current.fields}
    for change in changes:
        if change.kind.partition(".")[2] == _SECTION and change.action in ("create", "update") and not change.blocked:
            _written(documents, change, get)
    gone = {change.address for change in changes if change.action == "delete" and not change.blocked}
    found: dict[str, list[str]] = {}
    for by, fields in documents.items():
        if owner_address(by) not in gone:
            for address, words in referred.roles(by, fields, who):
                found.setdefault(address, []).append(words)
    return found


def _written(documents: dict[str, Fields], change: Change, get: Get) -> None:
    """What the plan sets takes the place of what is there."""
    owner = owner_address(change.address)
    current = get(*split_address(owner))
    known = documents.get(owner) or (current.fields if current else {})
    documents[owner] = {**known, _SECTION: {**(known.get(_SECTION) or {}), **change.want}}
