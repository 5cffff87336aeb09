"""Whose settings they are: people, workspaces, virtual lines and locations (webex-behaviour.md §7, §12, §13).

Settings stand under the calling block, `record["calling"]["settings"][<name>]`, so that they go with calling (§8).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ..core import calling, errors
from ..core.owners import Owner
from ..core.routing import Json, Request
from ..core.store import Store


class Family(StrEnum):
    """Two families of paths overlap and neither is complete (§12); a few addresses mix both."""

    FEATURES = "features"  # /people/{personId}/features/…
    CONFIG = "config"  # /telephony/config/people/{personId}/…
    CONFIG_FEATURES = "config/features"  # /telephony/config/people/{personId}/features/…


FEATURES, CONFIG, CONFIG_FEATURES = Family


@dataclass(frozen=True)
class Subject:
    """`table` of the records, `kind` of their ids, `parameter` of the path; `plural` as the paths have it. `bare`:
    found by the uuid alone too (§1.7)."""

    table: str
    kind: str
    parameter: str
    plural: str
    bare: bool = False

    def path(self, family: Family, segments: str) -> str:
        one = f"{self.plural}/{{{self.parameter}}}"
        if family is FEATURES:
            return f"/{one}/features/{segments}"
        return f"/telephony/config/{one}/{'features/' if family is CONFIG_FEATURES else ''}{segments}"

    def record(self, request: Request) -> Json:
        key = request.uuid(self.parameter, self.kind, bare=self.bare)
        found = request.store.table(self.table).get(key)
        if found is None:
            raise errors.not_found()
        return found


PERSON = Subject("people", "PEOPLE", "personId", "people", bare=True)
WORKSPACE = Subject("workspaces", "PLACE", "workspaceId", "workspaces")
LINE = Subject("virtual_lines", "VIRTUAL_LINE", "virtualLineId", "virtualLines", bare=True)
LOCATION = Subject("locations", "LOCATION", "locationId", "locations", bare=True)
MEMBERS = (PERSON, WORKSPACE, LINE)


@dataclass(frozen=True)
class Target:
    """One subject of a request that may have settings: it has calling, and its licence allows them here."""

    subject: Subject
    store: Store
    record: Json
    block: Json = field(repr=False)

    @property
    def owner(self) -> Owner:
        return Owner(self.subject.table, self.record["id"])

    @property
    def location(self) -> str:
        """The uuid of the location; a location is its own."""
        return str(self.record["id"] if self.subject is LOCATION else self.block["location"])

    def own(self, name: str) -> Json:
        """What was written of that setting; empty when nothing was."""
        found: Json = self.block.get("settings", {}).get(name, {})
        return found

    def keep(self, name: str, value: Any) -> None:
        self.block.setdefault("settings", {})[name] = value


def find(request: Request, subject: Subject, family: Family, oci: str, *, basic: bool = False) -> Target:
    """Without calling it is 400/4003 in the name of that OCI request, for a location what §3 says; workspaces of the
    basic tier have nothing under /telephony/config (405/25409) except where `basic` says so (§13)."""
    store = request.store
    if subject is LOCATION:
        half = calling.calling_half(request, bare=True)
        return Target(subject, store, subject.record(request), half)
    record = subject.record(request)
    block = calling.calling_block(record, oci)
    if subject is WORKSPACE and family is not FEATURES and not basic:
        calling.refuse_basic(store, record)
    return Target(subject, store, record, block)
