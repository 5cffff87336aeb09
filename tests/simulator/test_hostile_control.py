"""The control API with wrong bodies: a 400 with a sentence, and the tenant is as it was."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from reconciler.simulator import Simulator, sample_tenant
from reconciler.simulator.core import ids

Json = dict[str, Any]


def control(simulator: Simulator, method: str, path: str, body: bytes) -> tuple[int, Any]:
    async def ask() -> tuple[int, Any]:
        url = f"{simulator.control_url}{path}"
        async with aiohttp.ClientSession() as session, session.request(method, url, data=body) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None

    return asyncio.run(ask())


CALLS = [("POST", "/edit"), ("PUT", "/state"), ("POST", "/faults"), ("PUT", "/limits"), ("POST", "/clock"),
         ("PUT", "/switches"), ("POST", "/tokens")]  # fmt: skip
NEVER = [
    b"{",
    b"3",
    b'"x"',
    b"null",
    b"",
    b"[1]",
    b"\xff",
    b"[" * 5000,
    b'{"a": "\\ud800"}',
    b'{"a": NaN}',
    b'{"a": 1}',
]


@pytest.mark.parametrize("body", NEVER)
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_bodies_that_no_call_takes(simulator: Simulator, method: str, path: str, body: bytes) -> None:
    before = simulator.state()
    status, answer = control(simulator, method, path, body)
    assert status == 400 and len(answer["message"].split()) > 2
    assert simulator.state() == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/edit", {"method": "", "path": "/people"}),
        ("POST", "/edit", {"method": "GET", "path": 3}),
        ("POST", "/edit", {"method": "GET", "path": "/people", "actor": 3}),
        ("POST", "/edit", {"method": "GET", "path": "/people", "actor": "nobody"}),
        ("PUT", "/limits", {"rates": 3}),
        ("PUT", "/limits", {"rates": {"*": "12"}}),
        ("PUT", "/limits", {"rates": {"*": [0, 1]}}),
        ("PUT", "/limits", {"rates": {"*": [1, 0]}}),
        ("PUT", "/limits", {"rates": {"*": [True, True]}}),
        ("PUT", "/limits", {"rates": {"*": ["a", "b"]}}),
        ("PUT", "/limits", {"retryAfter": None}),
        ("PUT", "/limits", {"retryAfter": "never"}),
        ("POST", "/clock", {"advance": "x"}),
        ("POST", "/clock", {"advance": True}),
        ("POST", "/clock", {"advance": -1}),
        ("POST", "/clock", {"advance": 1e18}),
        ("POST", "/clock", {"speed": None}),
        ("POST", "/clock", {"speed": 1e300}),
        ("PUT", "/switches", {"number_release": 3}),
        ("PUT", "/switches", {"location_name_duplicate": "accept", "bogus": "x"}),
        ("POST", "/tokens", {"add": ""}),
        ("POST", "/tokens", {"add": 3}),
        ("POST", "/tokens", {"add": "a", "scopes": "abc"}),
        ("POST", "/tokens", {"add": "a", "scopes": [3]}),
        ("POST", "/tokens", {"expire": "no"}),
        ("POST", "/faults", [{"match": 3, "do": {"status": 500}}]),
        ("POST", "/faults", [{"match": {"bogus": 1}, "do": {"status": 500}}]),
        ("POST", "/faults", [{"do": {"status": 99}}]),
        ("POST", "/faults", [{"do": {"delay": -1}}]),
        ("POST", "/faults", [{"nth": 0, "do": {"status": 500}}]),
        ("POST", "/faults", [{"do": {"status": 503, "headers": {"a b": "x"}}}]),
        ("POST", "/faults", [{"do": {"status": 503, "headers": {"a": "x\r\ny: z"}}}]),
    ],
)
def test_fields_that_are_wrong(simulator: Simulator, method: str, path: str, body: Any) -> None:
    before = simulator.state()
    status, answer = control(simulator, method, path, json.dumps(body).encode())
    assert status == 400 and len(answer["message"].split()) > 2
    assert simulator.state() == before
    assert simulator.edit("GET", "/people/me")["id"]
    assert control(simulator, "GET", "/clock", b"")[0] == 200


def test_curl_says_that_it_sends_a_form(simulator: Simulator) -> None:
    async def ask() -> int:
        url, said = f"{simulator.control_url}/clock", {"Content-Type": "application/x-www-form-urlencoded"}
        async with aiohttp.ClientSession(headers=said) as session, session.post(url, data='{"speed": 0}') as answer:
            return answer.status

    assert asyncio.run(ask()) == 200


def test_a_fault_that_never_ends_is_none(simulator: Simulator) -> None:
    assert control(simulator, "POST", "/faults", b'[{"do": {"delay": 1e999}}]')[0] == 400


def test_a_fault_may_break_the_json_and_the_type(simulator: Simulator, call: Any) -> None:
    simulator.faults([{"match": {"route": "/people/me"}, "do": {"replace": {'"': "'"}}}])
    simulator.faults([{"match": {"route": "/licenses"}, "do": {"headers": {"Content-Type": "text/plain"}}}])
    with pytest.raises(json.JSONDecodeError):
        call("GET", "/people/me")
    answer = call("GET", "/licenses")
    assert answer.headers["Content-Type"] == "text/plain" and json.loads(answer.body)["items"]


GONE = object()


def wrong(*path: str | int, value: Any = GONE) -> Json:
    """The sample with one place changed, or without it."""
    tenant = sample_tenant()
    holder: Any = tenant
    for step in path[:-1]:
        holder = holder[step]
    if value is GONE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return tenant


HALF = [
    (wrong("org"), "org is not an object"),
    (wrong("org", value=3), "org is not an object"),
    (wrong("org", "id"), "org has no id"),
    (wrong("org", "id", value="x"), "org.id 'x' is not a lowercase uuid"),
    (wrong("org", "admin"), "org has no admin"),
    (wrong("version", value=2), "version 2 is not known, only 1"),
    (wrong("people", value={}), "people is not a list"),
    (wrong("people", value=[1]), "people[0] is not an object"),
    (wrong("people", 0, "id", value=None), "people[0].id is not text"),
    (wrong("people", 0, "id", value="me"), "people[0]: id 'me' is not a lowercase uuid"),
    (wrong("people", 1, "id", value=sample_tenant()["people"][0]["id"]), "people[1]: there is a second id"),
    (wrong("people", 0, "emails"), "people[0] has no emails"),
    (wrong("people", 0, "emails", value=[]), "people[0]: emails is not a list of texts"),
    (wrong("people", 0, "licenses", value=["x"]), "people[0] has a license that is not there: x"),
    (wrong("people", 0, "calling", value=[]), "people[0].calling is not an object"),
    (wrong("people", 0, "calling", value={"location": "x"}), "people[0] calls from a location without calling: x"),
    (wrong("locations", 0, "address"), "locations[0] has no address"),
    (wrong("locations", 0, "calling", value={}), "locations[0].calling has no"),
    (wrong("locations"), "is in a location that is not there"),
    (wrong("numbers", value=[{}]), "numbers[0] has no number"),
    (wrong("licenses", value=[]), "has a license that is not there"),
    (wrong("workspaces", 0, "displayName"), "workspaces[0] has no displayName"),
    (wrong("switches", value={"bogus": "x"}), "switches: there is no switch 'bogus'"),
    (wrong("sequence", value="x"), "sequence is not a number"),
    (wrong("clock", value={"now": "x"}), "not a tenant"),
    (wrong("bogus", value=3), "bogus is not a list"),
    (wrong("bogus", value=[{"id": 3}]), "bogus[0].id is not text"),
    ([], "a tenant is an object with an org"),
]


@pytest.mark.parametrize(("tenant", "why"), HALF, ids=[why for _, why in HALF])
def test_half_a_tenant_is_refused_whole(simulator: Simulator, tenant: Any, why: str) -> None:
    before = simulator.state()
    status, answer = control(simulator, "PUT", "/state", json.dumps(tenant).encode())
    assert status == 400 and why in answer["message"]
    assert simulator.state() == before
    assert simulator.edit("GET", "/people?callingData=true")["items"]


def test_the_state_of_everything_is_a_tenant(simulator: Simulator) -> None:
    from tests.support.rich_tenant import enrich

    enrich(simulator)
    state = simulator.state()
    assert control(simulator, "PUT", "/state", json.dumps(state).encode()) == (204, None)
    assert simulator.state() == state


def test_half_a_surrogate_pair_is_served(simulator: Simulator) -> None:
    """JSON can say it, UTF-8 cannot: the answer spells it out."""
    tenant = sample_tenant()
    tenant["people"][0]["displayName"] = "half\ud83d"
    simulator.load(tenant)

    async def ask() -> Any:
        headers = {"Authorization": f"Bearer {simulator.token}"}
        url = f"{simulator.base_url}/people?max=100"
        async with aiohttp.ClientSession(headers=headers) as session, session.get(url) as answer:
            return answer.status, json.loads(await answer.read())

    status, found = asyncio.run(ask())
    assert status == 200 and "half\ud83d" in [one["displayName"] for one in found["items"]]


def test_an_edit_may_be_somebody_elses(simulator: Simulator) -> None:
    simulator.load({**sample_tenant(), "clock": {"now": 1_780_000_000, "speed": 0}})
    person = simulator.state()["people"][7]
    edit = {"method": "POST", "path": "/workspaces", "body": {"displayName": "Room"}, "actor": person["id"]}
    assert control(simulator, "POST", "/edit", json.dumps(edit).encode())[0] == 201
    org = ids.encode("ORGANIZATION", simulator.state()["org"]["id"])
    span = "from=2026-01-01T00:00:00.000Z&to=2026-12-31T00:00:00.000Z"
    (event,) = simulator.edit("GET", f"/adminAudit/events?orgId={org}&{span}")["items"]
    assert event["data"]["actorEmail"] == person["emails"][0]
