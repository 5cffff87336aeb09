"""The deprecated Workspace Locations API, and floors by both paths: the same places as `/locations` has."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.simulator import Simulator, sample_tenant
from reconciler.simulator.core import ids as encoding

BARN = {
    "displayName": "Barn",
    "address": "1 Farm Lane",
    "countryCode": "GB",
    "cityName": "Bath",
    "latitude": 51.4,
    "longitude": -2.4,
}


def test_places_are_those_of_locations(call: Any, ids: Any) -> None:
    rows = call("GET", "/workspaceLocations").body["items"]
    assert {row["displayName"]: row["locationId"] for row in rows} == ids.locations
    (london,) = call("GET", "/workspaceLocations?displayName=London HQ&countryCode=GB").body["items"]
    assert (london["address"], london["cityName"]) == ("1 Example Square", "London")
    workspace = next(one for one in call("GET", "/workspaces").body["items"] if one["displayName"] == "Board Room")
    assert workspace["workspaceLocationId"] == london["id"]
    assert call("GET", f"/workspaceLocations/{london['id']}").body == london
    asked = (("workspaceLocationId", "id"), ("workspaceLocationId", "locationId"), ("locationId", "locationId"))
    for name, key in asked:
        found = call("GET", f"/workspaces?{name}={london[key]}").body["items"]
        assert workspace["id"] in [one["id"] for one in found] and len(found) == 3


def test_created_replaced_deleted(call: Any, ids: Any) -> None:
    made = call("POST", "/workspaceLocations", BARN)
    assert made.status == 201 and made.body == {**BARN, **{key: made.body[key] for key in ("id", "locationId")}}
    url = f"/workspaceLocations/{made.body['id']}"
    address = {"address1": "1 Farm Lane", "city": "Bath", "country": "GB"}
    assert call("GET", f"/locations/{made.body['locationId']}").body["address"] == address
    noted = call("PUT", url, {**BARN, "notes": "Cold"}).body
    assert noted["notes"] == "Cold"
    bare = {name: value for name, value in BARN.items() if name != "cityName"}
    assert {"notes", "cityName"}.isdisjoint(call("PUT", url, bare).body)
    for name in ("displayName", "address", "countryCode", "latitude", "longitude"):
        refused = call("PUT", url, {one: value for one, value in BARN.items() if one != name})
        assert (refused.status, refused.body["errorCode"]) == (400, 25008)
    room = call("POST", "/workspaces", {"displayName": "Loft", "workspaceLocationId": made.body["id"]}).body
    assert room["locationId"] == made.body["locationId"]
    assert call("DELETE", url).status == 204 and call("GET", url).status == 404
    assert "locationId" not in call("GET", f"/workspaces/{room['id']}").body


def test_a_calling_location_stays(call: Any, ids: Any) -> None:
    london = call("GET", "/workspaceLocations?displayName=London HQ").body["items"][0]["id"]
    assert call("DELETE", f"/workspaceLocations/{london}").status == 409


def test_ids_of_the_other_api_are_refused(call: Any, ids: Any) -> None:
    refused = call("GET", f"/workspaceLocations/{ids.locations['London HQ']}")
    assert (refused.status, refused.body["message"]) == (400, "Wrong type of Webex ID provided")


@pytest.mark.parametrize("old", [False, True])
def test_floors_by_either_path(call: Any, ids: Any, old: bool) -> None:
    rows = {row["displayName"]: row["id"] for row in call("GET", "/workspaceLocations").body["items"]}
    places = (f"/locations/{ids.locations['London HQ']}", f"/workspaceLocations/{rows['London HQ']}")
    here, there = places[::-1] if old else places
    made = call("POST", f"{here}/floors", {"floorNumber": -1, "displayName": "The basement"})
    assert made.status == 201 and made.body["locationId"] == here.rpartition("/")[2]
    assert (encoding.decode(made.body["id"]) or ("",))[0] == "WORKSPACE_LOCATION_FLOOR"
    one = f"/floors/{made.body['id']}"
    assert call("GET", f"{there}{one}").body == {**made.body, "locationId": there.rpartition("/")[2]}
    room = call("GET", "/workspaces").body["items"][0]
    body = {"displayName": room["displayName"], "floorId": made.body["id"]}
    assert call("PUT", f"/workspaces/{room['id']}", body).status == 400  # the floor wants its location beside it
    assert call("PUT", f"/workspaces/{room['id']}", {**body, "locationId": room["locationId"]}).status == 200
    assert [w["id"] for w in call("GET", f"/workspaces?floorId={made.body['id']}").body["items"]] == [room["id"]]
    nameless = call("PUT", f"{here}{one}", {"floorNumber": 0}).body
    assert nameless["floorNumber"] == 0 and "displayName" not in nameless
    assert call("DELETE", f"{there}{one}").status == 204 and call("GET", f"{here}{one}").status == 404
    assert call("GET", f"{here}/floors").body == {"items": []}
    assert "floorId" not in call("GET", f"/workspaces/{room['id']}").body


def test_its_own_scopes(call: Any) -> None:
    with Simulator(sample_tenant()) as running:
        running.add_token("narrow", ["spark-admin:workspaces_read", "spark-admin:locations_read"])
        running.add_token("right", ["spark-admin:workspace_locations_read"])
        assert [_status(running, token) for token in ("narrow", "right")] == [403, 200]


def _status(running: Simulator, token: str) -> int:
    import requests

    with requests.Session() as http:
        http.trust_env = False
        url = f"{running.base_url}/workspaceLocations"
        return http.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=5).status_code
