"""`location.voice_portal`: where messages are heard (webex-behaviour.md §3)."""

from __future__ import annotations

from reconciler.kinds.contract.observed import texts
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, LOCATION
from reconciler.kinds.contract.traits import Dialled

KINDS = kinds_of(
    "voice_portal",
    None,
    "Where people at {owner} call to hear their messages.",
    {LOCATION: CONFIG},
    columns=texts(
        ("name", "Name"),
        ("extension", "Extension"),
        ("phone_number", "Number of its own, where it has one"),
        ("language_code", "Language of its announcements"),
        ("first_name", "First name shown to those called"),
        ("last_name", "Last name shown to those called"),
    ),
    of="calling_location",
    dialled=Dialled(()),
)
