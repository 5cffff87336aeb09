"""Stands between the product and the tenant while something is written: nothing leaves that would touch what the suite
has not made itself in this very run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from reconciler.model.remote_id import uuid_of
from reconciler.webex.tenant import TenantWriter

#: What may be created, and the field of the body that must begin with the run's own prefix.
_CREATES = {"/people": "emails", "/workspaces": "displayName"}


class Trespass(AssertionError):
    """A write that would reach somebody else's object; it has not left."""


@dataclass
class Warden:
    """`made` are the uuids of this run's objects; `seen` all writes that left, as `METHOD /path`."""

    prefix: str
    made: set[str] = field(default_factory=set)
    seen: list[str] = field(default_factory=list)

    def check(self, method: str, path: str, body: Any) -> None:
        named = (body or {}).get(_CREATES.get(path, "")) or ""
        name = named[0] if isinstance(named, list) else named
        ours = any(uuid_of(part) in self.made for part in path.split("/"))
        if not (ours or (method == "POST" and str(name).startswith(self.prefix))):
            raise Trespass(f"{method} {path} is not about anything that this suite has made")
        self.seen.append(f"{method} {path}")

    def learn(self, method: str, path: str, answer: Any) -> None:
        if method == "POST" and path in _CREATES and isinstance(answer, dict) and answer.get("id"):
            self.made.add(uuid_of(str(answer["id"])))


@contextmanager
def watching(warden: Warden) -> Iterator[Warden]:
    """All writes of the product go past the warden; there is one door for them."""
    send = TenantWriter.send

    async def past(self: TenantWriter, method: str, url: str, body: Any = None, **params: str) -> Any:
        path = urlsplit(url).path.partition("/v1")[2]
        warden.check(method, path, body)
        answer = await send(self, method, url, body, **params)
        warden.learn(method, path, answer)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TenantWriter, "send", past)
        yield warden
