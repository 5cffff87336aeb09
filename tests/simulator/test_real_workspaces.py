"""What a real tenant answers about workspaces by licence tier (issue 10, D; behaviour.md has the sources)."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.issue10("D")
BASIC, FREE = "Reception Phone", "Quiet Corner"


def test_a_new_calling_workspace_gets_the_workspaces_licence(call: Any, ids: Any) -> None:
    calling = {"locationId": ids.locations["London HQ"], "extension": "7555"}
    body = {"displayName": "New", "calling": {"type": "webexCalling", "webexCalling": calling}}
    made = call("POST", "/workspaces", body)
    shown = {"type": "webexCalling", "webexCalling": {"licenses": [ids.licenses["Workspaces"]]}}
    assert (made.status, made.body["calling"]) == (201, shown)
    assert call("GET", f"/workspaces/{made.body['id']}").body["calling"] == shown


@pytest.mark.parametrize(
    "path",
    [
        "emergencyCallbackNumber",
        "outgoingPermission/digitPatterns",
        "devices",
        "devices/settings",
        "outboundBillingPlan",
        "musicOnHold",
        "doNotDisturb",
    ],
)
def test_what_the_basic_tier_has(call: Any, ids: Any, path: str) -> None:
    assert call("GET", f"/telephony/config/workspaces/{ids.workspace(BASIC)}/{path}").status == 200


@pytest.mark.parametrize(
    "path", ["anonymousCallReject", "bargeIn", "callBridge", "callPolicies", "privacy", "voicemail"]
)
def test_what_the_basic_tier_has_not(call: Any, ids: Any, path: str) -> None:
    answer = call("GET", f"/telephony/config/workspaces/{ids.workspace(BASIC)}/{path}")
    assert (answer.status, answer.body["errorCode"]) == (405, 25409)
    assert answer.body["message"].startswith("Invalid Professional Place: ")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/workspaces/{}/features/numbers", 405, 25409),
        ("GET", "/telephony/config/workspaces/{}/secondary/availableNumbers", 405, 25409),
        ("PUT", "/telephony/config/workspaces/{}/numbers", 405, 25409),
        ("GET", "/telephony/config/workspaces/{}/devices", 400, 4003),
        ("GET", "/workspaces/{}/features/callForwarding", 400, 4003),
    ],
)
def test_what_a_workspace_without_calling_says(
    call: Any, ids: Any, method: str, path: str, status: int, code: int
) -> None:
    answer = call(method, path.format(ids.workspace(FREE)), {"phoneNumbers": []} if method == "PUT" else None)
    assert (answer.status, answer.body["errorCode"]) == (status, code)
    if path.endswith("/devices"):
        assert answer.body["message"].endswith("WithDeviceOwnerRequestWCV3")


def test_the_main_number_is_offered(call: Any, ids: Any) -> None:
    rows = call("GET", f"/telephony/config/workspaces/availableNumbers?locationId={ids.locations['London HQ']}").body
    (main,) = [row for row in rows["phoneNumbers"] if row["isMainNumber"]]
    assert main["phoneNumber"] == "+442079460000"


def test_refusals_name_the_fields_in_brackets(call: Any, ids: Any) -> None:
    place = ids.locations["London HQ"]
    hot = {"locationId": place, "extension": "7555", "licenses": [ids.licenses["Hot desk only"]]}
    for details, text in (
        (hot, "The following fields cannot be set on this Workspace type [DIRECTORY_NUMBER]"),
        (
            {"locationId": place},
            "The following fields are required for this Workspace type [DIRECTORY_NUMBER_OR_EXTERNAL_NUMBER]",
        ),
    ):
        body = {"displayName": "New", "calling": {"type": "webexCalling", "webexCalling": details}}
        answer = call("POST", "/workspaces", body)
        assert (answer.status, answer.body["message"]) == (400, text)
