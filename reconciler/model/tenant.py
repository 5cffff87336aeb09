"""`desired/tenant.yaml`: which tenant this is, and how carefully to handle it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from reconciler.model.resource import Text

SCHEMA_VERSION = 1


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Org(_Part):
    """The organisation that this repository describes; the id is pinned: token, plan and snapshot must agree."""

    name: Annotated[str, Field(max_length=256, description="Name, for people")] = ""
    id: Annotated[Text, Field(description="Remote id of the organisation; pinned")]


def _no_prune(value: bool) -> bool:
    """Said aloud, because a switch that is ignored would be taken for one that works."""
    if value:
        raise ValueError("pruning is not offered by this version: delete with state: absent on the resource")
    return value


def _lock(value: str) -> str:
    """A ref that is no branch and no tag of anybody's, or a folder by its whole name."""
    if value.startswith("/"):
        return value
    if not _REF.fullmatch(value) or ".." in value or value.endswith((".", ".lock")) or "/." in value:
        raise ValueError("name a ref like refs/reconcile/lock, or a shared folder like /srv/shared")
    if value.startswith(_OTHERS):
        raise ValueError(f"{value.rpartition('/')[0]} is not ours: name a ref like refs/reconcile/lock")
    return value


_REF = re.compile(r"refs/[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)+")
_OTHERS = tuple(
    f"refs/{name}/" for name in ("heads", "tags", "remotes", "notes", "replace", "pull", "changes", "merge-requests")
)


class Limit(_Part):
    """More than this in one plan is a mistake until somebody says otherwise; both bounds hold."""

    max: Annotated[int | None, Field(ge=0, description="Most resources with this action in one plan")] = None
    percent: Annotated[float | None, Field(ge=0, le=100, description="Most of what is managed, in percent")] = None
    min_population: Annotated[
        int, Field(ge=1, description="Of fewer managed resources a percentage says nothing, and is not looked at")
    ] = 10


class Limits(_Part):
    create: Limit = Limit()
    update: Limit = Limit()
    delete: Limit = Limit()


class Managed(_Part):
    """How far desired state goes for one kind."""

    prune: Annotated[bool, AfterValidator(_no_prune), Field(description="false: what desired leaves out stays")] = False
    limits: Annotated[Limits, Field(description="As above, for this kind alone; both hold")] = Limits()


class Tenant(_Part):
    """Settings of one tenant. `profiles` are checked against the permissions model where they are loaded."""

    schema_version: Annotated[Literal[1], Field(description="Format of the desired files")]
    org: Org
    identity: Annotated[
        Literal["webex", "directory"],
        Field(description="directory: it owns people and their names, which are not created, deleted or changed here"),
    ] = "webex"
    manage: Annotated[dict[str, Managed], Field(description="By kind")] = {}
    limits: Annotated[Limits, Field(description="By action: create, update, delete")] = Limits()
    protect: Annotated[
        list[Text],
        Field(description="Addresses (wildcards allowed) that are not deleted, not moved, and do not lose calling"),
    ] = []
    require: Annotated[
        list[Text], Field(description="Addresses that must be described, and are not deleted nor lose calling")
    ] = []
    license_aliases: Annotated[
        dict[Text, Text],
        Field(description="What desired files call a licence, and its name in the tenant, or its id"),
    ] = {}
    watch: Annotated[
        list[Text],
        Field(
            description="Settings, like forwarding or person.forwarding, that are watched where nobody describes them"
        ),
    ] = []
    lock: Annotated[
        str,
        AfterValidator(_lock),
        Field(description="Where a lock is that other clones see: a ref of the remote, or a shared folder"),
    ] = ""
    profiles: Annotated[dict[Text, dict[str, Any]], Field(description="Named outgoing permissions, by call type")] = {}


@dataclass(frozen=True)
class EarlierProtection:
    """What `protect` and `require` held before the change that is being planned, each entry with where it stood.

    `unknown` says why that cannot be told, empty when it can.
    """

    protect: Mapping[str, str] = field(default_factory=dict)
    require: Mapping[str, str] = field(default_factory=dict)
    unknown: str = ""
