"""Call forwarding of hunt groups, call queues and auto attendants (webex-behaviour.md §14): always, selective with its
rules, operating modes. The feature says `register(FEATURE, "huntGroupId")` once and has all seven endpoints.

Kept in the feature's record:
    forwarding   {always?: block, selective?: block, rules?: [rule], operatingModes?: {enabled, modes}}
        block    {enabled, destination?, ringReminderEnabled, voicemail}
        rule     as written, without an id: the id is made of the name
        modes    [{normalOperationEnabled, id: bare, forwardTo{selection, destination?, destinationVoicemailEnabled}}]
"""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import Field, model_validator

from ..core import bodies, errors, ids, numbering, switches
from ..core.bodies import Body
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _mode_times, feature_rules
from ._feature import Feature

switches.declare(
    "feature_forwarding_voicemail_key", "destinationVoiceMailEnabled", "destinationVoicemailEnabled",
    "sendToVoicemailEnabled", row="14",
    text="how reads of a feature's forwarding name it: the SDK knows two names, the documentation a third",
)  # fmt: skip
switches.declare(
    "selective_needs_rule", "off", "on", row="14",
    text="whether a feature's selective forwarding can only be enabled when there is a rule",
)  # fmt: skip

_DESTINATION = re.compile(r"^\+?[0-9*#][0-9*#\-]{0,29}$")
_VOICEMAIL = ("destinationVoiceMailEnabled", "destinationVoicemailEnabled", "sendToVoicemailEnabled")
Selection = Literal["FORWARD_TO_DEFAULT_NUMBER", "FORWARD_TO_SPECIFIED_NUMBER", "DO_NOT_FORWARD"]


class _Block(Body):
    enabled: bool
    destination: str | None = None
    ring_reminder_enabled: bool = False
    voicemail: bool = False

    @model_validator(mode="before")
    @classmethod
    def _one_name(cls, value: Any) -> Any:
        if isinstance(value, dict):
            sent = [value[name] for name in _VOICEMAIL if value.get(name) is not None]
            return {**value, "voicemail": sent[0]} if sent else value
        return value


class _ModeTarget(Body):
    selection: Selection = "FORWARD_TO_DEFAULT_NUMBER"
    destination: str | None = None
    destination_voicemail_enabled: bool = False


class _Mode(Body):
    id: str
    normal_operation_enabled: bool = True
    forward_to: _ModeTarget = Field(default_factory=_ModeTarget)


class _Modes(Body):
    enabled: bool = False
    modes: list[_Mode] = Field(default_factory=list)


class _RuleState(Body):
    id: str
    enabled: bool


class _Forwarding(Body):
    always: _Block = Field(default_factory=lambda: _Block(enabled=False))
    selective: _Block = Field(default_factory=lambda: _Block(enabled=False))
    rules: list[_RuleState] | None = None
    operating_modes: _Modes = Field(default_factory=_Modes)


class _Update(Body):
    call_forwarding: _Forwarding


def register(feature: Feature, parameter: str) -> None:
    """Serve the forwarding endpoints of a feature. `parameter` is the name of its id in paths, like `huntGroupId`."""
    path = f"{feature.in_location}/{{{parameter}}}/callForwarding"

    @route("GET", path)
    def get_forwarding(request: Request) -> Reply:
        """Get Call Forwarding Settings for a feature."""
        return Reply(200, {"callForwarding": _show(request.store, feature.find(request, parameter))})

    @route("PUT", path)
    def update_forwarding(request: Request) -> Reply:
        """Update Call Forwarding Settings for a feature: blocks merge, rules that are not mentioned stay."""
        _update(request.store, feature.find(request, parameter), request.document())
        return Reply(204)

    @route("POST", f"{path}/actions/switchMode/invoke")
    def switch_mode(request: Request) -> Reply:
        """Switch Mode for Call Forwarding Settings: back to the mode of normal operation, where the feature always
        is, because only users switch it elsewhere."""
        feature.find(request, parameter)
        return Reply(204)

    feature_rules.register(feature, parameter, f"{path}/selectiveRules")


def destination(text: str | None, field: str) -> str | None:
    """What is stored of a destination: a number without separators or digits to dial; None clears."""
    if not text:
        return None
    plain = numbering.undashed(text)
    if not _DESTINATION.match(plain):
        raise errors.invalid_value(f"Invalid field value: {field}")
    return plain


