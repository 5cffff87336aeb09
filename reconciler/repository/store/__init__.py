"""The snapshot on disk, `state/`: canonical JSON lines by kind and location, and a manifest that they must fit.

`write(folder, snapshot)` and `open(folder)`; the folder is `state/` itself.
"""

from __future__ import annotations

from reconciler.repository.store.joined import joined
from reconciler.repository.store.reading import StoredSnapshot, relied_on
from reconciler.repository.store.reading import open_snapshot as open
from reconciler.repository.store.referring import lines
from reconciler.repository.store.writing import Written, refuse_mixing, refuse_unwritable, write

__all__ = [
    "StoredSnapshot",
    "Written",
    "joined",
    "lines",
    "open",
    "refuse_mixing",
    "refuse_unwritable",
    "relied_on",
    "write",
]
