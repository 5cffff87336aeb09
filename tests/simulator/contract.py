"""Run by test_contract.py in a process of its own, with API_MODEL_ALLOW_EXTRA=forbid set before wxc_sdk is imported:
then the SDK refuses every field it does not know, and every enum value too. Prints what it read, as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

from wxc_sdk import WebexSimpleApi
from wxc_sdk.as_api import AsWebexSimpleApi
from wxc_sdk.people import Person, PhoneNumber, PhoneNumberType
from wxc_sdk.rest import RestSession
from wxc_sdk.telephony.jobs import MoveUser, MoveUsersList
from wxc_sdk.tokens import Tokens
from wxc_sdk.workspaces import CallingType, Workspace, WorkspaceCalling, WorkspaceWebexCalling

from reconciler.simulator import Simulator


class Session(RestSession):
    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        return super().request(method, url.replace("https://webexapis.com", self.BASE.removesuffix("/v1")), **kwargs)


def sync_reads(simulator: Simulator) -> dict[str, int]:
    session = Session(tokens=Tokens(access_token=simulator.token), concurrent_requests=4)
    session.BASE, session.trust_env = simulator.base_url, False
    api = WebexSimpleApi(tokens="unused", session=session)
    counted: dict[str, int] = {}

    def each(name: str, items: Iterable[Any], *reads: Callable[[Any], Any]) -> list[Any]:
        listed = list(items)
        for item in listed:
            for read in reads:
                read(item)
        counted[name] = len(listed)
        return listed

    org = json.loads(json.dumps(simulator.state()["org"]))["id"]
    licenses = each("licenses", api.licenses.list(), lambda one: api.licenses.details(one.license_id))
    each("assigned", api.licenses.assigned_users(licenses[0].license_id))
    each("locations", api.locations.list(), lambda one: api.locations.details(one.location_id))
    telephony, location = api.telephony, api.telephony.location
    places = each(
        "telephony_locations",
        location.list(),
        lambda one: location.details(one.location_id),
        lambda one: telephony.pstn.read(one.location_id),
        lambda one: telephony.pstn.list(one.location_id),
        lambda one: location.internal_dialing.read(one.location_id),
        lambda one: location.permissions_out.read(one.location_id),
        lambda one: location.validate_extensions(one.location_id, ["0100", "911", "0444"]),
    )
    each("numbers", telephony.phone_numbers(max=100))
    telephony.phone_number_details()
    telephony.validate_phone_numbers(["+442079460000", "+1800", "+441632960001"])
    each("trunks", telephony.prem_pstn.trunk.list(), lambda one: telephony.prem_pstn.trunk.details(one.trunk_id))
    groups = telephony.prem_pstn.route_group
    each("route_groups", groups.list(), lambda one: groups.details(one.rg_id))
    each("route_choices", telephony.route_choices())
    everyone = each("people", api.people.list(calling_data=True), lambda one: api.people.details(one.person_id))
    settings = api.person_settings
    each(
        "calling_people",
        [one for one in everyone if one.location_id],
        lambda one: settings.forwarding.read(one.person_id),
        lambda one: settings.numbers.read(one.person_id),
        lambda one: settings.permissions_out.read(one.person_id),
    )
    room = api.workspace_settings
    spaces = each("workspaces", api.workspaces.list(), lambda one: api.workspaces.details(one.workspace_id))
    each(
        "calling_workspaces",
        [one for one in spaces if one.calling.type == "webexCalling"],
        lambda one: room.forwarding.read(one.workspace_id),
        lambda one: room.numbers.read(one.workspace_id),
        lambda one: room.permissions_out.read(one.workspace_id),
    )
    each("scim", api.scim.users.search_all(org), lambda one: api.scim.users.details(org, one.id))
    writes(api, licenses[0].license_id, places[0].location_id, places[1].location_id)
    return counted


def writes(api: WebexSimpleApi, license: str, here: str, there: str) -> None:
    """The answers to writes are parsed too."""
    work = PhoneNumber(type=PhoneNumberType.work, value="+442079460080")
    person = Person(emails=["c@example.com"], first_name="Con", last_name="Tract", licenses=[license],
                    location_id=here, extension="0444", phone_numbers=[work])  # fmt: skip
    created = api.people.create(person, calling_data=True)
    created.title = "Tester"
    api.people.update(created, calling_data=True)
    calling = WorkspaceWebexCalling(location_id=here, extension="0445", licenses=[license])
    space = Workspace(display_name="C", calling=WorkspaceCalling(type=CallingType.webex, webex_calling=calling))
    api.workspaces.update((made := api.workspaces.create(space)).workspace_id, made)
    users = [MoveUser(user_id=created.person_id)]
    for validate in (True, False):
        moves = [MoveUsersList(location_id=there, validate_only=validate, users=users)]
        answer = api.jobs.move_users.validate_or_initiate(moves)
    for _ in range(3):
        api.jobs.move_users.status(answer.job_details.id)
    list(api.jobs.move_users.list())
    list(api.jobs.move_users.errors(answer.job_details.id))


async def async_reads(simulator: Simulator) -> dict[str, int]:
    async with AsWebexSimpleApi(tokens=simulator.token) as api:
        api.session.BASE = simulator.base_url
        return {
            "people": len(await api.people.list(calling_data=True, max=20)),
            "workspaces": len(await api.workspaces.list()),
            "numbers": len(await api.telephony.phone_numbers(max=100)),
            "telephony_locations": len(await api.telephony.location.list()),
        }


if __name__ == "__main__":
    with Simulator() as running:
        result = {"async": asyncio.run(async_reads(running)), "sync": sync_reads(running)}
        refused = {one["path"]: one["status"] for one in running.log() if one["status"] >= 400}
    json.dump({**result, "refused": refused}, sys.stdout)
