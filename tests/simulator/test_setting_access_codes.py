"""Access codes of locations, people, workspaces, virtual lines and the organisation (webex-behaviour.md §7)."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common import AuthCode

from reconciler.simulator import EditRefused, Simulator
from tests.simulator.setting_subjects import Subjects

ORGANISATION = "/telephony/config/outgoingPermission/accessCodes"


@pytest.fixture
def subjects(call: Any, ids: Any, people: Any) -> Subjects:
    return Subjects(call, ids, people)


def members(subjects: Subjects) -> list[str]:
    return [
        f"/telephony/config/people/{subjects.person}/outgoingPermission/accessCodes",
        f"/workspaces/{subjects.workspace}/features/outgoingPermission/accessCodes",
        f"/telephony/config/workspaces/{subjects.workspace}/outgoingPermission/accessCodes",
        f"/workspaces/{subjects.basic}/features/outgoingPermission/accessCodes",
        f"/telephony/config/virtualLines/{subjects.line}/outgoingPermission/accessCodes",
    ]


def place(subjects: Subjects) -> str:
    return f"/telephony/config/locations/{subjects.location}/outgoingPermission/accessCodes"


def test_one_code_at_a_time(call: Any, subjects: Subjects) -> None:
    for url in members(subjects):
        assert call("GET", url).body == {"useCustomAccessCodes": False, "accessCodes": []}
        for code in ("4711", "4712"):
            assert call("POST", url, {"code": code, "description": f"code {code}"}).status == 201
        first = {"code": "4711", "description": "code 4711", "level": "CUSTOM"}
        assert call("GET", url).body["accessCodes"][0] == first
        assert call("PUT", url, {"useCustomAccessCodes": True, "deleteCodes": ["4712"]}).status == 204
        assert call("GET", url).body == {"useCustomAccessCodes": True, "accessCodes": [first]}
        assert call("DELETE", url).status == 204
        assert call("GET", url).body == {"useCustomAccessCodes": True, "accessCodes": []}
        assert call("PUT", url, {"useCustomAccessCodes": False}).status == 204  # a workspace has two addresses


@pytest.mark.parametrize(
    ("body", "code"),
    [({"code": "1"}, 25008), ({"description": "x"}, 25008), ({"code": "", "description": "x"}, 25024),
     ({"code": {}, "description": "x"}, 25024), (None, 25024), ([], 25024)],
)  # fmt: skip
def test_bad_codes(call: Any, subjects: Subjects, body: Any, code: int) -> None:
    for url in members(subjects):
        answer = call("POST", url, body)
        assert (answer.status, answer.body["errorCode"]) == (400, code)
    answer = call("POST", place(subjects), None if body is None else {"accessCodes": [body]})
    assert (answer.status, answer.body["errorCode"]) == (400, code)
    assert call("GET", place(subjects)).body == {"accessCodes": []}


def test_of_location(api: WebexSimpleApi, subjects: Subjects, call: Any) -> None:
    one = api.telephony.access_codes
    one.create(subjects.location, [AuthCode(code=str(n), description=f"n{n}") for n in (1001, 1002, 1003)])
    read = one.read(subjects.location)
    assert [(code.code, code.level) for code in read] == [("1001", None), ("1002", None), ("1003", None)]
    assert call("GET", place(subjects)).body["accessCodes"][0]["level"] is None
    one.delete_codes(subjects.location, ["1002", read[2]])
    assert [code.code for code in one.read(subjects.location)] == ["1001"]
    assert call("PUT", place(subjects), {}).body["errorCode"] == 25008
    one.delete_all(subjects.location)
    assert one.read(subjects.location) == []


def test_by_sdk(api: WebexSimpleApi, subjects: Subjects) -> None:
    for one, subject in (
        (api.person_settings.permissions_out.access_codes, subjects.person),
        (api.workspace_settings.permissions_out.access_codes, subjects.workspace),
        (api.telephony.virtual_lines.permissions_out.access_codes, subjects.line),
    ):
        one.create(subject, "4711", "visitors")
        [code] = one.read(subject).access_codes
        assert (code.code, code.description, code.level) == ("4711", "visitors", "CUSTOM")
        one.modify(subject, delete_codes=[code])
        assert one.read(subject).access_codes == []
        one.delete(subject)


def test_the_thousand_and_first_is_502(call: Any, subjects: Subjects, simulator: Simulator) -> None:
    codes = [{"code": str(5000 + n), "description": "many"} for n in range(1000)]
    assert call("POST", place(subjects), {"accessCodes": codes}).status == 201
    over = call("POST", place(subjects), {"accessCodes": [{"code": "1", "description": "one"}]})
    assert over.status == 502 and over.body["message"]  # JSON, not the HTML of a gateway
    assert len(call("GET", place(subjects)).body["accessCodes"]) == 1000
    line = members(subjects)[4]
    for code in codes:
        simulator.edit("POST", line, code)
    assert call("POST", line, {"code": "1", "description": "one"}).status == 502
    assert len(call("GET", line).body["accessCodes"]) == 1000


def test_of_organisation(api: WebexSimpleApi, call: Any) -> None:
    one = api.telephony.organisation_access_codes
    one.create([AuthCode(code=str(n), description="even" if n % 2 == 0 else "odd") for n in range(100, 110)])
    assert [code.code for code in one.list()] == [str(n) for n in range(100, 110)]
    assert [code.code for code in one.list(code=["101", "102"], description=["odd"])] == ["101"]
    page = call("GET", f"{ORGANISATION}?max=4")
    assert len(page.body["accessCodes"]) == 4 and 'rel="next"' in page.headers["Link"]
    one.delete(["100", "101"])
    assert next(code.code for code in one.list()) == "102"
    assert call("PUT", ORGANISATION, {}).body["errorCode"] == 25008
    assert call("DELETE", ORGANISATION).status == 405


def test_ten_thousand_in_one_request(call: Any) -> None:
    codes = [{"code": str(n), "description": "x"} for n in range(10_001)]
    for method, body in (
        ("POST", {"accessCodes": codes}),
        ("PUT", {"deleteCodes": [code["code"] for code in codes]}),
    ):
        answer = call(method, ORGANISATION, body)
        assert (answer.status, answer.body["errorCode"]) == (400, 25085)
    assert call("POST", ORGANISATION, {"accessCodes": codes[:10_000]}).status == 201
    assert call("POST", ORGANISATION, {"accessCodes": codes[10_000:]}).status == 201  # the limit is of the request


def outcome(running: Simulator, method: str, url: str, body: Any) -> int:
    try:
        running.edit(method, url, body)
    except EditRefused as refused:
        return refused.status
    return 200


@pytest.mark.parametrize(("position", "status", "kept"), [("refuse", 400, "first"), ("replace", 200, "second")])
def test_switch_access_code_duplicate(
    position: str, status: int, kept: str, simulator: Simulator, subjects: Subjects
) -> None:
    with Simulator({**simulator.state(), "switches": {"access_code_duplicate": position}}) as running:
        for url in (place(subjects), ORGANISATION):
            running.edit("POST", url, {"accessCodes": [{"code": "1", "description": "first"}]})
            again = {"accessCodes": [{"code": "2", "description": "new"}, {"code": "1", "description": "second"}]}
            assert outcome(running, "POST", url, again) == status
            shown = {row["code"]: row["description"] for row in running.edit("GET", url)["accessCodes"]}
            assert shown["1"] == kept and ("2" in shown) is (status == 200)  # all of it or nothing


@pytest.mark.parametrize(("position", "status"), [("ignore", 200), ("refuse", 400)])
def test_switch_access_code_delete_unknown(
    position: str, status: int, simulator: Simulator, subjects: Subjects
) -> None:
    with Simulator({**simulator.state(), "switches": {"access_code_delete_unknown": position}}) as running:
        for url in (place(subjects), members(subjects)[0], ORGANISATION):
            assert outcome(running, "PUT", url, {"deleteCodes": ["999"]}) == status


@pytest.mark.parametrize(("position", "levels"), [("off", ["CUSTOM"]), ("on", ["CUSTOM", "LOCATION"])])
def test_switch_access_codes_of_location_shown(
    position: str, levels: list[str], simulator: Simulator, subjects: Subjects
) -> None:
    tenant = {**simulator.state(), "switches": {"access_codes_of_location_shown": position}}
    with Simulator(tenant) as running:
        running.edit("POST", place(subjects), {"accessCodes": [{"code": "1", "description": "all"}]})
        running.edit("POST", members(subjects)[4], {"code": "2", "description": "own"})
        assert [row["level"] for row in running.edit("GET", members(subjects)[4])["accessCodes"]] == levels
