"""Ranges of virtual extensions, with details. API: `/telephony/config/virtualExtensionRanges`
(webex-behaviour.md §14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.observed import Shape, detailed, labelled, listed, texts

_RANGES = "/telephony/config/virtualExtensionRanges"


def _label(row: Mapping[str, Any]) -> str:
    return labelled(row.get("locationName"), row["name"])


KIND = ResourceKind(
    name="virtual_extension_range",
    doc="Ranges of extensions that stand for numbers outside.",
    requests=(f"GET {_RANGES}", f"GET {_RANGES}/{{extensionRangeId}}"),
    columns=(
        *texts(
            ("name", "Name"),
            ("prefix", "What goes before the extension to make the number"),
            ("level", "ORGANIZATION or LOCATION"),
            ("location", "Location, if it is of one"),
        ),
        Column("patterns", "list", "Patterns of extensions, like 57XX"),
    ),
    scan=listed("virtual_extension_range", _RANGES, "virtualExtensionRanges", _label, Shape(), max="2000"),
    detail=detailed(f"{_RANGES}/{{id}}", Shape()),
)
