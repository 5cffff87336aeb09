"""Who a create may mean, by the snapshot in `state/`: inventory/renamed.py without a request."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from reconciler.kinds import kind as kind_named
from reconciler.kinds import licensed
from reconciler.model.claims import EXTENSION, SAME_CLAIM, Fit, parts, takes_over
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.text import lookalike, looks, normal
from reconciler.planning.fits import fits_location, standing
from reconciler.repository.store import StoredSnapshot
from reconciler.repository.store.lines import address_and_fields


def locations(snapshot: StoredSnapshot, missing: Collection[str], described: Iterable[Wanted]) -> dict[str, str]:
    """Locations that desired describes and the snapshot does not have, with the one that each of them seems to be."""
    wanted = [one for one in described if not one.absent]
    known = {one.key for one in wanted if one.kind == "location"}
    there = [snapshot.get("location", key) for key in snapshot.keys("location") if key not in known]
    others = [one for one in there if one is not None and not one.candidates]
    lacking = [one for one in wanted if one.kind == "location" and one.key in missing]
    return {one.key: found for one in lacking if (found := fits_location(one, wanted, others, snapshot.get))}


def fitting(snapshot: StoredSnapshot, changes: Collection[Change], described: Collection[str]) -> dict[str, Fit]:
    """What each create seems to be, by its address."""
    found: dict[str, Fit] = {}
    names: dict[str, list[str]] = {}
    for change in changes:
        kind = kind_named(change.kind)
        if change.action != "create" or change.blocked or not (kind.entitles or kind.listing.alike):
            continue
        owners = {owner for claim in takes_over(change) for owner in _owners(snapshot, claim)}
        if len(owners) == 1 and next(iter(owners)).partition("/")[0] == change.kind:
            found[change.address] = Fit(owners.pop(), SAME_CLAIM)
        elif kind.listing.alike:
            keys = names.setdefault(change.kind, snapshot.keys(change.kind))
            if other := lookalike(change.key, keys):
                found[change.address] = Fit(f"{change.kind}/{other}", looks(change.key, other))
    return standing(found, changes, described)


def _owners(snapshot: StoredSnapshot, claim: str) -> Iterator[str]:
    """The addresses of the people and workspaces that have what is claimed."""
    space, place, value = parts(claim)
    field = "extension" if space == EXTENSION else "phone_number"
    pattern = re.compile(rb'[^\n]*"' + field.encode() + rb'":"' + re.escape(value.encode()) + rb'"[^\n]*\n')
    for kind in licensed():
        for file, about in snapshot.files(kind).items():
            if space == EXTENSION and normal(about.get("location", "")) != place:
                continue
            snapshot.verify(file)
            for line in pattern.findall((snapshot.folder / file).read_bytes()):
                address, fields = address_and_fields(line)
                if str(fields.get(field)) == value:
                    yield f"{kind}/{normal(address.partition('/')[2])}"
