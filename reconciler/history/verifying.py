"""A snapshot held against its manifest. In git and in copies anybody can have edited either: what the manifest says is
only taken for true where the files say the same."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

from reconciler.history.sides import Side
from reconciler.repository.store.layout import line_pattern


@dataclass(frozen=True)
class _Content:
    """What was found in a file: its digest, and a number for the key of every line."""

    sha256: str
    keys: array[int]


#: By kind and by git's id of the content: in a history most files are those of the snapshot before.
Known = dict[tuple[str, str], _Content]


def verified(side: Side, known: Known) -> Side:
    """The side, in which every kind that has a file which the manifest does not name is incomplete. ReconcileError when
    a file is not what the manifest says, or lines are missing, no lines of the kind, or there twice."""
    for kind, entry in side.kinds.items():
        keys: list[int] = []
        for file, about in entry["files"].items():
            content = _content(side, kind, file, about["sha256"], known)
            if content.sha256 != about["sha256"]:
                raise side.damaged(file, "its content is not what the manifest says")
            if len(content.keys) != about["lines"]:
                raise side.damaged(file, f"{len(content.keys):,} lines, {about['lines']:,} in the manifest")
            keys += content.keys
        if len(keys) != (count := entry["count"] + entry.get("ambiguous", 0)):
            raise side.damaged(kind, f"{len(keys):,} resources, {count:,} in the manifest")
        if len(set(keys)) != len(keys):
            raise side.damaged(kind, "an address is there twice")
    return side


def _content(side: Side, kind: str, file: str, sha256: str, known: Known) -> _Content:
    identity = side.identities.get(file, "")
    if identity and (kind, identity) in known:
        return known[kind, identity]
    keys: array[int] = array("q")
    end = 0
    data = side.content(file, sha256)
    for match in line_pattern(kind).finditer(data):
        if match.start() != end:
            break
        end = match.end()
        keys.append(hash(match[1]))
    if end != len(data):
        raise side.damaged(file, f"line {data.count(b'%c' % 10, 0, end) + 1} is not about a {kind}")
    content = _Content(sha256, keys)
    if identity:
        known[kind, identity] = content
    return content
