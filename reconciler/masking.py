"""Secrets that may stand in no output, whatever text they come in: fields whose name says that their value is one, and
values that this process knows (the access token, what renews it) in every spelling that software gives to them.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any
from urllib.parse import quote

MASK = "***"
SECRET = "(secret, not shown)"
#: Shorter than any token; a word of the language must not become a mask.
_SHORTEST = 8
_SECRET_WORDS = frozenset(
    ("password", "passwd", "passcode", "passphrase", "pin", "secret", "token", "credential", "credentials")
)
_SECRET_PAIRS = ("access_code", "auth_code", "authorization_code", "private_key", "api_key")
_spellings: set[str] = set()
_known: re.Pattern[str] | None = None


def keep_secret(*values: str) -> None:
    """From now on these are masked, also in Base64 (alone or inside a longer text) and with URL escapes."""
    global _known
    _spellings.update(form for value in values if len(value) >= _SHORTEST for form in _forms(value))
    _known = re.compile("|".join(sorted(_spellings, key=len, reverse=True))) if _spellings else None


def holds_secret(value: Any) -> bool:
    """Whether a text in this data holds a secret that is known by its value."""
    if isinstance(value, str):
        return _known is not None and _known.search(value) is not None
    if isinstance(value, dict):
        return any(holds_secret(part) for pair in value.items() for part in pair)
    return isinstance(value, list | tuple) and any(map(holds_secret, value))


def masked_text(text: str) -> str:
    """The text without any secret that is known by its value."""
    return text if _known is None else _known.sub(MASK, text)


def masked(value: Any) -> Any:
    """JSON data without secrets: fields that are named like one, and texts that hold one."""
    return masked_values(redacted(value))


def masked_values(value: Any) -> Any:
    """JSON data without secrets that are known by their value."""
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, dict):
        return {masked_text(str(name)): masked_values(item) for name, item in value.items()}
    return [masked_values(item) for item in value] if isinstance(value, list) else value


def redacted(value: Any, path: str = "") -> Any:
    """The same data without the values of fields that are named like a secret, at any depth."""
    if is_secret(path) and value is not None:
        return SECRET
    if isinstance(value, dict):
        return {name: redacted(item, str(name)) for name, item in value.items()}
    return [redacted(item) for item in value] if isinstance(value, (list, tuple)) else value


@lru_cache(maxsize=4096)
def is_secret(path: str) -> bool:
    """Whether a field's name says that its value is a secret."""
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path.rpartition(".")[2]).lower().replace("-", "_")
    return not _SECRET_WORDS.isdisjoint(name.split("_")) or any(pair in name for pair in _SECRET_PAIRS)


def _forms(value: str) -> Iterator[str]:
    """The patterns that find a value in its spellings."""
    yield re.escape(value)
    for escaped in (quote(value, safe=""), quote(value)):  # a slash may stay as it is
        yield re.sub("%[0-9A-F]{2}", lambda code: f"(?i:{code[0]})", re.escape(escaped))
    data = value.encode()
    for shift in range(3):  # where in a group of three bytes it begins, when something stands before it
        whole = base64.b64encode(b"\0" * shift + data).decode()
        inner = whole[(0, 2, 3)[shift] : (shift + len(data)) * 8 // 6]
        yield re.escape(inner).replace("/", "[/_]").replace(r"\+", "[-+]")
