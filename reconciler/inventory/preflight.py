"""Whether the token may read what is to be read: one cheap question per family of endpoints, before all else (S32).

A refusal never says which scope is missing (webex-behaviour.md §1.1), so the family says it. What would be refused is
then not asked for at all; everything else is read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from reconciler.errors import ApiError, ForbiddenError
from reconciler.inventory.choice import Choice
from reconciler.inventory.reading import together
from reconciler.kinds import managed, observed
from reconciler.model.remote_id import uuid_of
from reconciler.webex.tenant import TenantReader


@dataclass(frozen=True)
class ScopeEndpoints:
    """Endpoints that one scope opens: what their paths begin with, and what to ask, in `path` and `params`. {org} is
    the organisation, {location} any location with calling; without one there is nothing to ask."""

    name: str
    prefix: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    optional: bool = False


#: The first that a request begins with is its family. Optional ones only make an export surer or cheaper.
FAMILIES = (
    ScopeEndpoints(
        "people directory", "/identity/scim/", "/identity/scim/{org}/v2/Users", {"count": "1"}, optional=True
    ),
    ScopeEndpoints("PSTN", "/telephony/pstn/", "/telephony/pstn/locations/{location}/connection"),
    ScopeEndpoints("calling", "/telephony/config/", "/telephony/config/locations", {"max": "1"}),
    ScopeEndpoints("people", "/people", "/people", {"max": "1"}),
    ScopeEndpoints("locations", "/locations", "/locations", {"max": "1"}),
    ScopeEndpoints("licences", "/licenses", "/licenses"),
    ScopeEndpoints("workspaces", "/workspaces", "/workspaces", {"max": "1"}),
    ScopeEndpoints("devices", "/devices", "/devices", {"max": "1"}),
    ScopeEndpoints("groups", "/groups", "/groups", {"count": "1"}),
    ScopeEndpoints("audit events", "/adminAudit/", "/adminAudit/eventCategories", optional=True),
)
_BY_NAME = {family.name: family for family in FAMILIES}
DIRECTORY, AUDIT = _BY_NAME["people directory"], _BY_NAME["audit events"]
_CALLING, _PSTN = _BY_NAME["calling"], _BY_NAME["PSTN"]


@dataclass
class Preflight:
    """What a token may read: of each family that was asked, None or why not. `answers`: what was told."""

    families: dict[str, ForbiddenError | None] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    requests: int = 0

    def asked(self) -> list[tuple[ScopeEndpoints, ForbiddenError | None]]:
        return [(_BY_NAME[name], error) for name, error in self.families.items()]

    def refuses(self, family: ScopeEndpoints) -> bool:
        return self.families.get(family.name) is not None

    @property
    def missing(self) -> list[tuple[ScopeEndpoints, ForbiddenError]]:
        """The families that are needed and refused."""
        return [(family, error) for family, error in self.asked() if error is not None and not family.optional]

    def refused(self, choice: Choice) -> dict[str, ForbiddenError]:
        """By name the kinds, sections and artefacts that cannot be read, because the token lacks a right that one of
        their requests needs. A kind is there when its own list is, the first: what others tell of it stays unknown."""
        errors = {family.name: error for family, error in self.missing}
        found = {}
        for name, requests in _declared(choice):
            listed = name in managed() and managed()[name].scan is not None
            families = [family_of(request).name for request in (requests[:1] if listed else requests)]
            lacking = [errors[family] for family in families if family in errors]
            if lacking:
                found[name] = lacking[0]
        return found


async def preflight(reader: TenantReader, choice: Choice, *, optional: Iterable[ScopeEndpoints] = ()) -> Preflight:
    """Ask each family that the chosen kinds and artefacts need, and these optional ones. Nothing but GET is sent."""
    before = reader.session.sent
    found = Preflight()
    needed = {family_of(request).name for _, requests in _declared(choice) for request in requests}
    needed |= {family.name for family in optional}
    if _PSTN.name in needed:
        needed.add(_CALLING.name)  # which knows a location to ask for
    asked = [family for family in FAMILIES if family.name in needed and family is not _PSTN]
    await together(_ask(reader, family, found) for family in asked)
    if _PSTN.name in needed:
        await _ask(reader, _PSTN, found)
    found.families = {family.name: found.families[family.name] for family in FAMILIES if family.name in found.families}
    found.requests = reader.session.sent - before
    return found


async def _ask(reader: TenantReader, family: ScopeEndpoints, found: Preflight) -> None:
    """One question. What is not a refusal is no business of ours: reading will tell."""
    rows = (found.answers.get(_CALLING.name) or {}).get("locations") or [{}]
    location = str(rows[0].get("id", ""))
    if "{location}" in family.path and not location:
        return
    path = family.path.replace("{org}", uuid_of(reader.org_id)).replace("{location}", location)
    base = reader.session.root if path.startswith("/identity/") else reader.session.BASE
    found.families[family.name] = None
    try:
        found.answers[family.name] = await reader.session.rest_get(f"{base}{path}", params=dict(family.params) or None)
    except ForbiddenError as error:
        error.what = f"the token may not read {family.name}"
        found.families[family.name] = error
    except ApiError:
        pass


def family_of(request: str) -> ScopeEndpoints:
    """The family of a declared request, like `GET /people/{personId}/features/voicemail`."""
    path = request.partition(" ")[2]
    return next(family for family in FAMILIES if path.startswith(family.prefix))


def _declared(choice: Choice) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The requests of each kind, section and artefact that is chosen."""
    for name in choice.managed:
        yield name, managed()[name].requests
        if choice.has_sections(name):
            yield from ((section, managed()[section].requests) for section in choice.sections_of(name))
    for name in choice.artefacts:
        yield name, observed()[name].requests
