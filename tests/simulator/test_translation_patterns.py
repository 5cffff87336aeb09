"""Translation patterns of the organisation and of its locations (§14)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.call_routing.translation_pattern import TranslationPattern, TranslationPatternLevel

from reconciler.simulator import EditRefused, Simulator, sample_tenant

ORG = "/telephony/config/callRouting/translationPatterns"
BODY = {"name": "Help desk", "matchingPattern": "+91[2-7]XX21", "replacementPattern": "+91352133"}


def of_location(ids: Any, name: str = "Manchester") -> str:
    return f"/telephony/config/locations/{ids.locations[name]}/callRouting/translationPatterns"


def pattern(**fields: Any) -> TranslationPattern:
    whole = {"name": "Short", "matching_pattern": "90000!", "replacement_pattern": "*88*", **fields}
    return TranslationPattern(**whole)


@pytest.mark.parametrize("place", [None, "Manchester"])
def test_life_of_a_translation_pattern(api: WebexSimpleApi, ids: Any, place: str | None) -> None:
    patterns, location = api.telephony.call_routing.tp, ids.locations[place] if place else None
    key = patterns.create(pattern(), location_id=location)
    read = patterns.details(key, location_id=location)
    assert (read.id, read.name, read.matching_pattern, read.replacement_pattern) == (key, "Short", "90000!", "*88*")
    assert (read.level, read.location) == (None, None), "which only the list tells"
    row = next(patterns.list())
    assert row.id == key
    if place:
        assert row.level == TranslationPatternLevel.location
        assert row.location is not None and (row.location.id, row.location.name) == (location, place)
    else:
        assert (row.level, row.location) == (TranslationPatternLevel.organization, None)
    patterns.update(pattern(id=key, name="Long", replacement_pattern="+44123"), location_id=location)
    read = patterns.details(key, location_id=location)
    assert (read.name, read.matching_pattern, read.replacement_pattern) == ("Long", "90000!", "+44123")
    patterns.delete(key, location_id=location)
    assert list(patterns.list()) == []
    with pytest.raises(RestError) as refused:
        patterns.details(key, location_id=location)
    assert refused.value.response.status_code == 404


def test_put_merges(call: Any) -> None:
    key = call("POST", ORG, BODY).body["id"]
    assert call("PUT", f"{ORG}/{key}", {"replacementPattern": "+91352134"}).status == 204
    assert call("GET", f"{ORG}/{key}").body == {"id": key, **BODY, "replacementPattern": "+91352134"}


def test_scopes_are_apart(call: Any, ids: Any) -> None:
    here, there = of_location(ids), of_location(ids, "New York")
    key, org = call("POST", here, BODY).body["id"], call("POST", ORG, BODY).body["id"]
    assert call("POST", there, BODY).status == 201, "names and patterns are unique in their scope"
    for url in (f"{ORG}/{key}", f"{there}/{key}", f"{here}/{org}"):
        assert call("GET", url).status == 404
        assert call("PUT", url, BODY).status == 404
        assert call("DELETE", url).status == 404
    assert call("GET", f"{here}/{key}").status == 200


def test_list_filters(call: Any, ids: Any) -> None:
    call("POST", ORG, BODY)
    call("POST", of_location(ids), {**BODY, "name": "Branch"})
    call("POST", of_location(ids, "New York"), {**BODY, "name": "Coast", "matchingPattern": "555X"})

    def names(query: str) -> list[str]:
        return [one["name"] for one in call("GET", f"{ORG}?{query}").body["translationPatterns"]]

    assert names("") == ["Help desk", "Branch", "Coast"]
    assert names("limitToOrgLevelEnabled=true") == ["Help desk"]
    assert names(f"limitToLocationId={ids.locations['Manchester']}") == ["Branch"]
    assert names("name=coa") == ["Coast"]
    assert names("matchingPattern=555") == ["Coast"]
    assert names("order=name-desc") == ["Help desk", "Coast", "Branch"]
    page = call("GET", f"{ORG}?max=2")
    assert len(page.body["translationPatterns"]) == 2 and 'rel="next"' in page.headers["Link"]


@pytest.mark.parametrize("matching", ["!!", "!", "", "1!2", "[29", "12a", "++1", "1 2"])
def test_invalid_matching_pattern(call: Any, matching: str) -> None:
    refused = call("POST", ORG, {**BODY, "matchingPattern": matching})
    assert (refused.status, refused.body["errorCode"]) == (400, 9676)
    assert refused.body["message"].startswith("[Error 9676]")


@pytest.mark.parametrize(
    ("replacement", "code"), [("44XX", 28043), ("44x", 28043), ("", 9676), ("44!", 9676), ("a", 9676)]
)
def test_invalid_replacement(call: Any, replacement: str, code: int) -> None:
    key = call("POST", ORG, BODY).body["id"]
    for method, url in (("POST", ORG), ("PUT", f"{ORG}/{key}")):
        refused = call(
            method, url, {**BODY, "name": "Other", "matchingPattern": "77", "replacementPattern": replacement}
        )
        assert (refused.status, refused.body["errorCode"]) == (400, code)
    assert call("GET", f"{ORG}/{key}").body["replacementPattern"] == BODY["replacementPattern"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": ""}, 25008),
        ({"name": None}, 25024),
        ({"matchingPattern": ["1"]}, 25024),
        ({"replacementPattern": {}}, 25024),
    ],
)
def test_refused_bodies(call: Any, change: Any, code: int) -> None:
    refused = call("POST", ORG, {**BODY, **change})
    assert (refused.status, refused.body["errorCode"]) == (400, code)


@pytest.mark.parametrize("missing", list(BODY))
def test_missing_fields(call: Any, missing: str) -> None:
    refused = call("POST", ORG, {name: value for name, value in BODY.items() if name != missing})
    assert (refused.status, refused.body["errorCode"]) == (400, 25008)


@pytest.mark.parametrize(("position", "status"), [("conflict", 409), ("refuse", 400)])
def test_switch_duplicate_name(position: str, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"routing_name_duplicate": position}}) as running:
        running.edit("POST", ORG, BODY)
        for body in ({**BODY, "matchingPattern": "77"}, {**BODY, "name": "Other"}):
            with pytest.raises(EditRefused) as refused:
                running.edit("POST", ORG, body)
            assert refused.value.status == status


@pytest.mark.parametrize(("position", "count"), [("refuse", 1), ("accept", 2)])
def test_switch_pattern_twice(position: str, count: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"translation_pattern_twice": position}}) as running:
        running.edit("POST", ORG, BODY)
        try:
            running.edit("POST", ORG, {**BODY, "name": "Other"})
        except EditRefused as refused:
            assert refused.status == 409
        assert len(running.edit("GET", ORG)["translationPatterns"]) == count


def test_needs_a_calling_location(call: Any, ids: Any) -> None:
    place = {
        "name": "Leeds",
        "timeZone": "Europe/London",
        "preferredLanguage": "en_gb",
        "announcementLanguage": "en_gb",
        "address": {"address1": "9 Nowhere", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GB"},
    }
    key = call("POST", "/locations", place).body["id"]
    assert call("POST", f"/telephony/config/locations/{key}/callRouting/translationPatterns", BODY).status == 404
    assert call("GET", f"{ORG}/{ids.locations['Manchester']}").status == 400


def test_state_survives(simulator: Simulator, call: Any, ids: Any) -> None:
    call("POST", ORG, BODY)
    call("POST", of_location(ids), BODY)
    before = call("GET", ORG).body
    simulator.load(simulator.state())
    assert call("GET", ORG).body == before
