"""The two menus of an auto attendant: their keys, greetings and treatment of callers who press none
(webex-behaviour.md §14). Stored as sent, numbers without separators, files as in _announcements.py."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from ..core import errors, numbering, switches
from ..core.bodies import Body
from ..core.routing import Json
from ..core.store import Store
from . import _announcements
from ._announcements import AudioFile

switches.declare(
    "attendant_key_value", "destinations", "every", row="14",
    text="keys that need `value`: those that lead somewhere, as seen live, or all, which may be empty then",
)  # fmt: skip

MENUS = ("businessHoursMenu", "afterHoursMenu")
_FILE = "audioAnnouncementFile"
_NO_VALUE = "HoursMenu.keyConfigurations.value"  # the API says so for both menus

# actions without a destination (wxcli call-features-major.md, live 2026-10-13)
_NOWHERE = frozenset({"REPEAT_MENU", "TRANSFER_TO_OPERATOR", "NAME_DIALING", "EXTENSION_DIALING", "EXIT"})

Greeting = Literal["DEFAULT", "CUSTOM"]


class Key(Body):
    key: Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#"]
    action: Literal[
        "PLAY_ANNOUNCEMENT", "TRANSFER_WITH_PROMPT", "TRANSFER_WITHOUT_PROMPT", "TRANSFER_TO_OPERATOR",
        "TRANSFER_TO_MAILBOX", "NAME_DIALING", "EXTENSION_DIALING", "REPEAT_MENU", "EXIT",
    ]  # fmt: skip
    description: str | None = None
    value: str | None = None
    audio_announcement_file: AudioFile | None = None


class Outcome(Body):
    action: Literal[
        "PLAY_MESSAGE_AND_DISCONNECT", "TRANSFER_WITHOUT_PROMPT", "TRANSFER_WITH_PROMPT", "TRANSFER_TO_OPERATOR",
        "TRANSFER_TO_MAILBOX", "DISCONNECT",
    ] = "DISCONNECT"  # fmt: skip
    greeting: Greeting = "DEFAULT"
    audio_announcement_file: AudioFile | None = None
    transfer_call_to: str | None = None


class Treatment(Body):
    retry_attempt_for_no_input: Literal["NO_REPEAT", "ONE_TIME", "TWO_TIMES", "THREE_TIMES"] = "NO_REPEAT"
    no_input_timer: Annotated[int, Field(ge=1, le=60)] = 10
    action_to_be_performed: Outcome = Outcome()


class Menu(Body):
    greeting: Greeting
    extension_enabled: bool
    audio_announcement_file: AudioFile | None = None
    key_configurations: list[Key]
    call_treatment: Treatment = Treatment()


def merged(stored: Json, sent: Json) -> Json:
    """Objects merge at every depth (§1.9), lists and files are replaced, null is like not sent."""
    result = dict(stored)
    for name, value in sent.items():
        if value is None:
            continue
        deep = isinstance(value, dict) and isinstance(stored.get(name), dict) and name != _FILE
        result[name] = merged(stored[name], value) if deep else value
    return result


def checked(store: Store, location: str, menu: Menu, path: str) -> Json:
    """A menu as it is stored."""
    keys = [key.key for key in menu.key_configurations]
    if len(set(keys)) < len(keys):
        raise errors.invalid_value(f"Invalid field value: {path}.keyConfigurations.key")
    for key in menu.key_configurations:
        _check_value(store, key)
    outcome = menu.call_treatment.action_to_be_performed
    if outcome.action.startswith("TRANSFER") and not outcome.transfer_call_to:
        raise errors.missing_field(f"{path}.callTreatment.actionToBePerformed.transferCallTo")
    _check_custom(menu.greeting, menu.audio_announcement_file, path)
    if outcome.action == "PLAY_MESSAGE_AND_DISCONNECT":
        _check_custom(outcome.greeting, outcome.audio_announcement_file, f"{path}.callTreatment.actionToBePerformed")
    stored: Json = _stored(store, location, menu.model_dump(by_alias=True, exclude_none=True))
    return stored


def _check_value(store: Store, key: Key) -> None:
    """A mailbox needs a value that is not empty (CFM, live)."""
    needed = key.action not in _NOWHERE or store.switches["attendant_key_value"] == "every"
    if (key.value is None and needed) or (key.action == "TRANSFER_TO_MAILBOX" and not key.value):
        raise errors.missing_field(_NO_VALUE)


def _check_custom(greeting: str, file: AudioFile | None, path: str) -> None:
    if greeting == "CUSTOM" and file is None:
        raise errors.missing_field(f"{path}.{_FILE}")


def _stored(store: Store, location: str, value: Any) -> Any:
    """Numbers without separators, files by the uuid of their announcement."""
    if isinstance(value, list):
        return [_stored(store, location, inner) for inner in value]
    if not isinstance(value, dict):
        return value
    result = {name: _stored(store, location, inner) for name, inner in value.items() if name != _FILE}
    for name in ("value", "transferCallTo"):
        if result.get(name):
            result[name] = numbering.undashed(result[name])
    if _FILE in value:
        result[_FILE] = _announcements.resolve(store, location, AudioFile(**value[_FILE]))
    return result


def show(store: Store, value: Any) -> Any:
    """A stored menu as it is read: numbers as `+CC-NSN` (§1.8), the timer as a text."""
    if isinstance(value, list):
        return [show(store, inner) for inner in value]
    if not isinstance(value, dict):
        return value
    shown = {name: show(store, inner) for name, inner in value.items() if name != _FILE}
    for name in ("value", "transferCallTo"):
        if shown.get(name):
            shown[name] = numbering.dashed(shown[name])
    if shown.get("value") == "":  # an empty one is not read back
        del shown["value"]
    if "noInputTimer" in shown:
        shown["noInputTimer"] = str(shown["noInputTimer"])
    if _FILE in value:
        shown[_FILE] = _announcements.show(store, value[_FILE])
    return shown
