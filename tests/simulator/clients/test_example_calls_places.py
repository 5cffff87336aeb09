"""The example scripts of wxc_sdk, continued: schedules, routing, new people and devices (see test_example_calls.py)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.as_rest import AsRestError
from wxc_sdk.base import webex_id_to_uuid
from wxc_sdk.common import (
    DevicePlatform,
    OwnerType,
    RouteIdentity,
    RouteType,
    UserType,
)
from wxc_sdk.common.schedules import Event, Schedule, ScheduleType
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.devices import DeviceMember, MACState
from wxc_sdk.telephony.location import PSTNConnection, TelephonyLocation
from wxc_sdk.telephony.location.internal_dialing import InternalDialing
from wxc_sdk.telephony.prem_pstn.route_group import RGTrunk, RouteGroup
from wxc_sdk.telephony.prem_pstn.trunk import TrunkType
from wxc_sdk.workspaces import (
    CallingType,
    Workspace,
    WorkspaceCalling,
    WorkspaceSupportedDevices,
    WorkSpaceType,
    WorkspaceWebexCalling,
)

from reconciler.simulator import Simulator

Run = Callable[[Callable[[Any], Awaitable[Any]]], Any]
PASSWORD = "Sbc-Pass-2026x"


@pytest.mark.parametrize("country", ["US"])
def test_us_holidays(api: WebexSimpleApi, country: str) -> None:
    """A schedule from the first year's holidays, events of the next years beside each other, old ones dropped."""
    places = [one.location_id for one in api.locations.list() if one.address.country == country]
    (place,) = places
    schedules, kind, today = api.telephony.schedules, ScheduleType.holidays, date.today()

    def event(name: str, day: date) -> Event:
        return Event(name=name, start_date=day, end_date=day, all_day_enabled=True)

    def there() -> Any:
        found = schedules.list(obj_id=place, schedule_type=kind, name="National Holidays")
        return next((one for one in found if one.name == "National Holidays"), None)

    assert there() is None
    past = [event("Past", today - timedelta(days=30)), event("Soon", today + timedelta(days=30))]
    schedules.create(obj_id=place, schedule=Schedule(name="National Holidays", schedule_type=kind, events=past))
    key = there().schedule_id
    read = schedules.details(obj_id=place, schedule_type=kind, schedule_id=key)
    for old in [one for one in read.events if one.start_date < today]:
        schedules.event_delete(obj_id=place, schedule_type=kind, schedule_id=key, event_id=old.event_id)
    days = [today + timedelta(days=60 * count) for count in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda day: schedules.event_create(
            obj_id=place, schedule_type=kind, schedule_id=key, event=event(f"Holiday {day}", day)), days))  # fmt: skip
    read = schedules.details(obj_id=place, schedule_type=kind, schedule_id=key)
    assert sorted(one.name for one in read.events) == sorted(["Soon", *(f"Holiday {day}" for day in days)])
    schedules.delete_schedule(obj_id=place, schedule_type=kind, schedule_id=key)
    assert there() is None


def test_route_unknown_extensions_to_sbc(api: WebexSimpleApi, london: str) -> None:
    premises = api.telephony.prem_pstn
    trunk = premises.trunk.create(
        name="SBC-Trunk-A", location_id=london, password=PASSWORD, trunk_type=TrunkType.registering
    )
    assert premises.trunk.details(trunk_id=trunk).location.id == london
    body = RouteGroup(name="SBC-Route-Group-A", local_gateways=[RGTrunk(trunk_id=trunk, priority=1)])
    group = premises.route_group.create(route_group=body)
    assert premises.route_group.details(rg_id=group).local_gateways
    settings = TelephonyLocation(connection=PSTNConnection(type=RouteType.route_group, id=group))
    api.telephony.location.update(location_id=london, settings=settings)
    after = api.telephony.location.details(location_id=london).connection
    assert after and (after.type, after.id) == (RouteType.route_group, group)
    dialing = InternalDialing(
        enable_unknown_extension_route_policy=True,
        unknown_extension_route_identity=RouteIdentity(route_id=group, route_type=RouteType.route_group),
    )
    api.telephony.location.internal_dialing.update(location_id=london, update=dialing)
    read = api.telephony.location.internal_dialing.read(location_id=london)
    assert read.enable_unknown_extension_route_policy
    assert read.unknown_extension_route_identity and read.unknown_extension_route_identity.route_id == group


