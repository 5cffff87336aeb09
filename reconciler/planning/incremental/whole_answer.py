"""The answer of a whole run, given again while nothing that it rests on has changed.

Standard library only, and little of it: at 100,000 people this is all that a plan with nothing new does.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING, Any

from reconciler.files.wholefile import LOCAL, local_folder, private
from reconciler.planning.incremental import signatures
from reconciler.planning.incremental.signatures import Signature

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_MOST = 16

#: What `remembered` saw, by (root, key): `remember` must not speak of files as they are after the run.
_seen: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Signature]]] = {}


def remembered(root: Path, key: str) -> bytes | None:
    """The answer of an earlier run with the same key, if no file has changed since on which it rests: below desired/
    any; below state/ all but those in folders of which it opened nothing, because the manifest has nothing there that
    it needs."""
    folder = os.path.abspath(root)
    before = signatures.now()
    note: dict[str, Any] = {"key": key, "tool": signatures.of_tool()}
    try:
        with open(_path(folder, key), "rb") as file:
            head, _, blob = file.read().partition(b"\n")
        told = json.loads(head)
        if (
            all(told[name] == value for name, value in note.items())
            and told["files"] == _digest(_listing(folder, told["unopened"]))
            and told["blob"] == hashlib.sha256(blob).hexdigest()
            and all(signatures.content(os.path.join(folder, name)) == digest for name, digest in told["fresh"].items())
        ):
            return blob
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        pass  # none, or damaged: the run will tell anew
    found = _listing(folder)
    recent = [name for name, sign in found.items() if signatures.fresh(sign, before)]
    try:
        note["fresh"] = {name: signatures.content(os.path.join(folder, name)) for name in recent}
    except OSError:
        return None
    _seen[folder, key] = note, found
    return None


def remember(root: Path, key: str, blob: bytes, opened: Collection[str] | None = None) -> None:
    """Keep the answer of this run, which opened files in these folders of state/ (None: perhaps in all). Nothing is
    kept unless `remembered` was asked first, and the files are as then."""
    folder = os.path.abspath(root)
    note, found = _seen.pop((folder, key), (None, {}))
    if note is None or _listing(folder) != found:
        return
    unopened = set[str]() if opened is None else {name.split("/")[1] for name in found if _in_folder(name)} - {*opened}
    rest = {name: sign for name, sign in found.items() if not (_in_folder(name) and name.split("/")[1] in unopened)}
    note["files"], note["unopened"] = _digest(rest), sorted(unopened)
    note["fresh"] = {name: digest for name, digest in note["fresh"].items() if name in rest}
    note["blob"] = hashlib.sha256(blob).hexdigest()
    try:
        local_folder(folder)
        path = _path(folder, key)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        temporary = f"{path}.{os.getpid()}"
        with open(temporary, "wb", opener=private) as file:
            file.write(json.dumps(note).encode() + b"\n" + blob)
        os.replace(temporary, path)
        _forget_old(os.path.dirname(path))
    except OSError:
        pass  # a read-only checkout: every run is then a full one


def _in_folder(name: str) -> bool:
    return name.startswith("state/") and name.count("/") > 1


def _listing(folder: str, unopened: Collection[str] = ()) -> dict[str, Signature]:
    found: dict[str, Signature] = {}
    signatures.below(os.path.join(folder, "desired"), "desired", found)
    signatures.below(os.path.join(folder, "state"), "state", found, {f"state/{name}" for name in unopened})
    return found


def _digest(found: dict[str, Signature]) -> str:
    return hashlib.sha256(repr(sorted(found.items())).encode()).hexdigest()


def _path(folder: str, key: str) -> str:
    return os.path.join(folder, LOCAL, "answers", hashlib.sha256(key.encode()).hexdigest()[:32])


def _forget_old(answers: str) -> None:
    """Keep the newest answers only."""
    with os.scandir(answers) as entries:
        by_age = sorted(entries, key=lambda entry: entry.stat().st_mtime_ns, reverse=True)
    for entry in by_age[_MOST:]:
        os.unlink(entry.path)
