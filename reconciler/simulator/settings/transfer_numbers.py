"""Auto-transfer numbers of outgoing permissions (webex-behaviour.md §7, §1.10): a number that is not sent stays, ""
clears one, and unset ones are not shown. Numbers read `+CC-NSN` (§1.8). While `useCustomEnabled` of the outgoing
permissions is false a PUT is a success that changes nothing, and reads show the location's.

Stored as settings.autoTransferNumbers {useCustomTransferNumbers?, autoTransferNumber1?, …}.
"""

from __future__ import annotations

from functools import partial

from ..core import errors, numbering, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ._subjects import CONFIG, FEATURES, LINE, LOCATION, PERSON, WORKSPACE, Family, Subject, Target, find
from .outgoing_permissions import OCI

switches.declare(
    "person_transfer_numbers_path", "telephony", "both", row="1.10",
    text="which address transfer numbers of people have: the documented one alone, or that of the SDK too",
)  # fmt: skip
switches.declare(
    "transfer_numbers_flag", "optional", "required", row="7",
    text="useCustomTransferNumbers in the PUT of people, workspaces and virtual lines; documented as required",
)  # fmt: skip

_NAMES = ("autoTransferNumber1", "autoTransferNumber2", "autoTransferNumber3")
_KEY = "autoTransferNumbers"
_PATH = "outgoingPermission/autoTransferNumbers"
_AT: dict[Subject, tuple[Family, ...]] = {
    LOCATION: (CONFIG,),
    PERSON: (FEATURES, CONFIG),
    WORKSPACE: (FEATURES, CONFIG),
    LINE: (CONFIG,),
}


class _Numbers(Body):
    use_custom_transfer_numbers: bool | None = None
    auto_transfer_number1: str | None = None
    auto_transfer_number2: str | None = None
    auto_transfer_number3: str | None = None


def _target(subject: Subject, family: Family, request: Request) -> Target:
    position = request.store.switches["person_transfer_numbers_path"]
    if subject is PERSON and family is FEATURES and position == "telephony":
        raise errors.no_route(request.path)
    return find(request, subject, family, OCI)


def _custom(target: Target) -> bool:
    """Whether numbers of one's own count; for a location they always do."""
    permissions = target.block.get("outgoingPermission") or {}
    return target.subject is LOCATION or bool(permissions.get("useCustomEnabled"))


def _read(subject: Subject, family: Family, request: Request) -> Reply:
    """Retrieve Transfer Numbers Settings. The flag reads null for a location, whatever was written."""
    target = _target(subject, family, request)
    own = target.own(_KEY)
    half = target.store.calling_of(target.location) or {}
    numbers = own if _custom(target) else half.get("settings", {}).get(_KEY, {})
    flag = None if subject is LOCATION else own.get("useCustomTransferNumbers", False)
    shown: Json = {"useCustomTransferNumbers": flag}
    return Reply(200, {**shown, **{name: numbering.dashed(numbers[name]) for name in _NAMES if name in numbers}})


def _write(subject: Subject, family: Family, request: Request) -> Reply:
    """Modify Transfer Numbers Settings."""
    target = _target(subject, family, request)
    sent = parse(_Numbers, request.document()).wire(sent=True)
    flag = sent.get("useCustomTransferNumbers")
    if flag is None and subject is not LOCATION and target.store.switches["transfer_numbers_flag"] == "required":
        raise errors.missing_field("useCustomTransferNumbers")
    country = target.store.locations[target.location]["address"].get("country", "")
    changed = dict(target.own(_KEY))
    for name in _NAMES:
        if sent.get(name):
            changed[name] = _number(sent[name], country)
        elif sent.get(name) == "":
            changed.pop(name, None)
    if flag is not None:
        changed["useCustomTransferNumbers"] = flag
    if _custom(target):
        target.keep(_KEY, changed)
    return Reply(204)


def _number(text: str, country: str) -> str:
    """A number as E.164; digits that are none are an extension."""
    number = numbering.e164(text, country)
    if number is None and not text.isdecimal():
        raise errors.broadworks(400, 4410, f"Invalid phone number: {text}")
    return number or text


for _subject, _families in _AT.items():
    for _family in _families:
        _template = _subject.path(_family, _PATH)
        route("GET", _template)(partial(_read, _subject, _family))
        route("PUT", _template)(partial(_write, _subject, _family))
