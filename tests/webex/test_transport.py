"""What the transport repeats, for how long, what it never does, and where it never goes; on a clock moved by hand."""

from __future__ import annotations

import asyncio
import email.utils
import itertools
import math
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from reconciler.cli.options import Access
from reconciler.errors import ApiError, AuthError, RefusedError, TemporaryError, UsageError
from reconciler.simulator import Simulator, sample_tenant
from reconciler.webex import tenant as webex
from reconciler.webex.credentials import Credentials
from reconciler.webex.pages import pages
from reconciler.webex.policy import Policy, one_row, retry_after
from reconciler.webex.session import CONNECT_RETRIES, Session

WRITES = ["POST", "PUT", "PATCH", "DELETE"]
OK = Response('{"ok":true}', 200, content_type="application/json")


class Clock:
    """Every sleep moves it and is noted."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.said: list[tuple[float, int, str]] = []


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    made, real = Clock(), asyncio.sleep

    async def sleep(seconds: float) -> None:
        made.now += seconds
        made.slept.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    yield made


def talk(base: str, clock: Clock, call: Callable[[Session], Awaitable[Any]], **policy: Any) -> Any:
    async def inside() -> Any:
        async with Session(
            base=base, token="secret", writable=True, concurrency=8,
            waiting=lambda *wait: clock.said.append(wait), policy=Policy(**policy),
        ) as session:  # fmt: skip
            session._now = lambda: clock.now
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


def sends(method: str) -> Callable[[Session], Awaitable[Any]]:
    if method == "GET":
        return lambda session: session.rest_get(session.ep("x"))
    return lambda session: session._rest_request(method, session.ep("x"), json={})


def answer(status: int, **headers: str) -> Response:
    return Response('{"message":"no"}', status, {k.replace("_", "-"): v for k, v in headers.items()})


# --- Retry-After, and the caps (S89, S91) ---


@given(st.floats(0, 1e9))
def test_s89_retry_after_in_seconds(seconds: float) -> None:
    assert retry_after(f"{seconds:.3f}") == pytest.approx(max(seconds, 0.1), abs=0.001)


@given(st.integers(-(10**6), 10**6))
def test_s89_retry_after_as_a_date(ahead: int) -> None:
    now = 1_700_000_000.0
    date = email.utils.formatdate(now + ahead, usegmt=True)
    assert retry_after(date, now=lambda: now) == max(ahead, 0.1)


@given(st.text())
def test_whatever_retry_after_says_it_is_a_wait_or_nothing(text: str) -> None:
    seconds = retry_after(text)
    assert seconds is None or seconds >= 0.1


@pytest.mark.parametrize("text", ["", " ", "soon", "rand(30),add(30)", "nan", "5 s", "Thu, 99 Foo 2026", "1;2"])
def test_what_is_not_understood_is_not_said(text: str) -> None:
    assert retry_after(text) is None


@pytest.mark.parametrize("text", ["0", "-5", "0.0", "Thu, 01 Jan 1970 00:00:00 GMT"])
def test_zero_and_the_past_are_no_hot_loop(text: str) -> None:
    assert retry_after(text) == 0.1


@pytest.mark.parametrize("status", [423, 429])
@pytest.mark.parametrize("method", ["GET", *WRITES])
def test_s89_too_soon_is_waited_for_as_told(status: int, method: str, httpserver: HTTPServer, clock: Clock) -> None:
    """A write too: it was refused, not done."""
    asked = in_turn(httpserver, answer(status, Retry_After="37"), OK)
    assert talk(httpserver.url_for("/v1"), clock, sends(method)) == {"ok": True}
    assert len(asked) == 2
    assert clock.now == pytest.approx(37, abs=0.5)
    assert clock.said == [(37.0, status, "/x")]


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_s89_both_forms_of_retry_after_are_waited_for(form: str, httpserver: HTTPServer, clock: Clock) -> None:
    date = email.utils.formatdate(time.time() + 37, usegmt=True)
    in_turn(httpserver, answer(429, Retry_After="37" if form == "seconds" else date), OK)
    assert talk(httpserver.url_for("/v1"), clock, sends("PUT")) == {"ok": True}
    assert clock.now == pytest.approx(37, abs=2)


def test_s91_the_usual_caps() -> None:
    usual = Policy()
    assert (usual.retries, usual.longest_sleep, usual.longest_call) == (12, 300.0, 1800.0)


def test_s91_no_row_is_longer_than_allowed(httpserver: HTTPServer, clock: Clock) -> None:
    """An operation is several requests, and may be tried again: all of it together has the time of one call."""
    asked = in_turn(httpserver, answer(429, Retry_After="299"))

    async def call(session: Session) -> None:
        with one_row():
            for _ in range(6):
                with pytest.raises((ApiError, TemporaryError)) as refused:
                    await sends("PUT")(session)
            assert refused.value.exit_code == 75 and "no turn within 1800s" in str(refused.value)

    talk(httpserver.url_for("/v1"), clock, call)
    assert clock.now <= 1800 and len(asked) == 7
    before = clock.now
    with pytest.raises(ApiError):
        talk(httpserver.url_for("/v1"), clock, sends("PUT"))
    assert clock.now - before > 1500  # the next row has its own time


@pytest.mark.parametrize("status", [423, 429])
@pytest.mark.parametrize("retries", [0, 1, 12])
def test_s91_no_more_retries_than_allowed(status: int, retries: int, httpserver: HTTPServer, clock: Clock) -> None:
    asked = in_turn(httpserver, answer(status, Retry_After="1"))
    with pytest.raises(ApiError) as error:
        talk(httpserver.url_for("/v1"), clock, sends("GET"), retries=retries)
    assert error.value.status == status
    assert len(asked) == 1 + retries


def test_s91_no_sleep_is_longer_than_allowed(httpserver: HTTPServer, clock: Clock) -> None:
    asked = in_turn(httpserver, answer(429, Retry_After="86400"), OK)
    assert talk(httpserver.url_for("/v1"), clock, sends("GET")) == {"ok": True}
    assert clock.now == pytest.approx(300, abs=1) and max(clock.slept) <= 300 and len(asked) == 2


def test_s91_no_call_is_longer_than_allowed(httpserver: HTTPServer, clock: Clock) -> None:
    """300 s each: the sixth wait still ends within 1800 s, a seventh would not, so it is not begun."""
    asked = in_turn(httpserver, answer(429, Retry_After="299"))
    with pytest.raises(ApiError):
        talk(httpserver.url_for("/v1"), clock, sends("GET"))
    assert len(asked) == 7 and clock.now <= 1800


def test_s91_backoff_grows_with_jitter(httpserver: HTTPServer, clock: Clock) -> None:
    in_turn(httpserver, answer(423))
    with pytest.raises(ApiError):
        talk(httpserver.url_for("/v1"), clock, sends("GET"), retries=9)
    waits = [wait for wait in clock.slept if wait > 0.01]
    assert len(waits) == 9 and max(waits) <= 60
    for number, wait in enumerate(waits[:6]):
        assert 0.5 * 2**number <= wait <= 0.5 * 2**number + 0.5
    assert len({round(wait % 0.5, 6) for wait in waits[:6]}) > 1


def test_a_locked_object_stops_nobody_else(httpserver: HTTPServer, clock: Clock) -> None:
    asked = in_turn(httpserver, answer(423, Retry_After="60"))

    async def call(session: Session) -> float:
        with pytest.raises(ApiError):
            await session.rest_get(session.ep("x"))
        return session.pacer.delay("/x", clock.now)

    assert talk(httpserver.url_for("/v1"), clock, call, retries=0) < 0.01
    assert len(asked) == 1


# --- 5xx, lost connections, timeouts (S90) ---


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_s90_5xx_of_a_read_ends(status: int, httpserver: HTTPServer, clock: Clock) -> None:
    asked = in_turn(httpserver, answer(status))
    with pytest.raises(ApiError):
        talk(httpserver.url_for("/v1"), clock, sends("GET"))
    assert len(asked) == 1 + CONNECT_RETRIES


def test_503_is_waited_for_as_told(httpserver: HTTPServer, clock: Clock) -> None:
    in_turn(httpserver, answer(503, Retry_After="20"), OK)
    assert talk(httpserver.url_for("/v1"), clock, sends("GET")) == {"ok": True}
    assert clock.now == pytest.approx(20, abs=0.5)


class Raw:
    """A server that answers with these bytes and hangs up, one after the other, the last one for ever."""

    def __init__(self, *answers: bytes | None) -> None:
        self.answers, self.heads = answers, list[bytes]()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        for number in itertools.count():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.heads.append(connection.recv(65536))
            text = self.answers[min(number, len(self.answers) - 1)]
            if text is None:  # stay silent
                self._silent = connection
                continue
            connection.sendall(text)
            connection.close()

    def close(self) -> None:
        self._socket.close()


DONE = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{"ok":true}'
LOST = {"nothing": b"", "half a head": b"HTTP/1.1 200", "half a body": DONE[:-4]}


@pytest.mark.parametrize("off", [-3600, 3600])
def test_s89_a_date_counts_by_the_clock_that_gave_it(off: int, clock: Clock) -> None:
    """The server's clock or ours may be wrong by an hour: the wait is the one that was meant."""
    there = time.time() + off
    answered, until = (email.utils.formatdate(when, usegmt=True) for when in (there, there + 37))
    head = f"HTTP/1.1 429 No\r\nDate: {answered}\r\nRetry-After: {until}\r\nConnection: close\r\n\r\n"
    server = Raw(head.encode(), DONE)
    assert talk(server.base, clock, sends("GET")) == {"ok": True}
    assert len(server.heads) == 2 and clock.now == pytest.approx(37, abs=0.5)
    server.close()


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_s90_a_read_is_repeated_after_a_lost_answer(lost: bytes, clock: Clock) -> None:
    server = Raw(lost, DONE)
    assert talk(server.base, clock, sends("GET")) == {"ok": True}
    assert len(server.heads) == 2
    server.close()


