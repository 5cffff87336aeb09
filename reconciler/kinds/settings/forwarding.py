"""Call forwarding: always, busy, no answer, business continuity, each managed on its own.

API: `/people/{id}/features/callForwarding` and its like have `callForwarding{always,busy,noAnswer}` and
`businessContinuity` in one document that every PUT must carry whole (webex-behaviour.md §12), so unmanaged branches are
sent back exactly as they were read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from reconciler.kinds.contract.kind import Rules
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import Setting
from reconciler.kinds.contract.wire import e164
from reconciler.model.plan import Change
from reconciler.model.resource import Destination, Resource
from reconciler.model.snapshot import Fields

_LONGEST = 30
_TEMPLATE = re.compile(r"\{extension(?::-(\d+))?\}")


def _off_is_none(value: Any) -> Any:
    """`{enabled: false}` says the same as null: the branch is off."""
    return None if type(value) is dict and value.get("enabled") in (False, "false", "FALSE") else value


class Branch(Resource):
    enabled: Annotated[bool, Field(description="Whether it forwards; false is the same as null")] = True
    destination: Annotated[Destination, Field(description="Number, extension or prefix policy")] = ""
    voicemail: Annotated[bool, Field(description="Whether the destination's voicemail takes the call")] = False


class AlwaysBranch(Branch):
    ring_reminder: bool = False


class NoAnswerBranch(Branch):
    rings: Annotated[int, Field(ge=2, le=20, description="Rings before forwarding")] = 3


class Forwarding(Setting):
    """Call forwarding; a branch that is absent is left alone, null switches it off."""

    always: Annotated[AlwaysBranch | None, BeforeValidator(_off_is_none)] = None
    busy: Annotated[Branch | None, BeforeValidator(_off_is_none)] = None
    no_answer: Annotated[NoAnswerBranch | None, BeforeValidator(_off_is_none)] = None
    business_continuity: Annotated[Branch | None, BeforeValidator(_off_is_none)] = None

    @classmethod
    def normal(cls, document: Mapping[str, Any]) -> Fields:
        return {name: _branch(block) for name, block in _blocks(deepcopy(dict(document))).items()}

    @classmethod
    def sent(cls, document: Mapping[str, Any], want: Fields, *, merges: bool, read_only: tuple[str, ...]) -> Fields:
        """The branches in `want`; everything else goes back as it was read."""
        body = deepcopy(dict(document))
        for name, block in _blocks(body).items():
            for field in read_only:
                block.pop(field, None)
            if name in want:
                _overlay(block, want[name], name)
        return body

    @classmethod
    def most(cls, document: Mapping[str, Any]) -> dict[str, int]:
        most = ((document.get("callForwarding") or {}).get("noAnswer") or {}).get("systemMaxNumberOfRings")
        return {"no_answer.rings": most} if isinstance(most, int) else {}

    @classmethod
    def refuse(cls, change: Change) -> str:
        """A branch that is off is not switched on without a destination (25008). What could not be read may be on."""
        for name, want in change.want.items():
            off = not change.id or change.before.get(name, name) is None
            if change.action != "delete" and want and off and not want.get("destination"):
                return f"{name} does not forward now, and needs a destination to do so"
        return ""


_WIRE = {"always": "always", "busy": "busy", "no_answer": "noAnswer", "business_continuity": "businessContinuity"}
_FIELDS = {
    "enabled": "enabled",
    "destination": "destination",
    "voicemail": "destinationVoicemailEnabled",
    "ring_reminder": "ringReminderEnabled",
    "rings": "numberOfRings",
}


def forwards(change: Change) -> list[tuple[str, str, str]]:
    """The branches that a change makes forward to somewhere else: (name, old destination, new one)."""
    found = []
    for name, want in change.want.items():
        before = change.before.get(name) or {}
        new, old = (want or {}).get("destination", ""), str(before.get("destination", ""))
        if new and new != old:
            found.append((name, old, new))
    return found


def expand_policy(entity: Fields) -> Fields:
    """Destinations that are a policy over the extension (S64) become digits, from the extension in desired."""
    section = entity.get("forwarding")
    if not section:
        return entity
    for block in section.values():
        if block and "{" in block.get("destination", ""):
            break
    else:
        return entity
    extension = entity.get("extension")
    if not extension:
        raise ValueError("forwarding: a destination with {extension} needs the extension in the same resource")
    section = {
        name: {**block, "destination": _fill(block["destination"], extension)}
        if block and "destination" in block
        else block
        for name, block in section.items()
    }
    return {**entity, "forwarding": section}


def _fill(template: str, extension: str) -> str:
    digits = _TEMPLATE.sub(lambda match: extension[-int(match[1]) :] if match[1] else extension, template)
    if len(digits.removeprefix("+")) > _LONGEST:
        raise ValueError(f"forwarding: {template} becomes {digits}, which is longer than {_LONGEST} digits")
    return digits


def _blocks(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The four branches of a wire document by our names, created where the server left one out."""
    inner = document.setdefault("callForwarding", {})
    blocks = {name: inner.setdefault(_WIRE[name], {"enabled": False}) for name in ("always", "busy", "no_answer")}
    blocks["business_continuity"] = document.setdefault("businessContinuity", {"enabled": False})
    return blocks


def _branch(block: Mapping[str, Any]) -> Fields | None:
    if not block.get("enabled"):
        return None
    fields = {ours: block[theirs] for ours, theirs in _FIELDS.items() if theirs in block}
    fields["destination"] = e164(fields.get("destination")) or ""
    return fields


def _overlay(block: dict[str, Any], want: Fields | None, name: str) -> None:
    if want is None:
        block["enabled"] = False
        return
    block["enabled"] = True
    for ours, value in want.items():
        block[_FIELDS[ours]] = value
    block.setdefault("destinationVoicemailEnabled", False)
    if name == "always":
        block.setdefault("ringReminderEnabled", False)
    if name == "no_answer":
        block.setdefault("numberOfRings", 3)


KINDS = kinds_of(
    "forwarding",
    Forwarding,
    "Call forwarding of {owner}: always, busy, no answer, business continuity.",
    {PERSON: FEATURES, WORKSPACE: FEATURES, VIRTUAL_LINE: CONFIG},
    path="callForwarding",
    always=True,
    own={VIRTUAL_LINE: {"always": False}},
    read_only=("systemMaxNumberOfRings",),
    rules=Rules(refuse=Forwarding.refuse, forwards=forwards),
)