def _update(store: Store, record: Json, document: Json) -> None:
    stored = record.get("forwarding") or {}
    kept: Json = {name: stored.get(name, {"enabled": False}) for name in ("always", "selective")}
    if own := stored.get("operatingModes"):
        table = store.table("operating_modes")  # a mode that was deleted is no longer there to be kept
        kept["operatingModes"] = {**own, "modes": [one for one in own["modes"] if one["id"] in table]}
    sent = document.get("callForwarding")
    if isinstance(sent, dict):
        sent = {name: value for name, value in sent.items() if value is not None}  # the SDK sends rules: null
        document = {"callForwarding": bodies.nested(kept, sent)}
    body = bodies.parse(_Update, document).call_forwarding
    states = {one.id: one.enabled for one in body.rules or ()}
    changed: Json = {
        "always": _checked(body.always, "callForwarding.always"),
        "selective": _checked(body.selective, "callForwarding.selective"),
        "rules": feature_rules.enabled(store, stored.get("rules", []), states),
        "operatingModes": _checked_modes(store, record, body.operating_modes),
    }
    if body.selective.enabled and not changed["rules"] and store.switches["selective_needs_rule"] == "on":
        raise errors.platform(400, "At least one rule is required for selective forwarding.")
    record["forwarding"] = changed


def _checked(block: _Block, field: str) -> Json:
    target = destination(block.destination, f"{field}.destination")
    if block.enabled and not target:
        raise errors.missing_field(f"{field}.destination")
    return {**block.wire(), "destination": target}


def _checked_modes(store: Store, record: Json, body: _Modes) -> Json:
    """Modes of the organisation or of the feature's own location."""
    field = "callForwarding.operatingModes.modes"
    modes = []
    for mode in body.modes:
        key = ids.any_uuid(mode.id)
        found = store.table("operating_modes").get(key)
        if found is None or found["location"] not in (None, record["location"]):
            raise errors.invalid_value(f"Invalid field value: {field}.id")
        target = destination(mode.forward_to.destination, f"{field}.forwardTo.destination")
        if mode.forward_to.selection == "FORWARD_TO_SPECIFIED_NUMBER" and not target:
            raise errors.missing_field(f"{field}.forwardTo.destination")
        wire = mode.wire()
        modes.append({**wire, "id": key, "forwardTo": {**wire["forwardTo"], "destination": target}})
    return {"enabled": body.enabled, "modes": modes}


def _show(store: Store, record: Json) -> Json:
    own = record.get("forwarding") or {}
    return {
        "always": _shown(store, own.get("always")),
        "selective": _shown(store, own.get("selective")),
        "rules": [feature_rules.show_row(store, rule) for rule in own.get("rules", [])],
        "operatingModes": _show_modes(store, record["location"], own.get("operatingModes") or {}),
    }


def _shown(store: Store, block: Json | None) -> Json:
    """An empty destination is not there at all (T:callqueue test_008), where persons read \"\"."""
    block = block or {}
    shown: Json = {
        "enabled": block.get("enabled", False),
        "ringReminderEnabled": block.get("ringReminderEnabled", False),
        store.switches["feature_forwarding_voicemail_key"]: block.get("voicemail", False),
    }
    return {**shown, "destination": numbering.dashed(block["destination"])} if block.get("destination") else shown


def _show_modes(store: Store, location: str, own: Json) -> Json:
    """The current one is the one whose schedule is on, holidays first, else that of normal operation."""
    table = store.table("operating_modes")
    modes = [(mode, table[mode["id"]]) for mode in own.get("modes", []) if mode["id"] in table]
    shown: Json = {"enabled": own.get("enabled", False), "modes": [_show_mode(mode, record) for mode, record in modes]}
    normal = next((mode["id"] for mode, _ in modes if mode["normalOperationEnabled"]), None)
    now = _mode_times.local(store, location)
    on = [record for _, record in modes if _mode_times.is_on(record, now)]
    on.sort(key=lambda record: record["type"] != "HOLIDAY")
    current = on[0]["id"] if on else normal
    if shown["enabled"] and current:
        shown["currentOperatingModeId"] = ids.encode("OPERATING_MODE", current)
        shown["exceptionType"] = "AUTOMATIC_SWITCH_BACK_STANDARD"
    return shown


def _show_mode(mode: Json, record: Json) -> Json:
    """One mode with its own default, which the feature may override."""
    own, default = mode["forwardTo"], record.get("callForwarding") or {}
    return {
        "normalOperationEnabled": mode["normalOperationEnabled"],
        "id": ids.encode("OPERATING_MODE", mode["id"]),
        "name": record["name"],
        "type": record["type"],
        "level": "LOCATION" if record.get("location") else "ORGANIZATION",
        "forwardTo": {
            "selection": own["selection"],
            "destination": numbering.dashed(own["destination"] or ""),
            "destinationVoicemailEnabled": own["destinationVoicemailEnabled"],
            "defaultDestination": numbering.dashed(default.get("destination") or ""),
            "defaultDestinationVoicemailEnabled": default.get("destinationVoicemailEnabled", False),
            "defaultForwardToSelection": (
                "FORWARD_TO_SPECIFIED_NUMBER" if default.get("enabled") else "DO_NOT_FORWARD"
            ),
        },
    }
