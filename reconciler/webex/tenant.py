"""A tenant to read from, and one to write to. Kinds get one of these and nothing else."""

from __future__ import annotations

import asyncio
import difflib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from copy import copy
from typing import Any

from wxc_sdk.as_api import AsWebexSimpleApi
from wxc_sdk.tokens import Tokens

from reconciler.errors import (
    ApiError,
    ConvergingError,
    IncompleteError,
    ReconcileError,
    RefusedError,
    TemporaryError,
)
from reconciler.kinds import kind as kind_named
from reconciler.kinds import managed, observed
from reconciler.kinds.contract.access import Scope
from reconciler.kinds.contract.jobs import OVER, ItemError, state_of
from reconciler.kinds.contract.namesakes import distinct, told_apart
from reconciler.kinds.contract.wire import understood
from reconciler.kinds.people.license import WHICH
from reconciler.model.address import address
from reconciler.model.remote_id import uuid_of
from reconciler.model.snapshot import Current, MemorySnapshot
from reconciler.model.text import normal
from reconciler.webex import tape as taped
from reconciler.webex.credentials import Credentials
from reconciler.webex.pacing import family_of
from reconciler.webex.policy import LOOK_AGAIN
from reconciler.webex.session import Session, Waiting
from reconciler.webex.tape import Tape

#: What leaves the names in a list unknown, and all that is known without them as it is.
UNLISTED = (ApiError, IncompleteError, RefusedError, TemporaryError)
#: Seconds until the second look at a job; the later ones are rarer, up to one in five.
FIRST_LOOK = 0.2


class TenantReader:
    """Reads a tenant. Lists of a kind and the identity are read once and kept for the run; so is the failure of one,
    or everything that names something in it would ask again."""

    keeps_failures = True

    def __init__(self, session: Session, api: AsWebexSimpleApi) -> None:
        self.session = session
        self.api = api
        self.org_id = ""
        self.me: frozenset[str] = frozenset()
        self._lists: dict[str, MemorySnapshot] = {}
        self._names: dict[str, dict[str, str]] = {}  # by uuid: the name, which several may have
        self._keys: dict[str, dict[str, str]] = {}  # by uuid: the key, which nobody else has
        self._failures: dict[str, ReconcileError] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self.tape: Tape | None = None

    async def identify(self) -> str:
        """The org id behind the token; the first request of every run, before any other. From here on `me` are id
        (uuid) and e-mails of the person whose token it is."""
        me: Any = await taped.get(self.session, None, self.api.people.ep("me"), {})  # never an old answer
        if not isinstance(me, dict) or not me.get("orgId"):
            raise IncompleteError(
                "the tenant does not say which organisation this token belongs to",
                where="GET /people/me",
                why=f"the answer is {'of an unknown form' if me else 'empty'}",
                do="check WEBEX_API_URL, then run the same command again",
            )
        self.org_id = str(me["orgId"])
        self.session.belongs_to(self.org_id)
        addresses = (str(mail).casefold() for mail in me.get("emails") or [])
        self.me = frozenset({uuid_of(str(me.get("id", ""))), *addresses})
        return self.org_id

    async def get(self, url: str, **params: str) -> Any:
        return await taped.get(self.session, self.tape, url, params)

    def pages(self, url: str, key: str, **params: str) -> AsyncIterator[dict[str, Any]]:
        return taped.rows(self.session, self.tape, url, key, params)

    def fails(self, kind: str, error: ReconcileError) -> None:
        """The list of this kind cannot be read, which is known before it is asked for."""
        self._failures[kind] = error

    @property
    def listed(self) -> dict[str, dict[str, Current]]:
        """The lists that were read so far, by kind: those asked for, and those that only gave the names of others."""
        return {name: listed.kinds[name] for name, listed in self._lists.items()}

    async def all(self, kind: str) -> Mapping[str, Current]:
        """Every resource of a kind by key; concurrent callers share one reading."""
        async with self._locks.setdefault(kind, asyncio.Lock()):
            if kind in self._failures:
                raise self._failures[kind]
            if kind not in self._lists:
                listed = MemorySnapshot(org={}, kinds={kind: {}})
                rows = await self._scanned(kind)
                self._names[kind] = {uuid_of(current.id): current.key for current in rows if not current.candidates}
                for current in told_apart(rows) if kind in managed() else distinct(rows):
                    if kind not in observed():  # rows of artefacts are still needed, to ask for more of them
                        current.wire = None
                    listed.add(current)
                self._lists[kind] = listed
                self._keys[kind] = {uuid_of(one.id): key for key, one in listed.kinds[kind].items()}
        return self._lists[kind].kinds[kind]

    async def _scanned(self, kind: str) -> list[Current]:
        try:
            return await understood(kind, self._scan(kind))
        except ReconcileError as error:
            if self.keeps_failures:
                self._failures[kind] = error
            raise

    async def _scan(self, kind: str) -> list[Current]:
        if kind in managed():
            scan = kind_named(kind).scan
            if scan is not None:
                return await scan(self, Scope())
        elif (artefact := observed().get(kind)) and artefact.scan:
            return await artefact.scan(self, Scope())
        raise ReconcileError(f"{kind} cannot be listed")

    async def id_of(self, kind: str, name: str) -> str:
        resources, name = await self.all(kind), normal(name)
        current = resources.get(name)
        if current is None:
            close = difflib.get_close_matches(name, resources, n=1)
            raise ReconcileError(
                f"there is no {kind} called {name!r} in the tenant",
                do=f"did you mean {close[0]!r}?" if close else "correct the name, or create it first",
            )
        if current.candidates:
            raise ReconcileError(
                f"{kind} {name!r} is ambiguous: {len(current.candidates)} have that name",
                why="; ".join(current.candidates),
                do=WHICH if kind == "license" else "rename all but one",
            )
        return current.id

    async def name_of(self, kind: str, remote_id: str) -> str:
        try:
            await self.all(kind)
        except UNLISTED:
            if not self.keeps_failures:
                raise
            return remote_id
        return self._names[kind].get(uuid_of(remote_id), remote_id)

    def unlisted(self, kind: str) -> str:
        failure = self._failures.get(kind)
        return failure.what if failure else ""

    @property
    def failures(self) -> Mapping[str, ReconcileError]:
        """Which lists could not be read so far, and why."""
        return self._failures

    async def address_of(self, remote_id: str, kinds: tuple[str, ...]) -> str:
        uuid = uuid_of(remote_id)
        for kind in kinds:
            await self.all(kind)
            if uuid in self._keys[kind]:
                return address(kind, self._keys[kind][uuid])
        return remote_id


