"""Filters of SCIM searches and of PATCH paths (RFC 7644 §3.4.2.2) with what Webex refuses of them (webex-behaviour.md
§10): `externalId pr`, `phoneNumbers.value`, and a blank before the `[` of a value filter are 400."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from typing import Any

from ..core import errors
from ..core.routing import Json

Test = Callable[[Json], bool]

_TOKEN = re.compile(r'\s*(\(|\)|\[|\]|"(?:[^"\\]|\\.)*"|[^\s()\[\]"]+)')
_ORDERED = {"gt": operator.gt, "ge": operator.ge, "lt": operator.lt, "le": operator.le}
_TEXTUAL: dict[str, Callable[[str, str], bool]] = {
    "eq": operator.eq,
    "co": operator.contains,
    "sw": str.startswith,
    "ew": str.endswith,
    **_ORDERED,
}
_NOT_PRESENT = frozenset({"externalid"})
_NOT_AT_ALL = frozenset({"phonenumbers.value"})


def refused(text: str = "The filter is not supported.") -> errors.ApiError:
    return errors.scim(400, text, "200001")


def compiled(text: str, attributes: Iterable[str]) -> Test:
    """The filter as a test of documents; 400 for a wrong one and for attributes that are not among these."""
    if re.search(r"\w\s+\[", text):
        raise refused("The filter has a blank before [.")
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != re.sub(r'\s+(?=(?:[^"]*"[^"]*")*[^"]*$)', "", text):
        raise refused()
    parser = _Parser(tokens, frozenset(name.lower() for name in attributes))
    test = parser.either()
    if parser.tokens:
        raise refused()
    return test


class _Parser:
    """Recursive descent: either ::= both ("or" both)*, both ::= one ("and" one)*."""

    def __init__(self, tokens: list[str], attributes: frozenset[str]) -> None:
        self.tokens, self.attributes = tokens, attributes

    def either(self) -> Test:
        tests = [self._both()]
        while self._next_is("or"):
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda document: any(test(document) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._next_is("and"):
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda document: all(test(document) for test in tests)

    def _one(self) -> Test:
        if self._next_is("not"):
            denied = self._one()
            return lambda document: not denied(document)
        if self._next_is("("):
            inner = self.either()
            self._expect(")")
            return inner
        name = self._take()
        if self._next_is("["):
            inner = _Parser(self.tokens, frozenset()).either()
            self._expect("]")
            self._check(name)
            return lambda document: any(isinstance(one, dict) and inner(one) for one in values(document, name))
        return self._comparison(name)

    def _comparison(self, name: str) -> Test:
        self._check(name)
        word = self._take().lower()
        if word == "pr":
            if name.lower() in _NOT_PRESENT:
                raise refused(f"The filter {name} pr is not supported.")
            return lambda document: any(value not in (None, "", [], {}) for value in values(document, name))
        wanted = self._take().strip('"').lower()
        if word == "ne":
            return lambda document: all(_text(value) != wanted for value in values(document, name))
        if word not in _TEXTUAL:
            raise refused(f"Unknown operator {word}.")
        compare = _TEXTUAL[word]
        return lambda document: any(compare(_text(value), wanted) for value in values(document, name))

    def _check(self, name: str) -> None:
        if name.lower() in _NOT_AT_ALL or (self.attributes and name.lower() not in self.attributes):
            raise refused(f"{name} cannot be filtered.")

    def _take(self) -> str:
        if not self.tokens:
            raise refused()
        return self.tokens.pop(0)

    def _next_is(self, word: str) -> bool:
        if self.tokens and self.tokens[0].lower() == word:
            self.tokens.pop(0)
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._next_is(word):
            raise refused()


def _text(value: Any) -> str:
    return str(value).lower()


def steps(path: str) -> list[str]:
    """The attribute names along a path; the dots and colons of a schema's urn do not part it."""
    if not path.lower().startswith("urn:"):
        return path.split(".")
    found = re.match(r"(urn:.*:(?:User|Group))(?::(.+))?$", path, re.IGNORECASE)
    return [path] if found is None else [found[1], *(found[2].split(".") if found[2] else [])]


def values(document: Any, path: str) -> list[Any]:
    """Everything that stands at `path`; lists are looked into, names compared without case."""
    found = [document]
    for step in steps(path):
        below = [
            value
            for holder in found
            if isinstance(holder, dict)
            for name, value in holder.items()
            if name.lower() == step.lower()
        ]
        found = [one for value in below for one in (value if isinstance(value, list) else [value])]
    return found
