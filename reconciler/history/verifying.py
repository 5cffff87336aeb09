"""A snapshot held against its manifest. In git and in copies anybody can have edited either: what the manifest says is
only taken for true where the files say the same."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reconciler.history.sides import Side
from reconciler.repository.store.layout import parts_of
from reconciler.repository.store.lines import has_observed, line_pattern


@dataclass(frozen=True)
class _Content:
    """What was found in a file: its digest, a number for the key of every line, and in how many of them something is
    observed."""

    sha256: str
    keys: array[int]
    observed: int


#: By kind and by git's id of the content: in a history most files are those of the snapshot before.
Known = dict[tuple[str, str], _Content]


def verified(side: Side, known: Known) -> Side:
    """The side, in which every kind that has a file which the manifest does not name is incomplete. ReconcileError when
    a file is not what the manifest says, or lines are missing, no lines of the kind, or there twice."""
    for kind, entry in side.kinds.items():
        contents = [_verified(side, kind, file, about, known) for file, about in entry["files"].items()]
        keys = [key for content in contents for key in content.keys]
        found = sum(content.observed for content in contents) if kind in side.both else len(keys)
        if found != (count := entry["count"] + entry.get("ambiguous", 0)):
            raise side.damaged(kind, f"{found:,} resources, {count:,} in the manifest")
        known_keys = set(keys)
        if len(known_keys) != len(keys):
            raise side.damaged(kind, "an address is there twice")
        for part, files in parts_of(entry).items():
            _verify_section(side, f"{kind}.{part}", files, known_keys if kind not in side.unnamed else None, known)
    return side


def _verify_section(side: Side, name: str, files: Mapping[str, Any], owners: set[int] | None, known: Known) -> None:
    """The lines of a section must be about who is there (None: nobody knows of all), each once, unless they are about
    what was observed alone."""
    keys = [key for file, about in files.items() for key in _verified(side, name, file, about, known).keys]
    if len(set(keys)) != len(keys):
        raise side.damaged(name, "an address is there twice")
    if owners is not None and name not in side.both and not owners.issuperset(keys):
        raise side.damaged(name, "it is a section of nobody who is there")


def _verified(side: Side, kind: str, file: str, about: Mapping[str, Any], known: Known) -> _Content:
    """What is in a file, which is what the manifest says."""
    content = _content(side, kind, file, about["sha256"], known)
    if content.sha256 != about["sha256"]:
        raise side.damaged(file, "its content is not what the manifest says")
    if len(content.keys) != about["lines"]:
        raise side.damaged(file, f"{len(content.keys):,} lines, {about['lines']:,} in the manifest")
    return content


def _content(side: Side, kind: str, file: str, sha256: str, known: Known) -> _Content:
    identity = side.identities.get(file, "")
    if identity and (kind, identity) in known:
        return known[kind, identity]
    keys: array[int] = array("q")
    end = observed = 0
    data = side.content(file, sha256)
    for match in line_pattern(kind).finditer(data):
        if match.start() != end:
            break
        end = match.end()
        keys.append(hash(match[1]))
        observed += has_observed(match[0])
    if end != len(data):
        raise side.damaged(file, f"line {data.count(b'%c' % 10, 0, end) + 1} is not about a {kind}")
    content = _Content(sha256, keys, observed)
    if identity:
        known[kind, identity] = content
    return content
