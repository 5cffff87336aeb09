"""Whether the snapshot is from before what has been applied since: adopted, it would take that back."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reconciler.errors import ReconcileError
from reconciler.history.listing import moment_of_run
from reconciler.repository import git
from reconciler.repository.store.taken import taken
from reconciler.runs.journal import runs_folder

_INTENT = b'"event":"intent"'


def overtaken(root: Path, kinds: Iterable[str]) -> str:
    """Why the snapshot of these kinds is older than what desired/ has done since; empty where nothing says so.

    The runs here know it. Applied elsewhere (a pipeline), git does: `desired/` has a newer commit than `state/`, and
    no export on this machine came after it.
    """
    read = taken(root)
    moment = read.earliest(kinds)
    if moment is not None:
        for folder in sorted(_folders(root), reverse=True):
            began = moment_of_run(folder.name)
            if began is not None and began >= moment and _wrote(folder):
                return f"run {folder.name} was applied after it was taken ({moment:%F %R} UTC)"
    try:
        with git.past(root) as past:
            state = past.log("state", most=1)
            newest = past.log(("desired", "state"), most=1)
            if not state or not past.clean("state") or newest[0].id == state[0].id:
                return ""
            if read.how == "noted by the export" and moment is not None and moment >= newest[0].at:
                return ""
            return f"desired/ has a newer commit ({newest[0].short}) than state/ ({state[0].short})"
    except ReconcileError:
        return ""  # no repository: nothing says so


def _folders(root: Path) -> list[Path]:
    folder = runs_folder(root)
    return [path for path in folder.iterdir() if path.is_dir()] if folder.is_dir() else []


def _wrote(folder: Path) -> bool:
    """Whether a run got so far that it meant to write something."""
    try:
        return _INTENT in (folder / "journal.jsonl").read_bytes().replace(b'": "', b'":"')
    except OSError:
        return False
