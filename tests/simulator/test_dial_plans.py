"""Dial plans: patterns as strings on create, as actions afterwards, each once in the organisation (§14)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common import DialPatternStatus, RouteType, ValidationStatus
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.prem_pstn.dial_plan import PatternAndAction

from reconciler.simulator import EditRefused, Simulator, sample_tenant

PATH = "/telephony/config/premisePstn/dialPlans"
CHECK = "/telephony/config/premisePstn/actions/validateDialPatterns/invoke"
CHOICES = "/telephony/config/routeChoices"
PATTERNS = ["+44161555XX", "+4961007!", "849XXX", "+14085550100"]


@pytest.fixture
def choices(call: Any) -> dict[str, dict[str, str]]:
    """{name: {routeId, routeType}} of every trunk and route group."""
    rows = call("GET", CHOICES).body["routeIdentities"]
    return {row["name"]: {"routeId": row["id"], "routeType": row["type"]} for row in rows}


@pytest.fixture
def plan(call: Any, choices: Any) -> str:
    body = {"name": "Branches", **choices["London Gateway"], "dialPatterns": PATTERNS}
    found: str = call("POST", PATH, body).body["id"]
    return found


def patterns(call: Any, plan: str) -> list[str]:
    found: list[str] = call("GET", f"{PATH}/{plan}/dialPatterns").body["dialPatterns"]
    return found


def actions(**by_pattern: str) -> dict[str, Any]:
    return {"dialPatterns": [{"dialPattern": pattern, "action": action} for pattern, action in by_pattern.items()]}


def test_life_of_a_dial_plan(api: WebexSimpleApi, choices: Any) -> None:
    plans = api.telephony.prem_pstn.dial_plan
    trunk, group = choices["London Gateway"], choices["UK Routes"]
    made = plans.create("Branches", trunk["routeId"], RouteType.trunk, PATTERNS)
    assert made.ok and made.dial_pattern_errors == []
    key = made.dial_plan_id
    read = plans.details(key)
    assert (read.name, read.route_id, read.route_name) == ("Branches", trunk["routeId"], "London Gateway")
    assert read.customer is not None and read.customer.name == "Example Telephony"
    assert list(plans.patterns(key)) == PATTERNS
    read.name, read.route_id, read.route_type = "Offices", group["routeId"], RouteType.route_group
    plans.update(read)
    row = next(plans.list())
    assert (row.dial_plan_id, row.name, row.route_name) == (key, "Offices", "UK Routes")
    assert row.route_type == RouteType.route_group
    assert list(plans.patterns(key)) == PATTERNS, "the plan's PUT leaves them alone"
    plans.delete_dial_plan(key)
    assert list(plans.list()) == []
    with pytest.raises(RestError):
        plans.details(key)


def test_update_needs_all_three(call: Any, plan: str, choices: Any) -> None:
    whole = {"name": "Branches", **choices["London Gateway"]}
    for missing in whole:
        body = {name: value for name, value in whole.items() if name != missing}
        refused = call("PUT", f"{PATH}/{plan}", body)
        assert (refused.status, refused.body["errorCode"]) == (400, 25008)
    assert call("PUT", f"{PATH}/{plan}", whole).status == 204


def test_create_keeps_the_good_patterns(call: Any, plan: str, choices: Any) -> None:
    wanted = [PATTERNS[0], "+1456!!", "456X", "456X", "845X8", "700X"]
    made = call("POST", PATH, {"name": "More", **choices["UK Routes"], "dialPatterns": wanted})
    assert made.status == 201
    assert {one["dialPattern"]: one["patternStatus"] for one in made.body["dialPatternErrors"]} == {
        PATTERNS[0]: "DUPLICATE",
        "+1456!!": "INVALID",
        "456X": "DUPLICATE_IN_LIST",
        "845X8": "INVALID",
    }
    assert patterns(call, made.body["id"]) == ["456X", "700X"]


def test_modify_is_a_delta(api: WebexSimpleApi, call: Any, plan: str) -> None:
    plans = api.telephony.prem_pstn.dial_plan
    plans.modify_patterns(plan, [PatternAndAction.add("700X"), PatternAndAction.delete("849XXX")])
    assert patterns(call, plan) == [PATTERNS[0], PATTERNS[1], PATTERNS[3], "700X"]
    plans.delete_all_patterns(plan)
    assert patterns(call, plan) == []


def test_modify_does_not_take_strings(call: Any, plan: str) -> None:
    refused = call("PUT", f"{PATH}/{plan}/dialPatterns", {"dialPatterns": ["700X"]})
    assert (refused.status, refused.body["errorCode"]) == (400, 25024)
    assert patterns(call, plan) == PATTERNS


def test_create_does_not_take_actions(call: Any, choices: Any) -> None:
    refused = call("POST", PATH, {"name": "X", **choices["UK Routes"], **actions(**{"700X": "ADD"})})
    assert (refused.status, refused.body["errorCode"]) == (400, 25024)
    assert call("GET", PATH).body["dialPlans"] == []


def test_modify_is_all_or_nothing(call: Any, plan: str) -> None:
    for bad in ({"700X": "ADD", "+1456!!": "ADD"}, {"849XXX": "DELETE", PATTERNS[0]: "ADD"}):
        assert call("PUT", f"{PATH}/{plan}/dialPatterns", actions(**bad)).status == 400
        assert patterns(call, plan) == PATTERNS


def test_a_pattern_moves_by_delete_then_add(call: Any, plan: str, choices: Any) -> None:
    other = call("POST", PATH, {"name": "Other", **choices["UK Routes"]}).body["id"]
    assert call("PUT", f"{PATH}/{other}/dialPatterns", actions(**{"849XXX": "ADD"})).status == 400
    assert call("PUT", f"{PATH}/{plan}/dialPatterns", actions(**{"849XXX": "DELETE"})).status == 204
    assert call("PUT", f"{PATH}/{other}/dialPatterns", actions(**{"849XXX": "ADD"})).status == 204


@pytest.mark.parametrize(("position", "refused"), [("refuse", True), ("ignore", False)])
def test_switch_add_taken(position: str, refused: bool) -> None:
    with Simulator({**sample_tenant(), "switches": {"dial_pattern_add_taken": position}}) as running:
        check_action(running, {"849XXX": "ADD"}, refused)


@pytest.mark.parametrize(("position", "refused"), [("ignore", False), ("refuse", True)])
def test_switch_delete_absent(position: str, refused: bool) -> None:
    with Simulator({**sample_tenant(), "switches": {"dial_pattern_delete_absent": position}}) as running:
        check_action(running, {"700X": "DELETE"}, refused)


def check_action(running: Simulator, action: dict[str, str], refused: bool) -> None:
    """Whether that action is refused; it changes nothing either way."""
    url = new_plan(running)
    if refused:
        with pytest.raises(EditRefused) as problem:
            running.edit("PUT", url, actions(**action))
        assert problem.value.status == 400
    else:
        running.edit("PUT", url, actions(**action))
    assert running.edit("GET", url)["dialPatterns"] == ["849XXX"]


def new_plan(running: Simulator) -> str:
    route = running.edit("GET", CHOICES)["routeIdentities"][0]
    body = {"name": "Plan", "routeId": route["id"], "routeType": route["type"], "dialPatterns": ["849XXX"]}
    return f"{PATH}/{running.edit('POST', PATH, body)['id']}/dialPatterns"


@pytest.mark.parametrize(("position", "after"), [("ignored", []), ("applied", ["700X"])])
def test_switch_actions_beside_delete_all(position: str, after: list[str]) -> None:
    with Simulator({**sample_tenant(), "switches": {"dial_patterns_with_delete_all": position}}) as running:
        url = new_plan(running)
        running.edit("PUT", url, {**actions(**{"700X": "ADD"}), "deleteAllDialPatterns": True})
        assert running.edit("GET", url)["dialPatterns"] == after


@pytest.mark.parametrize(
    "pattern", ["+1456!!", "+1456X234", "845X8", "+124!!", "456!", "!", "X", "", "+", "4a5", "+44!X"]
)
def test_invalid_patterns(api: WebexSimpleApi, pattern: str) -> None:
    result = api.telephony.prem_pstn.validate_pattern(pattern)
    assert result.status == ValidationStatus.errors
    assert [(one.dial_pattern, one.pattern_status) for one in result.dial_pattern_status] == [
        (pattern, DialPatternStatus.invalid)
    ]


def test_validate(api: WebexSimpleApi, plan: str) -> None:
    validate = api.telephony.prem_pstn.validate_pattern
    assert validate(["456X", "+496100!", "+5555", "84900000", "*888"]).ok
    result = validate([*PATTERNS, "456X", "456X"])
    assert [one.pattern_status for one in result.dial_pattern_status] == [
        *[DialPatternStatus.duplicate] * 4,
        DialPatternStatus.duplicate_in_list,
    ]


@pytest.mark.parametrize(
    ("body", "code"), [({}, 25008), ({"dialPatterns": "456X"}, 25024), ({"dialPatterns": [4, {}]}, 25024)]
)
def test_validate_refuses_what_is_no_list(call: Any, body: Any, code: int) -> None:
    refused = call("POST", CHECK, body)
    assert (refused.status, refused.body["errorCode"]) == (400, code)


def test_list_filters(call: Any, choices: Any, plan: str) -> None:
    call("POST", PATH, {"name": "Abroad", **choices["UK Routes"]})
    call("POST", PATH, {"name": "Coast", **choices["New York Gateway"]})

    def names(query: str) -> list[str]:
        return [one["name"] for one in call("GET", f"{PATH}?{query}").body["dialPlans"]]

    assert names("") == ["Branches", "Abroad", "Coast"]
    assert names("dialPlanName=b") == ["Branches", "Abroad"]
    assert names("routeGroupName=uk") == ["Abroad"]
    assert names("trunkName=york") == ["Coast"]
    assert names("order=name") == ["Abroad", "Branches", "Coast"]
    assert names("order=routeType,routeName-desc") == ["Abroad", "Coast", "Branches"]


def test_pattern_list_filters(api: WebexSimpleApi, call: Any, plan: str) -> None:
    assert list(api.telephony.prem_pstn.dial_plan.patterns(plan, dial_pattern="849")) == ["849XXX"]
    url = f"{PATH}/{plan}/dialPatterns"
    assert call("GET", f"{url}?order=asc").body["dialPatterns"] == sorted(PATTERNS)
    page = call("GET", f"{url}?max=3")
    assert page.body["dialPatterns"] == PATTERNS[:3] and "start=3" in page.headers["Link"]


@pytest.mark.parametrize(("position", "status"), [("conflict", 409), ("refuse", 400)])
def test_switch_duplicate_name(position: str, status: int) -> None:
    with Simulator({**sample_tenant(), "switches": {"routing_name_duplicate": position}}) as running:
        new_plan(running)
        with pytest.raises(EditRefused) as refused:
            new_plan(running)
        assert refused.value.status == status
        assert len(running.edit("GET", PATH)["dialPlans"]) == 1


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"name": ""}, 400, 25008),
        ({"name": ["a"]}, 400, 25024),
        ({"routeType": "CISCO_PSTN"}, 400, 25024),
        ({"routeType": "TRUNK"}, 400, None),
        ({"routeId": "bm9uc2Vuc2U"}, 404, None),
        ({"routeId": ""}, 400, 25008),
        ({"dialPatterns": "700X"}, 400, 25024),
    ],
)
def test_refused_bodies(call: Any, choices: Any, change: Any, status: int, code: int | None) -> None:
    refused = call("POST", PATH, {"name": "Plan", **choices["UK Routes"], **change})
    assert (refused.status, refused.body.get("errorCode")) == (status, code)
    assert call("GET", PATH).body["dialPlans"] == []


def test_state_survives(simulator: Simulator, call: Any, plan: str) -> None:
    simulator.load(simulator.state())
    assert patterns(call, plan) == PATTERNS
    assert call("POST", CHECK, {"dialPatterns": ["849XXX"]}).body["status"] == "ERRORS"
