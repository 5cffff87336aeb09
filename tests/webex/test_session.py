"""The one session: where requests go, what is refused, what is waited for and what is never sent twice."""

from __future__ import annotations

import asyncio
import email.utils
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from reconciler.applying.creating import lost
from reconciler.errors import (
    ApiError,
    AuthError,
    ForbiddenError,
    IncompleteError,
    ReconcileError,
    RefusedError,
    TemporaryError,
)
from reconciler.webex import session as sessions
from reconciler.webex.answers import error_of
from reconciler.webex.policy import RETRIES
from reconciler.webex.session import Session


class Waits(list[tuple[float, int, str]]):
    """What was said of waits, and the clock that every sleep moves."""

    now = 0.0


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[Waits]:
    """Sleeps are recorded and skipped: time passes by hand."""
    said = Waits()
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        said.now += seconds
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    yield said


def talk(server: HTTPServer, waits: Waits, call: Callable[[Session], Awaitable[Any]], *, writable: bool = False) -> Any:
    async def inside() -> Any:
        base = server.url_for("/v1")
        session = Session(
            base=base, token="t", writable=writable, concurrency=4, waiting=lambda *wait: waits.append(wait)
        )
        async with session:
            session._now = lambda: waits.now
            return await call(session)

    return asyncio.run(inside())


def in_turn(server: HTTPServer, *answers: Response) -> list[Request]:
    """Answer requests one after the other, the last one for ever; the requests that came."""
    asked: list[Request] = []

    def handler(request: Request) -> Response:
        asked.append(request)
        return answers[min(len(asked), len(answers)) - 1]

    server.expect_request("/v1/x").respond_with_handler(handler)
    return asked


def limited(**headers: str) -> Response:
    return Response('{"message":"slow"}', 429, headers, content_type="application/json")


OK = Response('{"ok":true}', 200, content_type="application/json")


def get(session: Session) -> Awaitable[Any]:
    return session.rest_get(session.ep("x"))


def in_a_minute() -> str:
    return email.utils.formatdate(time.time() + 60, usegmt=True)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({"Retry-After": "7"}, [7]),
        ({"Retry-After": "0"}, [0.1]),
        ({"Retry-After": "3600"}, [300]),
        ({"Retry-After": "<a minute from now>"}, [60]),
        ({"Retry-After": "rand(30),add(30)"}, [1]),
        ({}, [1]),
    ],
    ids=["seconds", "zero is no hot loop", "capped", "a date", "malformed", "absent"],
)
def test_429_is_waited_for(header: dict[str, str], seconds: list[float], httpserver: HTTPServer, waits: Waits) -> None:
    if header.get("Retry-After", "").startswith("<"):
        header = {"Retry-After": in_a_minute()}
    asked = in_turn(httpserver, limited(**header), OK)
    assert talk(httpserver, waits, get) == {"ok": True}
    assert len(asked) == 2
    assert [wait[0] for wait in waits] == pytest.approx(seconds, abs=20 if seconds == [60] else 0.01)


def test_429_for_ever_ends(httpserver: HTTPServer, waits: Waits) -> None:
    asked = in_turn(httpserver, limited())
    with pytest.raises(ApiError) as error:
        talk(httpserver, waits, get)
    assert error.value.status == 429
    assert len(asked) == 1 + RETRIES


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_s90_a_get_is_repeated_after_5xx(status: int, httpserver: HTTPServer, waits: Waits) -> None:
    asked = in_turn(httpserver, Response("<html>", status), OK)
    assert talk(httpserver, waits, get) == {"ok": True}
    assert len(asked) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_write_is_not_repeated_after_5xx(method: str, httpserver: HTTPServer, waits: Waits) -> None:
    asked = in_turn(httpserver, Response("<html>", 502), OK)
    with pytest.raises(ApiError) as error:
        talk(httpserver, waits, lambda s: s._rest_request(method, s.ep("x"), json={}), writable=True)
    assert error.value.status == 502
    assert "<html>" not in str(error.value)
    assert len(asked) == 1


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_reader_refuses_to_write(method: str, httpserver: HTTPServer, waits: Waits) -> None:
    asked = in_turn(httpserver, OK)
    with pytest.raises(RefusedError, match="it has no way to write"):
        talk(httpserver, waits, lambda s: s._rest_request(method, s.ep("x"), json={}))
    with pytest.raises(RefusedError):
        talk(httpserver, waits, lambda s: s.post(s.ep("x")))
    assert asked == []


def test_the_token_goes_nowhere_else(httpserver: HTTPServer, waits: Waits) -> None:
    for url in ("https://status.webex.com/x.json", "http://127.0.0.1:1/v1/x", "https://webexapis.com.example.org/v1/x"):
        with pytest.raises(RefusedError, match="refusing to send the token"):
            talk(httpserver, waits, lambda s, url=url: s.rest_get(url))


def test_hard_coded_addresses_of_the_sdk_are_rebased(httpserver: HTTPServer, waits: Waits) -> None:
    httpserver.expect_request("/identity/scim/org/v2/Users").respond_with_json({"totalResults": 0})
    found = talk(httpserver, waits, lambda s: s.rest_get("https://webexapis.com/identity/scim/org/v2/Users"))
    assert found == {"totalResults": 0}


@pytest.mark.issue10("C")
def test_a_redirect_loop_is_an_error_of_the_api(httpserver: HTTPServer, waits: Waits) -> None:
    again = Response(status=302, headers={"Location": httpserver.url_for("/v1/x")})
    asked = in_turn(httpserver, again)
    with pytest.raises(ApiError, match="redirected in a circle") as error:
        talk(httpserver, waits, get)
    assert "GET /v1/" in str(error.value) and len(asked) < 20


