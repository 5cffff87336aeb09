"""Groups, licences, workspaces and features of several locations: all of each is there, of everybody, by address."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

import pytest

from reconciler.kinds import observed
from reconciler.simulator import Simulator
from reconciler.simulator.core import ids
from tests.inventory.conftest import Reading, read
from tests.inventory.test_artefacts import value

Json = dict[str, Any]
_CONFIG = "/telephony/config"
_PLACES = {"London HQ", "Manchester", "New York"}
#: The attendants, hunt groups and queues of a location, with what belongs to each.
_FEATURES = {
    "auto_attendant": ("autoAttendants", "announcements", "forwarding"),
    "hunt_group": ("huntGroups", "forwarding"),
    "call_queue": ("queues", "agents", "forwarding"),
}
_PARTS = [".".join(filter(None, (name, part))) for name, (_, *parts) in _FEATURES.items() for part in ("", *parts)]


def rows(server: Simulator, path: str, key: str) -> list[Json]:
    found: list[Json] = server.edit("GET", path)[key]
    return found


@pytest.fixture
def everywhere(full: Simulator) -> Simulator:
    """A third location has one of each feature, and the attendants of two play files."""
    places = {one["name"]: one["id"] for one in rows(full, "/locations", "items")}
    for path, key in (("autoAttendants", "autoAttendants"), ("huntGroups", "huntGroups"), ("queues", "queues")):
        like = next(one for one in rows(full, f"{_CONFIG}/{path}", key) if one["locationName"] == "New York")
        body = full.edit("GET", f"{_CONFIG}/locations/{places['New York']}/{path}/{like['id']}")
        kept = ("name", "businessSchedule", "businessHoursMenu", "afterHoursMenu", "callPolicies", "queueSettings")
        body = {name: body[name] for name in kept if name in body} | {"extension": f"59{len(path)}", "agents": []}
        if "businessSchedule" in body:
            week = {"name": "Week", "startDate": "2026-11-23", "endDate": "2026-11-23", "allDayEnabled": True}
            hours = {"type": "businessHours", "name": body["businessSchedule"], "events": [week]}
            full.edit("POST", f"{_CONFIG}/locations/{places['Manchester']}/schedules", hours)
        full.edit("POST", f"{_CONFIG}/locations/{places['Manchester']}/{path}", body)
    file = next(
        one for one in rows(full, f"{_CONFIG}/announcements", "announcements") if one["level"] == "ORGANIZATION"
    )
    played = {"id": file["id"], "fileName": file["fileName"], "mediaFileType": "WAV", "level": "ORGANIZATION"}
    for one in rows(full, f"{_CONFIG}/autoAttendants", "autoAttendants"):
        if one["locationName"] != "Manchester" and one["name"] == "Main":
            path = f"{_CONFIG}/locations/{one['locationId']}/autoAttendants/{one['id']}"
            menu = full.edit("GET", path)["businessHoursMenu"]
            menu |= {"greeting": "CUSTOM", "audioAnnouncementFile": played}
            full.edit("PUT", path, {"businessHoursMenu": menu})
    return full


@pytest.fixture
def spread(everywhere: Simulator) -> Reading:
    return read(everywhere, (), _PARTS)


def test_s4_features_of_three_locations_take_one_call_each(spread: Reading) -> None:
    """Each with its own location and none with another's: nothing is refused, nothing is asked twice."""
    asked = [entry for entry in spread.log if any(f"/{path}/{{" in entry["route"] for path, *_ in _FEATURES.values())]
    per_path = Counter(entry["path"] for entry in asked)
    found = spread.snapshot.kinds
    parts = 3 * len(found["auto_attendant"]) + 2 * len(found["hunt_group"]) + 2 * len(found["call_queue"])
    assert len(per_path) == parts and set(per_path.values()) == {1}
    assert {entry["status"] for entry in asked} == {200}
    assert len({path.split("/locations/")[1].split("/")[0] for path in per_path}) == 3
    for name in _FEATURES:
        assert {current.fields["location"] for current in found[name].values()} == _PLACES


@pytest.mark.parametrize("name", _FEATURES)
def test_each_feature_has_all_its_parts(everywhere: Simulator, spread: Reading, name: str) -> None:
    """S14, S15, S16: of every one in every location its details, forwarding, announcements or agents."""
    path, *parts = _FEATURES[name]
    there = {f"{one['locationName']}/{one['name']}" for one in rows(everywhere, f"{_CONFIG}/{path}", path)}
    if name == "call_queue":
        there.add("London HQ/Assist")  # which the plain list does not have
    found = spread.snapshot.kinds
    verdicts = spread.verdicts()
    for part in (name, *(f"{name}.{part}" for part in parts)):
        assert found[part].keys() == there and verdicts[part] == "ok", part
        assert not any(current.unknown for current in found[part].values())
    forwarding = found[f"{name}.forwarding"].values()
    assert all("call_forwarding" in current.fields and current.id for current in forwarding)
    assert any(current.fields["call_forwarding"]["always"]["enabled"] for current in forwarding)


def test_s14_attendants_of_two_locations_have_menus_announcements_and_forwarding(spread: Reading) -> None:
    found = spread.snapshot.kinds
    for key in ("London HQ/Main", "New York/Main"):
        menu = found["auto_attendant"][key].fields["business_hours_menu"]
        assert menu["key_configurations"] and menu["audio_announcement_file"]["id"] == "announcement/Welcome"
        played = found["auto_attendant.announcements"][key].fields["announcements"]
        assert [one["file_name"] for one in played] == ["Welcome.wav"]
        assert "always" in found["auto_attendant.forwarding"][key].fields["call_forwarding"]


