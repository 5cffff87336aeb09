"""Who holds what a plan wants for itself, as the snapshot in `state/` has it: inventory/holders.py without a request.

Of people and workspaces only the files of the locations concerned are read. Who has extensions beside them stands in
artefacts, where they were exported.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator

from reconciler.kinds import kind as kind_named
from reconciler.kinds import licensed, with_extensions
from reconciler.model.claims import EXTENSION, PREFIX, claim_of, holder, joins, parts, taken
from reconciler.model.plan import Change
from reconciler.model.snapshot import Fields
from reconciler.model.text import normal, normalised
from reconciler.planning.consent import ConsentFacts
from reconciler.planning.guards.members import held_by
from reconciler.planning.parking import places as parking_places
from reconciler.repository.store import StoredSnapshot
from reconciler.repository.store.lines import address_and_fields

_PORTAL = "location.voice_portal"
_EXTENSION = re.compile(rb'"extension":"([^"\\]*)"')


def holders(snapshot: StoredSnapshot, changes: Collection[Change]) -> dict[str, str]:
    """Who else holds what these changes take, in words, by claim."""
    extensions, found = taken(changes, EXTENSION), {}
    parked = parking_places(changes, snapshot.get)
    in_use = {place for space, place in parked if space == EXTENSION}
    for name, dialled in with_extensions().items() if extensions or in_use else ():
        for address, told in _lines(snapshot, name, {parts(claim)[1:] for claim in extensions}, in_use):
            fields, key = normalised(told), normal(address.partition("/")[2])
            place = key if name == _PORTAL else fields.get("location")
            extension = fields.get("extension") or (fields.get("number") or {}).get("extension")
            taker = extensions.get(claim := claim_of(EXTENSION, str(place), str(extension)))
            if (taker is None and place in in_use) or (taker is not None and taker.address != f"{name}/{key}"):
                kind = "VOICE_MESSAGING" if name == _PORTAL else name
                found[claim] = holder(kind, *(fields.get(label) for label in dialled.named))
    for kind, wanted in joins(changes).items():
        joined = {change.address for change in wanted.values()}
        for key in snapshot.keys(kind):
            other = snapshot.get(kind, key)
            if other is not None and other.address not in joined:
                found |= held_by(other, wanted)
    return found | _prefixes(snapshot, changes, every=(PREFIX, "") in parked)


def _lines(
    snapshot: StoredSnapshot, kind: str, wanted: set[tuple[str, str]], in_use: set[str]
) -> Iterator[tuple[str, Fields]]:
    """What the snapshot says of whoever of a kind may have one of these (location, extension), or has any one at the
    places `in_use`."""
    names, digits = {place for place, _ in wanted}, {value.encode() for _, value in wanted}
    for file, about in snapshot.files(kind).items():
        if about.get("location") and normal(about["location"]) not in names | in_use:
            continue
        snapshot.verify(file)
        for line in (snapshot.folder / file).read_bytes().split(b"\n"):
            if (in_use and _EXTENSION.search(line)) or not digits.isdisjoint(_EXTENSION.findall(line)):
                yield address_and_fields(line)


def beside(snapshot: StoredSnapshot, changes: Collection[Change]) -> ConsentFacts:
    """What an approval rests on, of the files of the locations concerned: planning/consent.py."""
    wanted, digits = {parts(claim)[1] for claim in taken(changes, EXTENSION)} - {""}, {}
    lengths: dict[str, Counter[int]] = {}
    for kind in licensed() if wanted else ():
        for file, about in snapshot.files(kind).items():
            if (place := str(about.get("location"))) in wanted:
                snapshot.verify(file)
                found = _EXTENSION.findall((snapshot.folder / file).read_bytes())
                lengths.setdefault(place, Counter()).update(len(one) for one in found)
    if any(kind_named(change.kind).rules.forwards for change in changes):
        for name in snapshot.keys("location"):
            current = snapshot.get("location", name)
            calling = (current.fields.get("calling") if current else None) or {}
            digits[name] = str(calling.get("outside_dial_digit") or "")
    return ConsentFacts(snapshot.get, digits, lengths)


def _prefixes(snapshot: StoredSnapshot, changes: Collection[Change], *, every: bool) -> dict[str, str]:
    wanted, found = taken(changes, PREFIX), {}
    for name in snapshot.keys("location") if wanted or every else ():
        current = snapshot.get("location", name)
        half = (current.fields.get("calling") if current else None) or {}
        claim = claim_of(PREFIX, "", str(half.get("routing_prefix")))
        if (claim in wanted and wanted[claim].key != name) or (every and claim not in wanted):
            found[claim] = name
    return found
