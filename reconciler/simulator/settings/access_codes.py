"""Access codes of locations, people, workspaces and virtual lines (webex-behaviour.md §7). A location takes a list,
the others one code; single codes are deleted by a PUT with `deleteCodes`, DELETE deletes all. After 1000 the back end
fails with 502. Codes of the organisation: organisation_access_codes.py.

Stored as settings.accessCodes {useCustomAccessCodes?, codes: {code: description}}.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Annotated

from pydantic import Field

from ..core import errors, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ._subjects import CONFIG, FEATURES, LINE, LOCATION, PERSON, WORKSPACE, Family, Subject, Target, find
from .outgoing_permissions import OCI

switches.declare(
    "access_code_duplicate", "refuse", "replace", row="7",
    text="a code that exists already: 400, or its description is replaced",
)  # fmt: skip
switches.declare(
    "access_code_delete_unknown", "ignore", "refuse", row="7",
    text="deleting a code that does not exist: nothing happens, or 400",
)  # fmt: skip
switches.declare(
    "access_codes_of_location_shown", "off", "on", row="7",
    text="whether the codes of people, workspaces and virtual lines include those of the location, as level LOCATION",
)  # fmt: skip

_MOST = 1000
_KEY = "accessCodes"
_PATH = "outgoingPermission/accessCodes"
_AT: dict[Subject, tuple[Family, ...]] = {
    LOCATION: (CONFIG,),
    PERSON: (CONFIG,),
    WORKSPACE: (FEATURES, CONFIG),
    LINE: (CONFIG,),
}


class Code(Body):
    code: Annotated[str, Field(min_length=1)]
    description: str


class Codes(Body):
    access_codes: list[Code]


class Deletion(Body):
    delete_codes: list[str] | None = None
    use_custom_access_codes: bool | None = None


def added(request: Request, codes: dict[str, str], more: Iterable[Code]) -> dict[str, str]:
    """All codes with the new ones; refused as a whole."""
    result = dict(codes)
    for entry in more:
        if entry.code in result and request.store.switches["access_code_duplicate"] == "refuse":
            raise errors.platform(400, f"The access code {entry.code} already exists.")
        result[entry.code] = entry.description
    return result


def without(request: Request, codes: dict[str, str], gone: list[str]) -> dict[str, str]:
    unknown = [code for code in gone if code not in codes]
    if unknown and request.store.switches["access_code_delete_unknown"] == "refuse":
        raise errors.platform(400, f"The access code {unknown[0]} does not exist.")
    return {code: description for code, description in codes.items() if code not in set(gone)}


def rows(codes: dict[str, str], **level: str | None) -> list[Json]:
    return [{"code": code, "description": description, **level} for code, description in codes.items()]


def _codes(target: Target) -> dict[str, str]:
    found: dict[str, str] = target.own(_KEY).get("codes", {})
    return found


def _keep(target: Target, codes: dict[str, str]) -> Reply:
    target.keep(_KEY, {**target.own(_KEY), "codes": codes})
    return Reply(204)


def _read(subject: Subject, family: Family, request: Request) -> Reply:
    """Retrieve Access Codes: `level` is null for a location and CUSTOM for the others."""
    target = find(request, subject, family, OCI)
    if subject is LOCATION:
        return Reply(200, {"accessCodes": rows(_codes(target), level=None)})
    shown = rows(_codes(target), level="CUSTOM")
    if request.store.switches["access_codes_of_location_shown"] == "on":
        half = request.store.calling_of(target.location) or {}
        shown += rows(half.get("settings", {}).get(_KEY, {}).get("codes", {}), level="LOCATION")
    flag = target.own(_KEY).get("useCustomAccessCodes", False)
    return Reply(200, {"useCustomAccessCodes": flag, "accessCodes": shown})


def _create(subject: Subject, family: Family, request: Request) -> Reply:
    """Create Access Codes."""
    target = find(request, subject, family, OCI)
    sent = request.document()
    more = parse(Codes, sent).access_codes if subject is LOCATION else [parse(Code, sent)]
    codes = added(request, _codes(target), more)
    if len(codes) > _MOST:
        # a limit of the back end that looks like a passing failure; its code is not known (§1.2)
        raise errors.platform(502, "Upstream service returned an error.")
    _keep(target, codes)
    return Reply(201)


def _modify(subject: Subject, family: Family, request: Request) -> Reply:
    """Modify Access Codes: deletes the named ones, and turns the category on or off."""
    target = find(request, subject, family, OCI)
    sent = parse(Deletion, request.document())
    if subject is LOCATION and sent.delete_codes is None:
        raise errors.missing_field("deleteCodes")
    codes = without(request, _codes(target), sent.delete_codes or [])
    if subject is not LOCATION and sent.use_custom_access_codes is not None:
        target.keep(_KEY, {**target.own(_KEY), "useCustomAccessCodes": sent.use_custom_access_codes})
    return _keep(target, codes)


def _delete(subject: Subject, family: Family, request: Request) -> Reply:
    """Delete Access Codes: all of them."""
    return _keep(find(request, subject, family, OCI), {})


for _subject, _families in _AT.items():
    for _family in _families:
        _template = _subject.path(_family, _PATH)
        for _method, _handler in (("GET", _read), ("POST", _create), ("PUT", _modify), ("DELETE", _delete)):
            route(_method, _template)(partial(_handler, _subject, _family))
