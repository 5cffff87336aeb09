"""Receptionist client of a person: merges, as live tests show (T:person_receptionist: switching it off and on keeps
the members); members are written as ids and read as objects (webex-behaviour.md §12)."""

from __future__ import annotations

from ..core import errors
from ..core.bodies import Body
from ..core.routing import Json
from . import _members
from ._settings import Setting, register
from ._subjects import FEATURES, PERSON, Target


class _Receptionist(Body):
    reception_enabled: bool
    monitored_members: list[str] | None = None


def _check(target: Target, value: Json) -> Json:
    """Members that were stored before stay while it is off; only to send some then is refused (4470)."""
    members = value.get("monitoredMembers", [])
    if not value["receptionEnabled"] and any(isinstance(member, str) for member in members):
        raise errors.broadworks(400, 4470, "The receptionist client must be enabled to monitor members.")
    return {**value, "monitoredMembers": _members.stored(target.store, members)}


def _show(target: Target, value: Json) -> Json:
    return {**value, "monitoredMembers": _members.show_all(target.store, value["monitoredMembers"])}


RECEPTIONIST = register(
    Setting(
        "reception",
        _Receptionist,
        {PERSON: (FEATURES,)},
        "UserBroadWorksReceptionistEnterpriseGetRequest",
        {"receptionEnabled": False, "monitoredMembers": []},
        check=_check,
        show=_show,
        members=("monitoredMembers",),
        merges=True,
    )
)