def test_promote_unverified_to_calling(api: WebexSimpleApi, simulator: Simulator) -> None:
    simulator.edit("POST", "/people", {"emails": ["pending@example.com"], "displayName": "Pending One"})
    license_id = next(one.license_id for one in api.licenses.list() if "calling" in one.name.lower())
    place = next(one for one in api.locations.list() if api.telephony.location.details(location_id=one.location_id))
    waiting = [one for one in api.people.list(calling_data=True) if one.invite_pending and not one.location_id]
    (pending,) = [one for one in waiting if not one.roles]
    details = api.people.details(person_id=pending.person_id, calling_data=True)
    details.licenses = [*(details.licenses or []), license_id]
    details.location_id, details.extension = place.location_id, "6100"
    updated = api.people.update(details, calling_data=True)
    assert (updated.location_id, updated.extension) == (place.location_id, "6100")


def test_bootstrap_lab_is_refused_as_documented(api: WebexSimpleApi) -> None:
    """The script creates calling users without `callingData=true`, in locations without calling: §8, 225 times seen."""
    assert next(iter(api.organizations.list())).org_id == api.people.me().org_id
    made = api.locations.create(
        name="Lab Location A", time_zone="America/Los_Angeles", preferred_language="en_US",
        announcement_language="en_US", address1="100 Main St", city="San Jose", state="CA", postal_code="95110",
        country="US",
    )  # fmt: skip
    assert "Lab Location A" in {one.name for one in api.locations.list()}
    license_id = next(one.license_id for one in api.licenses.list() if "calling" in one.name.lower())
    assert not list(api.people.list(email="lab.user1@example.com"))
    person = next(iter(api.people.list())).model_copy(
        update={"emails": ["lab.user1@example.com"], "display_name": "Lab User1", "extension": "3001",
                "location_id": made, "licenses": [license_id], "phone_numbers": None, "person_id": None}
    )  # fmt: skip
    with pytest.raises(RestError) as refused:
        api.people.create(person)
    assert refused.value.response.status_code == 400


def test_workspace_w_3rd_party(run: Run, simulator: Simulator) -> None:
    # the script reads a telephony device by the id of /devices, as the SDK's live tests do
    async def steps(api: Any) -> Any:
        place = next(one for one in await api.telephony.locations.list() if one.name == "Manchester")
        taken = {one.extension for one in await api.telephony.phone_numbers(location_id=place.location_id)}
        extension = next(str(one) for one in range(2000, 9999) if str(one) not in taken)
        password = await api.telephony.location.generate_password(location_id=place.location_id)
        macs = [f"DEADDEAD{index:04X}" for index in range(100)]
        states = await api.telephony.devices.validate_macs(macs=macs)
        used = {one.mac for one in states.mac_status or [] if one.state != MACState.available}
        mac = next(one for one in macs if one not in used)
        licenses = [one for one in await api.licenses.list() if one.webex_calling_workspaces]
        calling = WorkspaceWebexCalling(
            licenses=[licenses[0].license_id], extension=extension, location_id=place.location_id
        )
        settings = Workspace(
            location_id=place.location_id, display_name="New desk", type=WorkSpaceType.desk, capacity=1,
            supported_devices=WorkspaceSupportedDevices.phones, device_platform=DevicePlatform.cisco,
            calling=WorkspaceCalling(type=CallingType.webex, webex_calling=calling),
        )  # fmt: skip
        workspace = await api.workspaces.create(settings=settings)
        device = await api.devices.create_by_mac_address(
            mac=mac, workspace_id=workspace.workspace_id, model="Generic IPPhone Customer Managed", password=password
        )
        again = await api.telephony.devices.validate_macs(macs=[mac])
        return again, await api.telephony.devices.details(device_id=device.device_id)

    again, details = run(steps)
    assert [one.state for one in again.mac_status] == [MACState.unavailable]
    assert details.owner.sip_user_name and details.owner.line_port and details.proxy is not None


