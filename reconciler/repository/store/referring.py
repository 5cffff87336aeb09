"""The lines of a snapshot in `state/` in which one of some texts stands: who refers to somebody by address, number or
extension. Files are looked through as bytes; only lines that have one are understood."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from reconciler.model.snapshot import Fields
from reconciler.repository.store.layout import parsed
from reconciler.repository.store.reading import StoredSnapshot

_DESTINATION = re.compile(rb'"destination":"([^"\\]+)"')
_TEXT = re.compile(rb'"([^"\\]{2,})"')
#: Of these only where they forward to is looked at: they are many, and what else they say is their own.
_MANY = frozenset({"person", "workspace"})
#: What names everybody, and nobody loses anything by it.
_LISTS = frozenset({"number", "license", "device", "group", "trunk", "route_group"})


def lines(snapshot: StoredSnapshot, texts: Collection[str]) -> Iterator[tuple[str, Fields]]:
    """(address, fields) of everything that has one of these texts in it."""
    wanted = {text.encode() for text in texts}
    for kind in snapshot.kinds:
        if kind.partition(".")[0] in _LISTS or kind == "location" or "available" in kind:
            continue
        pattern = _DESTINATION if kind in _MANY else _TEXT
        for file in snapshot.files(kind):
            snapshot.verify(file)
            for line in (snapshot.folder / file).read_bytes().split(b"\n"):
                if not wanted.isdisjoint(pattern.findall(line)):
                    told = parsed(line)
                    yield str(told["address"]), told.get("fields", {})
