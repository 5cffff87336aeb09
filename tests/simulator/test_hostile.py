"""Clients that are old, broken, slow or rude: each gets an answer, and the next one is served as before."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from reconciler.simulator import Simulator

JSON = "Content-Type: application/json"
FORM = "Content-Type: application/x-www-form-urlencoded"
PARTS = "Content-Type: multipart/form-data; boundary=xx"


class Wire:
    """Bytes to and from the port, without a library in between that would mend them."""

    def __init__(self, simulator: Simulator) -> None:
        self.port = int(simulator.base_url.split(":")[2].removesuffix("/v1"))
        self.token = simulator.token

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def text(self, method: str, path: str, *headers: str, body: bytes = b"", version: str = "1.1") -> bytes:
        sized = [f"Content-Length: {len(body)}"] if body else []
        lines = ["Host: x", f"Authorization: Bearer {self.token}", "Connection: close", *headers, *sized]
        return "\r\n".join([f"{method} {path} HTTP/{version}", *lines, "", ""]).encode() + body

    def send(self, data: bytes) -> tuple[int, dict[str, str], bytes]:
        """(status, headers in lower case, body) of the last answer before the connection ends."""
        with self.connect() as connection:
            connection.sendall(data)
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, body = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return int(first.split(" ")[1]), headers, body

    def ask(self, method: str, path: str, *headers: str, body: bytes = b"") -> tuple[int, Any]:
        status, _, answer = self.send(self.text(method, path, *headers, body=body))
        return status, json.loads(answer) if answer.startswith((b"{", b"[")) else answer


@pytest.fixture
def wire(simulator: Simulator, capfd: pytest.CaptureFixture[str]) -> Iterator[Wire]:
    wire = Wire(simulator)
    yield wire
    assert wire.ask("GET", "/v1/people/me")[0] == 200
    assert wire.ask("GET", "/v1/workspaces")[0] == 200
    json.dumps(simulator.state(), allow_nan=False).encode()
    assert "Traceback" not in capfd.readouterr().err


ROOM = b'{"displayName": "Room"}'


BODIES: list[tuple[tuple[str, ...], bytes, int]] = [
    ((), ROOM, 201),  # many clients say nothing of the type
    (("Content-Type: text/plain",), ROOM, 201),
    (("Content-Type: application/json; charset=zork",), ROOM, 201),
    (("Content-Type: application/json; charset=utf-16",), '{"displayName": "Raum"}'.encode("utf-16"), 201),
    ((JSON,), b"\xef\xbb\xbf" + ROOM, 201),
    ((JSON, "Content-Encoding: gzip"), gzip.compress(ROOM), 201),
    ((JSON, "Expect: 100-continue"), ROOM, 100),
    (("Content-Type: application/xml",), b"<room/>", 400),
    ((JSON, "Content-Encoding: gzip"), b"no gzip", 400),
    ((JSON, "Content-Encoding: deflate"), b"no deflate", 400),
    ((JSON,), b'{"displayName": "\xff\xfe"}', 400),
    ((JSON,), b'{"displayName": "\\ud800"}', 400),
    ((JSON,), '{"displayName": "\ud800"}'.encode("utf-16", "surrogatepass"), 400),
    ((JSON,), b'{"displayName": "x", "capacity": NaN}', 400),
    ((JSON,), b'{"displayName": "x", "capacity": 1e999}', 400),
    ((JSON,), b'{"displayName": "x", "capacity": %s}' % (b"9" * 5000), 400),
    ((JSON,), b"[" * 100_000, 400),
    ((JSON,), b'{"displayName": "x", "other": %s%s}' % (b"[" * 900, b"]" * 900), 400),
    ((JSON,), b'{"displayName": "x", "other": %s}' % json.dumps([[]] * 5000).encode(), 201),
    ((JSON,), b"[1]", 400),
    ((JSON,), b"null", 400),
    ((JSON,), b'{"displayName": "x", "notes": "%s"}' % (b"x" * 5_000_000), 201),
    ((JSON,), b" " * 17_000_000 + ROOM, 413),
    ((JSON, "Content-Encoding: gzip"), gzip.compress(b" " * 50_000_000), 413),
    ((FORM,), b"a=\xff\xfe&grant_type=%ff", 400),
    ((FORM + "; charset=zork",), b"a=b", 400),
    (("Content-Type: multipart/form-data",), b"abc", 400),
    ((PARTS,), b"abc", 400),
    ((PARTS,), b'--xx\r\nContent-Disposition: form-data; name="n"\r\n\r\nabc', 400),
    ((PARTS,), b"--xx\r\n\r\nabc\r\n--xx--\r\n", 400),
]


@pytest.mark.parametrize(("headers", "body", "status"), BODIES, ids=map(str, range(len(BODIES))))
def test_bodies(wire: Wire, headers: tuple[str, ...], body: bytes, status: int) -> None:
    assert wire.ask("POST", "/v1/workspaces", *headers, body=body)[0] == status


def test_an_announcement_of_some_megabytes_is_taken(wire: Wire) -> None:
    head = b'--xx\r\nContent-Disposition: form-data; name="name"\r\n\r\nLong\r\n--xx\r\n'
    file = b'Content-Disposition: form-data; name="file"; filename="long.wav"\r\nContent-Type: audio/wav\r\n\r\n'
    body = head + file + b"x" * 6_000_000 + b"\r\n--xx--\r\n"
    assert wire.ask("POST", "/v1/telephony/config/announcements", PARTS, body=body)[0] == 201


def test_chunks(wire: Wire) -> None:
    chunked = wire.text("POST", "/v1/workspaces", JSON, "Transfer-Encoding: chunked")
    assert wire.send(chunked + b'5\r\n{"dis\r\nf\r\nplayName":"ch"}\r\n0\r\n\r\n')[0] == 201
    assert wire.send(chunked + b"zz\r\n{}\r\n0\r\n\r\n")[0] == 400


def test_http_1_0_and_connections_that_are_kept(wire: Wire) -> None:
    status, headers, body = wire.send(wire.text("GET", "/v1/people/me", version="1.0"))
    assert status == 200 and json.loads(body)["id"] and int(headers["content-length"]) == len(body)
    kept = wire.text("GET", "/v1/people/me").replace(b"Connection: close\r\n", b"")
    with wire.connect() as connection:
        connection.sendall(kept * 2 + wire.text("GET", "/v1/people/me"))
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.count(b"HTTP/1.1 200 OK") == 3


@pytest.mark.parametrize("path", ["/v1/people", "/v1/people/me", "/v1/locations?max=1", "/v1/telephony/config/numbers"])
def test_head_is_get_without_the_body(wire: Wire, simulator: Simulator, path: str) -> None:
    got, head = wire.send(wire.text("GET", path)), wire.send(wire.text("HEAD", path))
    assert (head[0], head[2]) == (200, b"")
    assert head[1]["content-length"] == str(len(got[2])) and head[1].get("link") == got[1].get("link")
    assert simulator.log()[-1]["method"] == "HEAD"
    assert wire.send(wire.text("HEAD", "/v1/nowhere"))[0] == 404


def test_other_methods_are_told_what_there_is(wire: Wire) -> None:
    for method in ("OPTIONS", "TRACE", "PUT"):
        status, headers, _ = wire.send(wire.text(method, "/v1/people"))
        assert (status, headers["allow"]) == (405, "GET, HEAD, POST")
    assert wire.send(wire.text("OPTIONS", "*"))[0] == 404
    assert wire.send(wire.text("FOO", "/v1/people"))[0] == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/%70eople/me", 200),
        ("http://elsewhere.example/v1/people/me", 200),
        ("/v1/people/?id=x", 200),
        ("/v1/people//", 404),
        ("/v1/telephony/config/numbers/", 404),
        ("/v1/", 404),
        ("//v1/people", 404),
        ("/v1//people", 404),
        ("/v1/people%2Fme", 404),
        ("/v1/people/%00", 404),
        ("/v1/people/%ff", 404),
        ("/v1/people/%zz", 404),
        ("/v1/people/%F0%9F%98%80", 404),
        ("/v1/people/../people/me", 404),
        ("/v1", 404),
        ("/", 404),
        ("/v1/people?max=%ff", 400),
        ("/v1/people?max=1e3", 400),
        ("/v1/people?max=99999999999999999999", 200),
        ("/v1/people?&&&=&=", 200),
        ("/v1/people?email=%00", 200),
        ("/v1/people?orgId=%ff", 403),
        ("/v1/people?email=" + "x" * 8000, 200),
        ("/v1/people?email=" + "x" * 100_000, 400),
        ("/_control", 404),
        ("/_control//state", 404),
    ],
    ids=lambda value: str(value)[:30],
)
def test_addresses(wire: Wire, path: str, status: int) -> None:
    assert wire.ask("GET", path)[0] == status


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Authorization: Bearer other", 200),  # the first of two is meant
        ("TrackingID: \xe9\xff", 200),
        ("TrackingID: " + "x" * 7000, 200),
        ("X-Long: " + "x" * 20_000, 400),
        ("Content-Length: 3\r\nContent-Length: 4", 400),
    ],
    ids=lambda value: str(value)[:30],
)
def test_headers(wire: Wire, header: str, status: int) -> None:
    assert wire.ask("GET", "/v1/people/me", header)[0] == status


@pytest.mark.parametrize("data", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 50, b"hello\r\n\r\n"])
def test_what_is_no_http(wire: Wire, data: bytes) -> None:
    assert wire.send(data)[0] == 400


@pytest.mark.parametrize("reset", [False, True])
def test_clients_that_go_away(wire: Wire, simulator: Simulator, reset: bool) -> None:
    """Nothing of a request that did not come whole takes effect, and nothing of it is counted as being asked."""
    before = simulator.state()
    whole = wire.text("POST", "/v1/workspaces", JSON, body=ROOM)
    for part in (
        b"POST",
        whole[:40],
        whole[:-5],
        wire.text("POST", "/v1/x", PARTS, "Content-Length: 500") + b"--xx\r\n",
    ):
        for _ in range(20):
            connection = wire.connect()
            connection.sendall(part)
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
    assert wire.ask("GET", "/v1/people/me")[0] == 200
    assert simulator.state() == before
    simulator.reset_requests()
    assert wire.ask("GET", "/v1/people/me")[0] == 200
    assert simulator.requests()["max_in_flight"] == 1


def test_two_hundred_connections_beside_slow_ones(wire: Wire, simulator: Simulator) -> None:
    slow = [wire.connect() for _ in range(100)]
    for connection in slow:
        connection.sendall(b"POST /v1/people HTTP/1.1\r\n")

    async def many() -> list[int]:
        connector, headers = aiohttp.TCPConnector(limit=0), {"Authorization": f"Bearer {simulator.token}"}
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session:

            async def create(index: int) -> int:
                room = {"displayName": f"Parallel {index}"}
                async with session.post(f"{simulator.base_url}/workspaces", json=room) as answer:
                    return answer.status

            return await asyncio.gather(*map(create, range(200)))

    assert asyncio.run(many()) == [201] * 200
    names = [room["displayName"] for room in simulator.state()["workspaces"]]
    assert sorted(name for name in names if name.startswith("Parallel")) == sorted(f"Parallel {n}" for n in range(200))
    for connection in slow:
        connection.close()
