"""`PUT /_control/state` takes what `GET` gives, whatever was made before, and leaves the switches (issue 10, D)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from reconciler.simulator import Simulator

pytestmark = pytest.mark.issue10("D")
Json = dict[str, Any]


@pytest.fixture
def http() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def _switches(http: requests.Session, simulator: Simulator) -> dict[str, str]:
    rows = http.get(f"{simulator.control_url}/switches").json()
    return {row["name"]: row["position"] for row in rows if row["position"] != row["positions"][0]}


def test_a_state_leaves_the_switches_that_it_does_not_name(http: requests.Session, simulator: Simulator) -> None:
    url = simulator.control_url
    earlier = http.get(f"{url}/state").json()
    assert http.put(f"{url}/switches", json={"number_release": "7s", "license_readd": "apply"}).status_code == 204
    assert http.put(f"{url}/state", json=earlier).status_code == 204
    assert _switches(http, simulator) == {"number_release": "0s", "license_readd": "apply"}  # it named the first
    bare = {name: value for name, value in earlier.items() if name != "switches"}
    assert http.put(f"{url}/state", json=bare).status_code == 204
    assert _switches(http, simulator) == {"number_release": "0s", "license_readd": "apply"}
    back = {**bare, "switches": {"license_readd": "ignore"}}
    assert http.put(f"{url}/state", json=back).status_code == 204
    assert _switches(http, simulator) == {"number_release": "0s"}


def test_what_the_api_made_can_be_put_back(http: requests.Session, simulator: Simulator) -> None:
    """People without status, rooms, users of SCIM, a place that came and went, deleted owners."""
    edit, url = simulator.edit, simulator.control_url
    licenses = {one["name"]: one["id"] for one in edit("GET", "/licenses")["items"]}
    places = {one["name"]: one["id"] for one in edit("GET", "/locations")["items"]}
    edit(
        "POST",
        "/people?callingData=true",
        {
            "emails": ["new@example.com"],
            "displayName": "New",
            "extension": "0901",
            "locationId": places["London HQ"],
            "licenses": [licenses["Webex Calling - Professional"]],
        },
    )
    edit("POST", "/people", {"emails": ["plain@example.com"], "displayName": "Plain"})
    edit("POST", "/workspaces", {"displayName": "Room", "locationId": places["London HQ"]})
    org = simulator.state()["org"]["id"]
    edit(
        "POST",
        f"/identity/scim/{org}/v2/Users",
        {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": "scim@example.com",
            "active": True,
            "displayName": "By SCIM",
            "emails": [{"value": "scim@example.com", "type": "work", "primary": True}],
        },
    )
    address = {"address1": "9 Nowhere", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GB"}
    site = {
        "name": "Leeds",
        "timeZone": "Europe/London",
        "preferredLanguage": "en_gb",
        "address": address,
        "announcementLanguage": "en_gb",
    }
    key = edit("POST", "/locations", site)["id"]
    edit("POST", "/telephony/config/locations", {**site, "id": key})
    job = edit("POST", "/telephony/config/jobs/locations/deleteCallingLocation", {"locationId": key})["id"]
    for _ in range(4):
        edit("GET", f"/telephony/config/jobs/locations/deleteCallingLocation/{job}")
    edit("DELETE", f"/locations/{key}")
    edit("DELETE", f"/people/{simulator.state()['people'][0]['id']}")
    state = http.get(f"{url}/state").json()
    assert http.put(f"{url}/state", json=state).status_code == 204
    assert http.get(f"{url}/state").json() == state
