"""The folder of an export: written beside the one that is there, and put in its place in one step.

Only its owner can read it (0700, files 0600). What is not an export is never replaced: a folder is one if `run.json`
lists every file in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError, RefusedError
from reconciler.files.links import refuse_path

RUN = "run.json"
_IGNORE = ".gitignore"


@contextmanager
def replacing(target: Path, about: dict[str, Any]) -> Iterator[Path]:
    """A new folder to write to; when that went well it becomes `target`, else `target` stays as it was.

    `about` goes into `run.json`, with the digests of all files: it is the only file that differs from run to run.
    """
    refuse_path(target)
    target = target.resolve()
    _recover(target)
    refuse_foreign(target)
    staging = target.with_name(f".{target.name}.{os.getpid()}.new")
    before = os.umask(0o077)
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir(parents=True)
        (staging / _IGNORE).write_text("# The tenant's data: commit the snapshot in state/ instead.\n*\n")
        yield staging
        run = {**about, "files": dict(sorted(_digests(staging).items()))}
        (staging / RUN).write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        _swap(staging, target)
    except OSError as error:
        raise ReconcileError(
            "cannot write the outputs",
            where=str(target),
            why=error.strerror or str(error),
            do="the outputs of before are still there; name another folder with --outputs",
        ) from None
    finally:
        os.umask(before)
        shutil.rmtree(staging, ignore_errors=True)


def _swap(staging: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    if target.exists():
        os.replace(target, old)
    try:
        os.replace(staging, target)
    except OSError:
        if old.exists():
            os.replace(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _recover(target: Path) -> None:
    """What an export that was killed left behind: half a folder goes, a whole one that was moved aside comes back."""
    pattern = re.compile(rf"\.{re.escape(target.name)}\.(\d+)\.(new|old)")
    for path in sorted(target.parent.glob(f".{target.name}.*")) if target.parent.is_dir() else ():
        match = pattern.fullmatch(path.name)
        if match and not _alive(int(match[1])):
            if match[2] == "old" and not target.exists():
                with suppress(OSError):
                    os.replace(path, target)
            else:
                shutil.rmtree(path, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True


def refuse_foreign(target: Path) -> None:
    """Replacing a folder removes what is in it, so everything in it must be an export's."""
    if not target.exists():
        return
    if not target.is_dir():
        raise RefusedError("this is not a folder", where=str(target), do="name a folder with --outputs")
    try:
        ours = {RUN, *json.loads((target / RUN).read_bytes())["files"]}
    except (OSError, ValueError, RecursionError, LookupError, TypeError):
        ours = set()
    foreign = next((name for name in _inside(target) if name not in ours), None)
    if foreign is not None:
        raise RefusedError(
            f"this folder holds what no export wrote, such as {foreign}",
            where=str(target),
            why="an export replaces the whole folder",
            do="name an empty or a new folder with --outputs, or move those files away",
        )


def _inside(folder: Path) -> Iterator[str]:
    """The files and links in a folder; one by one, because somebody may name a whole disk."""

    def unreadable(error: OSError) -> None:
        raise RefusedError("this folder cannot be looked into", where=str(error.filename), why=error.strerror or "")

    for place, folders, files in os.walk(folder, onerror=unreadable):
        folders.sort()
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        for name in sorted([*links, *files]):
            yield (Path(place) / name).relative_to(folder).as_posix()


def _digests(folder: Path) -> dict[str, str]:
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                found[path.relative_to(folder).as_posix()] = hashlib.file_digest(file, "sha256").hexdigest()
    return found
