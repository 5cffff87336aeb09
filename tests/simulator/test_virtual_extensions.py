"""Virtual extensions and their ranges (§14, §16): two levels, two modes, and checks that always answer 200."""

from __future__ import annotations

from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.virtual_extensions import VirtualExtensionMode, VirtualExtensionRangeAction

from reconciler.simulator import Simulator

PATH, RANGES = "/telephony/config/virtualExtensions", "/telephony/config/virtualExtensionRanges"
OUTSIDE = "+4961007739001"
BODY = {"displayName": "Agent Smith", "phoneNumber": OUTSIDE, "extension": "3001"}
RANGE = {"name": "Sales", "prefix": "+496100773", "patterns": ["9981XX", "998200"]}


def test_levels(api: WebexSimpleApi, call: Any, ids: Any) -> None:
    extensions, london = api.telephony.virtual_extensions, ids.locations["London HQ"]
    wide = extensions.create_extension("Agent Smith", OUTSIDE, "3001", first_name="Agent", last_name="Smith")
    near = extensions.create_extension("Near", "+4961007739002", "3001", location_id=london)
    read = extensions.details_extension(wide)
    assert (read.level, read.esn, read.routing_prefix, read.location_id) == ("ORGANIZATION", "3001", None, None)
    read = extensions.details_extension(near)
    assert (read.level, read.esn, read.location_name, read.first_name) == ("LOCATION", "82013001", "London HQ", None)
    assert [one.id for one in extensions.list_extensions(org_level_only=True)] == [wide]
    assert [one.id for one in extensions.list_extensions(location_id=london)] == [near]
    assert [one.id for one in extensions.list_extensions(location_name="london")] == [near]
    assert [one.id for one in extensions.list_extensions(name="smi", extension="3001", phone_number=OUTSIDE)] == [wide]
    both = f"{PATH}?locationId={london}&orgLevelOnly=true"
    assert call("GET", both).status == 400
    # at the location the extension is taken, though the numbers list does not say so
    assert call("GET", "/telephony/config/numbers?extension=3001").body["phoneNumbers"] == []
    line = {"firstName": "A", "lastName": "B", "locationId": london, "extension": "3001"}
    assert call("POST", "/telephony/config/virtualLines", line).body["errorCode"] == 4202
    extensions.delete_extension(near)
    assert call("POST", "/telephony/config/virtualLines", line).status == 201
    extensions.delete_extension(wide)
    assert list(extensions.list_extensions()) == []
    with pytest.raises(RestError, match="404"):
        extensions.details_extension(wide)


def test_pages_of_ten_by_extension(api: WebexSimpleApi, call: Any) -> None:
    for index in range(12):
        number = f"+49610077390{12 - index:02d}"
        call("POST", PATH, {**BODY, "phoneNumber": number, "extension": f"{3100 - index}"})
    first = call("GET", PATH)
    assert len(first.body["virtualExtensions"]) == 10 and "Link" in first.headers
    listed = [one.extension for one in api.telephony.virtual_extensions.list_extensions()]
    assert listed == sorted(listed) and len(listed) == 12
    assert [one.extension for one in api.telephony.virtual_extensions.list_extensions(order="DSC")] == listed[::-1]


def test_update_merges(api: WebexSimpleApi, ids: Any) -> None:
    extensions = api.telephony.virtual_extensions
    made = extensions.create_extension("Near", OUTSIDE, "3001", location_id=ids.locations["London HQ"])
    before = extensions.details_extension(made)
    extensions.update_extension(made, last_name="Smith", extension="3002")
    after = extensions.details_extension(made)
    assert after == before.model_copy(update={"last_name": "Smith", "extension": "3002", "esn": "82013002"})
    with pytest.raises(RestError) as refused:
        extensions.update_extension(made, extension="9999")
    assert refused.value.code == 4202
    extensions.update_extension(made, phone_number="+49 6100 7739003")
    assert extensions.details_extension(made).phone_number == "+4961007739003"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"displayName": None}, 400, 25024),
        ({"phoneNumber": "12345"}, 400, 4410),
        ({"extension": "1"}, 400, 4909),
        ({"extension": "x1"}, 400, 4910),
        ({"extension": []}, 400, 25024),
        ({"extension": "3001"}, 400, 4202),
        ({"phoneNumber": OUTSIDE}, 400, None),
        ({"locationId": "x"}, 404, None),
    ],
)
def test_wrong_creates(call: Any, change: dict[str, Any], status: int, code: int | None) -> None:
    call("POST", PATH, BODY)
    fresh = {**BODY, "phoneNumber": "+4961007739002", "extension": "3002"}
    answer = call("POST", PATH, {**fresh, **change})
    assert (answer.status, answer.body.get("errorCode")) == (status, code)
    assert len(call("GET", PATH).body["virtualExtensions"]) == 1


