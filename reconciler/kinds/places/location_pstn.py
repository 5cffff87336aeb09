"""`location.pstn`: how a location reaches the PSTN: a trunk, a route group, or a provider by display name.

API: `/telephony/pstn/locations/{id}/connection` (webex-behaviour.md §5). The read says `routeType`/`routeId`, the
write `premiseRouteType`/`premiseRouteId`. Not configured is a 404 without `message`, and no error here.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from reconciler.errors import ApiError, ReconcileError
from reconciler.kinds.contract.access import Reader, Writer
from reconciler.kinds.contract.kind import Calls, Rules, SectionKind
from reconciler.kinds.contract.wire import named, read_document
from reconciler.model.marks import Ref
from reconciler.model.plan import Change, Operation
from reconciler.model.resource import Resource, Text
from reconciler.model.snapshot import Current, Fields
from reconciler.model.text import normal

UNSET: Fields = {"trunk": None, "route_group": None, "provider": None}
_SETTABLE = ("LOCAL_GATEWAY", "NON_INTEGRATED_CCP")


class Pstn(Resource):
    """Exactly one of the three."""

    trunk: Annotated[Text, Ref("trunk")] = ""
    route_group: Annotated[Text, Ref("route_group")] = ""
    provider: Annotated[Text, Field(description="Display name of a cloud connected PSTN provider option")] = ""

    @model_validator(mode="after")
    def _one(self) -> Pstn:
        if len(self.model_fields_set) != 1:
            raise ValueError("give exactly one of trunk, route_group, provider")
        return self


def settle(want: Fields, have: Fields) -> Fields:
    """One of the three takes the place of the others: all of them are compared, and seen when they change."""
    return {**UNSET, **want}


async def fetch(reader: Reader, owner: Current) -> Fields | None:
    try:
        document = await read_document(reader, reader.api.telephony.pstn.ep(f"locations/{owner.id}/connection"))
    except ApiError as error:
        if error.status == 404:
            return dict(UNSET)
        raise
    fields = dict(UNSET)
    route_type = document.get("routeType")
    if route_type in ("TRUNK", "ROUTE_GROUP"):
        kind = route_type.lower()
        fields[kind] = await named(reader, kind, document["routeId"], owner.unknown, "pstn")
    else:
        fields["provider"] = document.get("displayName") or document.get("pstnConnectionType")
    return fields


async def write(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
    kind, name = next((kind, name) for kind, name in want.items() if name)
    if kind == "provider":
        body = {"id": await _option(writer, owner, name)}
    else:
        body = {"premiseRouteType": kind.upper(), "premiseRouteId": await writer.id_of(kind, name)}
    await writer.send("PUT", writer.api.telephony.pstn.ep(f"locations/{owner.id}/connection"), body)


async def _option(writer: Writer, owner: Current, provider: str) -> str:
    """The id of the connection option with that display name; only some types can be set by API (§5)."""
    options = await writer.get(writer.api.telephony.pstn.ep(f"locations/{owner.id}/connectionOptions"))
    by_name = {normal(option["displayName"]): option for option in options.get("items", [])}
    option = by_name.get(provider)
    if option is None:
        raise ReconcileError(
            f"no PSTN option is called {provider!r} here",
            why=f"the location offers: {', '.join(sorted(by_name)) or 'none'}",
            do="use one of these names, or a trunk or route_group",
        )
    if option.get("pstnConnectionType") not in _SETTABLE:
        raise ReconcileError(
            f"{provider!r} is {option.get('pstnConnectionType')}, which the API can show but not set",
            do="connect it in Control Hub",
        )
    return str(option["id"])


def refuse(change: Change) -> str:
    if change.action == "delete":
        return "the API has no way to take a PSTN connection away; give another one"
    return ""


def _send_calls(operation: Operation) -> list[str]:
    path = "/telephony/pstn/locations/{locationId}/connection"
    kind = next((kind for kind, name in operation.members[0].want.items() if name), "provider")
    return [f"GET {path}Options" if kind == "provider" else kind, f"PUT {path}"]


KIND = SectionKind(
    name="location.pstn",
    of="location",
    model=Pstn,
    doc="PSTN connection of a location: trunk, route group or provider.",
    source="GET/PUT /telephony/pstn/locations/{id}/connection",
    requests=("GET /telephony/pstn/locations/{locationId}/connection",),
    requires=("location.calling",),
    calls=Calls(send=_send_calls),
    fetch=fetch,
    always=True,
    write=write,
    rules=Rules(refuse=refuse, settle=settle),
)
