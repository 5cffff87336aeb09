"""A reader of one location: lists are asked for what is there, where the API can tell; names are known from all over
the tenant."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from reconciler.kinds import listed
from reconciler.model.address import address
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current
from reconciler.webex.tenant import TenantReader


class PlaceReader(TenantReader):
    """What is listed here is only of the location; whoever is not found here is looked for in all of the tenant."""

    def __init__(self, whole: TenantReader, location_id: str) -> None:
        super().__init__(whole.session, whole.api)
        self.org_id, self.tape = whole.org_id, whole.tape
        self._failures = whole._failures
        self._whole, self._location_id = whole, location_id
        #: By kind the lists that take `locationId`; people then in pages of 50 (§1.5).
        self._narrow = {name: kind.requests[0].removeprefix("GET ") for name, kind in listed("by_location").items()}

    def pages(self, url: str, key: str, **params: str) -> AsyncIterator[dict[str, Any]]:
        if url.removeprefix(self.session.BASE) in self._narrow.values():
            params["locationId"] = self._location_id
        return super().pages(url, key, **params)

    async def all(self, kind: str) -> Mapping[str, Current]:
        return await (super().all(kind) if kind in self._narrow else self._whole.all(kind))

    async def id_of(self, kind: str, name: str) -> str:
        return await self._whole.id_of(kind, name)

    async def name_of(self, kind: str, remote_id: str) -> str:
        return await self._whole.name_of(kind, remote_id)

    async def address_of(self, remote_id: str, kinds: tuple[str, ...]) -> str:
        for kind in kinds:
            if kind in self._narrow:
                await self.all(kind)
                if uuid_of(remote_id) in self._names[kind]:
                    return address(kind, self._names[kind][uuid_of(remote_id)])
        return await self._whole.address_of(remote_id, kinds)
