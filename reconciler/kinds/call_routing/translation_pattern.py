"""Translation patterns, whose list says all. API: `/telephony/config/callRouting/translationPatterns`
(webex-behaviour.md §14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.contract.kind import ResourceKind
from reconciler.kinds.contract.observed import Shape, labelled, listed, texts

_PATTERNS = "/telephony/config/callRouting/translationPatterns"


def _label(row: Mapping[str, Any]) -> str:
    """By location, if it is of one: the organisation may have a pattern of the same name."""
    place = (row.get("location") or {}).get("name")
    return labelled(place, row["name"])


KIND = ResourceKind(
    name="translation_pattern",
    doc="Patterns by which dialled digits are rewritten.",
    requests=(f"GET {_PATTERNS}",),
    columns=texts(
        ("name", "Name"),
        ("matching_pattern", "What is dialled"),
        ("replacement_pattern", "What it becomes"),
        ("level", "Organization or Location"),
        ("location", "Location, if it is of one"),
    ),
    scan=listed("translation_pattern", _PATTERNS, "translationPatterns", _label, Shape(), max="2000"),
)
