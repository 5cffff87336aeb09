"""Each artefact of a furnished tenant as the snapshot has it (S12 to S20): by address, ids resolved to addresses."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from reconciler.inventory.budget import expected
from reconciler.kinds import managed, nested, observed
from reconciler.model.address import split_address
from reconciler.simulator import Simulator
from reconciler.simulator.core import ids
from tests.inventory.conftest import Reading, read
from tests.inventory.served import ASKED

CHLOE, SIAN, NOAH = (f"person/{name}@example.com" for name in ("chloe.dangelo", "sian.brightwater", "noah.tanaka"))
_OUT = "+442079460001"
_RULES = {
    "call_forwarding.rules[].name": ["Always out", "Now and then"],
    "call_forwarding.rules[].forward_to": [_OUT] * 2,
}
_ALWAYS = {"call_forwarding.always.enabled": True, "call_forwarding.always.destination": _OUT}


class Holding(list[Any]):
    """A list that has these items in this order, and perhaps others."""

    def __eq__(self, found: object) -> bool:
        return isinstance(found, list) and [item for item in found if item in list(self)] == list(self)


EXPECTED: dict[str, dict[str, Any]] = {
    "access_codes/organisation": {"access_codes[].code": Holding(["1234", "4321"])},
    "announcement/Welcome": {"level": "ORGANIZATION", "feature_reference_count": 0},
    "announcement/London HQ/Welcome": {"level": "LOCATION", "location": "London HQ", "feature_reference_count": 0},
    "auto_attendant/London HQ/Main": {
        "extension": "5301",
        "business_schedule": "Opening hours",
        "holiday_schedule": "Bank holidays",
        "business_hours_menu.key_configurations[].key": ["9", "0"],
    },
    "auto_attendant/New York/Main": {"extension": "5301", "esn": "82095301"},
    "auto_attendant.announcements/New York/Main": {"announcements": []},
    "auto_attendant.forwarding/London HQ/Main": _RULES,
    "auto_attendant.forwarding/London HQ/Night": _ALWAYS,
    "call_park/London HQ/First floor": {
        "recall.hunt_group_id": "hunt_group/London HQ/Support",
        "agents[].id": ["person/jose.dvorak@example.com", NOAH],
    },
    "call_park/London HQ/Ground floor": {
        "call_park_extensions[].id": ["call_park_extension/London HQ/Park one"],
        "park_on_agents_enabled": True,
    },
    "call_park_extension/London HQ/Park two": {"extension": "5412"},
    "call_pickup/London HQ/Desk row": {"notification_delay_timer_seconds": 6, "agents[].id": [CHLOE, SIAN]},
    "call_queue/London HQ/Service desk": {
        "agents[].id": [CHLOE, SIAN, NOAH],
        "agents[].location": ["London HQ"] * 3,
        "queue_settings.queue_size": 25,
        "has_cx_essentials": False,
    },
    "call_queue/London HQ/Assist": {"extension": "5290", "has_cx_essentials": True, "agents": []},
    "call_queue.agents/London HQ/Service desk": {"agents[].id": [CHLOE, NOAH, SIAN], "agents[].queue_count": [2, 1, 2]},
    "call_queue.forwarding/London HQ/Service desk": _RULES,
    "call_queue_settings/organisation": {"maintain_queue_position_for_sim_ring_enabled": False},
    "calling_location/Manchester": {"name": "Manchester", "routing_prefix": "8202"},
    "device/112233445501": {"person_id": CHLOE, "location": "London HQ", "product": "Cisco 8845"},
    "device/112233445503": {"workspace_id": "workspace/Board Room", "location": "London HQ"},
    "dial_plan/Abroad": {"route_type": "ROUTE_GROUP", "route_id": "route_group/UK Routes"},
    "dial_plan.patterns/Abroad": {"dial_patterns": ["+33!", "+49!"]},
    "group/Receptionists": {"member_size": 3},
    "group.members/Receptionists": {"members[].id": [CHLOE, NOAH, SIAN], "members[].type": ["user"] * 3},
    "hunt_group/London HQ/Support": {"agents[].id": [CHLOE, SIAN, NOAH], "call_policies.policy": "REGULAR"},
    "hunt_group/New York/Support": {"extension": "5101", "location": "New York"},
    "hunt_group.forwarding/London HQ/Support": _RULES,
    "hunt_group.forwarding/London HQ/Sales": _ALWAYS,
    "license.assigned/Webex Calling - Hot desk only": {"users": []},
    "location.access_codes/London HQ": {"access_codes[].description": Holding(["Morning", "Evening"])},
    "location.emergency_callback_number/London HQ": {"location_info.effective_value": "+442079460000"},
    "location.voice_portal/London HQ": {"extension": "9999", "phone_number": "+442079460049", "location": "London HQ"},
    "location.voice_portal/New York": {"name": "Voice Portal", "phone_number": None},
    "location.voicemail/London HQ": {"voicemail_transcription_enabled": True},
    "location.voicemail/New York": {"voicemail_transcription_enabled": False},
    "operating_mode/Closed": {"type": "HOLIDAY", "holidays[].name": ["Christmas"]},
    "operating_mode/London HQ/Local": {"level": "LOCATION", "location": "London HQ"},
    "paging_group/London HQ/Shop floor": {
        "originators[].id": [CHLOE, SIAN],
        "targets[].extension": ["0121", "0139", "0106"],
    },
    "person.access_codes/chloe.dangelo@example.com": {"access_codes[].code": Holding(["1234", "4321"])},
    "person.call_waiting/chloe.dangelo@example.com": {"enabled": False, "location": "London HQ"},
    "person.caller_id/chloe.dangelo@example.com": {"selected": "CUSTOM", "custom_number": "+442079460002"},
    "person.digit_patterns/chloe.dangelo@example.com": {"digit_patterns[].pattern": Holding(["+331!", "+4930XXXX"])},
    "person.do_not_disturb/chloe.dangelo@example.com": {"enabled": True, "ring_splash_enabled": True},
    "person.incoming_permissions/chloe.dangelo@example.com": {
        "use_custom_enabled": True,
        "external_transfer": "BLOCK_ALL_EXTERNAL",
    },
    "person.monitoring/chloe.dangelo@example.com": {
        "monitored_elements[].member.id": [NOAH, SIAN, None],  # as the keys are, not sorted
        "monitored_elements[].callparkextension.id": [None, None, "call_park_extension/London HQ/Park one"],
    },
    "person.transfer_numbers/chloe.dangelo@example.com": {"auto_transfer_number2": "+442079460004"},
    "person.voicemail/chloe.dangelo@example.com": {"email_copy_of_message.email_id": "copies@example.com"},
    "route_group.details/UK Routes": {
        "local_gateways[].id": ["trunk/London Gateway", "trunk/Manchester Gateway"],
        "local_gateways[].priority": [1, 2],
    },
    "route_list/Campaigns": {"location": "London HQ", "route_group_id": "route_group/UK Routes"},
    "route_list.numbers/Campaigns": {"numbers": ["+442079460081", "+442079460082", "+442079460083"]},
    "schedule/London HQ/holidays/Bank holidays": {"events[].name": ["Christmas"], "events[].id": [None]},
    "schedule/New York/businessHours/Opening hours": {"events[].start_time": ["09:00"]},
    "translation_pattern/London HQ/Local code": {"matching_pattern": "+91XXX", "level": "Location"},
    "translation_pattern/Short code": {"location": None, "level": "Organization"},
    "trunk.details/Border element": {"port": 5061, "max_concurrent_calls": 500, "location": "London HQ"},
    "virtual_extension/London HQ/5601": {"phone_number": "+442079460901"},
    "virtual_extension/5602": {"level": "ORGANIZATION", "location": None},
    "virtual_extension_range/London HQ/Depot range": {"patterns": ["57XX"]},
    "virtual_line/London HQ/Night Bell": {"number.external": "+442079460080", "announcement_language": "en_gb"},
    "virtual_line.devices/New York/Fax Line": {"devices": [], "location": "New York"},
    "voicemail_group/London HQ/Orders box": {"extension": "5501", "message_storage.storage_type": "INTERNAL"},
    "workspace.capabilities/Board Room": {"location": "London HQ"},
    "workspace.devices/Board Room": {"devices[].mac": Holding(["112233445503"]), "max_device_count": 35},
    "workspace.incoming_permissions/Board Room": {"internal_calls_enabled": True, "location": "London HQ"},
}


@pytest.mark.parametrize("address", [one for one in EXPECTED if split_address(one)[0] in ASKED])
def test_an_artefact_as_read(whole: Reading, address: str) -> None:
    kind, key = split_address(address)
    current = whole.snapshot.get(kind, key)
    assert current is not None, sorted(whole.snapshot.kinds[kind])
    assert {path: value(current.shown, path) for path in EXPECTED[address]} == EXPECTED[address]


def value(fields: Any, path: str) -> Any:
    """What stands at `agents[].location`: one value per item."""
    head, _, rest = path.partition(".")
    found = (fields or {}).get(head.removesuffix("[]"))
    if head.endswith("[]"):
        return [value(item, rest) if rest else item for item in found]
    return value(found, rest) if rest else found


TYPES = {"text": str, "integer": int, "number": (int, float), "boolean": bool, "list": list}


def test_the_simulator_serves_every_artefact() -> None:
    assert observed().keys() - ASKED.keys() <= {"workspace.capabilities"}


def test_each_is_tested_here() -> None:
    tested = {split_address(address)[0] for address in EXPECTED}
    assert {name for name in observed() if not name.startswith("available_numbers.")} - tested == set()


@pytest.mark.parametrize("name", ASKED)
def test_each_is_read_whole(whole: Reading, name: str) -> None:
    status = next(status for status in whole.exported.statuses if status.artefact == name)
    assert (status.result, status.failed) == ("ok", 0)
    assert status.count == len(whole.snapshot.kinds[name]) >= 1
    assert name not in whole.snapshot.gaps


@pytest.mark.parametrize("name", ASKED)
def test_s22_columns_say_what_is_there(whole: Reading, name: str) -> None:
    """Each column occurs, with the type that it says: a field that the API renames is missed here (S22)."""
    for column in observed()[name].columns:
        found = [value(current.shown, column.path) for current in whole.snapshot.kinds[name].values()]
        there = [one for one in found if one is not None]
        assert there and all(type(one) in _types(column.type) for one in there), f"{column.path}: {there[:3]}"


def _types(name: str) -> tuple[type, ...]:
    found = TYPES[name]
    return found if isinstance(found, tuple) else (found,)


@pytest.mark.parametrize("name", observed())
def test_each_says_what_it_is(name: str) -> None:
    artefact = observed()[name]
    assert artefact.doc and artefact.requests and artefact.columns and not nested(name)
    assert all(column.doc and column.type in TYPES for column in artefact.columns)
    assert len({column.path for column in artefact.columns}) == len(artefact.columns)
    ways = [way for way in (None if artefact.rows else artefact.scan, artefact.look, artefact.rows) if way]
    assert len(ways) == 1 and bool(artefact.of) is bool(artefact.look or artefact.rows)
    assert not artefact.of or artefact.of in managed() or artefact.of in observed()


def test_no_remote_id_is_left_where_an_address_should_stand(whole: Reading) -> None:
    """Owners, members, agents, assignees and routes are named; only what nobody lists keeps its id."""
    left = {
        (name, field)
        for name in ASKED
        for current in whole.snapshot.kinds[name].values()
        for field, remote_id in re.findall(r'"(\w+)": "(Y2lz[\w-]+)', json.dumps(current.fields))
        if ids.decode(remote_id)[0] != "VOICE_MESSAGING"  # a voice portal that has a number is in no list
    }
    assert left == {
        ("device", "calling_device_id"),  # by which the lists of calling devices name it
        ("workspace.devices", "id"),
        ("virtual_line.devices", "id"),
        ("person.digit_patterns", "id"),
    }


def test_what_refers_to_something_names_something_that_is_there(whole: Reading) -> None:
    """Every address in the fields is one of the snapshot's (S4, S13)."""
    names = "|".join(sorted(whole.snapshot.kinds))
    for name in ASKED:
        for current in whole.snapshot.kinds[name].values():
            for kind, key in re.findall(rf'id": "({names})/([^"]+)"', json.dumps(current.fields, ensure_ascii=False)):
                assert whole.snapshot.get(kind, key) is not None, f"{current.address}: {kind}/{key}"


