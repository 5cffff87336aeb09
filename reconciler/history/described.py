"""Which commit made entries of `desired/` what they were: not the last one of their file, which may be about others."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from reconciler.model.history import Commit
from reconciler.repository.git import Past

#: So many commits of a file are looked through; beyond them the oldest of these is named.
_MOST = 200


def last_described(past: Past, commit: str, sources: Iterable[str]) -> Commit | None:
    """The newest commit up to this one that wrote one of these entries (`desired/a.yaml:7`) as it was then; None where
    the history has none."""
    lines: dict[str, list[int]] = {}
    for source in sources:
        file, _, line = source.rpartition(":")
        lines.setdefault(file, []).append(int(line) if line.isdecimal() else 1)
    found = {wrote.id for file, of_it in lines.items() if (wrote := _wrote(past, commit, file, of_it)) is not None}
    every = past.log(tuple(sorted(lines)), most=_MOST, since=commit) if len(found) > 1 else ()
    return next((one for one in every if one.id in found), past.find(next(iter(found), "")))


def _wrote(past: Past, commit: str, file: str, lines: list[int]) -> Commit | None:
    """The newest commit before which a file did not have all of the entries that begin at these lines."""
    then = _text(past, commit, file)
    entries = [_entry(then, line) for line in lines]
    every = past.log(file, most=_MOST, since=commit)
    for newer, older in pairwise(every):
        before = "\n".join(["", *_text(past, older.id, file), ""])
        if any(f"\n{entry}\n" not in before for entry in entries):
            return newer
    return every[-1] if every else None


def _text(past: Past, commit: str, file: str) -> list[str]:
    return (past.read(commit, file) or b"").decode("utf-8", "replace").splitlines()


def _entry(lines: list[str], first: int) -> str:
    """A line, and what stands under it, further in."""
    whole = lines[first - 1 : first]
    for line in lines[first:]:
        if line.strip() and _indent(line) <= _indent(lines[first - 1]):
            break
        whole.append(line)
    return "\n".join(whole).rstrip()


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
