"""Which creates seem to be something that is there under another name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from reconciler.kinds import kind as kind_named
from reconciler.model.claims import Fit
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.snapshot import Current
from reconciler.model.text import IN_CASE, skeleton


def fits_location(
    wanted: Wanted, described: Iterable[Wanted], others: Iterable[Current], get: Callable[[str, str], Current | None]
) -> str:
    """The one of other locations that a described one seems to be, which is not there: with its address, or where all
    that is described at it is. Empty where none or several fit."""
    address = _address(wanted.fields.get("address") or {})
    same = {one.key for one in others if address and _address(one.fields.get("address") or {}) == address}
    if not same:
        at = (one for one in described if one.fields.get("location") == wanted.key)
        here = [one for one in at if not kind_named(one.kind).listing.alike]  # a name says little of who it is
        found = [current.fields.get("location") for one in here if (current := get(one.kind, one.key))]
        same = {one.key for one in others if len(found) > 1 and set(found) == {one.key}}
    return same.pop() if len(same) == 1 else ""


def _address(fields: Mapping[str, Any]) -> tuple[str, ...]:
    parts = tuple(skeleton(str(fields.get(name) or "")) for name in ("address1", "city", "postal_code"))
    return parts if all(parts[:2]) else ()


def standing(fits: Mapping[str, Fit], changes: Iterable[Change], described: Collection[str]) -> dict[str, Fit]:
    """Those of the fits (by the address of a create) that are one, and creates in one plan that differ in case only.
    What is described is no old name of another; that a tenant may ignore case concerns it all the same."""
    apart = {address: fit for address, fit in fits.items() if fit.in_case or fit.other not in described}
    return {**_twins_in_case(changes), **apart}


def _twins_in_case(changes: Iterable[Change]) -> dict[str, Fit]:
    """Of creates in one plan whose names differ in case only, all but the first, with that one."""
    first: dict[tuple[str, str], str] = {}
    found = {}
    for change in changes:
        if change.action == "create" and not change.blocked and kind_named(change.kind).listing.alike:
            before = first.setdefault((change.kind, change.key.casefold()), change.key)
            if before != change.key:
                found[change.address] = Fit(f"{change.kind}/{before}", IN_CASE)
    return found
