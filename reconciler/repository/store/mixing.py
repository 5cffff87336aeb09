"""What is to be written into a folder that has a snapshot: the kinds that were read, and of what is there that which
lies in a form of before, or in one file with something that was read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from reconciler.kinds import managed, observed, sections_of
from reconciler.model.snapshot import Current, MemorySnapshot, keys_of
from reconciler.repository.store.dividing import sections_in
from reconciler.repository.store.layout import FORMAT_VERSION, parts_of
from reconciler.repository.store.reading import StoredSnapshot


class Mixed:
    """`names` are the kinds whose files are written, sections that are managed and observed with their owners; `kept`
    are the entries of the manifest there (None: there is none) for all that was not read; `touched` are names whose
    files may be left over."""

    def __init__(
        self, folder: Path, snapshot: MemorySnapshot, chosen: Collection[str], manifest: Mapping[str, Any] | None
    ) -> None:
        self._snapshot, self._chosen = snapshot, chosen
        self._old = StoredSnapshot(folder, manifest) if manifest else None
        there: Mapping[str, Any] = manifest["kinds"] if manifest else {}
        self.kept = {name: entry for name, entry in there.items() if name not in chosen}
        again = set(self.kept) if manifest and manifest["format_version"] < FORMAT_VERSION else set()
        again |= {name for name in self.kept if any(f"{name}.{part}" in chosen for part in parts_of(self.kept[name]))}
        self._read: dict[str, dict[str, Current]] = {}
        owners = {*chosen, *again}
        self._sections = {name: sections_in(name, self.resources(name)) for name in sorted(owners)}
        both = {f"{name}.{part}" for name in owners for part in self._sections[name]} & {*chosen, *self.kept}
        before = {f"{name}.{part}" for name in owners & there.keys() for part in parts_of(there[name])}
        apart = before & self.kept.keys()  # observed as well: what becomes of its managed half changes its files
        self._both = both
        self.names = (owners | apart) - both
        self._sections |= {name: [] for name in apart - both}
        known = {section.name for name in self.names & managed().keys() for section in sections_of(name).values()}
        self.touched = self.names | both | before | known

    def resources(self, name: str) -> dict[str, Current]:
        """The resources of a kind: as they were read, else as they are there."""
        if name in self._chosen:
            return self._snapshot.kinds.get(name, {})
        if name not in self._read:
            old = self._old
            found = ((key, old.get(name, key)) for key in old.keys(name)) if old is not None else ()
            self._read[name] = {key: current for key, current in found if current is not None}
        return self._read[name]

    def sections(self, name: str) -> list[str]:
        """The sections of a kind that have files of their own."""
        return self._sections[name]

    def seen(self, name: str) -> dict[str, dict[str, Current]]:
        """The sections of a kind of which something is observed beside what is managed, and what, by owner."""
        sections = {part: f"{name}.{part}" for part in self._sections[name]}
        return {part: self.resources(section) for part, section in sections.items() if section in self._both}

    def entry(self, name: str) -> dict[str, Any]:
        """What the manifest says of a kind that was read, beside its files."""
        resources, snapshot = self._snapshot.kinds.get(name, {}), self._snapshot
        gaps = {
            gap.partition(".")[2]: why
            for gap, why in snapshot.gaps.items()
            if gap.startswith(f"{name}.") and gap not in snapshot.kinds
        }
        count = len(keys_of(snapshot, name))
        entry: dict[str, Any] = {"count": count, "complete": snapshot.incomplete(name) or True}
        if count < len(resources):  # lines that are about a name which several have, and about nobody
            entry["ambiguous"] = len(resources) - count
        if gaps:
            entry["sections"] = gaps
        statuses = {one: said for one, said in snapshot.statuses.items() if file_kind(one) == name}
        if statuses:
            entry["status"] = statuses
        return entry


def file_kind(name: str) -> str:
    """The kind in whose entry something is: managed sections are in their owners', artefacts have their own."""
    return name if name in observed() else name.partition(".")[0]