@pytest.mark.parametrize("name", sorted(BODY))
def test_missing_fields(call: Any, name: str) -> None:
    answer = call("POST", PATH, {key: value for key, value in BODY.items() if key != name})
    further_in = "message=Missing required field(s).;detail=Missing fields: externalNumber"
    text = further_in if name == "phoneNumber" else f"Missing Mandatory field name: {name}"
    assert (answer.status, answer.body["message"]) == (400, text)


def test_modes(api: WebexSimpleApi, call: Any) -> None:
    extensions = api.telephony.virtual_extensions
    assert extensions.get_extension_settings() == VirtualExtensionMode.standard
    assert call("POST", PATH, {**BODY, "phoneNumber": "777"}).status == 400
    assert call("POST", RANGES, {**RANGE, "prefix": "77"}).status == 400
    extensions.modify_extension_settings(VirtualExtensionMode.enhanced)
    assert extensions.get_extension_settings() == VirtualExtensionMode.enhanced
    assert call("POST", PATH, {**BODY, "phoneNumber": "777"}).status == 201
    assert call("POST", RANGES, {**RANGE, "prefix": "77"}).status == 201
    assert call("PUT", f"{PATH}/settings", {"mode": "LOUD"}).body["errorCode"] == 25024
    assert call("PUT", f"{PATH}/settings", {}).body["errorCode"] == 25008


def test_validate_numbers(api: WebexSimpleApi, call: Any) -> None:
    check = api.telephony.virtual_extensions.validate_external_phone_number
    fine = check([OUTSIDE])
    assert (fine.status, fine.phone_number_status) == ("OK", [])
    call("POST", PATH, BODY)
    found = check(["098765678", "+4961007739009", "+4961007739009", OUTSIDE, "+442079460001"])
    assert found.status == "ERRORS"
    assert [one.state for one in found.phone_number_status] == [
        "INVALID", "VALID", "DUPLICATE_IN_LIST", "DUPLICATE", "DUPLICATE",
    ]  # fmt: skip
    assert call("POST", f"{PATH}/actions/validateNumbers/invoke", {}).body["errorCode"] == 25008
    assert call("POST", f"{PATH}/actions/validateNumbers/invoke", {"phoneNumbers": "x"}).body["errorCode"] == 25024


def test_life_of_a_range(api: WebexSimpleApi, call: Any, ids: Any) -> None:
    ranges, london = api.telephony.virtual_extensions, ids.locations["London HQ"]
    wide = ranges.create_range("Sales", "+496100773", patterns=["9981XX", "998200"])
    near = ranges.create_range("Annex", "+496100774", patterns=["9981XX"], location_id=london)  # another level
    read = ranges.details_range(wide)
    assert (read.name, read.prefix, read.level, read.patterns) == (
        "Sales", "+496100773", "ORGANIZATION", ["9981XX", "998200"],
    )  # fmt: skip
    rows = list(ranges.list_range())
    assert [one.name for one in rows] == ["Annex", "Sales"] and rows[0].patterns is None
    assert [one.name for one in ranges.list_range(order="prefix-DSC")] == ["Annex", "Sales"]
    assert [one.name for one in ranges.list_range(order="DSC")] == ["Sales", "Annex"]
    assert [one.id for one in ranges.list_range(location_id=london)] == [near]
    assert [one.id for one in ranges.list_range(org_level_only=True)] == [wide]
    assert [one.id for one in ranges.list_range(name="sal", prefix="+49610")] == [wide]
    assert call("GET", f"{RANGES}?locationId={london}&orgLevelOnly=true").status == 400
    for action, patterns, left in (
        ("ADD", ["998300"], ["9981XX", "998200", "998300"]),
        ("REMOVE", ["9981XX", "1"], ["998200", "998300"]),
        ("REPLACE", ["77XX"], ["77XX"]),
    ):
        ranges.modify_range(wide, patterns=patterns, action=VirtualExtensionRangeAction(action))
        assert ranges.details_range(wide).patterns == left
    ranges.modify_range(wide, name="Outside", prefix="+49610077")
    after = ranges.details_range(wide)
    assert (after.name, after.prefix, after.patterns) == ("Outside", "+49610077", ["77XX"])
    ranges.delete_range(wide)
    assert call("GET", f"{RANGES}/{wide}").status == 404
    assert [one.id for one in ranges.list_range()] == [near]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"name": "sales"}, 409, 27850),
        ({"prefix": "100"}, 400, None),
        ({"patterns": ["9981XX"]}, 400, None),
        ({"patterns": ["12", "12"]}, 400, None),
        ({"patterns": ["X12"]}, 400, None),
        ({"patterns": [""]}, 400, None),
        ({"patterns": [f"{index:06d}" for index in range(101)]}, 400, 27854),
        ({"patterns": "12XX"}, 400, 25024),
        ({"name": None}, 400, 25024),
        ({"name": ""}, 400, 25008),
    ],
)
def test_wrong_ranges(call: Any, change: dict[str, Any], status: int, code: int | None) -> None:
    call("POST", RANGES, RANGE)
    answer = call("POST", RANGES, {**RANGE, "name": "Other", "patterns": ["1XX"], **change})
    assert (answer.status, answer.body.get("errorCode")) == (status, code)
    assert len(call("GET", RANGES).body["virtualExtensionRanges"]) == 1


