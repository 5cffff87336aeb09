"""Voicemail (webex-behaviour.md §12)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column
from reconciler.kinds.contract.observed import texts
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import FEATURES, PERSON

KINDS = kinds_of(
    "voicemail",
    None,
    "Voicemail of {owner}: what is sent there, greetings, notifications.",
    {PERSON: FEATURES},
    columns=(
        Column("enabled", "boolean", "Whether there is voicemail"),
        Column("send_all_calls.enabled", "boolean", "Whether all calls go there"),
        Column("send_busy_calls.enabled", "boolean", "Whether calls go there when busy"),
        Column("send_unanswered_calls.enabled", "boolean", "Whether calls go there when not answered"),
        Column("send_unanswered_calls.number_of_rings", "integer", "After how many rings"),
        *texts(("message_storage.storage_type", "INTERNAL or EXTERNAL"), ("email_copy_of_message.email_id", "Copies")),
        Column("email_copy_of_message.enabled", "boolean", "Whether copies are sent by e-mail"),
    ),
)
