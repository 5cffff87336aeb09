"""Fingerprints of the rows of lists whose details a snapshot holds: what a list said before it was completed.

`.reconcile/state-rows.json` beside the snapshot, not in it: they serve the next `export --since` on this machine alone.
They hold as long as the manifest's entry of their artefact is the one that they were written for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.files.wholefile import local_folder
from reconciler.repository.store.layout import parsed
from reconciler.repository.store.taken import _entries
from reconciler.repository.store.writing import in_one_step

NAME = ".reconcile/state-rows.json"


def note(root: Path, prints: Mapping[str, Mapping[str, str]]) -> None:
    """Remember them for what is in `root/state` now. Not being able to is no error: it costs requests later."""
    entries = _entries(root / "state")
    known = {name: about for name, about in _read(root).items() if about.get("entry") == entries.get(name)}
    known |= {name: {"entry": entries[name], "rows": dict(rows)} for name, rows in prints.items() if name in entries}
    path = root / NAME
    try:
        local_folder(root)
        in_one_step(path, (json.dumps(known, sort_keys=True) + "\n").encode())
    except OSError:
        return


def noted(root: Path) -> dict[str, dict[str, str]]:
    """Those that fit what is in `root/state`."""
    entries = _entries(root / "state")
    return {
        name: about["rows"]
        for name, about in _read(root).items()
        if name in entries and about.get("entry") == entries[name] and isinstance(about.get("rows"), dict)
    }


def _read(root: Path) -> dict[str, dict[str, Any]]:
    try:
        found = parsed((root / NAME).read_bytes())
    except (OSError, ValueError):
        return {}
    return {name: about for name, about in found.items() if isinstance(about, dict)} if isinstance(found, dict) else {}
