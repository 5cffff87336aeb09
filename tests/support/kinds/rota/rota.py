"""`rota`: a kind that refers and claims at every depth. The API has none; `TENANT` is what there is of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from reconciler.kinds.contract.access import Reader, Scope, Writer
from reconciler.kinds.contract.kind import ResourceKind
from reconciler.kinds.contract.members import Member, MemberSet
from reconciler.model.marks import Claim, Key, Ref
from reconciler.model.resource import E164, Extension, Resource, Text
from reconciler.model.snapshot import Current, Fields

TENANT: dict[str, Fields] = {}


class Line(Resource):
    number: Annotated[E164 | None, Ref("number"), Claim("number")] = None
    extension: Annotated[Extension | None, Claim("extension", per="location")] = None
    pattern: Text | None = None


class Agent(Resource):
    member: Member
    weight: int | None = None


class Press(Resource):
    transfer: Member | None = None
    also: list[Agent] | None = None


class Rota(Resource):
    name: Annotated[Text, Key()]
    location: Annotated[Text, Ref("location")] = ""
    members: MemberSet | None = None
    agents: list[Agent] | None = None
    alternate_numbers: list[Line] | None = None
    presses: dict[str, Press] | None = None
    overflow: Annotated[Text | None, Ref("person", "workspace")] = None
    page: Annotated[Text | None, Ref("paging_group")] = None
    pages: Annotated[list[Annotated[Text, Ref("paging_group", "workspace")]] | None, AfterValidator(sorted)] = None


async def scan(reader: Reader, scope: Scope) -> list[Current]:
    return [Current("rota", name, f"id of {name}", dict(fields)) for name, fields in TENANT.items()]


async def find(reader: Reader, key: str, remote_id: str) -> Current | None:
    return Current("rota", key, f"id of {key}", dict(TENANT[key])) if key in TENANT else None


async def create(writer: Writer, key: str, want: Fields) -> None:
    TENANT[key] = want


async def update(writer: Writer, current: Current, want: Fields) -> None:
    TENANT[current.key] = {**TENANT[current.key], **want}


async def delete(writer: Writer, current: Current) -> None:
    del TENANT[current.key]


KIND = ResourceKind(
    name="rota",
    model=Rota,
    doc="Who is on duty.",
    source="none",
    requests=("GET /workspaces",),
    plural="rotas",
    key="name",
    scan=scan,
    find=find,
    create=create,
    update=update,
    delete=delete,
)
