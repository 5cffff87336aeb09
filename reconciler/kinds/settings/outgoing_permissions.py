"""Outgoing calling permissions of locations, people, workspaces and virtual lines. Null: those of the location hold.

API: `outgoingPermission` of each (webex-behaviour.md §7); of a location the two `useCustom` flags read null whatever is
written, so they are not a field there.

Call types are the keys: `INTERNATIONAL: {action: BLOCK, transfer: false}`; a type that is absent is left alone.
The PUT merges its list, refuses types that a GET may show, and people and workspaces show the location's values
until `useCustomEnabled` (webex-behaviour.md §7; rows 19, 34): so it is the effective value that is compared, and a
profile equal to the location's default writes nothing (S65).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, create_model

from reconciler.kinds.contract.kind import Rules
from reconciler.kinds.contract.of_owners import kinds_of
from reconciler.kinds.contract.owners import CONFIG, FEATURES, LOCATION, PERSON, VIRTUAL_LINE, WORKSPACE
from reconciler.kinds.contract.setting import Setting
from reconciler.model.marks import Method
from reconciler.model.plan import Change
from reconciler.model.resource import Resource, Text
from reconciler.model.snapshot import Fields

CALL_TYPES = (
    "INTERNAL_CALL",
    "LOCAL",
    "TOLL_FREE",
    "TOLL",
    "NATIONAL",
    "INTERNATIONAL",
    "OPERATOR_ASSISTED",
    "CHARGEABLE_DIRECTORY_ASSISTED",
    "SPECIAL_SERVICES_I",
    "SPECIAL_SERVICES_II",
    "PREMIUM_SERVICES_I",
    "PREMIUM_SERVICES_II",
)
#: Calls by which money is lost; opening them takes an approval of its own.
_COSTLY = {"international": ("INTERNATIONAL",), "premium": ("PREMIUM_SERVICES_I", "PREMIUM_SERVICES_II")}
_OPEN = (3, True)
INHERITED: Fields = {"custom": False}
Action = Literal["ALLOW", "BLOCK", "AUTH_CODE", "TRANSFER_NUMBER_1", "TRANSFER_NUMBER_2", "TRANSFER_NUMBER_3"]


class Permission(Resource):
    action: Annotated[Action, Field(description="What happens to such a call")] = "ALLOW"
    transfer: Annotated[bool, Field(description="Whether such a call may be transferred or forwarded")] = True


class _Profile(Setting):
    profile: Annotated[Text, Method(), Field(description="A profile of desired/tenant.yaml; call types here win")] = ""

    @classmethod
    def normal(cls, document: Mapping[str, Any]) -> Fields:
        fields: Fields = {
            entry["callType"]: {"action": entry["action"], "transfer": bool(entry.get("transferEnabled"))}
            for entry in document.get("callingPermissions", [])
            if entry["callType"] in CALL_TYPES
        }
        return fields | ({"custom": bool(document.get("useCustomEnabled"))} if cls._own() else {})

    @classmethod
    def sent(cls, document: Mapping[str, Any], want: Fields, *, merges: bool, read_only: tuple[str, ...]) -> Fields:
        """The call types in `want`. Turning `custom` on sends every type that may be written with its effective value,
        so that what nobody manages stays as it was; afterwards the server merges, and only what differs is sent."""
        now = cls.normal(document)
        types = {name: value for name, value in want.items() if name in CALL_TYPES}
        body: dict[str, Any] = {}
        if cls._own():
            custom = want.get("custom", True)
            body = {"useCustomEnabled": custom, "useCustomPermissions": custom}
            if custom and not now.get("custom"):
                types = {name: now[name] for name in CALL_TYPES if name in now} | types
        if types:
            body["callingPermissions"] = [
                {"callType": name, "action": merged["action"], "transferEnabled": merged["transfer"]}
                for name, value in types.items()
                for merged in [{"action": "ALLOW", "transfer": True} | dict(now.get(name) or {}) | dict(value)]
            ]
        return body

    @classmethod
    def rest(cls) -> Fields:
        return dict(INHERITED) if cls._own() else {}

    @classmethod
    def _own(cls) -> bool:
        """Whether it is of somebody who may inherit."""
        return "custom" in cls.model_fields


class _CustomProfile(_Profile):
    custom: Annotated[
        bool | None, Field(description="false: use the location's permissions; implied by call types that differ")
    ] = None


_types: dict[str, Any] = dict.fromkeys(CALL_TYPES, (Permission, None))
LocationPermissions = create_model(
    "LocationPermissions", __base__=_Profile, __doc__="Default outgoing permissions of a location.", **_types
)
OwnPermissions = create_model(
    "OwnPermissions", __base__=_CustomProfile, __doc__="Outgoing permissions; null: those of the location.", **_types
)


def with_profile(want: Fields, profiles: Mapping[str, Any]) -> Fields:
    """The call types of the named profile under those given here; ValueError for a profile that is not defined."""
    name = want.get("profile")
    if not name:
        return want
    if name not in profiles:
        known = ", ".join(sorted(profiles)) or "none"
        raise ValueError(f"profile: there is no profile {name!r} in desired/tenant.yaml (profiles: {known})")
    merged = {call_type: dict(permission) for call_type, permission in profiles[name].items()}
    for call_type, permission in want.items():
        if call_type != "profile":
            both = isinstance(permission, dict) and call_type in merged
            merged[call_type] = {**merged[call_type], **permission} if both else permission
    return merged


def settle(want: Fields, have: Fields) -> Fields:
    """Call types that differ from the effective ones need `custom`; without any, nothing is implied."""
    types = {name: value for name, value in want.items() if name not in ("custom", "profile")}
    if "custom" in want or all(_equal(value, have.get(name)) for name, value in types.items()):
        return want
    return {**want, "custom": True} if "custom" in have else want


def _equal(want: Any, have: Any) -> bool:
    return isinstance(have, Mapping) and bool(want) and all(have.get(key) == value for key, value in want.items())


def opens(change: Change, have: Fields, inherited: Fields) -> list[str]:
    """Which costly calls become freer, or freer than anybody knows: `have` is the section as it is, `inherited` what
    the location gives to whoever is to have nothing of their own."""
    found = []
    have = have or inherited
    back = change.want.get("custom") is False
    for words, names in _COSTLY.items():
        freed = [
            name for name in names if _freer(have.get(name), _to_be(name, change.want, have, inherited, back=back))
        ]
        found += [f"opens {words} calls: {', '.join(freed)}"] if freed else []
    return found


def _to_be(name: str, want: Fields, have: Fields, inherited: Fields, *, back: bool) -> Any:
    """The permission for a call type after a change; an empty one allows all, as the API has it."""
    if back:
        return inherited.get(name) or ({} if _rank(have.get(name)) != _OPEN else have.get(name))
    return {**(have.get(name) or {}), **want[name]} if want.get(name) else have.get(name)


def _freer(before: Any, after: Any) -> bool:
    if after is None or after == before:
        return False
    old, new = _rank(before), _rank(after)
    return new[0] > old[0] or (new[0] > 0 and new[1] > old[1])


def _rank(permission: Any) -> tuple[int, bool]:
    """How free a permission is: by what happens to the call, then whether it may be passed on."""
    if permission is None:
        return (0, False)  # not known, and so nothing that it could be compared with
    action = str(permission.get("action", "ALLOW"))
    free = {"BLOCK": 0, "AUTH_CODE": 2, "ALLOW": 3}.get(action, 1)
    return free, bool(permission.get("transfer", True))


KINDS = (
    *kinds_of(
        "outgoing_permissions",
        LocationPermissions,
        "Default outgoing calling permissions of {owner}, by call type.",
        {LOCATION: CONFIG},
        path="outgoingPermission",
        always=True,
        merges=True,
        cleared=None,
        rules=Rules(opens=opens),
        profile=with_profile,
    ),
    *kinds_of(
        "outgoing_permissions",
        OwnPermissions,
        "Outgoing calling permissions of {owner}, by call type.",
        {PERSON: CONFIG, WORKSPACE: FEATURES, VIRTUAL_LINE: CONFIG},
        path="outgoingPermission",
        always=True,
        own={VIRTUAL_LINE: {"always": False}},
        inherits="location.outgoing_permissions",
        profile=with_profile,
        rules=Rules(settle=settle, opens=opens),
        replaces="custom",  # where it is turned on every call type is sent as it was read
    ),
)