def test_range_updates_are_checked(call: Any) -> None:
    made = f"{RANGES}/{call('POST', RANGES, RANGE).body['id']}"
    assert call("PUT", made, {"patterns": ["1XX"]}).body["message"] == "Missing Mandatory field name: action"
    assert call("PUT", made, {"patterns": ["1XX"], "action": "MERGE"}).body["errorCode"] == 25024
    many = [f"{index:06d}" for index in range(101)]
    assert call("PUT", made, {"patterns": many, "action": "ADD"}).body["errorCode"] == 27854
    assert call("PUT", made, {"name": "Sales", "prefix": RANGE["prefix"]}).status == 204  # its own
    assert call("GET", made).body["patterns"] == RANGE["patterns"]


@pytest.mark.parametrize(("position", "status"), [("conflict", 409), ("refuse", 400)])
def test_name_follows_the_switch_of_features(call: Any, simulator: Simulator, position: str, status: int) -> None:
    simulator.turn("feature_name_duplicate", position)
    call("POST", RANGES, RANGE)
    assert call("POST", RANGES, {**RANGE, "patterns": []}).status == status


@pytest.mark.parametrize(("position", "status"), [("off", 201), ("on", 400)])
def test_switch_range_prefix_unique(call: Any, simulator: Simulator, position: str, status: int) -> None:
    simulator.turn("range_prefix_unique", position)
    call("POST", RANGES, RANGE)
    assert call("POST", RANGES, {**RANGE, "name": "Other", "patterns": []}).status == status


def test_validate_range(api: WebexSimpleApi, call: Any) -> None:
    check = api.telephony.virtual_extensions.validate_range
    fine = check(name="foo", prefix="+496100773", patterns=["998001X"])
    assert (fine.status, fine.validation_status) == ("OK", None)
    made = call("POST", RANGES, RANGE).body["id"]
    bad = check(name="foo", prefix="100", patterns=["998001X"])
    assert (bad.status, [one.status for one in bad.validation_status]) == ("ERRORS", ["INVALID"])
    found = check(name="Sales", prefix="+49", patterns=["9981XX", "1", "1", "X1", "2"])
    assert [(one.status, one.pattern, one.error_code) for one in found.validation_status] == [
        ("DUPLICATE", None, 27850), ("DUPLICATE", "9981XX", None), ("VALID", "1", None),
        ("DUPLICATE_IN_LIST", "1", None), ("INVALID", "X1", None), ("VALID", "2", None),
    ]  # fmt: skip
    own = check(name="Sales", prefix="+496100773", patterns=["9981XX"], range_id=made)
    assert own.status == "OK"
    many = call("POST", f"{RANGES}/actions/validate/invoke", {"patterns": [f"{index:06d}" for index in range(101)]})
    assert (many.status, many.body["errorCode"]) == (400, 27854)
    assert call("POST", f"{RANGES}/actions/validate/invoke", {"patterns": 5}).body["errorCode"] == 25024


def test_survive_dump_and_load(call: Any, ids: Any, simulator: Simulator) -> None:
    london = ids.locations["London HQ"]
    near = call("POST", PATH, {**BODY, "locationId": london}).body["id"]
    made = call("POST", RANGES, {**RANGE, "locationId": london}).body["id"]
    call("PUT", f"{PATH}/settings", {"mode": "ENHANCED"})
    paths = (f"{PATH}/{near}", f"{RANGES}/{made}", f"{PATH}/settings")
    before = [call("GET", path).body for path in paths]
    simulator.load(simulator.state())
    assert [call("GET", path).body for path in paths] == before
    again = call("POST", PATH, {**BODY, "phoneNumber": "+4961007739002", "locationId": london})
    assert again.body["errorCode"] == 4202
