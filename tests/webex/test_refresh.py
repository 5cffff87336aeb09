"""A token that expires in the middle of a run is renewed once, for everybody, and is never shown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from reconciler.errors import AuthError, TemporaryError
from reconciler.simulator import Simulator, sample_tenant
from reconciler.webex import tenant as webex
from reconciler.webex.credentials import Credentials, credentials
from reconciler.webex.renewal import Grant
from reconciler.webex.tenant import TenantWriter


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(sample_tenant()) as running:
        yield running


@pytest.fixture
def access(simulator: Simulator) -> Credentials:
    simulator.expire_tokens()
    simulator.add_token("the-first-token")
    simulator.reset_requests()
    return Credentials(simulator.base_url, "the-first-token", Grant(**simulator.credentials))


def talk(access: Credentials, call: Callable[[TenantWriter], Awaitable[Any]]) -> Any:
    async def inside() -> Any:
        async with webex.writer(access, concurrency=8, waiting=lambda *_: None) as writer:
            return await call(writer)

    return asyncio.run(inside())


def refreshes(simulator: Simulator) -> int:
    return sum(entry["path"].endswith("/access_token") for entry in simulator.log())


def test_an_expired_token_is_renewed(simulator: Simulator, access: Credentials) -> None:
    async def call(writer: TenantWriter) -> str:
        before = await writer.identify()
        simulator.expire_tokens()
        assert await writer.identify() == before
        return str(writer.session.access_token)

    new = talk(access, call)
    assert new != "the-first-token" and refreshes(simulator) == 1
    assert [entry["status"] for entry in simulator.log()] == [200, 401, 200, 200]


def test_many_who_are_told_at_once_renew_once(simulator: Simulator, access: Credentials) -> None:
    async def call(writer: TenantWriter) -> None:
        simulator.expire_tokens()
        url = writer.session.ep("people/me")
        await asyncio.gather(*(writer.get(url) for _ in range(40)))

    talk(access, call)
    statuses = [entry["status"] for entry in simulator.log()]
    assert refreshes(simulator) == 1
    assert 1 <= statuses.count(401) <= 8 and statuses.count(200) == 41


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_write_is_done_once_all_the_same(simulator: Simulator, access: Credentials, method: str) -> None:
    """401 says that nothing was done."""

    async def call(writer: TenantWriter) -> None:
        simulator.expire_tokens()
        url = writer.session.ep("people")
        body: dict[str, Any] = {"emails": [f"{method.lower()}@example.com"], "displayName": "A B", "lastName": "B"}
        if method == "PUT":
            me: dict[str, Any] = await writer.get(f"{url}/me")
            simulator.expire_tokens()
            body, url = me | {"displayName": "Changed Twice"}, f"{url}/{me['id']}"
        await writer.send(method, url, body)

    talk(access, call)
    done = [entry for entry in simulator.log() if entry["method"] == method and "access_token" not in entry["path"]]
    assert [entry["status"] for entry in done] == [401, 200]


def test_without_a_token_the_grant_gives_the_first(simulator: Simulator, access: Credentials) -> None:
    assert talk(replace(access, token=""), lambda writer: writer.identify())
    assert refreshes(simulator) == 1
    assert all(entry["status"] == 200 for entry in simulator.log())


def test_a_refused_grant_ends_the_run(simulator: Simulator, access: Credentials) -> None:
    assert access.grant
    wrong = replace(access, token="old", grant=replace(access.grant, client_secret="not-the-secret"))
    with pytest.raises(AuthError, match="a new one was refused") as error:
        talk(wrong, lambda writer: writer.identify())
    assert "not-the-secret" not in f"{error.value}{error.value.why}{error.value.do}"
    assert refreshes(simulator) == 1


def test_a_new_token_that_is_refused_too_is_not_renewed_for_ever(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/v1/people/me").respond_with_json({"message": "no"}, status=401)
    httpserver.expect_request("/v1/access_token").respond_with_json({"access_token": "fresh"})
    found = Credentials(httpserver.url_for("/v1"), "old", Grant("id", "secret", "refresh"))
    with pytest.raises(AuthError, match="not valid"):
        talk(found, lambda writer: writer.identify())
    assert [request.path for request, _ in httpserver.log] == ["/v1/people/me", "/v1/access_token", "/v1/people/me"]


@pytest.mark.parametrize("body", ["<html>", "[]", '{"token":"x"}', '{"access_token":""}', '{"access_token":"a\\nb"}'])
def test_an_answer_without_a_token(httpserver: HTTPServer, body: str) -> None:
    httpserver.expect_request("/v1/people/me").respond_with_json({"message": "no"}, status=401)
    httpserver.expect_request("/v1/access_token").respond_with_data(body)
    found = Credentials(httpserver.url_for("/v1"), "old", Grant("id", "secret", "refresh"))
    with pytest.raises(AuthError, match="a new one was refused"):
        talk(found, lambda writer: writer.identify())


def test_the_grant_is_not_followed_elsewhere(httpserver: HTTPServer) -> None:
    """It carries secrets; a redirect of it is refused, wherever it leads."""
    httpserver.expect_request("/v1/people/me").respond_with_json({"message": "no"}, status=401)
    httpserver.expect_request("/v1/access_token").respond_with_data("", 307, {"Location": "/v1/elsewhere"})
    found = Credentials(httpserver.url_for("/v1"), "old", Grant("id", "secret", "refresh"))
    with pytest.raises(AuthError):
        talk(found, lambda writer: writer.identify())
    assert [request.path for request, _ in httpserver.log][-1] == "/v1/access_token"


def test_nobody_there_to_renew(httpserver: HTTPServer) -> None:
    found = Credentials("http://127.0.0.1:1/v1", "", Grant("id", "secret", "refresh"))
    with pytest.raises(TemporaryError, match="could not be asked for"):
        talk(found, lambda writer: writer.identify())


def test_nothing_of_it_is_shown(
    simulator: Simulator, access: Credentials, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    async def call(writer: TenantWriter) -> str:
        simulator.expire_tokens()
        await writer.identify()
        return str(writer.session.access_token)

    new = talk(access, call)
    said = "".join(capfd.readouterr()) + caplog.text + repr(access)
    assert access.grant
    for secret in ("the-first-token", new, access.grant.client_secret, access.grant.refresh_token):
        assert secret not in said


def test_the_grant_comes_from_the_environment_or_env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("WEBEX_CLIENT_ID=i\nWEBEX_CLIENT_SECRET=s\nWEBEX_REFRESH_TOKEN=from-file\n")
    monkeypatch.setenv("WEBEX_REFRESH_TOKEN", "from-environment")
    assert credentials(tmp_path).grant == Grant("i", "s", "from-environment")
    assert credentials(tmp_path).token == ""


def test_half_a_grant_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With two of three the run would end at the first 401, hours later."""
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "t")
    monkeypatch.setenv("WEBEX_CLIENT_ID", "i")
    with pytest.raises(AuthError, match="cannot be renewed") as error:
        credentials(tmp_path)
    assert "WEBEX_CLIENT_SECRET and WEBEX_REFRESH_TOKEN are missing" in error.value.why
