"""Call intercept: calls to and from somebody are taken away (webex-behaviour.md §12).

The greeting itself is uploaded.
"""

from __future__ import annotations

from typing import Annotated, Literal

from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, LOCATION, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import WORDS, At, Setting, Switch
from reconciler.model.resource import Destination

Incoming = Literal["intercept_all", "allow_all"]
Outgoing = Literal["intercept_all", "allow_local_only"]


class Intercept(Setting):
    enabled: bool = False
    incoming: Annotated[Incoming, WORDS, At("incoming.type")] = "intercept_all"
    voicemail: Annotated[bool, At("incoming.voicemailEnabled")] = False
    new_number: Annotated[Destination | None, Switch("incoming.announcements.newNumber", "destination")] = None
    zero_transfer: Annotated[Destination | None, Switch("incoming.announcements.zeroTransfer", "destination")] = None
    outgoing: Annotated[Outgoing, WORDS, At("outgoing.type")] = "intercept_all"
    transfer_to: Annotated[Destination | None, Switch("outgoing", "destination", "transferEnabled")] = None


KINDS = kinds_of(
    "intercept",
    Intercept,
    "Whether calls of {owner} are intercepted, and what callers hear.",
    {PERSON: FEATURES, WORKSPACE: FEATURES, VIRTUAL_LINE: CONFIG, LOCATION: CONFIG},
    read_only=("incoming.announcements.fileName",),
)
