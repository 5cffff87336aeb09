"""The lines of a snapshot in `state/` in which one of some texts stands: who refers to somebody by address, number or
extension. Files are looked through as bytes; only lines that have one are understood."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from reconciler.kinds import licensed, listed
from reconciler.model.address import owner_address
from reconciler.model.snapshot import Fields
from reconciler.repository.store.lines import address_and_fields
from reconciler.repository.store.reading import StoredSnapshot

_DESTINATION = re.compile(rb'"destination":"([^"\\]+)"')
_TEXT = re.compile(rb'"([^"\\]{2,})"')


def lines(snapshot: StoredSnapshot, texts: Collection[str]) -> dict[str, Fields]:
    """Of everything that has one of these texts in it the fields that have it, and its location, by address."""
    wanted = {text.encode() for text in texts}
    found: dict[str, Fields] = {}
    for kind in snapshot.kinds:
        if kind.partition(".")[0] in listed("register") or kind == "location" or "available" in kind:
            continue
        # of people and workspaces: they are many, and what else they say is their own
        pattern = _DESTINATION if kind in licensed() else _TEXT
        for file, about in snapshot.files(kind).items():
            for line in _having(snapshot, file, pattern, wanted):
                address, fields = address_and_fields(line)
                found.setdefault(address, {}).update(fields)
            for section, beside in snapshot.beside(kind, file):
                for line in _having(snapshot, beside, pattern, wanted):
                    address, fields = address_and_fields(line)
                    place = {"location": about["location"]} if about.get("location") else {}
                    found.setdefault(owner_address(address), place)[section] = fields
    return found


def _having(
    snapshot: StoredSnapshot, file: str, pattern: re.Pattern[bytes], wanted: Collection[bytes]
) -> Iterator[bytes]:
    snapshot.verify(file)
    for line in (snapshot.folder / file).read_bytes().split(b"\n"):
        if not set(wanted).isdisjoint(pattern.findall(line)):
            yield line
