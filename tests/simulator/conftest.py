"""The sample tenant as it was for each test, the real SDK on it, and raw calls for the shapes that the SDK hides."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestSession
from wxc_sdk.tokens import Tokens as SdkTokens
from yarl import URL

from reconciler.simulator import Simulator, sample_tenant
from reconciler.simulator.core.tokens import Tokens


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


class Session(RestSession):
    """The SDK's own session with another base; only SCIM has its host written into the SDK."""

    def __init__(self, base: str, token: str) -> None:
        super().__init__(tokens=SdkTokens(access_token=token), concurrent_requests=4)
        self.BASE = base
        self.trust_env = False

    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        url = url.replace("https://webexapis.com", self.BASE.removesuffix("/v1"))
        assert url.startswith("http://127.0.0.1:")
        return super().request(method, url, **kwargs)


@pytest.fixture(scope="session")
def running() -> Iterator[Simulator]:
    with Simulator() as started:
        yield started


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    """One per worker, put back: tenant, clock, limits, faults and log by `load`, and who may ask."""
    # numbers are free at once; test_numbers.py has the position in which they are not
    running.load({**sample_tenant(), "switches": {"number_release": "0s"}})
    tenant = running._tenant
    tenant.tokens = Tokens(running.token, tenant.clock.now)
    return running


@pytest.fixture
def api(simulator: Simulator) -> WebexSimpleApi:
    return WebexSimpleApi(tokens="unused", session=Session(simulator.base_url, simulator.token))


Call = Callable[..., Answer]


@pytest.fixture
def call(simulator: Simulator) -> Iterator[Call]:
    """`call("GET", "/people", {...})`: a raw request, path without /v1 unless it begins with /identity."""
    root = URL(simulator.base_url)
    kept = http.client.HTTPConnection(str(root.host), root.port)

    def ask(method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        url = URL(path if path.startswith("/identity") else f"{root.path}{path}")
        typed = {} if body is None else {"Content-Type": "application/json"}
        said = {"Authorization": f"Bearer {simulator.token}", **typed, **(headers or {})}
        kept.request(method, url.raw_path_qs, None if body is None else json.dumps(body), said)
        with kept.getresponse() as answer:
            text = answer.read().decode()
        is_json = answer.headers.get_content_type() == "application/json"
        return Answer(answer.status, dict(answer.headers), json.loads(text) if is_json else text)

    with contextlib.closing(kept):
        yield ask


@dataclass
class Ids:
    """Webex ids of the sample's objects by their names, taken from the API itself."""

    locations: dict[str, str]
    licenses: dict[str, str]
    call: Call

    def person(self, email: str) -> str:
        found: str = self.call("GET", f"/people?email={email}").body["items"][0]["id"]
        return found

    def workspace(self, name: str) -> str:
        return next(w["id"] for w in self.call("GET", "/workspaces").body["items"] if w["displayName"] == name)


@pytest.fixture
def ids(call: Call) -> Ids:
    return Ids(
        {one["name"]: one["id"] for one in call("GET", "/locations").body["items"]},
        {one["name"].removeprefix("Webex Calling - "): one["id"] for one in call("GET", "/licenses").body["items"]},
        call,
    )


@pytest.fixture
def people(simulator: Simulator) -> dict[str, list[str]]:
    """E-mail addresses of the sample by what the people have: a number, an extension only, nothing."""
    groups: dict[str, list[str]] = {"number": [], "extension": [], "none": []}
    for person in simulator.state()["people"]:
        calling = person["calling"]
        kind = "none" if calling is None else "number" if calling.get("number") else "extension"
        groups[kind].append(person["emails"][0])
    return groups
