"""Pages as they should not be (§1.5): each quirk in both positions, on lists that the whole API shares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi

from reconciler.simulator import Simulator
from reconciler.simulator.core import paging
from reconciler.simulator.core.routing import Request
from reconciler.simulator.core.store import Store
from reconciler.simulator.tenants.sample import sample_tenant

OFFSET = ("/locations?max=2", "/telephony/config/locations?max=2", "/telephony/config/numbers?max=200",
          "/workspaces?max=5", "/people?max=50&callingData=true")  # fmt: skip


def next_of(answer: Any) -> str | None:
    found = re.search(r'<([^>]*)>;rel="next"', answer.headers.get("Link", ""))
    return found[1] if found else None


def local(url: str | None) -> str:
    assert url is not None
    return url[url.index("/v1/") + 3 :]


def rows(answer: Any) -> list[Any]:
    return next((value for value in answer.body.values() if isinstance(value, list)), [])


def walk(call: Any, path: str) -> Iterator[Any]:
    for _ in range(30):
        answer = call("GET", path)
        yield answer
        if next_of(answer) is None:
            return
        path = local(next_of(answer))
    raise AssertionError("the list does not end")


@pytest.mark.parametrize("path", OFFSET)
@pytest.mark.parametrize("position", ["off", "last", "first"])
def test_switch_empty_page_with_next(simulator: Simulator, call: Any, path: str, position: str) -> None:
    expected = [rows(page) for page in walk(call, path)]
    assert all(expected)
    simulator.turn("page_empty_with_next", position)
    found = [rows(page) for page in walk(call, path)]
    # the list behind `last` ends with a second empty page, which names none
    assert found == {"off": expected, "last": [*expected, [], []], "first": [[], *expected]}[position]


@pytest.mark.parametrize("position", ["off", "last", "first"])
def test_an_empty_list_of_empty_pages(simulator: Simulator, call: Any, position: str) -> None:
    simulator.turn("page_empty_with_next", position)
    for path in ("/workspaces?displayName=nobody", "/people?email=nobody@example.com"):
        found = [rows(page) for page in walk(call, path)]
        assert found == [[]] * (1 if position == "off" else 2)


@pytest.mark.parametrize(("position", "people"), [("off", 60), ("last", 60), ("first", 0)])
def test_the_sdk_takes_an_empty_page_for_the_end(
    simulator: Simulator, api: WebexSimpleApi, position: str, people: int
) -> None:
    simulator.turn("page_empty_with_next", position)
    assert len(list(api.people.list(calling_data=True))) == people


@pytest.mark.parametrize("position", ["off", "on"])
def test_switch_page_without_list_key(simulator: Simulator, call: Any, position: str) -> None:
    simulator.turn("page_without_list_key", position)
    empty: dict[str, Any] = {} if position == "on" else {"phoneNumbers": []}
    assert call("GET", "/telephony/config/numbers?phoneNumber=%2B15005550006").body == empty
    counted = call("GET", "/telephony/config/numbers?phoneNumber=%2B15005550006&details=true").body
    assert ("phoneNumbers" in counted) is (position == "off") and counted["count"]["total"] == 0
    nobody = call("GET", "/people?email=nobody@example.com").body
    assert nobody == ({"notFoundIds": None} if position == "on" else {"notFoundIds": None, "items": []})
    assert len(call("GET", "/locations").body["items"]) == 3  # a page with rows has its key


def asked(path: str, switches: dict[str, str], query: dict[str, str] | None = None) -> Request:
    store = Store({**sample_tenant(), "switches": switches})
    return Request("GET", f"/v1{path}", query or {}, None, store, "http://127.0.0.1:1", template=path)


@pytest.mark.parametrize("position", ["off", "on"])
@pytest.mark.parametrize(
    ("path", "affected"),
    [("/telephony/config/queues", True), ("/telephony/config/voicemailGroups", True),
     ("/telephony/config/huntGroups", False), ("/locations", False)],
)  # fmt: skip
def test_switch_next_url_malformed(position: str, path: str, affected: bool) -> None:
    request = asked(path, {"next_url_malformed": position}, {"max": "2"})
    link = paging.by_offset(request, range(5), "rows", default=2, limit=2).headers["Link"]
    assert link.startswith("<https,http://127.0.0.1:1/v1") is (affected and position == "on")
    assert link.endswith('start=2>;rel="next"') and "/v1" + path in link


@pytest.mark.parametrize("position", ["off", "on"])
@pytest.mark.parametrize(("path", "affected"), [("/telephony/config/voicemailGroups", True), ("/locations", False)])
def test_switch_page_rows_unstable(position: str, path: str, affected: bool) -> None:
    seen: list[int] = []
    for start in (0, 2, 4, 6):
        request = asked(path, {"page_rows_unstable": position}, {"max": "2", "start": str(start)})
        seen += paging.by_offset(request, list(range(8)), "rows", default=8, limit=8).body["rows"]
    if affected and position == "on":
        assert len(seen) == 8 and len(set(seen)) < 8
    else:
        assert seen == list(range(8))
    whole = asked(path, {"page_rows_unstable": position})
    assert paging.by_offset(whole, list(range(8)), "rows", default=8, limit=8).body["rows"] == list(range(8))


@pytest.mark.parametrize("position", ["none", "next"])
def test_switch_people_sentinel_next(simulator: Simulator, call: Any, ids: Any, position: str) -> None:
    simulator.turn("people_sentinel_next", position)
    place = {"name": "Leeds", "timeZone": "Europe/London", "preferredLanguage": "en_gb",
             "address": {"address1": "9", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GB"}}  # fmt: skip
    key = call("POST", "/locations", place).body["id"]
    answer = call("GET", f"/people?locationId={key}&callingData=true")
    assert len(answer.body["items"]) == 1 and "id" not in answer.body["items"][0]
    assert "peopleListLocationId" in answer.body["items"][0]["errors"]
    if position == "none":
        assert next_of(answer) is None
    else:
        second = call("GET", local(next_of(answer)))
        assert second.body["items"] == [] and next_of(second) is None
    inhabited = call("GET", f"/people?locationId={ids.locations['London HQ']}&callingData=true")
    assert all("id" in one for one in inhabited.body["items"])


def test_licenses_are_never_paged(simulator: Simulator, call: Any) -> None:
    simulator.turn("page_empty_with_next", "last")
    answer = call("GET", "/licenses?max=1")
    assert len(answer.body["items"]) == 5 and next_of(answer) is None


def test_telephony_lists_are_clamped_at_2000(simulator: Simulator, call: Any) -> None:
    state = simulator.state()
    place = state["numbers"][0]["location"]
    state["numbers"] += [{"number": f"+44208{n:07d}", "location": place, "state": "ACTIVE"} for n in range(2000)]
    simulator.load(state)
    for size in ("", "?max=2000", "?max=2001", "?max=100000"):
        answer = call("GET", f"/telephony/config/numbers{size}")
        assert len(answer.body["phoneNumbers"]) == 2000
        assert "start=2000&max=2000" in (next_of(answer) or "").replace("max=2000&start=2000", "start=2000&max=2000")
