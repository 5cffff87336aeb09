"""`location.voicemail`: what voicemail may do there (webex-behaviour.md §3)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, LOCATION

KINDS = kinds_of(
    "voicemail",
    None,
    "Voicemail policy of {owner}.",
    {LOCATION: CONFIG},
    columns=(Column("voicemail_transcription_enabled", "boolean", "Whether messages are written out"),),
    of="calling_location",
)