def test_s15_hunt_groups_of_two_locations_have_agents_and_forwarding(spread: Reading) -> None:
    found = spread.snapshot.kinds
    for key in ("London HQ/Support", "New York/Support"):
        assert all(agent["id"].startswith("person/") for agent in found["hunt_group"][key].fields["agents"])
        assert value(found["hunt_group"][key].fields, "call_policies.policy")
        assert "selective" in found["hunt_group.forwarding"][key].fields["call_forwarding"]


def test_s16_queues_of_two_locations_have_settings_agents_and_forwarding(everywhere: Simulator) -> None:
    """What holds for all of them is asked once."""
    reading = read(everywhere, (), ["call_queue_settings", *(name for name in _PARTS if name.startswith("call_queue"))])
    found = reading.snapshot.kinds
    for key in ("London HQ/Service desk", "New York/Service desk"):
        queue = found["call_queue"][key].fields
        agents = [agent["id"] for agent in queue["agents"]]
        assert agents and sorted(agents) == value(found["call_queue.agents"][key].fields, "agents[].id")
        assert queue["queue_settings"]["queue_size"] and "call_forwarding" in found["call_queue.forwarding"][key].fields
    assert list(found["call_queue_settings"]) == ["organisation"]
    assert reading.routes[f"GET {_CONFIG}/queues/settings"] == 1


def test_s13_members_assignees_and_capabilities(full: Simulator, furnished_state: Json) -> None:
    """Ids of people are their addresses. A member that is no person (a machine, whose id says PEOPLE all the same, as
    in real tenants) keeps its own: nobody's membership is lost."""
    machine = str(uuid.UUID(int=7))
    state = full.state()
    group = next(one for one in state["groups"] if one["displayName"] == "Engineers")
    group["members"].append({"id": machine, "type": "machine"})
    full.load(state)
    reading = read(full, (), ["group", "group.members", "license.assigned", "workspace.capabilities"])
    found, people = reading.snapshot.kinds, reading.snapshot.kinds["person"]
    members = {key: value(one.fields, "members[].id") for key, one in found["group.members"].items()}
    assert set(members) == set(found["group"])
    assert [one.removeprefix("person/") in people for one in members["Receptionists"]] == [True] * 3
    (strange,) = [one for one in members["Engineers"] if not one.startswith("person/")]
    assert ids.decode(strange) == ("PEOPLE", machine) and len(members["Engineers"]) == 2
    assigned = {key: value(one.fields, "users[].id") for key, one in found["license.assigned"].items()}
    assert set(assigned) == set(found["license"]) and sum(map(len, assigned.values())) > 30
    for name, users in assigned.items():
        holders = {f"person/{key}" for key, one in people.items() if name in one.fields["licenses"]}
        assert set(users) == holders and len(users) == len(holders)
    capabilities = found["workspace.capabilities"]
    assert set(capabilities) == set(found["workspace"])
    assert all(one.fields["capabilities"]["presence_detection"] for one in capabilities.values())


def test_s17_virtual_lines_have_details_and_devices_and_no_number_stands_twice(whole: Reading) -> None:
    lines, devices = whole.snapshot.kinds["virtual_line"], whole.snapshot.kinds["virtual_line.devices"]
    assert len(lines) == 3 and lines.keys() == devices.keys()
    for key, line in lines.items():
        assert line.id and line.id == devices[key].id
        assert line.shown["time_zone"] and line.shown["display_name"]  # which the list does not say
        assert "max_device_count" in devices[key].fields
    assert value(devices["London HQ/Front Desk"].fields, "devices[].mac") == ["112233445501"]
    for name in ("available", "call_forward", "ecbn", "fax"):
        variant = whole.snapshot.kinds[f"available_numbers.virtual_line_{name}"].values()
        numbers = [number for one in variant for number in value(one.fields, "numbers[].phone_number")]
        assert numbers and len(numbers) == len(set(numbers)), name


def test_s18_ranges_have_details_each(whole: Reading, furnished_state: Json) -> None:
    """The patterns are in the details alone."""
    ranges = whole.snapshot.kinds["virtual_extension_range"]
    assert {one.fields["name"]: one.fields["patterns"] for one in ranges.values()} == {
        one["name"]: one["patterns"] for one in furnished_state["virtual_extension_ranges"]
    }
    assert whole.routes[f"GET {_CONFIG}/virtualExtensionRanges/{{extensionRangeId}}"] == len(ranges) == 2
    extensions = whole.snapshot.kinds["virtual_extension"]
    assert len(extensions) == len(furnished_state["virtual_extensions"]) and all(one.id for one in extensions.values())
    assert whole.routes[f"GET {_CONFIG}/virtualExtensions/{{extensionId}}"] == len(extensions)


def test_s20_variants_of_available_numbers_that_do_not_exist_are_not_asked_for(whole: Reading) -> None:
    """The predecessor asked for first and second numbers of virtual lines, which the API does not have."""
    asked = {route for route in whole.routes if "availableNumbers" in route}
    assert asked == {one.requests[0] for name, one in observed().items() if name.startswith("available_numbers.")}
    assert not any("virtualLines" in route and ("primary" in route or "secondary" in route) for route in asked)
    assert {entry["status"] for entry in whole.log if "availableNumbers" in entry["route"]} == {200}
