"""Whether a caller may make a call: call intercept, digit patterns, permissions by call type, in this order
(webex-behaviour.md, "Settled since": digit patterns beat call types). Emergency calls are always let through.

What a caller has of its own counts where it is switched on, else what its location has. AUTH_CODE asks for an access
code and goes on; TRANSFER_NUMBER_n goes to that number, and nowhere while there is none.
"""

from __future__ import annotations

from typing import NamedTuple

from ..core import numbering
from ..core.routing import Json
from ..core.store import Store
from ..settings.outgoing_permissions import DEFAULTS
from . import translation_patterns

#: Destinations that are a tenant's own, so that a call there is an INTERNAL_CALL.
_INTERNAL = frozenset({"HOSTED_AGENT", "HOSTED_FEATURE", "VIRTUAL_EXTENSION", "VIRTUAL_EXTENSION_RANGE"})
_OUTSIDE = frozenset({"PSTN_NUMBER", "UNKNOWN_NUMBER", "ROUTE_LIST", "PBX_USER"})
_NEVER = frozenset({"EMERGENCY", "FAC"})
_TOLL_FREE = {"US": ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888"), "GB": ("+44800", "+44808")}
_TOLL_FREE["CA"] = _TOLL_FREE["US"]


class Verdict(NamedTuple):
    """Whether the call comes to nothing, and the entry of `appliedServices` that says so."""

    rejected: bool
    service: Json


class Caller(NamedTuple):
    """A person who calls, with the calling block."""

    store: Store
    block: Json

    @property
    def half(self) -> Json:
        return self.store.calling_of(self.block["location"]) or {}

    @property
    def country(self) -> str:
        return str(self.store.locations[self.block["location"]]["address"].get("country", ""))

    def settings(self, name: str) -> tuple[Json, Json]:
        """(own, the location's)."""
        return self.block.get("settings", {}).get(name, {}), self.half.get("settings", {}).get(name, {})


def verdict(store: Store, block: Json, dialled: str, answer: Json) -> Verdict | None:
    """What stands against a call of that calling block; None where nothing does."""
    if answer["destinationType"] in _NEVER:
        return None
    caller = Caller(store, block)
    return _intercepted(caller) or _by_pattern(caller, dialled, answer) or _by_type(caller, answer)


def _intercepted(caller: Caller) -> Verdict | None:
    for level, found in zip(("PEOPLE", "LOCATION"), caller.settings("intercept"), strict=True):
        out = found.get("outgoing", {})
        if not found.get("enabled") or out.get("type", "INTERCEPT_ALL") != "INTERCEPT_ALL":
            continue
        if out.get("transferEnabled") and out.get("destination"):
            details = {"configurationLevel": level, "permission": "TRANSFER", "transferNumber": out["destination"]}
            return Verdict(False, {"interceptDetails": details})
        return Verdict(True, {"interceptDetails": {"configurationLevel": level, "permission": "DISALLOW"}})
    return None


def _by_pattern(caller: Caller, dialled: str, answer: Json) -> Verdict | None:
    own, place = caller.settings("digitPatterns")
    level, found = ("PEOPLE", own) if own.get("useCustomDigitPatterns") else ("LOCATION", place)
    forms = {dialled, answer["routingAddress"]}
    if (code := caller.half.get("outsideDialDigit")) and dialled.startswith(code):
        forms.add(dialled[len(code) :])
    for one in found.get("patterns", ()):
        expression = translation_patterns.expression(one["pattern"])
        if any(expression.fullmatch(form) for form in forms):
            decided = _decided(caller, one["action"], level, dialled)
            details = {"transferNumber": "", "name": one["name"], "pattern": one["pattern"], **decided.service}
            return Verdict(decided.rejected, {"outgoingCallingPlanPermissionsByDigitPattern": details})
    return None


def _by_type(caller: Caller, answer: Json) -> Verdict | None:
    kind = _call_type(caller, answer)
    own = caller.block.get("outgoingPermission") or {}
    custom = bool(own.get("useCustomEnabled"))
    values = own.get("custom", {}) if custom else caller.half.get("outgoingPermission", {})
    action = values.get(kind, {}).get("action") or (DEFAULTS[kind][0] if kind else "ALLOW")
    if action == "ALLOW":
        return None
    decided = _decided(caller, action, "PEOPLE" if custom else "LOCATION", answer["routingAddress"])
    return Verdict(decided.rejected, {"outgoingCallingPlanPermissionsByType": {"callType": kind, **decided.service}})


def _call_type(caller: Caller, answer: Json) -> str:
    """The call type of a destination; empty for what has none, like an extension that nobody knows."""
    if answer["destinationType"] in _INTERNAL:
        return "INTERNAL_CALL"
    number = answer["routingAddress"]
    if answer["destinationType"] not in _OUTSIDE or not number.startswith("+"):
        return ""
    if number.startswith(_TOLL_FREE.get(caller.country, ())):
        return "TOLL_FREE"
    return "NATIONAL" if numbering.is_national(number, caller.country) else "INTERNATIONAL"


def _decided(caller: Caller, action: str, level: str, number: str) -> Verdict:
    """The fields that both kinds of permission show."""
    details: Json = {"configurationLevel": level, "number": number, "permission": action}
    if not action.startswith("TRANSFER_NUMBER_"):
        return Verdict(action == "BLOCK", details)
    own, place = caller.settings("autoTransferNumbers")
    numbers = own if level == "PEOPLE" else place
    target = numbers.get(f"autoTransferNumber{action[-1]}")
    if not target:
        return Verdict(True, {**details, "reason": f"{action}_NOT_CONFIGURED"})
    return Verdict(False, {**details, "transferNumber": target})
