"""Whether files of the working tree are those of the commit that HEAD names.

They are compared by content: `git status` believes a file that was marked (`update-index --assume-unchanged`), and
knows nothing of one that is ignored.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from reconciler.git.place import Place, head, needed


def differing(root: Path, folder: str, used: Iterable[str], counts: Callable[[str], bool]) -> list[str]:
    """The names, relative to `root`, of those that were used and are not as HEAD has them, and of those below `folder`
    that HEAD has and that are gone (`counts`: whether somebody would have used it). Nothing in a repository without a
    commit. ReconcileError where git cannot say."""
    commit = head(root)
    if not commit:
        return []
    place, names = needed(root), list(used)
    there = _tree(place, commit, folder)
    found = {name for name in there if counts(name)} - set(names)
    odd = [name for name in names if not _same(place, there, name)]
    return sorted(found | set(_still(place, there, odd)))


def _tree(place: Place, commit: str, folder: str) -> dict[str, str]:
    """The id of each file below a folder of the commit, and of its links."""
    said = place.ask("ls-tree", "-r", "-z", "--full-tree", commit, "--", f"{place.prefix}{folder}/")
    found = {}
    for entry in said.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        about, _, name = entry.partition("\t")
        found[name.removeprefix(place.prefix)] = about.split(" ")[2]
    return found


def _same(place: Place, there: dict[str, str], name: str) -> bool:
    """Whether a file has the content that the commit has under this name. A link counts with what it leads to."""
    path, identity = place.root / name, there.get(name, "")
    if not path.is_symlink():
        return identity == _identity(path.read_bytes(), identity)
    if identity != _identity(os.fsencode(os.readlink(path)), identity):
        return False
    target = path.resolve()
    if not target.is_relative_to(place.root):
        return False
    inside = target.relative_to(place.root).as_posix()
    known = there if inside in there else _tree(place, head(place.root), str(Path(inside).parent))
    return _same(place, known, inside)


def _still(place: Place, there: dict[str, str], odd: list[str]) -> list[str]:
    """Those that are other files even by the user's own filters (LFS, line ends)."""
    asked = [name for name in odd if name in there and "\n" not in name and not (place.root / name).is_symlink()]
    if not asked:
        return odd
    data = "".join(f"{name}\n" for name in asked).encode("utf-8", "surrogateescape")
    said = place.ask("hash-object", "--stdin-paths", data=data, settings=place.unfiltered).decode().split()
    alike = {name for name, identity in zip(asked, said, strict=False) if there[name] == identity}
    return [name for name in odd if name not in alike]


def _identity(data: bytes, like: str) -> str:
    """The name of a blob of this content, by the hash that the repository uses."""
    kind = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return kind(b"blob %d\0" % len(data) + data).hexdigest()
