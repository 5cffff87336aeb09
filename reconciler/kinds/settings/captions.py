"""Captions and transcripts of calls. API: `callCaptions`."""

from __future__ import annotations

from typing import Annotated

from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, LOCATION, PERSON
from reconciler.kinds.contract.setting import At, Setting


class PersonCaptions(Setting):
    use_location_settings: Annotated[bool, At("useLocationSettingsEnabled")] = True
    closed_captions: Annotated[bool, At("userClosedCaptionsEnabled")] = False
    transcripts: Annotated[bool, At("userTranscriptsEnabled")] = False


class LocationCaptions(Setting):
    use_org_settings: Annotated[bool, At("useOrgSettingsEnabled")] = True
    closed_captions: Annotated[bool, At("locationClosedCaptionsEnabled")] = False
    transcripts: Annotated[bool, At("locationTranscriptsEnabled")] = False


_DOC = "Whether calls of {owner} are captioned and written out."
_OF_LOCATION = ("locationClosedCaptionsEnabled", "locationTranscriptsEnabled")
_OF_ORG = ("orgClosedCaptionsEnabled", "orgTranscriptsEnabled")

KINDS = (
    *kinds_of("captions", PersonCaptions, _DOC, {PERSON: CONFIG}, path="callCaptions", read_only=_OF_LOCATION),
    *kinds_of("captions", LocationCaptions, _DOC, {LOCATION: CONFIG}, path="callCaptions", read_only=_OF_ORG),
)
