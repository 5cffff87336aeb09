"""`location.internal_dialing`: where calls to unknown extensions go: a trunk, a route group, or nowhere.

API: `/telephony/config/locations/{id}/internalDialing` (webex-behaviour.md §6). Switching it off keeps the route,
so that switching it on again needs no new one; null takes the route away too (S58).
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from reconciler.errors import ApiError, NotEntitledError
from reconciler.kinds.contract.access import Reader, Writer
from reconciler.kinds.contract.kind import Rules, SectionKind
from reconciler.kinds.contract.wire import named, read_document
from reconciler.model.marks import Ref
from reconciler.model.resource import Resource, Text
from reconciler.model.snapshot import NOT_ENABLED, Current, Fields

ROUTES = frozenset({"trunk", "route_group"})


class UnknownExtensions(Resource):
    """A route, or `enabled: false` to keep the route but not use it."""

    enabled: Annotated[bool, Field(description="Whether unknown extensions are routed; a route implies true")] = True
    trunk: Annotated[Text, Ref("trunk")] = ""
    route_group: Annotated[Text, Ref("route_group")] = ""

    @model_validator(mode="before")
    @classmethod
    def _route_enables(cls, data: Any) -> Any:
        if isinstance(data, dict) and "enabled" not in data and ROUTES & data.keys():
            return {"enabled": True, **data}
        return data

    @model_validator(mode="after")
    def _one(self) -> UnknownExtensions:
        routes = self.model_fields_set & ROUTES
        if len(routes) > 1 or (self.enabled and not routes):
            raise ValueError("give exactly one of trunk, route_group (or enabled: false, or null)")
        return self


class InternalDialing(Resource):
    unknown_extensions: UnknownExtensions | None = None


CLEARED: Fields = {"unknown_extensions": None}


def settle(want: Fields, have: Fields) -> Fields:
    """Off where there is no route that could stay is the same as no route at all; and a route takes the place of the
    one that was there."""
    route = want.get("unknown_extensions")
    if route == {"enabled": False} and not have.get("unknown_extensions"):
        return dict(CLEARED)
    if route and ROUTES & route.keys():
        return {**want, "unknown_extensions": {**dict.fromkeys(sorted(ROUTES)), **route}}
    return want


async def fetch(reader: Reader, owner: Current) -> Fields | None:
    try:
        document = await read_document(reader, reader.api.telephony.location.ep(f"{owner.id}/internalDialing"))
    except ApiError as error:
        if error.status in (400, 404):
            raise NotEntitledError(NOT_ENABLED) from None
        raise
    enabled = bool(document.get("enableUnknownExtensionRoutePolicy"))
    identity = document.get("unknownExtensionRouteIdentity") or {}
    if not enabled and not identity.get("id"):
        return dict(CLEARED)
    route: Fields = {"enabled": enabled, "trunk": None, "route_group": None}
    if identity.get("id"):
        kind = identity["type"].lower()
        route[kind] = await named(reader, kind, identity["id"], owner.unknown, "internal_dialing")
    return {"unknown_extensions": route}


async def write(writer: Writer, owner: Current, now: Fields | None, want: Fields) -> None:
    route = want["unknown_extensions"]
    if route is None:
        body: dict[str, Any] = {"enableUnknownExtensionRoutePolicy": False, "unknownExtensionRouteIdentity": None}
    else:
        kept = {**((now or {}).get("unknown_extensions") or {})} if not route["enabled"] else {}
        body = {"enableUnknownExtensionRoutePolicy": route["enabled"]}
        for kind, name in {**kept, **route}.items():
            if kind != "enabled" and name:
                remote_id = await writer.id_of(kind, name)
                body["unknownExtensionRouteIdentity"] = {"id": remote_id, "type": kind.upper()}
    await writer.send("PUT", writer.api.telephony.location.ep(f"{owner.id}/internalDialing"), body)


_PATH = "/telephony/config/locations/{locationId}/internalDialing"


KIND = SectionKind(
    name="location.internal_dialing",
    of="location",
    model=InternalDialing,
    doc="Where a location sends calls to unknown extensions.",
    source="GET/PUT /telephony/config/locations/{id}/internalDialing",
    requests=("GET /telephony/config/locations/{locationId}/internalDialing",),
    requires=("location.calling",),
    cleared=CLEARED,
    fetch=fetch,
    always=True,
    write=write,
    rules=Rules(settle=settle),
)
