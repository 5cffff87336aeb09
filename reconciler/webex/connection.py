"""How a tenant is reached, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.errors import RefusedError
from reconciler.model.remote_id import uuid_of

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from reconciler.webex.credentials import Credentials
    from reconciler.webex.session import Waiting
    from reconciler.webex.tenant import TenantReader


@dataclass(frozen=True)
class Connection:
    """How to reach the tenant, how hard to press it, and whom to tell of a wait."""

    credentials: Credentials
    waiting: Waiting
    workers: int = 8

    def reader(self, workers: int = 0) -> AbstractAsyncContextManager[TenantReader]:
        """The tenant, to be read only, by so many requests at a time (0: as the connection says)."""
        from reconciler.webex import tenant  # the SDK, of which no offline plan pays

        return tenant.reader(self.credentials, concurrency=workers or self.workers, waiting=self.waiting)


async def identity(reader: TenantReader, pinned: str) -> str:
    """The token's org, which must be the pinned one before anything else is asked or done."""
    org_id = await reader.identify()
    if pinned and uuid_of(pinned) != uuid_of(org_id):
        raise RefusedError(
            "this token belongs to another organisation",
            why=f"desired/tenant.yaml pins {uuid_of(pinned)}, the token's is {uuid_of(org_id)}",
            do="give a token of the one that is pinned, or name the other one's repository with -C DIR",
        )
    return org_id
