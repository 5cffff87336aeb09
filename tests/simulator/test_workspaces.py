"""Workspaces: what a PUT clears, what it keeps, and numbers by delta (§13)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common import PatternAction
from wxc_sdk.workspace_settings.numbers import UpdateWorkspacePhoneNumber

from reconciler.simulator import Simulator


def room(ids: Any, **changes: Any) -> dict[str, Any]:
    calling = {
        "locationId": ids.locations["London HQ"],
        "extension": "7555",
        "licenses": [ids.licenses["Professional"]],
    }
    body = {"displayName": "New Room", "calling": {"type": "webexCalling", "webexCalling": {**calling, **changes}}}
    return body


def test_create_shows_licenses_but_no_address(call: Any, ids: Any) -> None:
    created = call("POST", "/workspaces", room(ids, phoneNumber="+442079460080"))
    assert created.status == 201
    read = call("GET", f"/workspaces/{created.body['id']}").body
    assert read["calling"] == {"type": "webexCalling", "webexCalling": {"licenses": [ids.licenses["Professional"]]}}
    assert read["id"].endswith("==")
    assert base64.urlsafe_b64decode(read["id"]).startswith(b"ciscospark://urn:TEAM:us-west-2_r/PLACE/")
    numbers = call("GET", f"/workspaces/{read['id']}/features/numbers").body
    assert numbers["phoneNumbers"][0] | {"esn": None} == {
        "primary": True, "external": "+442079460080", "extension": "7555", "routingPrefix": "8201", "esn": None,
    }  # fmt: skip
    assert call("GET", f"/workspaces/{read['id']}/features/numbers/?org_id=x").body == numbers


def test_default_is_free_calling_and_names_are_not_unique(call: Any) -> None:
    first, second = (call("POST", "/workspaces", {"displayName": "Twin"}).body for _ in range(2))
    assert first["id"] != second["id"]
    assert first["calling"] == {"type": "freeCalling"}
    assert len(call("GET", "/workspaces?displayName=Twin").body["items"]) == 2
    assert call("POST", "/workspaces", {}).status == 400


@pytest.mark.parametrize(
    "change",
    [{"extension": None}, {"locationId": None}, {"extension": "0100"}, {"phoneNumber": "+441614960001"},
     {"phoneNumber": "+442079460010"}, {"licenses": ["nonsense"]}],
    ids=["no address", "no location", "extension taken", "number elsewhere", "number taken", "license"],
)  # fmt: skip
def test_refused_creates(call: Any, ids: Any, change: dict[str, Any]) -> None:
    assert call("POST", "/workspaces", room(ids, **change)).status == 400
    assert call("GET", "/workspaces?displayName=New%20Room").body["items"] == []


@pytest.mark.parametrize("position", ["kept", "cleared"])
def test_put_leaves_what_it_does_not_mention(call: Any, ids: Any, simulator: Simulator, position: str) -> None:
    """Three fields aside where the switch says so: documented as cleared, and seen live as kept."""
    simulator.turn("workspace_put_omitted", position)
    url = f"/workspaces/{ids.workspace('Board Room')}"
    before, calling = call("GET", url).body, simulator.state()["workspaces"][0]["calling"]
    assert call("PUT", url, before).status == 200
    assert call("GET", url).body == before and simulator.state()["workspaces"][0]["calling"] == calling
    assert call("PUT", url, {"displayName": "Renamed"}).status == 200
    after = call("GET", url).body
    assert after["displayName"] == "Renamed" and after["calling"] == before["calling"]
    gone = {"capacity", "type", "notes"} & before.keys() if position == "cleared" else set()
    assert gone == before.keys() - after.keys()
    assert after["health"]["level"] == ("info" if gone else before["health"]["level"])


def test_fixed_fields(call: Any, ids: Any) -> None:
    url = f"/workspaces/{ids.workspace('Board Room')}"
    before = call("GET", url).body
    assert call("PUT", url, {**before, "supportedDevices": "phones"}).status == 400
    assert call("PUT", url, {**before, "locationId": ids.locations["New York"]}).status == 400
    calling = room(ids, locationId=ids.locations["New York"])["calling"]
    assert call("PUT", url, {"displayName": "X", "calling": calling}).status == 400
    assert call("GET", url).body == before


def test_changing_calling_keeps_the_license(call: Any, ids: Any) -> None:
    place = ids.workspace("Board Room")
    moved = room(ids, licenses=[], phoneNumber="+442079460080")
    assert call("PUT", f"/workspaces/{place}", moved).status == 200
    numbers = call("GET", f"/workspaces/{place}/features/numbers").body["phoneNumbers"]
    assert (numbers[0]["extension"], numbers[0]["external"]) == ("7555", "+442079460080")
    assert len(numbers) == 2  # the secondary one stays
    licenses = call("GET", f"/workspaces/{place}").body["calling"]["webexCalling"]["licenses"]
    assert licenses == [ids.licenses["Professional"]]


def test_hot_desk_only_takes_no_address(call: Any, ids: Any) -> None:
    hot = [ids.licenses["Hot desk only"]]
    assert call("POST", "/workspaces", room(ids, licenses=hot)).status == 400
    assert call("POST", "/workspaces", room(ids, licenses=hot, extension=None)).status == 201


def test_delete_frees_extension_and_license(call: Any, ids: Any) -> None:
    place = ids.workspace("Board Room")
    used = [one["consumedByWorkspaces"] for one in call("GET", "/licenses").body["items"]]
    assert call("DELETE", f"/workspaces/{place}").status == 204
    assert call("GET", f"/workspaces/{place}").status == 404
    assert call("GET", "/telephony/config/numbers?extension=7000").body["phoneNumbers"] == []
    assert [one["consumedByWorkspaces"] for one in call("GET", "/licenses").body["items"]] == [used[0] - 1, *used[1:]]


def test_free_calling_has_no_numbers(call: Any, ids: Any) -> None:
    answer = call("GET", f"/workspaces/{ids.workspace('Quiet Corner')}/features/numbers/")
    assert (answer.status, answer.body["errorCode"]) == (405, 25409)
    assert answer.body["message"].startswith("Invalid Professional Place: ")


def test_filters(call: Any, ids: Any) -> None:
    def count(query: str) -> int:
        return len(call("GET", f"/workspaces?{query}").body["items"])

    assert count("calling=freeCalling") == 1
    assert count(f"locationId={ids.locations['London HQ']}") == 3
    assert (count("capacity=4"), count("capacity=-1"), count("type=notSet"), count("max=3")) == (1, 2, 2, 3)


def test_sdk_numbers_and_paging(api: WebexSimpleApi, ids: Any, simulator: Simulator) -> None:
    assert len(list(api.workspaces.list(max=3))) == 8
    place = ids.workspace("Board Room")
    change = UpdateWorkspacePhoneNumber(action=PatternAction.add, direct_number="+442079460095", primary=False)
    api.workspace_settings.numbers.update(place, [change])
    assert api.workspace_settings.numbers.read(place).phone_numbers[-1].external == "+442079460095"
    detail = api.workspaces.details(place)
    detail.notes = "Changed"
    assert api.workspaces.update(place, detail).notes == "Changed"


def test_switch_workspace_numbers_lag(simulator: Simulator, call: Any, ids: Any) -> None:
    """Numbers of a workspace read as they were for some seconds (§1.6)."""
    simulator.turn("workspace_numbers_lag", "10s")
    simulator.run_clock(0)
    room = ids.workspace("Focus 2")
    url = f"/workspaces/{room}/features/numbers"
    before = call("GET", url).body["phoneNumbers"]
    place = call("GET", url).body["location"]["id"]
    listed = call("GET", f"/telephony/config/locations/{place}/availableNumbers").body["phoneNumbers"]
    free = [one["phoneNumber"] for one in listed if not one.get("owner")][-1]
    added = {"phoneNumbers": [{"action": "ADD", "primary": False, "directNumber": free}]}
    assert call("PUT", f"/telephony/config/workspaces/{room}/numbers", added).status == 204
    assert call("GET", url).body["phoneNumbers"] == before
    simulator.advance(10)
    assert free in str(call("GET", url).body["phoneNumbers"])


def test_capabilities_follow_the_supported_devices(call: Any, ids: Any, api: WebexSimpleApi) -> None:
    room = ids.workspace("Board Room")
    shown = call("GET", f"/workspaces/{room}/capabilities").body["capabilities"]
    assert len(shown) == 7 and all(one == {"supported": True, "configured": False} for one in shown.values())
    phones = call("POST", "/workspaces", {"displayName": "Phone booth", "supportedDevices": "phones"}).body["id"]
    assert api.workspaces.capabilities(phones).presence_detection.supported is False
    assert call("GET", f"/workspaces/{ids.locations['London HQ']}/capabilities").status in (400, 404)


@pytest.mark.issue10(26)
@pytest.mark.parametrize(
    "kind", ["freeCalling", "hybridCalling", "webexEdgeForDevices", "thirdPartySipCalling", "none"]
)
def test_a_location_is_kept_and_set_once_whatever_the_calling_type(call: Any, ids: Any, kind: str) -> None:
    london, york = ids.locations["London HQ"], ids.locations["New York"]
    made = call("POST", "/workspaces", {"displayName": "A", "locationId": london, "calling": {"type": kind}}).body
    assert (made["locationId"], made["calling"]) == (london, {"type": kind})
    assert call("PUT", f"/workspaces/{made['id']}", {"displayName": "A", "locationId": york}).status == 400
    later = call("POST", "/workspaces", {"displayName": "B", "calling": {"type": kind}}).body
    assert "locationId" not in later
    assert call("PUT", f"/workspaces/{later['id']}", {"displayName": "B", "locationId": york}).status == 200
    read = call("GET", f"/workspaces/{later['id']}").body
    assert (read["locationId"], read["calling"]) == (york, {"type": kind})
    assert call("GET", f"/workspaces?calling={kind}&locationId={york}").body["items"] == [read]


@pytest.mark.issue10(26)
def test_which_types_of_calling_a_put_changes(call: Any, ids: Any, simulator: Simulator) -> None:
    """OpenAPI, Update a Workspace: not from hybrid or edge, and not to some others where there are devices."""
    wanted = room(ids)["calling"]
    for kind, status in (("hybridCalling", 400), ("webexEdgeForDevices", 400), ("thirdPartySipCalling", 200)):
        made = call("POST", "/workspaces", {"displayName": kind, "calling": {"type": kind}}).body
        answer = call("PUT", f"/workspaces/{made['id']}", {"displayName": kind, "calling": wanted})
        assert answer.status == status, answer.body
        after = call("GET", f"/workspaces/{made['id']}").body["calling"]["type"]
        assert after == ("webexCalling" if status == 200 else kind)
    board = ids.workspace("Board Room")
    simulator.edit("POST", "/devices", {"mac": "0000DEAD0009", "model": "DMS Cisco 8845", "workspaceId": board})
    before = call("GET", f"/workspaces/{board}").body
    assert call("PUT", f"/workspaces/{board}", {"displayName": "X", "calling": {"type": "none"}}).status == 400
    assert call("GET", f"/workspaces/{board}").body == before
