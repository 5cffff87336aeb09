"""Virtual extensions and their ranges, with details. API: `/telephony/config/virtualExtensions`,
`/telephony/config/virtualExtensionRanges` (webex-behaviour.md §14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.contract.observed import Column, Observed, Shape, detailed, listed, texts

_LIST = "/telephony/config/virtualExtensions"
_RANGES = "/telephony/config/virtualExtensionRanges"


def _label(row: Mapping[str, Any]) -> str:
    """By the extension, which is unique in its location, or in the organisation."""
    return f"{row['locationName']}/{row['extension']}" if row.get("locationName") else str(row["extension"])


def _range_label(row: Mapping[str, Any]) -> str:
    return f"{row['locationName']}/{row['name']}" if row.get("locationName") else str(row["name"])


ARTEFACTS = (
    Observed(
        name="virtual_extension",
        doc="Extensions that stand for numbers outside.",
        requests=(f"GET {_LIST}", f"GET {_LIST}/{{extensionId}}"),
        columns=texts(
            ("extension", "Extension"),
            ("phone_number", "Number that it reaches"),
            ("display_name", "Name shown"),
            ("first_name", "First name"),
            ("last_name", "Last name"),
            ("level", "ORGANIZATION or LOCATION"),
            ("location", "Location, if it is of one"),
        ),
        scan=listed("virtual_extension", _LIST, "virtualExtensions", _label, Shape(), max="2000"),
        detail=detailed(f"{_LIST}/{{id}}", Shape()),
    ),
    Observed(
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
        scan=listed("virtual_extension_range", _RANGES, "virtualExtensionRanges", _range_label, Shape(), max="2000"),
        detail=detailed(f"{_RANGES}/{{id}}", Shape()),
    ),
)