@pytest.mark.parametrize("method", WRITES)
@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_s90_a_write_is_sent_once(lost: bytes, method: str, clock: Clock) -> None:
    """It may have been done: whoever sent it reads first. aiohttp would send a PUT or DELETE again."""
    server = Raw(lost, DONE)
    with pytest.raises(TemporaryError, match="no answer from"):
        talk(server.base, clock, sends(method))
    assert len(server.heads) == 1
    server.close()


@pytest.mark.parametrize(("method", "times"), [("GET", 1 + CONNECT_RETRIES), ("PUT", 1), ("POST", 1)])
def test_no_answer_in_time(method: str, times: int, clock: Clock) -> None:
    server = Raw(None)
    started = time.monotonic()
    with pytest.raises(TemporaryError, match="no answer from"):
        talk(server.base, clock, sends(method), call_timeout=0.05)
    assert len(server.heads) == times and time.monotonic() - started < 5
    server.close()


# --- where it goes, and does not ---


@pytest.fixture
def elsewhere() -> Iterator[HTTPServer]:
    """Another host: whatever reaches it fails the test."""
    server = HTTPServer(host="127.0.0.1", port=0)
    server.start()
    server.expect_request("/stolen").respond_with_json({"items": [{"id": "x"}], "ok": True})
    yield server
    server.stop()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_a_redirect_to_another_host_gets_nothing(
    status: int, method: str, httpserver: HTTPServer, elsewhere: HTTPServer, clock: Clock
) -> None:
    in_turn(httpserver, answer(status, Location=elsewhere.url_for("/stolen")))
    with pytest.raises((RefusedError, ApiError)) as error:
        talk(httpserver.url_for("/v1"), clock, sends(method))
    assert elsewhere.log == []
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("status", [301, 302, 303])
@pytest.mark.parametrize("method", WRITES)
def test_a_redirected_write_does_not_pass_for_done(
    status: int, method: str, httpserver: HTTPServer, clock: Clock
) -> None:
    """Libraries go on with a GET, which answers 200."""
    asked = in_turn(httpserver, answer(status, Location="/v1/y"))
    httpserver.expect_request("/v1/y").respond_with_json({"ok": True})
    with pytest.raises(ApiError, match="redirected, not done"):
        talk(httpserver.url_for("/v1"), clock, sends(method))
    assert len(asked) == 1 and len(httpserver.log) == 1


