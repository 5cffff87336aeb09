"""Who the token belongs to, the organisation, roles, and what only users may ask (§1.1)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi

from reconciler.simulator import Simulator
from reconciler.simulator.core import ids as webex


def admin_of(simulator: Simulator) -> dict[str, Any]:
    state = simulator.state()
    found: dict[str, Any] = next(one for one in state["people"] if one["id"] == state["org"]["admin"])
    return found


def test_me_is_the_admin(api: WebexSimpleApi, simulator: Simulator) -> None:
    me = api.people.me(calling_data=True)
    assert me.emails == admin_of(simulator)["emails"]
    assert me.extension == admin_of(simulator)["calling"]["extension"]


def test_me_is_still_known_when_deleted(api: WebexSimpleApi, simulator: Simulator) -> None:
    before = admin_of(simulator)
    simulator.edit("DELETE", f"/people/{before['id']}")
    me = api.people.me()
    assert (me.display_name, me.emails) == (before["displayName"], before["emails"])
    assert webex.any_uuid(me.person_id) == before["id"] and me.licenses == []


def test_me_without_any_trace(simulator: Simulator, call: Any) -> None:
    tenant = simulator.state()
    tenant["people"] = [one for one in tenant["people"] if one["id"] != tenant["org"]["admin"]]
    simulator.load(tenant)
    me = call("GET", "/people/me")
    assert (me.status, me.body["displayName"]) == (200, "Administrator")


@pytest.mark.parametrize(("position", "status"), [("kept", 200), ("401", 401)])
def test_switch_me_without_person(simulator: Simulator, call: Any, position: str, status: int) -> None:
    simulator.turn("me_without_person", position)
    simulator.edit("DELETE", f"/people/{simulator.state()['org']['admin']}")
    assert call("GET", "/people/me").status == status


USER_ONLY = [
    ("GET", "/telephony/config/people/me"),
    ("GET", "/telephony/config/people/me/settings/callForwarding"),
    ("PUT", "/telephony/config/people/me/settings/doNotDisturb"),
    ("DELETE", "/telephony/config/people/me/settings/callNotify/criteria/x"),
    ("POST", "/telephony/calls/members/me/dial"),
    ("GET", "/telephony/voiceMessages/members/me/summary"),
]


@pytest.mark.parametrize(("method", "path"), USER_ONLY)
@pytest.mark.parametrize(("position", "status"), [("400", 400), ("403", 403), ("404", 404), ("9601", 403)])
def test_switch_user_only_endpoints(
    simulator: Simulator, call: Any, method: str, path: str, position: str, status: int
) -> None:
    simulator.turn("user_only_endpoints", position)
    before = simulator.state()
    answer = call(method, path, {} if method != "GET" else None)
    assert answer.status == status
    if position == "400":
        assert answer.body["message"] == "Target user not authorized" and "errorCode" not in answer.body
    if position == "9601":
        assert answer.body["errorCode"] == 9601
    assert simulator.state() == before


def test_user_only_without_a_calling_licence(simulator: Simulator, call: Any) -> None:
    admin = admin_of(simulator)
    body = {"displayName": admin["displayName"], "emails": admin["emails"], "licenses": []}
    simulator.edit("PUT", f"/people/{admin['id']}", body)
    answer = call("GET", "/telephony/config/people/me/settings/services")
    assert (answer.status, answer.body["errorCode"]) == (404, 4008)


def test_organisation(api: WebexSimpleApi, simulator: Simulator, call: Any) -> None:
    (listed,) = api.organizations.list()
    assert listed.display_name == "Example Telephony" and listed.xsi_domain is None
    detailed = api.organizations.details(listed.org_id, calling_data=True)
    assert detailed.xsi_domain and detailed.org_id == listed.org_id
    foreign = webex.encode("ORGANIZATION", "11111111-1111-4111-8111-111111111111")
    assert call("GET", f"/organizations/{foreign}").status == 403
    assert call("GET", "/organizations/nonsense").status == 404


def test_roles(api: WebexSimpleApi, call: Any) -> None:
    roles = {one.name: one.id for one in api.roles.list()}
    held = call("GET", "/people/me").body["roles"]
    assert held == [roles["Full Administrator"]]
    assert api.roles.details(held[0]).name == "Full Administrator"
    assert call("GET", f"/roles/{webex.encode('ROLE', 'id_nobody')}").status == 404
    assert call("GET", f"/roles/{webex.encode('PEOPLE', 'id_full_admin')}").status == 400
