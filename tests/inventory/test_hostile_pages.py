"""Lists whose next page is nowhere, elsewhere, or here again; lists that stop answering in the middle. What is in them
is not known, so they are incomplete; the rest is read, and no other host hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from reconciler import pipeline
from reconciler.inventory.exporting import Exported
from reconciler.simulator import Simulator
from reconciler.webex.connection import Connection
from reconciler.webex.credentials import Credentials
from reconciler.webex.policy import Policy
from tests.inventory.conftest import Json

#: A managed kind, an artefact, a part of owners, and rows of owners; each with the route of its list.
LISTS = {
    "person": "/people",
    "hunt_group": "/telephony/config/huntGroups",
    "group.members": "/groups/{groupId}/Members",
    "schedule": "/telephony/config/locations/{locationId}/schedules",
}


@pytest.fixture
def elsewhere() -> Iterator[HTTPServer]:
    """Another host: whoever asks it, asks in vain and is seen."""
    with HTTPServer(host="127.0.0.1") as server:
        server.expect_request("/").respond_with_data("stolen")
        yield server


def export(server: Simulator, policy: Policy | None = None) -> Exported:
    credentials = Credentials(server.base_url, server.token, policy=policy or Policy(retries=0))
    tenant = Connection(credentials, waiting=lambda *_: None, workers=8)
    server.reset_requests()
    return asyncio.run(pipeline.export(tenant, ["person", "location"], ["hunt_group", "group", "group.members",
                                                                        "calling_location", "schedule"]))  # fmt: skip


def answering(server: Simulator, route: str, **answer: Any) -> None:
    """From now on this list answers so, and all others as ever."""
    server.no_faults()
    server.faults([{"match": {"method": "GET", "route": route}, "do": answer}])


def linked(server: Simulator, route: str, link: str) -> None:
    answering(server, route, headers={"Link": link})


def results(exported: Exported) -> dict[str, str]:
    return {status.artefact: status.result for status in exported.statuses}


def is_gap(exported: Exported, name: str) -> bool:
    found = results(exported)
    rest = {one: result for one, result in found.items() if one != name and not one.startswith(f"{name}.")}
    assert set(rest.values()) == {"ok"}, rest
    return found[name] in ("incomplete", "error") and name in exported.snapshot.gaps


NOWHERE = (
    '<https,//127.0.0.1/v1/x>; rel="next"',
    '<file:///etc/passwd>; rel="next"',
    '<javascript:alert(1)>; rel="next"',
    '<http://[::1/x>; rel="next"',
    '<http://127.0.0.1:99999/x>; rel="next"',
    '<http:///x>; rel="next"',
    '<\x80\xff>; rel="next"',
    "</v1/people?after=x>; rel='next'",
    '</v1/people?after=x>; rel="Next"',
    "/v1/people?after=x; rel=next",
)


def test_a_next_page_that_is_nowhere_or_here_again(server: Simulator, small: Json) -> None:
    """Each kind of list with a loop, and with every third of the others."""
    server.load(small)
    for turn, (name, route) in enumerate(LISTS.items()):
        here = f"{server.base_url}{route}"
        again = here if turn % 2 else "?again=1"
        for link in (f'<{again}>; rel="next"', *NOWHERE[turn :: len(LISTS)]):
            linked(server, route, link)
            exported = export(server)
            assert is_gap(exported, name), (name, link)
            assert server.requests()["total"] < 120, link


def test_no_other_host_hears_of_it(server: Simulator, small: Json, elsewhere: HTTPServer) -> None:
    server.load(small)
    there = elsewhere.url_for("/v1/people")
    port = server.base_url.split(":")[2].split("/")[0]
    hosts = (there, there.replace("http:", "https:"), f"http://127.0.0.1:{port}@127.0.0.1:{elsewhere.port}/v1/people",
             f"//127.0.0.1:{elsewhere.port}/v1/people")  # fmt: skip
    for (name, route), host in zip(LISTS.items(), hosts, strict=True):
        linked(server, route, f'<{host}>; rel="next"')
        assert is_gap(export(server), name), host
        answering(server, route, status=302, headers={"Location": there})
        assert is_gap(export(server), name)
    assert elsewhere.log == []


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("name", ["person", "hunt_group"])
def test_a_list_that_stops_answering_in_the_middle(server: Simulator, small: Json, name: str) -> None:
    """The first page comes, the second one never does."""
    server.load(small)
    route = LISTS[name]
    more = {"match": {"method": "GET", "route": route}, "nth": 1, "do": {"headers": {"Link": '<?more=1>; rel="next"'}}}
    silent = {"match": {"method": "GET", "route": route}, "nth": 2, "times": 100, "do": {"delay": 0.3}}
    server.faults([more, silent])
    exported = export(server, Policy(retries=1, call_timeout=0.1))
    assert is_gap(exported, name)
    assert "no answer" in exported.snapshot.gaps[name]


def test_a_list_without_an_end_is_given_up(httpserver: HTTPServer) -> None:
    """Every page is another one, and has another row; and one whose pages say the same again."""
    from tests.webex.test_transport import Clock, talk

    asked = 0

    def endless(request: Request) -> Response:
        nonlocal asked
        asked += 1
        row = {"id": str(asked if request.args.get("new") else asked % 3)}
        link = f'<{request.base_url}?page={asked}&new={request.args.get("new", "")}>; rel="next"'
        return Response(f'{{"items": [{{"id": "{row["id"]}"}}]}}', headers={"Link": link}, mimetype="application/json")

    httpserver.expect_request("/v1/x").respond_with_handler(endless)
    for new, most in (("", 60), ("1", 105)):
        asked = 0
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Exception, match="does not end"):
            patch.setattr("reconciler.webex.pages.MOST", 100)
            talk(httpserver.url_for("/v1"), Clock(), lambda session, new=new: _all(session, new))
        assert asked <= most


async def _all(session: Any, new: str) -> list[Any]:
    from reconciler.webex.pages import pages

    return [row async for page, _ in pages(session, session.ep("x"), "items", {"new": new}) for row in page]
