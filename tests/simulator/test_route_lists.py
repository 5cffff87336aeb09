"""Route lists and their numbers, which then belong to them in the whole tenant (§14)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common import OwnerType
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.prem_pstn.route_list import NumberAndAction

from reconciler.simulator import EditRefused, Simulator, sample_tenant

PATH = "/telephony/config/premisePstn/routeLists"
GROUPS = "/telephony/config/premisePstn/routeGroups"
FREE = ["+441614960070", "+441614960071", "+441614960072"]  # in Manchester's inventory, nobody's
MAIN, LONDON, ABSENT = "+441614960000", "+442079460070", "+441614961234"


@pytest.fixture
def group(call: Any) -> str:
    found: str = call("GET", GROUPS).body["routeGroups"][0]["id"]
    return found


@pytest.fixture
def route_list(call: Any, ids: Any, group: str) -> str:
    body = {"name": "Cloud numbers", "locationId": ids.locations["Manchester"], "routeGroupId": group}
    found: str = call("POST", PATH, body).body["id"]
    return found


def actions(action: str, *numbers: str) -> dict[str, Any]:
    return {"numbers": [{"number": number, "action": action} for number in numbers]}


def taken(simulator: Simulator, location: str) -> str:
    """A number that a person of that location has."""
    state = simulator.state()
    place = next(one["id"] for one in state["locations"] if one["name"] == location)
    blocks = [person["calling"] for person in state["people"] if person["calling"]]
    found: str = next(block["number"] for block in blocks if block["location"] == place and block["number"])
    return found


def test_life_of_a_route_list(api: WebexSimpleApi, call: Any, ids: Any, group: str) -> None:
    lists = api.telephony.prem_pstn.route_list
    key = lists.create("Cloud numbers", ids.locations["Manchester"], group)
    read = lists.details(key)
    assert (read.rl_id, read.name, read.location.name) == (key, "Cloud numbers", "Manchester")
    assert (read.route_group.id, read.route_group.name) == (group, "UK Routes")
    row = next(lists.list())
    assert (row.location_id, row.location_name) == (ids.locations["Manchester"], "Manchester")
    assert (row.rg_id, row.rg_name) == (group, "UK Routes")
    lists.update(key, name="Renamed")
    other = call("GET", GROUPS).body["routeGroups"][1]["id"]
    lists.update(key, rg_id=other)
    read = lists.details(key)
    assert (read.name, read.route_group.id) == ("Renamed", other), "merged"
    lists.delete_route_list(key)
    with pytest.raises(RestError) as refused:
        lists.details(key)
    assert refused.value.response.status_code == 404
    assert list(lists.list()) == []


def test_location_is_for_good(call: Any, ids: Any, route_list: str) -> None:
    assert call("PUT", f"{PATH}/{route_list}", {"locationId": ids.locations["New York"]}).status == 204
    assert call("GET", f"{PATH}/{route_list}").body["location"]["name"] == "Manchester"


def test_list_filters(call: Any, ids: Any, group: str, route_list: str) -> None:
    call("POST", PATH, {"name": "Another", "locationId": ids.locations["New York"], "routeGroupId": group})

    def names(query: str) -> list[str]:
        return [one["name"] for one in call("GET", f"{PATH}?{query}").body["routeLists"]]

    assert names("") == ["Cloud numbers", "Another"]
    assert names("order=name") == ["Another", "Cloud numbers"]
    assert names("name=cloud") == ["Cloud numbers"]
    assert names(f"locationId={ids.locations['New York']}") == ["Another"]


def test_numbers_belong_to_the_list(api: WebexSimpleApi, call: Any, ids: Any, route_list: str) -> None:
    lists = api.telephony.prem_pstn.route_list
    assert lists.update_numbers(route_list, [NumberAndAction.add(number) for number in FREE]) == []
    assert list(lists.numbers(route_list)) == FREE
    rows = list(api.telephony.phone_numbers(owner_type=OwnerType.route_list))
    assert [row.phone_number for row in rows] == FREE
    owner = rows[0].owner
    assert owner is not None and (owner.owner_type, owner.last_name) == (OwnerType.route_list, "Cloud numbers")
    url = f"/telephony/config/locations/{ids.locations['Manchester']}/numbers"
    assert call("DELETE", url, {"phoneNumbers": FREE[:1]}).status >= 400
    assert lists.update_numbers(route_list, [NumberAndAction.delete(FREE[1])]) == []
    assert list(lists.numbers(route_list)) == [FREE[0], FREE[2]]


def test_delta_of_numbers(call: Any, route_list: str) -> None:
    url = f"{PATH}/{route_list}/numbers"
    answer = call("PUT", url, actions("ADD", FREE[0], FREE[1]))
    assert (answer.status, answer.body) == (204, "")
    both = {"numbers": [{"number": FREE[0], "action": "DELETE"}, {"number": FREE[2], "action": "ADD"}]}
    assert call("PUT", url, both).status == 204
    assert call("GET", url).body == {"numbers": [FREE[1], FREE[2]]}
    assert call("GET", f"{url}?order=desc").body["numbers"] == [FREE[2], FREE[1]]
    assert call("GET", f"{url}?number={FREE[2][1:]}").body["numbers"] == [FREE[2]]
    page = call("GET", f"{url}?max=1")
    assert page.body["numbers"] == [FREE[1]] and 'rel="next"' in page.headers["Link"]


def test_delete_all_ignores_the_actions(api: WebexSimpleApi, call: Any, route_list: str) -> None:
    url = f"{PATH}/{route_list}/numbers"
    call("PUT", url, actions("ADD", FREE[0]))
    assert call("PUT", url, {**actions("ADD", FREE[1]), "deleteAllNumbers": True}).status == 204
    assert call("GET", url).body["numbers"] == []
    call("PUT", url, actions("ADD", FREE[0]))
    api.telephony.prem_pstn.route_list.delete_all_numbers(route_list)
    assert call("GET", url).body["numbers"] == []


def test_numbers_are_free_again(call: Any, ids: Any, group: str, route_list: str) -> None:
    call("PUT", f"{PATH}/{route_list}/numbers", actions("ADD", *FREE))
    body = {"name": "Second", "locationId": ids.locations["Manchester"], "routeGroupId": group}
    second = call("POST", PATH, body).body["id"]
    answer = call("PUT", f"{PATH}/{second}/numbers", actions("ADD", FREE[0]))
    assert answer.body["numberStatus"][0]["numberStatus"] == "DUPLICATE"
    assert call("DELETE", f"{PATH}/{route_list}").status == 204
    assert call("PUT", f"{PATH}/{second}/numbers", actions("ADD", FREE[0])).status == 204


def test_only_what_a_person_gives_up_is_not_free_at_once(ids: Any, group: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"number_release": "20s"}}) as running:
        keys = [
            running.edit("POST", PATH, {"name": n, "locationId": ids.locations["Manchester"], "routeGroupId": group})[
                "id"
            ]
            for n in ("First", "Second")
        ]
        running.edit("PUT", f"{PATH}/{keys[0]}/numbers", actions("ADD", FREE[0]))
        running.edit("PUT", f"{PATH}/{keys[0]}/numbers", actions("DELETE", FREE[0]))
        running.edit("PUT", f"{PATH}/{keys[1]}/numbers", actions("ADD", FREE[0]))
        person = next(one for one in running.state()["people"] if (one["calling"] or {}).get("number", "") > "+4416")
        running.edit("DELETE", f"/people/{person['id']}")
        refused = running.edit("PUT", f"{PATH}/{keys[0]}/numbers", actions("ADD", person["calling"]["number"]))
        assert refused["numberStatus"][0]["numberStatus"] == "UNAVAILABLE"


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        ("+1800", "INVALID", 8362),
        (LONDON, "UNAVAILABLE", 8361),
        (ABSENT, "UNAVAILABLE", 8361),
        (MAIN, "DUPLICATE", 8363),
    ],
)
def test_refused_numbers(call: Any, route_list: str, number: str, status: str, code: int) -> None:
    answer = call("PUT", f"{PATH}/{route_list}/numbers", actions("ADD", FREE[0], number))
    assert answer.status == 200
    entry = answer.body["numberStatus"][0]
    assert (entry["number"], entry["numberStatus"]) == (number, status)
    assert entry["message"].startswith(f"[Error {code}]")
    assert call("GET", f"{PATH}/{route_list}/numbers").body["numbers"] == [FREE[0]], "the good one is added"


def test_more_refused_numbers(simulator: Simulator, api: WebexSimpleApi, call: Any, route_list: str) -> None:
    def statuses(body: Any) -> list[str]:
        return [
            entry["numberStatus"] for entry in call("PUT", f"{PATH}/{route_list}/numbers", body).body["numberStatus"]
        ]

    assert statuses(actions("ADD", taken(simulator, "Manchester"))) == ["DUPLICATE"]
    assert statuses(actions("ADD", FREE[0], FREE[0])) == ["DUPLICATE_IN_LIST"]
    assert statuses(actions("ADD", FREE[0])) == ["DUPLICATE"], "it is there already"
    assert statuses(actions("DELETE", FREE[1])) == ["UNAVAILABLE"]
    entry = api.telephony.prem_pstn.route_list.update_numbers(route_list, [NumberAndAction.add(MAIN)])[0]
    assert (entry.number, entry.number_status) == (MAIN, "DUPLICATE")


@pytest.mark.parametrize(("position", "added"), [("good_ones", [FREE[0]]), ("nothing", [])])
def test_switch_numbers_with_errors(ids: Any, group: str, position: str, added: list[str]) -> None:
    with Simulator({**sample_tenant(), "switches": {"route_list_numbers_with_errors": position}}) as running:
        body = {"name": "List", "locationId": ids.locations["Manchester"], "routeGroupId": group}
        url = f"{PATH}/{running.edit('POST', PATH, body)['id']}/numbers"
        running.edit("PUT", url, actions("ADD", FREE[0], MAIN))
        assert running.edit("GET", url)["numbers"] == added


@pytest.mark.parametrize("position", ["number", "phoneNumber"])
def test_switch_number_key(ids: Any, group: str, position: str) -> None:
    with Simulator({**sample_tenant(), "switches": {"route_list_number_key": position}}) as running:
        body = {"name": "List", "locationId": ids.locations["Manchester"], "routeGroupId": group}
        url = f"{PATH}/{running.edit('POST', PATH, body)['id']}/numbers"
        entry = running.edit("PUT", url, actions("ADD", MAIN))["numberStatus"][0]
        assert entry[position] == MAIN and len(entry) == 3


def test_name_exists(call: Any, ids: Any, group: str, route_list: str) -> None:
    body = {"name": "cloud NUMBERS", "locationId": ids.locations["New York"], "routeGroupId": group}
    refused = call("POST", PATH, body)
    assert (refused.status, refused.body["errorCode"]) == (400, 27601)
    assert call("PUT", f"{PATH}/{route_list}", {"name": "cloud NUMBERS"}).status == 204, "its own name"


@pytest.mark.parametrize(("position", "taken"), [("off", False), ("on", True)])
def test_switch_ghost_names(ids: Any, group: str, position: str, taken: bool) -> None:
    with Simulator({**sample_tenant(), "switches": {"route_list_ghost_names": position}}) as running:
        body = {"name": "Ghost", "locationId": ids.locations["Manchester"], "routeGroupId": group}
        running.edit("DELETE", f"{PATH}/{running.edit('POST', PATH, body)['id']}")
        assert running.edit("GET", PATH)["routeLists"] == []
        running.load(running.state())
        if not taken:
            running.edit("POST", PATH, body)
            return
        with pytest.raises(EditRefused) as refused:
            running.edit("POST", PATH, body)
        assert refused.value.body["errorCode"] == 27601


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"name": None}, 400, 25024),
        ({"name": " "}, 400, 25008),
        ({"locationId": None}, 400, 25024),
        ({"locationId": ["x"]}, 400, 25024),
        ({"routeGroupId": {}}, 400, 25024),
        ({"routeGroupId": "bm9uc2Vuc2U"}, 404, None),
        ({"locationId": "bm9uc2Vuc2U"}, 404, None),
    ],
)
def test_refused_bodies(call: Any, ids: Any, group: str, change: Any, status: int, code: int | None) -> None:
    body = {"name": "List", "locationId": ids.locations["Manchester"], "routeGroupId": group, **change}
    refused = call("POST", PATH, body)
    assert (refused.status, refused.body.get("errorCode")) == (status, code)
    assert call("GET", PATH).body["routeLists"] == []


@pytest.mark.parametrize("missing", ["name", "locationId", "routeGroupId"])
def test_missing_fields(call: Any, ids: Any, group: str, missing: str) -> None:
    body = {"name": "List", "locationId": ids.locations["Manchester"], "routeGroupId": group}
    del body[missing]
    refused = call("POST", PATH, body)
    assert (refused.status, refused.body["errorCode"]) == (400, 25008)


@pytest.mark.parametrize(
    "body",
    [
        {"numbers": FREE},
        {"numbers": {"number": FREE[0]}},
        {"numbers": [{"number": FREE[0], "action": "MOVE"}]},
        {"deleteAllNumbers": "yes"},
        None,
    ],
)
def test_refused_actions(call: Any, route_list: str, body: Any) -> None:
    refused = call("PUT", f"{PATH}/{route_list}/numbers", body)
    assert (refused.status, refused.body["errorCode"]) == (400, 25024)


def test_state_survives(simulator: Simulator, call: Any, route_list: str, ids: Any, group: str) -> None:
    call("PUT", f"{PATH}/{route_list}/numbers", actions("ADD", *FREE))
    simulator.load(simulator.state())
    assert call("GET", f"{PATH}/{route_list}/numbers").body["numbers"] == FREE
    body = {"name": "Second", "locationId": ids.locations["Manchester"], "routeGroupId": group}
    second = call("POST", PATH, body).body["id"]
    answer = call("PUT", f"{PATH}/{second}/numbers", actions("ADD", FREE[0]))
    assert answer.body["numberStatus"][0]["numberStatus"] == "DUPLICATE"
