"""Whether a person is an executive, an assistant or neither ("Modify Executive Assistant Settings for a Person")."""

from __future__ import annotations

from typing import Literal

from ..core.bodies import Body
from ._settings import Setting, register
from ._subjects import FEATURES, PERSON


class _ExecutiveAssistant(Body):
    type: Literal["UNASSIGNED", "EXECUTIVE", "EXECUTIVE_ASSISTANT"] | None = None


EXECUTIVE_ASSISTANT = register(
    Setting(
        "executiveAssistant",
        _ExecutiveAssistant,
        {PERSON: (FEATURES,)},
        "UserExecutiveGetRequest",
        {"type": "UNASSIGNED"},
    )
)