class TenantWriter(TenantReader):
    """Writes to a tenant; made for the applier only. A run is long: what fails now may be read later.

    A job is waited for `converge_timeout` seconds; `heard_of_job` is told its address and each new state, and
    of which operation it is (`on_behalf`), empty where it may be anybody's."""

    keeps_failures = False
    converge_timeout = 600.0

    def __init__(self, session: Session, api: AsWebexSimpleApi) -> None:
        super().__init__(session, api)
        self.heard_of_job: Callable[[str, str, str], None] = lambda operation, url, state: None
        self._operation = ""
        self._jobs: set[str] = set()
        session.look_again = LOOK_AGAIN

    def on_behalf(self, operation: str) -> TenantWriter:
        other = copy(self)
        other._operation = operation
        return other

    def looked(self, at: float) -> None:
        self.session.looked(at)

    async def send(self, method: str, url: str, body: Any = None, **params: str) -> Any:
        return await self.session._rest_request(method, url, json=body, params=params or None)

    def forget(self, kind: str) -> None:
        """After a write to a kind its list is no longer what was read."""
        self._lists.pop(kind, None)

    async def job_end(self, url: str, patience: float | None = None) -> Mapping[str, Any]:
        """Poll until the job ends. Item errors come along as (item, text); a COMPLETED job can have them too
        (row 28). ConvergingError when it takes longer than `patience` seconds (`converge_timeout`)."""
        path = url.removeprefix(self.session.BASE)
        url = f"{self.session.BASE}{path}"
        now = asyncio.get_running_loop().time
        began, pause, said = now(), FIRST_LOOK, ""
        deadline, tally = began + (self.converge_timeout if patience is None else patience), self.session.watching.tally
        while True:
            answer = await self.get(url)
            if path in self._jobs:
                tally.was_poll(family_of(path))
            self._jobs.add(path)
            job: dict[str, Any] = answer if isinstance(answer, dict) else {}  # a gateway's page says nothing of the job
            over = job.get("latestExecutionStatus") in OVER
            if over and job.get("errors") is None:
                job["errors"] = [_item_error(item) async for item in self.pages(f"{url}/errors", "items")]
            if state_of(job) != said:
                said = state_of(job)
                self.heard_of_job(self._operation, path, said)
            if over:
                tally.jobs += 1
                tally.job_seconds += now() - began
                return job
            if now() >= deadline:
                raise ConvergingError(f"the job has not ended yet ({said})", where=path)
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 5.0)


def _item_error(item: Mapping[str, Any]) -> ItemError:
    messages = (item.get("error") or {}).get("message") or []
    text = "; ".join(f"{m.get('description')} ({m.get('code')})" for m in messages) or "item failed"
    return str(item.get("item") or ""), text


@asynccontextmanager
async def reader(credentials: Credentials, *, concurrency: int, waiting: Waiting) -> AsyncIterator[TenantReader]:
    """A tenant that can only be read."""
    async with _connection(credentials, False, concurrency, waiting) as (session, api):
        yield TenantReader(session, api)


@asynccontextmanager
async def writer(
    credentials: Credentials, *, concurrency: int, waiting: Waiting, converge_timeout: float = 600.0
) -> AsyncIterator[TenantWriter]:
    """A tenant that can be written to. Its jobs are waited for so many seconds."""
    async with _connection(credentials, True, concurrency, waiting) as (session, api):
        made = TenantWriter(session, api)
        made.converge_timeout = converge_timeout
        yield made


@asynccontextmanager
async def _connection(
    credentials: Credentials, writable: bool, concurrency: int, waiting: Waiting
) -> AsyncIterator[tuple[Session, AsWebexSimpleApi]]:
    # The SDK and aiohttp log whole bodies and tracebacks; what matters comes back as errors.
    for name in ("wxc_sdk", "wxc_sdk.as_rest", "wxc_sdk.base", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    session = Session(
        base=credentials.url,
        token=credentials.token,
        writable=writable,
        concurrency=concurrency,
        waiting=waiting,
        policy=credentials.policy,
        grant=credentials.grant,
        scopes=credentials.scopes,
    )
    async with session:
        yield (
            session,
            AsWebexSimpleApi(tokens=Tokens(access_token=credentials.token or "to be asked for"), session=session),
        )
