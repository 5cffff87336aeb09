"""Fixtures of the example scripts: the async SDK inside a loop, and a queue."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from wxc_sdk import WebexSimpleApi
from wxc_sdk.as_api import AsWebexSimpleApi
from wxc_sdk.telephony.callqueue import CallQueue
from wxc_sdk.telephony.hg_and_cq import Agent

from reconciler.simulator import Simulator

Run = Callable[[Callable[[Any], Awaitable[Any]]], Any]


@pytest.fixture
def run(simulator: Simulator) -> Run:
    """Carry out a coroutine of the async SDK, which may only be made inside the loop."""

    def carry_out(steps: Callable[[Any], Awaitable[Any]]) -> Any:
        async def inside() -> Any:
            async with AsWebexSimpleApi(tokens=simulator.token, concurrent_requests=40) as api:
                api.session.BASE = simulator.base_url
                return await steps(api)

        return asyncio.run(inside())

    return carry_out


@pytest.fixture
def london(api: WebexSimpleApi) -> str:
    return next(one.location_id for one in api.locations.list(name="London HQ") if one.name == "London HQ")


@pytest.fixture
def calling(api: WebexSimpleApi, london: str) -> list[Any]:
    """The people of London that have calling."""
    return [one for one in api.people.list(calling_data=True) if one.location_id == london]


@pytest.fixture
def queue(api: WebexSimpleApi, london: str, calling: list[Any]) -> Iterator[CallQueue]:
    body = CallQueue.create(name="Support", agents=[Agent(id=calling[0].person_id)], queue_size=10, extension="5900")
    api.telephony.callqueue.create(location_id=london, settings=body)
    yield next(one for one in api.telephony.callqueue.list(name="Support"))
