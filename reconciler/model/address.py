"""Addresses: `kind/key`, stable and human (`person/ana@example.com`, `person.forwarding/ana@example.com`).

A key may have several parts, joined by `/`: `hunt_group/Madrid/Sales`. In such a key a `/` that belongs to a part is
written `%2F`, and the `%` of a part that would read like that, or like `%25`, is written `%25`; every other `%` stays
as it is. `Madrid %2F Norte/50% off` is (`Madrid / Norte`, `50% off`). A key of one part is the part itself.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import lru_cache

from reconciler.model.text import folded, normal

#: Kinds whose key is an e-mail address, of which case says nothing.
_BY_MAIL = frozenset({"person"})


def address(kind: str, key: str) -> str:
    return f"{kind}/{key}"


def split_address(text: str) -> tuple[str, str]:
    """`kind/key` → (kind, key); a key may itself contain slashes."""
    kind, _, key = text.partition("/")
    return kind, key


_TO_ESCAPE = re.compile(r"/|%(?=2F|25)")
_ESCAPED = re.compile(r"%(?:2F|25)")


def joined_key(*parts: str) -> str:
    """The key that has these parts."""
    return "/".join(_TO_ESCAPE.sub(lambda found: "%2F" if found[0] == "/" else "%25", part) for part in parts)


def split_key(text: str) -> tuple[str, ...]:
    """The parts of a key."""
    return tuple(_ESCAPED.sub(lambda found: "/" if found[0] == "%2F" else "%", part) for part in text.split("/"))


@lru_cache(maxsize=4096)
def normal_address(text: str) -> str:
    """An address, or a pattern of one, as somebody typed it, in normal form."""
    kind, slash, key = normal(text).partition("/")
    key = normal(key)
    return f"{kind}{slash}{folded(key) if kind.partition('.')[0] in _BY_MAIL else key}"


def owner_address(text: str) -> str:
    """The address of the resource that a section belongs to; a resource is its own owner."""
    kind, key = split_address(text)
    return f"{kind.partition('.')[0]}/{key}"


@lru_cache(maxsize=4096)
def _covers(pattern: str, candidate: str) -> bool:
    return pattern == candidate or fnmatchcase(candidate, pattern)  # a name may hold what is a wildcard elsewhere


def matches(pattern: str, candidate: str) -> bool:
    """Whether an address pattern (shell wildcards, `*` also across `/`) names the candidate.

    A pattern for a resource takes its sections with it: `person/ana@*` also names
    `person.forwarding/ana@example.com`.
    """
    pattern = normal_address(pattern)
    return _covers(pattern, candidate) or _covers(pattern, owner_address(candidate))