def test_s3_two_readings_are_the_same(full: Simulator, whole: Reading) -> None:
    """Whatever the order of the answers (S3)."""
    again = read(full).snapshot
    assert {name: sorted(of.items()) for name, of in again.kinds.items()} == {
        name: sorted(of.items()) for name, of in whole.snapshot.kinds.items()
    }


def test_s12_calling_locations_are_those_with_details(whole: Reading) -> None:
    """Ids are there, and details for each (S12)."""
    listed = whole.snapshot.kinds["calling_location"]
    detailed = {key for key, one in whole.snapshot.kinds["location"].items() if one.fields.get("calling")}
    assert set(listed) == detailed and all(current.id for current in listed.values())


def test_s13_assigned_users_are_people(whole: Reading) -> None:
    """Of every licence all users (S13); 50 people have calling."""
    assigned = whole.snapshot.kinds["license.assigned"]
    users = value(assigned["Webex Calling - Professional"].fields, "users[].id")
    calling = {f"person/{p.key}" for p in whole.snapshot.kinds["person"].values() if p.facts["calling"]}
    assert set(users) == calling and len(users) == len(calling)


def test_s20_available_numbers_are_told_once_per_location(whole: Reading) -> None:
    """No number twice in a variant, and each with the right location (S17, S20)."""
    where = {number.key: number.fields["location"] for number in whole.snapshot.kinds["number"].values()}
    variants = [name for name in observed() if name.startswith("available_numbers.")]
    assert len(variants) == 16
    for name in variants:
        of_variant = whole.snapshot.kinds[name]
        rows = [
            (row, place) for place, one in of_variant.items() for row in value(one.fields, "numbers[].phone_number")
        ]
        numbers = [number for number, _ in rows]
        assert numbers and len(set(numbers)) == len(numbers), name
        assert all(where[number] == place for number, place in rows), name


