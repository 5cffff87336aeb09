"""Virtual extensions, with details. API: `/telephony/config/virtualExtensions` (webex-behaviour.md §14)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.contract.kind import ResourceKind
from reconciler.kinds.contract.observed import Shape, detailed, labelled, listed, texts
from reconciler.kinds.contract.traits import Dialled

_LIST = "/telephony/config/virtualExtensions"


def _label(row: Mapping[str, Any]) -> str:
    """By the extension, which is unique in its location, or in the organisation."""
    return labelled(row.get("locationName"), row["extension"])


KIND = ResourceKind(
    name="virtual_extension",
    dialled=Dialled(("display_name",), apart=True),
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
)
