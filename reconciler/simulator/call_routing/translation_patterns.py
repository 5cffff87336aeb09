"""Translation patterns of the organisation and of locations (webex-behaviour.md §14): digits that are replaced
before a call is routed.

Records, in table `translation_patterns`: {id, name, matchingPattern, replacementPattern, location: uuid | None}.
"""

from __future__ import annotations

import re

from ..core import calling, errors, ids, paging, switches
from ..core.bodies import Body, parse
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from . import _naming, _references

switches.declare(
    "translation_pattern_twice", "refuse", "accept", row="14, 17.2",
    text="a second translation pattern with the same matching pattern in the same scope: as a second name, or accepted",
)  # fmt: skip

switches.declare(
    "translation_pattern_winner", "first", "last", "longest", row="14",
    text="of two translation patterns of one scope that match: the one made first, made last, or with the most digits",
)  # fmt: skip

_ORG = "/telephony/config/callRouting/translationPatterns"
_LOCATION = "/telephony/config/locations/{locationId}/callRouting/translationPatterns"
_ONE = "/{translationId}"
_KIND = "DIGIT_PATTERNS"
_FIELDS = ("name", "matchingPattern", "replacementPattern")

_MATCHING = re.compile(r"^\+?(?:[0-9*#X]|\[[0-9](?:-?[0-9])*\])+!?$")
_REPLACEMENT = re.compile(r"^\+?[0-9*#]+$")


class _Pattern(Body):
    name: str
    matching_pattern: str
    replacement_pattern: str


def records(store: Store, location: str | None) -> list[Json]:
    """Those of one scope: a location, or the organisation."""
    return [one for one in store.table("translation_patterns").values() if one["location"] == location]


def expression(matching: str) -> re.Pattern[str]:
    """The matching pattern as a regular expression: X is a digit, ! any number of them."""
    escaped = matching.replace("+", r"\+").replace("*", r"\*").replace("#", r"\#")
    return re.compile(escaped.replace("X", r"\d").replace("!", r"\d*"))


def translation(store: Store, location: str, dialled: str, outside: str = "") -> tuple[Json, str] | None:
    """(pattern, what it makes of the dialled string); those of the location come first. What is dialled behind the
    outside digit is translated too, by itself or without the digit."""
    forms = [dialled]
    if outside and dialled.startswith(outside):
        forms.append(dialled[len(outside) :])
    for scope in (records(store, location), records(store, None)):
        for form in forms:
            hits = [one for one in scope if expression(one["matchingPattern"]).fullmatch(form)]
            if hits:
                winner = _winner(hits, store.switches["translation_pattern_winner"])
                return winner, winner["replacementPattern"]
    return None


def _winner(hits: list[Json], position: str) -> Json:
    if position == "longest":
        return max(hits, key=lambda one: sum(letter.isdigit() for letter in one["matchingPattern"]))
    return hits[-1 if position == "last" else 0]


def _scope(request: Request) -> str | None:
    """The calling location of the path; None for the organisation."""
    if "locationId" not in request.params:
        return None
    calling.calling_half(request)
    return str(calling.location(request)["id"])


def _find(request: Request) -> Json:
    """A pattern is found in its own scope only."""
    scope = _scope(request)
    record = request.store.table("translation_patterns").get(request.uuid("translationId", _KIND))
    if record is None or record["location"] != scope:
        raise errors.not_found()
    return record


def _checked(request: Request, document: Json, scope: str | None, record: Json | None = None) -> Json:
    store, body = request.store, parse(_Pattern, document)
    others = records(store, scope)
    _naming.check(request, others, body.name, record)
    if "X" in body.replacement_pattern.upper():
        raise errors.broadworks(400, 28043, f"Invalid replacement pattern: {body.replacement_pattern}")
    for pattern, allowed in ((body.matching_pattern, _MATCHING), (body.replacement_pattern, _REPLACEMENT)):
        if not allowed.match(pattern):
            raise errors.broadworks(400, 9676, f"Invalid digit pattern: {pattern}")
    twice = any(one["matchingPattern"] == body.matching_pattern and one is not record for one in others)
    if twice and store.switches["translation_pattern_twice"] == "refuse":
        status = 409 if store.switches["routing_name_duplicate"] == "conflict" else 400
        raise errors.platform(status, f"The matching pattern {body.matching_pattern} is already in use.")
    return body.wire()


def _details(record: Json) -> Json:
    return {"id": ids.encode(_KIND, record["id"]), **{name: record[name] for name in _FIELDS}}


def _row(store: Store, record: Json) -> Json:
    if record["location"] is None:
        return {**_details(record), "level": "Organization"}
    return {**_details(record), "level": "Location", "location": _references.place(store, record["location"])}


@route("GET", _ORG)
def list_translation_patterns(request: Request) -> Reply:
    """Retrieve a list of Translation Patterns: of all scopes, unless limited to one."""
    store, query = request.store, request.query
    rows = list(store.table("translation_patterns").values())
    if "limitToLocationId" in query:
        location = ids.parse(query["limitToLocationId"], "LOCATION")
        rows = [row for row in rows if row["location"] == location]
    if request.flag("limitToOrgLevelEnabled"):
        rows = [row for row in rows if row["location"] is None]
    rows = [row for row in rows if _naming.matches(request, "name", row["name"])]
    rows = [row for row in rows if query.get("matchingPattern", "") in row["matchingPattern"]]
    rows = _naming.ordered(request, rows, {"name": lambda row: row["name"]})
    return paging.by_offset(
        request, rows, "translationPatterns", default=2000, limit=2000, show=lambda one: _row(store, one)
    )


@route("POST", _ORG, _LOCATION)
def create_translation_pattern(request: Request) -> Reply:
    """Create a Translation Pattern, for the organisation or for a location."""
    store, scope = request.store, _scope(request)
    wanted = _checked(request, request.document(), scope)
    record: Json = {"id": store.new_id("translation_patterns"), **wanted, "location": scope}
    store.table("translation_patterns")[record["id"]] = record
    return Reply(201, {"id": ids.encode(_KIND, record["id"])})


@route("GET", _ORG + _ONE, _LOCATION + _ONE)
def get_translation_pattern(request: Request) -> Reply:
    """Retrieve a specific Translation Pattern: without level and location, which only the list tells."""
    return Reply(200, _details(_find(request)))


@route("PUT", _ORG + _ONE, _LOCATION + _ONE)
def update_translation_pattern(request: Request) -> Reply:
    """Modify a specific Translation Pattern: no field is required, what is left out stays."""
    record = _find(request)
    document = request.document()
    kept = {name: record[name] for name in _FIELDS}
    record.update(_checked(request, {**kept, **document}, record["location"], record))
    return Reply(204)


@route("DELETE", _ORG + _ONE, _LOCATION + _ONE)
def delete_translation_pattern(request: Request) -> Reply:
    """Delete a specific Translation Pattern."""
    record = _find(request)
    del request.store.table("translation_patterns")[record["id"]]
    return Reply(204)
