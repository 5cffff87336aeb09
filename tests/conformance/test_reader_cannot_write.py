"""M1: what plans is handed a reader, and its transport refuses to write. Lifting the refusal makes this fail."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from reconciler.errors import ReconcileError, RefusedError
from reconciler.webex import tenant as webex
from reconciler.webex.session import Session
from reconciler.webex.tenant import TenantReader
from tests.support.live import Live

Probe = Callable[[TenantReader], Awaitable[object]]
_NOBODY = "Y2lzY29zcGFyazovL3VzL1BFT1BMRS9ub2JvZHk"
PROBES: dict[str, Probe] = {
    "session post": lambda reader: reader.session.rest_post(reader.api.people.ep(), json={}),
    "session put": lambda reader: reader.session.rest_put(reader.api.people.ep(_NOBODY), json={}),
    "session patch": lambda reader: reader.session.rest_patch(reader.api.licenses.ep("users"), json={}),
    "session delete": lambda reader: reader.session.rest_delete(reader.api.people.ep(_NOBODY)),
    "sdk method": lambda reader: reader.api.people.delete_person(person_id=_NOBODY),
    "sdk absolute address": lambda reader: reader.api.scim.users.delete("org", _NOBODY),
}


async def _probe(live: Live, probe: Probe) -> None:
    async with webex.reader(live.tenant.credentials, concurrency=2, waiting=lambda *_: None) as reader:
        await probe(reader)


@pytest.mark.parametrize("name", PROBES)
def test_a_reader_refuses_every_write(name: str, live: Live) -> None:
    with pytest.raises(RefusedError, match="refusing"):
        asyncio.run(_probe(live, PROBES[name]))
    assert live.requests() == {}


@pytest.mark.parametrize("name", PROBES)
def test_without_the_refusal_the_write_arrives(name: str, live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: it is the refusal that keeps the server untouched, not the probe."""
    monkeypatch.setattr(Session, "_check", lambda self, request: None)
    with pytest.raises(ReconcileError) as caught:
        asyncio.run(_probe(live, PROBES[name]))
    assert not isinstance(caught.value, RefusedError)
    assert sum(live.writes().values()) == 1


def test_a_reader_has_no_method_that_writes() -> None:
    assert not {"send", "forget", "job_end"} & set(dir(TenantReader))