@pytest.mark.issue10("C")
@pytest.mark.parametrize(
    "target", ["ftp://127.0.0.1/x", "http://", "mailto:someone@example.com", "http://ana:word@{host}/v1/x"]
)
def test_a_redirect_to_nowhere_is_an_error_of_the_api(target: str, httpserver: HTTPServer, waits: Waits) -> None:
    target = target.format(host=f"{httpserver.host}:{httpserver.port}")
    in_turn(httpserver, Response(status=302, headers={"Location": target}))
    with pytest.raises(ReconcileError, match=r"redirected|refusing"):
        talk(httpserver, waits, get)


def test_nobody_there(waits: Waits) -> None:
    server = HTTPServer(host="127.0.0.1", port=1)
    with pytest.raises(TemporaryError, match=r"no answer from 127\.0\.0\.1:1"):
        talk(server, waits, get)


@pytest.mark.parametrize(
    ("status", "body", "error", "says"),
    [
        (401, '{"message":"x","trackingId":"ROUTER_1"}', AuthError, "missing, expired or not valid"),
        (403, '{"message":"no","errors":[],"trackingId":"T"}', ForbiddenError, "no (HTTP 403)"),
        (
            400,
            '{"message":"m","errors":[{"description":"d","errorCode":8363}],"errorCode":25223}',
            ApiError,
            "code 8363",
        ),
        (
            404,
            '{"errorMessage":"Location x not found or PSTN for the location is not configured"}',
            ApiError,
            "PSTN for",
        ),
        (404, '{"message":"No static resource hydra/v1/telephony/config/x."}', ApiError, "No static resource"),
        (
            400,
            '[{"errors":[{"number":"+1","errorType":"e","errorCode":"25089","errorMessage":"bad","errorTitle":"t"}]}]',
            ApiError,
            "+1: bad (25089)",
        ),
        (502, "<html>gateway</html>", ApiError, "the gateway answered 502"),
        (400, "", ApiError, "HTTP 400"),
    ],
)
def test_error_shapes(
    status: int, body: str, error: type[Exception], says: str, httpserver: HTTPServer, waits: Waits
) -> None:
    in_turn(httpserver, Response(body, status, content_type="application/json"))
    with pytest.raises(error) as raised:
        talk(httpserver, waits, lambda s: s._rest_request("PUT", s.ep("x"), json={}), writable=True)
    assert says in str(raised.value)


@pytest.mark.issue10("C")
@pytest.mark.parametrize(
    "body",
    [
        *("null", "5", "[]", "[null]", "[[1]]", '[{"errors":null}]', '[{"errors":[null]}]', '{"errors":5}'),
        *('{"errors":[null]}', '{"error":[{"message":5}]}', "[" * 100_000),
        '{"urn:scim:schemas:extension:cisco:webexidentity:api:messages:2.0:Error":null}',
    ],
)
def test_no_form_of_a_refusal_is_an_error_of_ours(body: str) -> None:
    error = error_of("PUT", "https://webexapis.com/v1/x", 400, {}, body.encode())
    assert isinstance(error, ApiError) and error.message


@pytest.mark.issue10("C")
@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"items": "\xff"}'])
def test_an_answer_that_cannot_be_read_is_no_success(body: bytes, httpserver: HTTPServer, waits: Waits) -> None:
    """Of a write that may have taken effect nobody knows what came of it."""
    in_turn(httpserver, Response(body, content_type="application/json"))
    with pytest.raises(IncompleteError, match="cannot be read"):
        talk(httpserver, waits, get)
    with pytest.raises(TemporaryError, match="cannot be read") as error:
        talk(httpserver, waits, lambda s: s._rest_request("PUT", s.ep("x"), json={}), writable=True)
    assert lost(error.value) and "PUT /v1/x" in str(error.value)


def test_scim_refusal_names_the_scope(httpserver: HTTPServer, waits: Waits) -> None:
    detail = "urn:scim:schemas:extension:cisco:webexidentity:api:messages:2.0:Error"
    body = {"schemas": [detail], "status": "403", detail: {"trackingId": "S", "errorCode": "200003", "details": "no"}}
    httpserver.expect_request("/identity/scim/o/v2/Users").respond_with_json(body, status=403)
    with pytest.raises(ForbiddenError, match="identity:people_rw") as raised:
        talk(httpserver, waits, lambda s: s.rest_get("https://webexapis.com/identity/scim/o/v2/Users"))
    assert (raised.value.code, raised.value.exit_code) == ("200003", 77)


@pytest.mark.parametrize(
    ("base", "asked", "same"),
    [
        ("https://webexapis.com/v1", "https://webexapis.com/v1/people", True),
        ("https://webexapis.com/v1", "https://webexapis.com:443/v1/people", True),
        ("https://WebexApis.com:443/v1", "https://webexapis.com/v1/people", True),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1/people", True),
        ("https://webexapis.com/v1", "http://webexapis.com/v1/people", False),
        ("https://webexapis.com/v1", "https://webexapis.com.example.org/v1/people", False),
    ],
)
def test_one_place_however_it_is_spelled(base: str, asked: str, same: bool) -> None:
    """The default address has no port, the library always does: they are the same place (found by review)."""
    import yarl

    assert (sessions._origin(base) == sessions._origin(str(yarl.URL(asked)))) is same
