"""Secrets of this process that may stand in no file, whatever text they come in: the access token, what renews it.

Fields whose name says that their value is a secret are masked by their name (report/fields.py); this masks what is
known by its value, wherever it turns up.
"""

from __future__ import annotations

from typing import Any

from reconciler.report.fields import redacted

MASK = "***"
#: Shorter than any token; a word of the language must not become a mask.
_SHORTEST = 8
_known: set[str] = set()


def keep_secret(*values: str) -> None:
    """From now on these are masked."""
    _known.update(value for value in values if len(value) >= _SHORTEST)


def masked_text(text: str) -> str:
    """The text without any secret that is known by its value."""
    for value in _known:
        if value in text:
            text = text.replace(value, MASK)
    return text


def masked(value: Any) -> Any:
    """JSON data without secrets: fields that are named like one, and texts that hold one."""
    return _masked(redacted(value))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return masked_text(value)
    if isinstance(value, dict):
        return {masked_text(str(name)): _masked(item) for name, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list) else value