def test_a_read_follows_a_redirect_at_home(httpserver: HTTPServer, clock: Clock) -> None:
    in_turn(httpserver, answer(302, Location="/v1/y"))
    httpserver.expect_request("/v1/y").respond_with_json({"ok": True})
    assert talk(httpserver.url_for("/v1"), clock, sends("GET")) == {"ok": True}


def test_a_next_link_to_another_host_gets_nothing(httpserver: HTTPServer, elsewhere: HTTPServer, clock: Clock) -> None:
    link = f'<{elsewhere.url_for("/stolen")}>; rel="next"'
    httpserver.expect_request("/v1/x").respond_with_json({"items": [{"id": "1"}]}, headers={"Link": link})

    async def call(session: Session) -> list[Any]:
        return [row async for page, _ in pages(session, session.ep("x"), "items", {}) for row in page]

    with pytest.raises(RefusedError, match="refusing to send the token"):
        talk(httpserver.url_for("/v1"), clock, call)
    assert elsewhere.log == []


# --- with the simulator, and from the command line ---


@pytest.mark.parametrize("style", ["seconds", "date", "malformed", "zero", "absent"])
def test_a_limited_simulator_is_read_whole(style: Any) -> None:
    """Real time, real HTTP: 60 reads at 40 a second with a burst of 20, whatever its refusals say."""
    with Simulator(sample_tenant()) as server:
        server.limit({"people": (20, 0.5)}, style)

        async def inside() -> int:
            credentials = Credentials(server.base_url, server.token)
            async with webex.reader(credentials, concurrency=8, waiting=lambda *_: None) as reader:
                await asyncio.gather(*(reader.get(reader.session.ep("people/me")) for _ in range(60)))
                return reader.session.sent

        sent = asyncio.run(inside())
        summary = server.requests()
    assert summary["status"]["200"] == 60 if "200" in summary["status"] else summary["status"][200] == 60
    assert summary["total"] == sent and summary["max_in_flight"] <= 8


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": 0.0}, {"share": 1.5}, {"share": math.nan}, {"rate": "fast"}, {"retries": -1}, {"longest_sleep": 0.0},
        {"longest_call": -1.0}, {"call_timeout": math.inf}, {"min_interval_ms": -1.0},
    ],
    ids=str,
)  # fmt: skip
def test_options_that_make_no_sense(wrong: dict[str, Any], tmp_path: Any) -> None:
    with pytest.raises(UsageError):
        Access(**wrong).policy(tmp_path)


def test_options_reach_the_policy(tmp_path: Any) -> None:
    made = Access(
        share=0.5, rate="300/60s", min_interval_ms=20, retries=3, longest_sleep=4, longest_call=5, call_timeout=6
    ).policy(tmp_path)
    assert (made.pace.share, made.pace.rate, made.pace.interval) == (0.5, 5.0, 0.02)
    assert (made.retries, made.longest_sleep, made.longest_call, made.call_timeout) == (3, 4, 5, 6)
    assert made.root == tmp_path


def test_a_401_without_a_grant_is_said_at_once(httpserver: HTTPServer, clock: Clock) -> None:
    asked = in_turn(httpserver, answer(401))
    with pytest.raises(AuthError):
        talk(httpserver.url_for("/v1"), clock, sends("GET"))
    assert len(asked) == 1
