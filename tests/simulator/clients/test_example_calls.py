"""The sequences of SDK calls of wxc_sdk's example scripts (github.com/jeokrohn/wxc_sdk, `examples/`), in our words.

Each test is named after the script that it stands for. Not here, because the simulator has nothing of it: logout_users
(authorizations), firehose (webhooks), archive_space, get_attachments and leave_spaces (messaging). get_emails asks for
people by name, as queue_helper does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.common import (
    AlternateNumber,
    AuthCode,
    NumberState,
    RingPattern,
    UserType,
)
from wxc_sdk.integration import Integration
from wxc_sdk.person_settings.call_intercept import InterceptSetting
from wxc_sdk.person_settings.forwarding import PersonForwardingSetting
from wxc_sdk.person_settings.permissions_out import Action, DigitPattern
from wxc_sdk.rest import RestError
from wxc_sdk.telephony.callqueue import CallQueue
from wxc_sdk.telephony.hg_and_cq import Agent
from wxc_sdk.telephony.huntgroup import HuntGroup
from wxc_sdk.tokens import Tokens

from reconciler.simulator import Simulator

Run = Callable[[Callable[[Any], Awaitable[Any]]], Any]


def test_calling_users(api: WebexSimpleApi) -> None:
    assert len([one for one in api.people.list(calling_data=True) if one.location_id]) == 50


def test_calling_users_async(run: Run) -> None:
    async def steps(api: Any) -> list[Any]:
        licenses = {one.license_id for one in await api.licenses.list() if one.webex_calling}
        users = [one async for one in api.people.list_gen() if licenses & set(one.licenses)]
        details = (api.people.details(person_id=one.person_id, calling_data=True) for one in users)
        return list(await asyncio.gather(*details))

    details = run(steps)
    assert len(details) == 50 and all(one.location_id and one.extension for one in details)


def test_service_app_and_get_tokens(simulator: Simulator) -> None:
    """A service app has a refresh token only; so has an integration whose cached access token is too old."""
    told = simulator.credentials
    app = Integration(
        client_id=told["client_id"], client_secret=told["client_secret"], scopes=[], redirect_url="",
        token_service=f"{simulator.base_url}/access_token",
    )  # fmt: skip
    tokens = Tokens(refresh_token=told["refresh_token"])
    app.refresh(tokens=tokens)
    assert tokens.remaining > 24 * 60 * 60 and tokens.scope
    api = WebexSimpleApi(tokens=tokens)
    api.session.BASE = simulator.base_url
    assert api.people.me().display_name == "Amelia Ashford" and len(list(api.people.list())) == 60


def test_reset_call_forwarding(run: Run, api: WebexSimpleApi, calling: list[Any]) -> None:
    changed = PersonForwardingSetting.default()
    changed.call_forwarding.always.enabled = True
    changed.call_forwarding.always.destination = "+14085550100"
    api.person_settings.forwarding.configure(entity_id=calling[0].person_id, forwarding=changed)

    async def steps(api: Any) -> None:
        users = [one for one in await api.people.list(calling_data=True) if one.location_id]
        reset = PersonForwardingSetting.default()
        configure = api.person_settings.forwarding.configure
        await asyncio.gather(*(configure(entity_id=one.person_id, forwarding=reset) for one in users))

    run(steps)
    assert not api.person_settings.forwarding.read(calling[0].person_id).call_forwarding.always.enabled


def test_modify_voicemail(api: WebexSimpleApi, calling: list[Any]) -> None:
    voicemail = api.person_settings.voicemail

    def ring_six_times(person: Any) -> int:
        settings = voicemail.read(person.person_id)
        settings.send_unanswered_calls.number_of_rings = 6
        voicemail.configure(person.person_id, settings=settings)
        return voicemail.read(person.person_id).send_unanswered_calls.number_of_rings

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ring_six_times, calling)) == {6}


def test_call_intercept(api: WebexSimpleApi, calling: list[Any]) -> None:
    email = calling[0].emails[0]
    person = next(one for one in api.people.list(email=email) if one.emails[0] == email)
    intercept = api.person_settings.call_intercept
    for wanted in (True, False):
        settings = InterceptSetting.default()
        settings.enabled = wanted
        intercept.configure(person.person_id, intercept=settings)
        assert intercept.read(person.person_id).enabled is wanted


def test_call_intercept_of_a_user_without_calling(api: WebexSimpleApi) -> None:
    person = next(one for one in api.people.list(calling_data=True) if not one.location_id)
    with pytest.raises(RestError) as refused:
        api.person_settings.call_intercept.read(person.person_id)
    assert refused.value.response.status_code == 400 and refused.value.code == 4003


def test_access_codes(run: Run, london: str) -> None:
    async def steps(api: Any) -> tuple[set[str], set[str]]:
        codes = api.telephony.access_codes
        ids = {one.name: one.location_id for one in await api.telephony.locations.list()}
        assert ids["London HQ"] == london
        new = [AuthCode(code=code, description=f"Code {code}") for code in ("4711", "4712")]
        await codes.create(location_id=london, access_codes=new)
        before = {one.code for one in await codes.read(location_id=london)}
        await asyncio.gather(
            codes.delete_codes(location_id=london, access_codes=["4711"]),
            codes.create(location_id=london, access_codes=[AuthCode(code="4713", description="Third")]),
        )
        return before, {one.code for one in await codes.read(location_id=london)}

    assert run(steps) == ({"4711", "4712"}, {"4712", "4713"})


def test_add_numbers(run: Run) -> None:
    new = [f"+4420718399{index:02}" for index in range(15)]

    async def steps(api: Any) -> tuple[bool, bool, dict[str, NumberState]]:
        assert await api.people.me()
        (place,) = [one for one in await api.telephony.locations.list(name="London HQ") if one.name == "London HQ"]

        async def free() -> bool:
            batches = [await api.telephony.validate_phone_numbers(new[first : first + 10]) for first in (0, 10)]
            return all(status.ok for batch in batches for status in batch.phone_numbers)

        was_free = await free()
        for first, state in ((0, NumberState.active), (10, NumberState.inactive)):
            await api.telephony.location.number.add(
                location_id=place.location_id, phone_numbers=new[first : first + 10], state=state
            )
        rows = await api.telephony.phone_numbers(location_id=place.location_id)
        return was_free, await free(), {one.phone_number: one.state for one in rows if one.phone_number in new}

    was_free, is_free, states = run(steps)
    assert (was_free, is_free, len(states)) == (True, False, 15)
    assert states[new[0]] == NumberState.active and states[new[-1]] == NumberState.inactive


def test_catch_tns(run: Run, london: str) -> None:
    """Numbers that nobody has end in hunt groups without agents, eleven in each, that forward to the main number."""

    async def pool(api: Any, name: str, free: list[str], main: str) -> None:
        groups = api.telephony.huntgroup
        new = await groups.create(location_id=london, settings=HuntGroup.create(name=name, phone_number=free[0]))
        details, forwarding = await asyncio.gather(
            groups.details(location_id=london, huntgroup_id=new),
            groups.forwarding.settings(location_id=london, feature_id=new),
        )
        forwarding.always.enabled, forwarding.always.destination = True, main
        await groups.forwarding.update(location_id=london, feature_id=new, forwarding=forwarding)
        others = details.alternate_number_settings.alternate_numbers
        others += [AlternateNumber(phone_number=one, ring_pattern=RingPattern.normal) for one in free[1:]]
        await groups.update(location_id=london, huntgroup_id=new, update=HuntGroup(alternate_numbers=others))

    async def steps(api: Any) -> tuple[int, list[Any]]:
        groups = api.telephony.huntgroup
        rows = await api.telephony.phone_numbers(available=True, location_id=london)
        assert not [one for one in rows if one.main_number]
        free = sorted(one.phone_number for one in rows)
        main = (await api.telephony.location.details(location_id=london)).calling_line_id.phone_number
        cut = [free[first : first + 11] for first in range(0, len(free), 11)]
        await asyncio.gather(*(pool(api, f"POOL_{index:03}", part, main) for index, part in enumerate(cut)))
        left = await api.telephony.phone_numbers(available=True, location_id=london)
        assert not left
        made = [one for one in await groups.list(location_id=london) if one.name.startswith("POOL_")]
        settings = [await groups.forwarding.settings(location_id=london, feature_id=one.id) for one in made]
        assert len(made) == len(cut) and len({one.always.destination for one in settings}) == 1
        first = await groups.details(location_id=london, huntgroup_id=made[0].id)
        assert len(first.alternate_number_settings.alternate_numbers) == 10
        await asyncio.gather(*(groups.delete_huntgroup(location_id=london, huntgroup_id=one.id) for one in made))
        return len(free), [one for one in await groups.list(location_id=london) if one.name.startswith("POOL_")]

    free, left = run(steps)
    assert free > 22 and left == []


def test_ocp_pattern(run: Run) -> None:
    async def steps(api: Any) -> tuple[list[str], list[str]]:
        patterns = api.telephony.permissions_out.digit_patterns
        places = sorted(await api.telephony.locations.list(), key=lambda one: one.name)

        async def names() -> list[str]:
            found = [await patterns.get_digit_patterns(one.location_id) for one in places]
            return [f"{one.name} {one.action}" for each in found for one in each.digit_patterns]

        async def create(place: str, text: str) -> None:
            body = DigitPattern(pattern=text, name=f"ocp-{text}", action=Action.allow, transfer_enabled=True)
            await patterns.create(place, body)

        await asyncio.gather(*(create(one.location_id, text) for one in places for text in ("9XXX", "+4420!")))
        before = await names()
        for place in places:
            there = (await patterns.get_digit_patterns(place.location_id)).digit_patterns
            await asyncio.gather(*(patterns.delete(place.location_id, one.id) for one in there))
        return before, await names()

    before, after = run(steps)
    assert sorted(before) == ["ocp-+4420! ALLOW"] * 3 + ["ocp-9XXX ALLOW"] * 3 and after == []


def test_queue_agents(run: Run, queue: CallQueue, calling: list[Any]) -> None:
    wanted = {one.emails[0]: one.person_id for one in calling[1:4]}

    async def steps(api: Any) -> list[set[str]]:
        queues = api.telephony.callqueue
        where = {"location_id": queue.location_id, "queue_id": queue.id}
        known = {one.emails[0].lower(): one.person_id for one in await api.people.list()}
        assert wanted.items() <= known.items()
        seen = []
        for change in ("add", "add", "remove"):
            agents = (await queues.details(**where)).agents
            if change == "add":
                there = {one.agent_id for one in agents}
                agents += [Agent(agent_id=one) for one in wanted.values() if one not in there]
            else:
                agents = [one for one in agents if one.agent_id not in wanted.values()]
            await queues.update(**where, update=CallQueue(agents=agents))
            seen.append({one.agent_id for one in (await queues.details(**where)).agents})
        return seen

    first = {calling[0].person_id}
    assert run(steps) == [first | set(wanted.values())] * 2 + [first]


def test_queue_helper(run: Run, queue: CallQueue, calling: list[Any]) -> None:
    person = calling[2]

    async def steps(api: Any) -> list[list[bool]]:
        queues, where = api.telephony.callqueue, {"location_id": queue.location_id, "queue_id": queue.id}
        assert queue.location_id in {one.location_id for one in await api.locations.list()}
        (found,) = await api.people.list(display_name=person.display_name)
        agents = (await queues.details(**where)).agents
        await queues.update(**where, update=CallQueue(agents=[*agents, Agent(id=found.person_id)]))
        seen = []
        for joined in (False, True):
            agents = [one.model_copy(deep=True) for one in (await queues.details(**where)).agents]
            for agent in agents:
                agent.join_enabled = joined
            await queues.update(**where, update=CallQueue(agents=agents))
            seen.append([one.join_enabled for one in (await queues.details(**where)).agents])
        return seen

    assert run(steps) == [[False, False], [True, True]]


def test_users_in_queues(run: Run, queue: CallQueue, calling: list[Any]) -> None:
    async def steps(api: Any) -> dict[str, list[str]]:
        people = {
            one.person_id: one.display_name for one in await api.people.list(calling_data=True) if one.location_id
        }
        queues = await api.telephony.callqueue.list()
        read = (api.telephony.callqueue.details(location_id=one.location_id, queue_id=one.id) for one in queues)
        found: dict[str, list[str]] = {}
        for one in await asyncio.gather(*read):
            for agent in one.agents:
                found.setdefault(people[agent.agent_id], []).append(f"{one.name}({one.extension})")
        return found

    assert run(steps) == {calling[0].display_name: ["Support(5900)"]}


def test_users_wo_devices(run: Run, simulator: Simulator, calling: list[Any]) -> None:
    device = {"mac": "DEADDEAD0009", "personId": calling[0].person_id, "model": "DMS Cisco 9841"}
    simulator.edit("POST", "/devices", device)

    async def steps(api: Any) -> set[str]:
        users = [one for one in await api.people.list(calling_data=True) if one.location_id]
        found = await asyncio.gather(*(api.person_settings.devices(person_id=one.person_id) for one in users))
        assert {one.owner.owner_type for each in found for one in each.devices} == {UserType.people}
        return {user.person_id for user, devices in zip(users, found, strict=True) if devices.devices}

    assert run(steps) == {calling[0].person_id}
