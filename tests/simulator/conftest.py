"""A fresh sample tenant for each test, the real SDK on it, and raw calls for the shapes that the SDK hides."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestSession
from wxc_sdk.tokens import Tokens

from reconciler.simulator import Simulator, sample_tenant


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


class Session(RestSession):
    """The SDK's own session with another base; only SCIM has its host written into the SDK."""

    def __init__(self, base: str, token: str) -> None:
        super().__init__(tokens=Tokens(access_token=token), concurrent_requests=4)
        self.BASE = base
        self.trust_env = False

    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        url = url.replace("https://webexapis.com", self.BASE.removesuffix("/v1"))
        assert url.startswith("http://127.0.0.1:")
        return super().request(method, url, **kwargs)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    # numbers are free at once; test_numbers.py has the position in which they are not
    with Simulator({**sample_tenant(), "switches": {"number_release": "0s"}}) as running:
        yield running


@pytest.fixture
def api(simulator: Simulator) -> WebexSimpleApi:
    return WebexSimpleApi(tokens="unused", session=Session(simulator.base_url, simulator.token))


Call = Callable[..., Answer]


@pytest.fixture
def call(simulator: Simulator) -> Call:
    """`call("GET", "/people", {...})`: a raw request, path without /v1 unless it begins with /identity."""

    async def ask(method: str, url: str, body: Any, headers: dict[str, str]) -> Answer:
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, json=body, headers=headers) as response,
        ):
            text = await response.text()
            parsed = json.loads(text) if response.content_type == "application/json" else text
            return Answer(response.status, dict(response.headers), parsed)

    def run(method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Answer:
        root = simulator.base_url.removesuffix("/v1") if path.startswith("/identity") else simulator.base_url
        authorized = {"Authorization": f"Bearer {simulator.token}", **(headers or {})}
        return asyncio.run(ask(method, root + path, body, authorized))

    return run


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
