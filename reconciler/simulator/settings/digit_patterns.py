"""Digit patterns of outgoing permissions, for locations, people, workspaces and virtual lines (webex-behaviour.md
§7): at most 500 each, names are unique. A PUT of the collection turns the category on or off, its DELETE deletes all
patterns.

Stored as settings.digitPatterns {useCustomDigitPatterns?, patterns: [{id, name, pattern, action, transferEnabled}]}.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Literal

from ..core import errors, ids
from ..core.bodies import Body, merge, parse
from ..core.routing import Json, Reply, Request, route
from ._subjects import CONFIG, LINE, LOCATION, PERSON, WORKSPACE, Subject, Target, find
from .outgoing_permissions import OCI

_MOST = 500
_KEY = "digitPatterns"
_PATH = "outgoingPermission/digitPatterns"
_PATTERN = re.compile(r"^\+?[0-9X!*#]+$")


class _Pattern(Body):
    name: str
    pattern: str
    action: Literal["ALLOW", "BLOCK", "AUTH_CODE", "TRANSFER_NUMBER_1", "TRANSFER_NUMBER_2", "TRANSFER_NUMBER_3"]
    transfer_enabled: bool


class _Category(Body):
    use_custom_digit_patterns: bool | None = None


def _target(subject: Subject, request: Request) -> Target:
    """Workspaces of the basic tier have digit patterns too (wxcli devices-workspaces.md, live 2026-10-13)."""
    return find(request, subject, CONFIG, OCI, basic=True)


def _patterns(target: Target) -> list[Json]:
    found: list[Json] = target.own(_KEY).get("patterns", [])
    return found


def _keep(target: Target, patterns: list[Json]) -> None:
    target.keep(_KEY, {**target.own(_KEY), "patterns": patterns})


def _find(target: Target, request: Request) -> Json:
    key = request.uuid("digitPatternId", "DIGIT_PATTERNS")
    found = next((one for one in _patterns(target) if one["id"] == key), None)
    if found is None:
        raise errors.not_found()
    return found


def _check(target: Target, sent: _Pattern, key: str) -> Json:
    """The fields of a pattern; `key` is its own id, whose name it may have."""
    if not sent.name:
        raise errors.missing_field("name")
    if not _PATTERN.match(sent.pattern):
        raise errors.invalid_value("Invalid field value: pattern")
    if any(one["name"].lower() == sent.name.lower() and one["id"] != key for one in _patterns(target)):
        raise errors.platform(400, f"The digit pattern name {sent.name} is already in use.")
    return sent.wire()


def _show(one: Json) -> Json:
    return {**one, "id": ids.encode("DIGIT_PATTERNS", one["id"])}


def _list(subject: Subject, request: Request) -> Reply:
    """Retrieve Digit Patterns; the flag reads null for a location (§7)."""
    target = _target(subject, request)
    flag = None if subject is LOCATION else target.own(_KEY).get("useCustomDigitPatterns", False)
    return Reply(200, {"useCustomDigitPatterns": flag, "digitPatterns": [_show(one) for one in _patterns(target)]})


def _create(subject: Subject, request: Request) -> Reply:
    """Create Digit Pattern."""
    target = _target(subject, request)
    fields = _check(target, parse(_Pattern, request.document()), "")
    if len(_patterns(target)) >= _MOST:
        raise errors.platform(400, f"At most {_MOST} digit patterns.")
    key = request.store.new_id(_KEY)
    _keep(target, [*_patterns(target), {"id": key, **fields}])
    return Reply(201, {"id": ids.encode("DIGIT_PATTERNS", key)})


def _category(subject: Subject, request: Request) -> Reply:
    """Modify the Digit Pattern Category Control Settings."""
    target = _target(subject, request)
    flag = parse(_Category, request.document()).use_custom_digit_patterns
    if flag is not None and subject is not LOCATION:
        target.keep(_KEY, {**target.own(_KEY), "useCustomDigitPatterns": flag})
    return Reply(204)


def _delete_all(subject: Subject, request: Request) -> Reply:
    """Delete all Digit Patterns."""
    _keep(_target(subject, request), [])
    return Reply(204)


def _details(subject: Subject, request: Request) -> Reply:
    """Retrieve Digit Pattern Details."""
    return Reply(200, _show(_find(_target(subject, request), request)))


def _update(subject: Subject, request: Request) -> Reply:
    """Modify Digit Pattern: every field is optional, so it merges."""
    target = _target(subject, request)
    one = _find(target, request)
    one.update(_check(target, merge(_Pattern, one, request.document()), one["id"]))
    return Reply(204)


def _delete(subject: Subject, request: Request) -> Reply:
    """Delete a Digit Pattern."""
    target = _target(subject, request)
    gone = _find(target, request)
    _keep(target, [one for one in _patterns(target) if one is not gone])
    return Reply(204)


for _subject in (LOCATION, PERSON, WORKSPACE, LINE):
    _all = _subject.path(CONFIG, _PATH)
    for _method, _handler in (("GET", _list), ("POST", _create), ("PUT", _category), ("DELETE", _delete_all)):
        route(_method, _all)(partial(_handler, _subject))
    for _method, _handler in (("GET", _details), ("PUT", _update), ("DELETE", _delete)):
        route(_method, _all + "/{digitPatternId}")(partial(_handler, _subject))
