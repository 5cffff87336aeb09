"""Digit patterns of locations, people, workspaces and virtual lines (webex-behaviour.md §7)."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.person_settings.permissions_out import DigitPattern

from reconciler.simulator import Simulator
from tests.simulator.setting_subjects import Subjects

BLOCK = {"name": "Premium", "pattern": "9XXX", "action": "BLOCK", "transferEnabled": False}


@pytest.fixture
def subjects(call: Any, ids: Any, people: Any) -> Subjects:
    return Subjects(call, ids, people)


def collections(subjects: Subjects) -> list[str]:
    return [
        f"/telephony/config/{root}/outgoingPermission/digitPatterns"
        for root in (
            f"locations/{subjects.location}", f"people/{subjects.person}", f"workspaces/{subjects.workspace}",
            f"virtualLines/{subjects.line}",
        )
    ]  # fmt: skip


def test_life(call: Any, subjects: Subjects) -> None:
    for url in collections(subjects):
        flag = None if "/locations/" in url else False
        assert call("GET", url).body == {"useCustomDigitPatterns": flag, "digitPatterns": []}
        created = call("POST", url, BLOCK)
        assert created.status == 201 and list(created.body) == ["id"]
        key = created.body["id"]
        assert "/DIGIT_PATTERNS/" in base64.b64decode(key + "==").decode()
        assert call("GET", f"{url}/{key}").body == {"id": key, **BLOCK}
        assert call("PUT", f"{url}/{key}", {"action": "AUTH_CODE"}).status == 204  # merges
        assert call("GET", url).body["digitPatterns"] == [{"id": key, **BLOCK, "action": "AUTH_CODE"}]
        assert call("PUT", url, {"useCustomDigitPatterns": True}).status == 204
        assert call("GET", url).body["useCustomDigitPatterns"] is (None if flag is None else True)
        assert call("DELETE", f"{url}/{key}").status == 204
        for method in ("GET", "PUT", "DELETE"):
            assert call(method, f"{url}/{key}", {}).status == 404
        for name in ("a", "b"):
            assert call("POST", url, {**BLOCK, "name": name}).status == 201
        assert call("DELETE", url).status == 204
        assert call("GET", url).body["digitPatterns"] == []


def test_by_sdk(api: WebexSimpleApi, subjects: Subjects) -> None:
    for one, subject in (
        (api.telephony.permissions_out.digit_patterns, subjects.location),
        (api.person_settings.permissions_out.digit_patterns, subjects.person),
        (api.workspace_settings.permissions_out.digit_patterns, subjects.workspace),
        (api.telephony.virtual_lines.permissions_out.digit_patterns, subjects.line),
    ):
        pattern = DigitPattern(name="Block", pattern="9001", action="BLOCK", transfer_enabled=False)
        key = one.create(subject, pattern)
        read = one.details(subject, key)
        assert (read.name, read.pattern, read.action) == ("Block", "9001", "BLOCK")
        read.action = "ALLOW"
        one.update(subject, read)
        [listed] = one.get_digit_patterns(subject).digit_patterns
        assert listed == read
        one.update_category_control_settings(subject, use_custom_digit_patterns=True)
        one.delete(subject, key)
        one.create(subject, pattern)
        one.delete_all(subject)
        assert one.get_digit_patterns(subject).digit_patterns == []


def test_names_are_unique(call: Any, subjects: Subjects) -> None:
    for url in collections(subjects):
        first = call("POST", url, BLOCK).body["id"]
        assert call("POST", url, {**BLOCK, "pattern": "8XXX"}).status == 400
        second = call("POST", url, {**BLOCK, "name": "Other"}).body["id"]
        assert call("PUT", f"{url}/{second}", {"name": "premium"}).status == 400
        assert call("PUT", f"{url}/{first}", {**BLOCK, "pattern": "8XXX"}).status == 204
        assert [one["name"] for one in call("GET", url).body["digitPatterns"]] == ["Premium", "Other"]


def test_the_five_hundred_and_first_is_400(call: Any, subjects: Subjects, simulator: Simulator) -> None:
    for url in collections(subjects):
        for number in range(500):
            simulator.edit("POST", url, {**BLOCK, "name": f"p{number}"})
        over = call("POST", url, {**BLOCK, "name": "p500"})
        assert over.status == 400 and over.body["message"]
        assert len(call("GET", url).body["digitPatterns"]) == 500


@pytest.mark.parametrize(
    ("change", "code"),
    [({"name": None}, 25024), ({"name": ""}, 25008), ({"pattern": "abc"}, 25024), ({"pattern": ""}, 25024),
     ({"action": "MAYBE"}, 25024), ({"transferEnabled": "x"}, 25024), ({"action": ["BLOCK"]}, 25024)],
)  # fmt: skip
def test_bad_bodies(call: Any, subjects: Subjects, change: Any, code: int) -> None:
    for url in collections(subjects):
        answer = call("POST", url, {**BLOCK, **change})
        assert (answer.status, answer.body["errorCode"]) == (400, code)
        key = call("POST", url, BLOCK).body["id"]
        assert call("PUT", f"{url}/{key}", change).body["errorCode"] == code
        assert call("GET", f"{url}/{key}").body == {"id": key, **BLOCK}


@pytest.mark.parametrize("field", list(BLOCK))
def test_missing_fields(call: Any, subjects: Subjects, field: str) -> None:
    body = {name: value for name, value in BLOCK.items() if name != field}
    for url in collections(subjects):
        answer = call("POST", url, body)
        assert (answer.status, answer.body["errorCode"]) == (400, 25008)


def test_ids(call: Any, subjects: Subjects) -> None:
    mine, theirs = collections(subjects)[:2]
    key = call("POST", mine, BLOCK).body["id"]
    assert call("GET", f"{theirs}/{key}").status == 404  # of another subject
    assert call("GET", f"{mine}/{subjects.person}").status == 400
    assert call("PUT", mine, {"useCustomDigitPatterns": "x"}).status == 400
    basic = f"/telephony/config/workspaces/{subjects.basic}/outgoingPermission/digitPatterns"
    assert call("POST", basic, BLOCK).status == 201  # the basic tier has them
    assert [one["name"] for one in call("GET", basic).body["digitPatterns"]] == [BLOCK["name"]]
    assert call("PUT", basic, {"useCustomDigitPatterns": True}).status == 204
    assert call("DELETE", basic).status == 204
