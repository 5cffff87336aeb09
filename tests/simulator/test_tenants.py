"""Sample and generated tenants keep the simulator's own rules, and are the same every time."""

from __future__ import annotations

import re
import time
from collections import Counter
from typing import Any

import pytest

from reconciler.simulator import Simulator, generate_tenant, sample_tenant

TENANTS = {"sample": sample_tenant, "generated": lambda: generate_tenant(300, 12, 40, seed=7)}


@pytest.fixture(params=TENANTS)
def tenant(request: pytest.FixtureRequest) -> dict[str, Any]:
    made: dict[str, Any] = TENANTS[request.param]()
    return made


def holders(tenant: dict[str, Any]) -> list[dict[str, Any]]:
    return [one["calling"] for kind in ("people", "workspaces") for one in tenant[kind] if one["calling"]]


def test_numbers_are_in_the_inventory_and_owned_once(tenant: dict[str, Any]) -> None:
    inventory = {one["number"]: one["location"] for one in tenant["numbers"]}
    assert len(inventory) == len(tenant["numbers"])
    mains = [place["calling"]["callingLineId"]["phoneNumber"] for place in tenant["locations"]]
    owned = Counter(mains)
    for block in holders(tenant):
        for number in [block["number"], *(one["number"] for one in block.get("alternates", ()))]:
            if number:
                owned[number] += 1
                assert inventory[number] == block["location"]
    assert set(owned.values()) == {1}
    assert {one["state"] for one in tenant["numbers"]} == {"ACTIVE", "INACTIVE"}


def test_extensions_and_names_are_unique(tenant: dict[str, Any]) -> None:
    taken = Counter((block["location"], block["extension"]) for block in holders(tenant))
    taken.update((place["id"], place["calling"]["voicePortal"]) for place in tenant["locations"])
    assert set(taken.values()) == {1}
    assert all(isinstance(extension, str) for _, extension in taken)
    for kind, field in (("people", "emails"), ("workspaces", "displayName"), ("locations", "name")):
        names = [str(one[field]) for one in tenant[kind]]
        assert len(names) == len(set(names)), kind
    prefixes = [place["calling"]["routingPrefix"] for place in tenant["locations"]]
    assert len(prefixes) == len(set(prefixes))


def test_every_record_can_be_read_over_the_api(tenant: dict[str, Any]) -> None:
    """References resolve, licences are within their units, and every calling user has its licence."""
    units = {one["id"]: one["totalUnits"] for one in tenant["licenses"]}
    offers = {one["id"]: one["offer"] for one in tenant["licenses"]}
    used = Counter(key for kind in ("people", "workspaces") for one in tenant[kind] for key in one["licenses"])
    assert all(count <= units[key] for key, count in used.items())
    for person in tenant["people"]:
        assert ("BCSTD" in {offers[key] for key in person["licenses"]}) is (person["calling"] is not None)
    with Simulator(tenant) as running:
        rows = running.edit("GET", "/telephony/config/numbers")["phoneNumbers"]
        listed = {row["phoneNumber"] for row in rows if row.get("phoneNumber")}
        assert listed == {one["number"] for one in tenant["numbers"]}
        for place in running.edit("GET", "/telephony/config/locations")["locations"]:
            running.edit("GET", f"/telephony/pstn/locations/{place['id']}/connection")
            running.edit("GET", f"/telephony/config/locations/{place['id']}/internalDialing")
        for trunk in running.edit("GET", "/telephony/config/premisePstn/trunks")["trunks"]:
            running.edit("GET", f"/telephony/config/premisePstn/trunks/{trunk['id']}")
        for person in tenant["people"]:
            read = running.edit("GET", f"/people/{person['id']}?callingData=true")
            if person["calling"]:
                running.edit("PUT", f"/people/{person['id']}?callingData=true", read)
        assert [one["calling"] for one in running.state()["people"]] == [one["calling"] for one in tenant["people"]]
        assert running.edit("GET", "/people/me")["roles"]


def test_sample_is_what_it_says() -> None:
    tenant = sample_tenant()
    people, blocks = tenant["people"], [one["calling"] for one in tenant["people"] if one["calling"]]
    assert (len(people), len(blocks), len(tenant["workspaces"])) == (60, 50, 8)
    assert sum(bool(block["number"]) for block in blocks) == 25
    assert any(block["extension"].startswith("0") for block in blocks)
    assert all(len(block["extension"]) == 4 for block in blocks)
    assert any(not one["displayName"].isascii() for one in people)
    assert any("alternates" in block for block in blocks) and any("forwarding" in block for block in blocks)
    assert any("outgoingPermission" in block for block in blocks)
    reserved = re.compile(r"^\+(4420794600|4416149600|121255501)\d\d$")
    assert all(reserved.match(one["number"]) for one in tenant["numbers"])
    kinds = Counter(place["calling"]["pstn"]["routeType"] for place in tenant["locations"])
    assert kinds == {"ROUTE_GROUP": 2, "TRUNK": 1}


def test_same_every_time_and_never_shared() -> None:
    first = sample_tenant()
    first["people"].clear()
    assert len(sample_tenant()["people"]) == 60
    assert generate_tenant(50, 3, 5, seed=1) == generate_tenant(50, 3, 5, seed=1)
    assert generate_tenant(50, 3, 5, seed=1) != generate_tenant(50, 3, 5, seed=2)


@pytest.mark.parametrize("size", [(0, 0, 0), (1, 1, 0), (5, 0, 2), (0, 2, 3)])
def test_small_generated_tenants_serve(size: tuple[int, int, int]) -> None:
    with Simulator(generate_tenant(*size)) as running:
        assert running.edit("GET", "/people/me")["id"]
        assert len(running.edit("GET", "/workspaces")["items"]) == size[2]
        assert len(running.edit("GET", "/locations")["items"]) == size[1]


def test_twenty_thousand_people_in_seconds() -> None:
    started = time.monotonic()
    tenant = generate_tenant(20_000, 200, 500)
    assert time.monotonic() - started < 5
    assert len(tenant["people"]) == 20_000
    assert tenant["people"][0]["emails"] == ["person000001@example.com"]
    assert all(re.fullmatch(r"\+1555\d{7}", one["number"]) for one in tenant["numbers"])


def test_generated_features_are_spread_over_kinds_and_sites() -> None:
    tenant = generate_tenant(60, 5, 5, seed=3, features=40)
    assert tenant == generate_tenant(60, 5, 5, seed=3, features=40)
    tables = ("hunt_groups", "call_queues", "auto_attendants", "call_pickups", "paging_groups", "voicemail_groups",
              "virtual_lines", "call_park_extensions")  # fmt: skip
    counts = [len(tenant[name]) for name in tables]
    assert sum(counts) == 40 and min(counts) >= 4
    assert len({group["location"] for group in tenant["hunt_groups"]}) > 1
    assert all(group["agents"] for group in tenant["hunt_groups"])
    with Simulator(tenant) as running:
        assert len(running.edit("GET", "/telephony/config/queues")["queues"]) == counts[1]
        assert "audit_events" not in running.state()