def test_what_shares_a_name_keeps_its_id(full: Simulator, furnished_state: dict[str, Any]) -> None:
    """Names of virtual lines are not unique: nothing is lost, and both have their details (G: owner ids)."""
    place = next(one["id"] for one in full.edit("GET", "/locations")["items"] if one["name"] == "London HQ")
    line = {"firstName": "Front", "lastName": "Desk", "locationId": place, "extension": "5099"}
    made = full.edit("POST", "/telephony/config/virtualLines", line)["id"]
    lines = read(full, [], ["virtual_line", "virtual_line.devices"]).snapshot.kinds
    twins = {key: one for key, one in lines["virtual_line"].items() if key.startswith("London HQ/Front Desk [")}
    assert len(twins) == 2 and made in {one.id for one in twins.values()}
    assert all(re.fullmatch(r"London HQ/Front Desk \[[0-9a-f-]{36}\]", key) for key in twins)
    assert all(one.shown["display_name"] == "Front Desk" for one in twins.values())
    assert set(twins) < set(lines["virtual_line.devices"])


def test_devices_beyond_the_first_page_are_found(full: Simulator) -> None:
    """Pages of 100 that name no next one (webex-behaviour.md §1.5): nothing is cut off silently."""
    people = full.edit("GET", "/people?callingData=true&max=100")["items"]
    calling = [person["id"] for person in people if person.get("locationId")]
    before = len(full.edit("GET", "/devices")["items"])
    for number in range(200 - before):
        phone = {"model": "DMS Cisco 8845", "mac": f"AABBCC{number:06X}", "personId": calling[number % len(calling)]}
        full.edit("POST", "/devices", phone)
    reading = read(full, None, ["device"])
    assert reading.verdicts() == {"device": "ok"} and len(reading.snapshot.kinds["device"]) == 200
    assert reading.routes["GET /devices"] == 3 == expected(reading.snapshot)["device"] - 200
