"""Push-to-talk: members are written as ids and read as objects (webex-behaviour.md §12)."""

from __future__ import annotations

from typing import Literal

from ..core.bodies import Body
from ..core.routing import Json
from . import _members
from ._settings import Setting, register
from ._subjects import CONFIG, FEATURES, LINE, PERSON, WORKSPACE, Target


class _PushToTalk(Body):
    allow_auto_answer: bool | None = None
    connection_type: Literal["ONE_WAY", "TWO_WAY"] | None = None
    access_type: Literal["ALLOW_MEMBERS", "BLOCK_MEMBERS"] | None = None
    members: list[str] | None = None


def _check(target: Target, value: Json) -> Json:
    return {**value, "members": _members.stored(target.store, value.get("members", []))}


def _show(target: Target, value: Json) -> Json:
    return {**value, "members": _members.show_all(target.store, value["members"])}


PUSH_TO_TALK = register(
    Setting(
        "pushToTalk",
        _PushToTalk,
        {PERSON: (FEATURES,), WORKSPACE: (CONFIG,), LINE: (CONFIG,)},
        "UserPushToTalkGetRequest",
        {"allowAutoAnswer": False, "connectionType": "TWO_WAY", "accessType": "ALLOW_MEMBERS", "members": []},
        check=_check,
        show=_show,
        members=("members",),
    )
)
