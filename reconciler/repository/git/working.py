"""Whether files of the working tree are those of the commit that HEAD names.

They are compared by content: `git status` believes a file that was marked (`update-index --assume-unchanged`), and
knows nothing of one that is ignored. Two processes say what the commit has; a third is asked for files that are not
so byte by byte, because filters (LFS, line ends) may make them so.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from reconciler.repository.git.checkout import Checkout, find, head


def differing(root: Path, folder: str, used: Iterable[str], counts: Callable[[str], bool]) -> list[str]:
    """The names, relative to `root`, of those that were used and are not as HEAD has them, and of those below `folder`
    that HEAD has and that are gone (`counts`: whether somebody would have used it). Nothing in a repository without a
    commit. ReconcileError where git cannot say; RefusedError where it must not be asked (place.py)."""
    commit, place = head(root), find(root)
    if not commit or place is None:
        return []
    place.refuse_configured()
    return _Committed(place, commit).differing(folder, list(used), counts)


class _Committed:
    """What a commit has. Names are relative to the top of the repository: a link may lead out of the folder that is
    looked at, to what others share."""

    def __init__(self, place: Checkout, commit: str) -> None:
        self._place, self._commit = place, commit
        self._known: dict[str, dict[str, str]] = {}

    def differing(self, folder: str, used: list[str], counts: Callable[[str], bool]) -> list[str]:
        place, start = self._place, f"{self._place.prefix}{folder}"
        if (place.top / start).is_symlink():  # the files are elsewhere, under the same names below that
            real = self._real(place.top / start)
            if real is None or not self._same_link(start):
                return sorted(used)
        else:
            real = start
        there = {f"{folder}{name.removeprefix(real)}": name for name in self._below(real)}
        names = {name: there.get(name, f"{real}{name.removeprefix(folder)}") for name in used}
        odd = {name for name, inside in names.items() if not self._same(inside)}
        odd -= self._alike({name: names[name] for name in odd})
        return sorted(odd | {name for name in there if counts(name)} - names.keys())

    def _below(self, folder: str) -> dict[str, str]:
        """The id of each file below a folder of the commit, and of its links."""
        if folder not in self._known:
            within = f"{folder}/" if folder not in ("", ".") else "."
            said = self._place.ask("ls-tree", "-r", "-z", "--full-tree", self._commit, "--", within)
            entries = [entry.partition("\t") for entry in said.decode("utf-8", "surrogateescape").split("\0")[:-1]]
            self._known[folder] = {name: about.split(" ")[2] for about, _, name in entries}
        return self._known[folder]

    def _identity(self, inside: str) -> str:
        for folder in self._known:
            if inside.startswith(f"{folder}/"):
                return self._known[folder].get(inside, "")
        return self._below(str(Path(inside).parent)).get(inside, "")

    def _same(self, inside: str) -> bool:
        """Whether a file has the content that the commit has under this name. A link counts with what it leads to."""
        path = self._place.top / inside
        if path.is_symlink():
            target = self._real(path.parent / os.readlink(path))
            return target is not None and self._same_link(inside) and self._same(target)
        identity = self._identity(inside)
        try:
            return bool(identity) and identity == _blob(path.read_bytes(), identity)
        except OSError:
            return False  # it was there a moment ago

    def _same_link(self, inside: str) -> bool:
        identity = self._identity(inside)
        return bool(identity) and identity == _blob(os.fsencode(os.readlink(self._place.top / inside)), identity)

    def _real(self, path: Path) -> str | None:
        """Where a path really is in the repository, None for one that is not in it."""
        real = path.resolve()
        return real.relative_to(self._place.top).as_posix() if real.is_relative_to(self._place.top) else None

    def _alike(self, odd: dict[str, str]) -> set[str]:
        """Those that are the same files by the user's own filters (LFS, line ends)."""
        reals = {name: self._real(self._place.top / inside) for name, inside in odd.items()}
        asked = {
            name: real
            for name, real in reals.items()
            if real is not None and self._identity(real) and "\n" not in real and self._led(odd[name])
        }
        if not asked:
            return set()
        data = "".join(f"{real}\n" for real in asked.values()).encode("utf-8", "surrogateescape")
        settings = self._place.unfiltered
        said = self._place.ask("hash-object", "--stdin-paths", data=data, settings=settings).decode().split()
        return {
            name for (name, real), identity in zip(asked.items(), said, strict=True) if self._identity(real) == identity
        }

    def _led(self, inside: str) -> bool:
        """Whether the commit leads to the same file by the same link."""
        return not (self._place.top / inside).is_symlink() or self._same_link(inside)


def _blob(data: bytes, like: str) -> str:
    """The name of a blob of this content, by the hash that the repository uses."""
    kind = hashlib.sha256 if len(like) == 64 else hashlib.sha1
    return kind(b"blob %d\0" % len(data) + data).hexdigest()
