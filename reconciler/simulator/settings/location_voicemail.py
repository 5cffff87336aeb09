"""Voicemail policy of a location ("Update Location Voicemail")."""

from __future__ import annotations

from ..core.bodies import Body
from ._settings import Setting, register
from ._subjects import CONFIG, LOCATION


class _Policy(Body):
    voicemail_transcription_enabled: bool | None = None


POLICY = register(
    Setting(
        "voicemail",
        _Policy,
        {LOCATION: (CONFIG,)},
        "GroupVoiceMessagingGroupGetRequest",
        {"voicemailTranscriptionEnabled": False},
    )
)