def test_workspaces_and_users(run: Run, simulator: Simulator, london: str, calling: list[Any]) -> None:
    phones = {"displayName": "Classroom", "locationId": london, "supportedDevices": "phones", "calling": {
        "type": "webexCalling", "webexCalling": {"extension": "7701", "locationId": london}}}  # fmt: skip
    room = simulator.edit("POST", "/workspaces", phones)
    model = {"mac": "DEADDEAD0001", "workspaceId": room["id"], "model": "DMS Cisco 9841"}
    simulator.edit("POST", "/devices", model)
    name = calling[0].display_name

    async def steps(api: Any) -> list[str]:
        target = next(one for one in await api.workspaces.list(display_name="Classroom"))
        (device,) = await api.workspace_settings.devices.list(workspace_id=target.workspace_id)
        members = (await api.telephony.devices.members(device_id=device.device_id)).members
        (user,) = await api.people.list(display_name=name)
        both = [*(one for one in members if one.member_type == UserType.place), DeviceMember(member_id=user.person_id)]
        await api.telephony.devices.update_members(device_id=device.device_id, members=both)
        await api.telephony.devices.apply_changes(device_id=device.device_id)
        now = (await api.telephony.devices.members(device_id=device.device_id)).members
        return [str(one.member_id) for one in now if one.member_type == UserType.people]

    assert run(steps) == [calling[0].person_id]


def test_room_devices(run: Run) -> None:
    """Workspaces by their old locations, with numbers and devices; then their calling is taken away."""

    async def steps(api: Any) -> tuple[dict[str, str], dict[str, int], list[Any]]:
        old, new = await asyncio.gather(
            api.workspace_locations.list(display_name="London HQ"), api.locations.list(name="London HQ")
        )
        (place,) = [one for one in old if one.display_name == "London HQ"]
        assert place.location_id == next(one.location_id for one in new)
        rooms, numbers, devices = await asyncio.gather(
            api.workspaces.list(workspace_location_id=place.id),
            api.telephony.phone_numbers(location_id=place.location_id, owner_type=OwnerType.place),
            api.devices.list(workspace_location_id=place.id, product_type="roomdesk"),
        )
        assert devices == []
        rooms = [one for one in rooms if one.supported_devices == WorkspaceSupportedDevices.collaboration_devices]
        named = {one.display_name: "" if one.workspace_location_id != place.id else place.display_name for one in rooms}
        owners = Counter(webex_id_to_uuid(one.owner.owner_id) for one in numbers)
        owned = {one.display_name: owners[webex_id_to_uuid(one.workspace_id)] for one in rooms}
        for room in rooms:
            free = room.model_copy(deep=True)
            free.calling = WorkspaceCalling(type=CallingType.free)
            free.workspace_location_id = free.location_id = None
            await api.workspaces.update(workspace_id=room.workspace_id, settings=free)
        after = await asyncio.gather(*(api.workspaces.details(workspace_id=one.workspace_id) for one in rooms))
        return named, owned, [one.calling.type for one in after]

    named, owned, after = run(steps)
    assert set(named.values()) == {"London HQ"} and owned["Board Room"] == 2
    assert len(after) == 3 and set(after) == {CallingType.free}


def test_what_is_outside_answers_like_a_path_that_does_not_exist(run: Run) -> None:
    async def steps(api: Any) -> list[int]:
        asked = (api.authorizations.list(person_email="a@example.com"), api.webhook.list(), api.rooms.list())
        found = await asyncio.gather(*asked, return_exceptions=True)
        return [one.status for one in found if isinstance(one, AsRestError)]

    assert run(steps) == [404, 404, 404]
