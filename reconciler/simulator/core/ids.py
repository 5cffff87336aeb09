"""Webex ids: base64url of `ciscospark://<cluster>/<KIND>/<value>` (webex-behaviour.md §1.7).

Inside the simulator an object is known by its bare uuid; encoding happens at the edge. Ids are compared by uuid,
because the real API gives the same object in several encodings.
"""

from __future__ import annotations

import base64
import binascii
import re
from uuid import UUID

from .errors import wrong_id, wrong_id_kind

_URI = re.compile(r"^ciscospark://(?P<cluster>[^/]+)/(?P<kind>[A-Z_]+)/(?P<value>.+)$")
_HOME = "us"
_TEAM = "urn:TEAM:us-west-2_r"

# Kinds the simulator knows to exist; anything else is "not a valid Webex Resource Type".
KINDS = frozenset(
    {
        "ORGANIZATION", "PEOPLE", "LOCATION", "PLACE", "LICENSE", "ROLE", "TRUNK", "ROUTE_GROUP", "JOB_ID",
        "HUNT_GROUP", "CALL_QUEUE", "AUTO_ATTENDANT", "PAGING_GROUP", "CALL_PARK", "CALL_PICKUP",
        "VOICEMAIL_GROUP", "VIRTUAL_LINE", "ROUTE_LIST", "DIAL_PLAN", "SCHEDULE", "VOICE_MESSAGING",
        "PSTN_CONNECTION_OPTION", "WORKSPACE_LOCATION", "CALL_PARK_EXTENSION", "VIRTUAL_EXTENSION",
        "VIRTUAL_EXTENSION_RANGE", "DIGIT_PATTERNS", "SCHEDULE_EVENT", "USER_SCHEDULE", "USER_SCHEDULE_EVENT",
        "OPERATING_MODE", "ANNOUNCEMENT", "CRITERIA", "CALL_FORWARDING_SELECTIVE_RULE", "DECT_DEV_NET",
        "CALL_TRANSLATION_PATTERN", "SCIM_GROUP", "GROUP", "DEVICE", "CALLING_DEVICE", "CALL_RECORDING",
        "WORKSPACE_LOCATION_FLOOR",
    }
)  # fmt: skip


def encode(kind: str, value: str) -> str:
    """The id as the object's own endpoints show it. Only places sit in another cluster, and keep the padding, as
    devices do; floors are shown without."""
    if kind in ("PLACE", "WORKSPACE_LOCATION"):
        return _b64(f"ciscospark://{_TEAM}/{kind}/{value}")
    if kind == "WORKSPACE_LOCATION_FLOOR":
        return _b64(f"ciscospark://{_TEAM}/{kind}/{value}").rstrip("=")
    shown = _b64(f"ciscospark://{_HOME}/{kind}/{value}")
    return shown if kind == "DEVICE" else shown.rstrip("=")


def encode_owner(kind: str, value: str) -> str:
    """The same object as `owner.id` of the numbers list: a person by their own id (recorded in a tenant, 2026-02), all
    others in another cluster, with another padding (§1.7)."""
    if kind in ("PLACE", "PEOPLE"):
        return _b64(f"ciscospark://{_HOME}/{kind}/{value}").rstrip("=")
    return _b64(f"ciscospark://{_TEAM}/{kind}/{value}").rstrip("=")


def decode(text: str) -> tuple[str, str] | None:
    """(kind, value), or None when this is no Webex id. Padding is optional."""
    try:
        raw = base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
        found = _URI.match(raw.decode())
    except (binascii.Error, ValueError):
        return None
    return (found["kind"], found["value"]) if found else None


def is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def parse(text: str, kind: str, *, bare: bool = False) -> str:
    """The uuid in an id of that kind; `bare` also takes the uuid itself. Refusals as in §1.2 (FB#14)."""
    if bare and is_uuid(text):
        return text.lower()
    found = decode(text)
    if found is None:
        raise wrong_id(text)
    if found[0] not in KINDS:
        raise wrong_id_kind(f"{found[0]} is not a valid Webex Resource Type")
    if found[0] != kind:
        raise wrong_id_kind("Wrong type of Webex ID provided")
    return found[1]


def any_uuid(text: str) -> str:
    """The uuid in an id of whatever kind, for filters that take owners of every type."""
    found = decode(text)
    return found[1] if found else text.lower()


def _b64(uri: str) -> str:
    return base64.urlsafe_b64encode(uri.encode()).decode()
