"""Rate limits and tokens (webex-behaviour.md §1.1, §1.4), on a clock that does not run by itself."""

from __future__ import annotations

import asyncio
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
import pytest

from reconciler.simulator import Simulator


def test_a_bucket_empties_and_refills(simulator: Simulator, call: Any) -> None:
    simulator.run_clock(0)
    simulator.limit({"*": (3, 30)})
    assert [call("GET", "/people/me").status for _ in range(4)] == [200, 200, 200, 429]
    refused = call("GET", "/people/me")
    assert refused.headers["Retry-After"] == "10" and "errors" in refused.body
    simulator.advance(9)
    assert call("GET", "/people/me").status == 429
    simulator.advance(1)
    assert [call("GET", "/people/me").status for _ in range(2)] == [200, 429]


def test_families_and_routes_have_limits_of_their_own(simulator: Simulator, call: Any) -> None:
    simulator.run_clock(0)
    simulator.limit({"telephony": (1, 60), "GET /people": (2, 60)})
    assert [call("GET", "/telephony/config/locations").status for _ in range(2)] == [200, 429]
    assert [call("GET", "/telephony/config/numbers").status for _ in range(1)] == [429]
    assert [call("GET", "/people").status for _ in range(3)] == [200, 200, 429]
    assert call("GET", "/people/me").status == 200
    assert call("GET", "/workspaces").status == 200


def test_every_token_has_its_own_bucket(simulator: Simulator, call: Any) -> None:
    simulator.run_clock(0)
    simulator.limit({"*": (1, 60)})
    simulator.add_token("second")
    assert call("GET", "/people/me").status == 200
    assert call("GET", "/people/me", None, {"Authorization": "Bearer second"}).status == 200
    assert call("GET", "/people/me").status == 429


@pytest.mark.parametrize(
    ("style", "value"), [("seconds", "60"), ("zero", "0"), ("malformed", "rand(30),add(30)"), ("absent", None)]
)
def test_styles_of_retry_after(simulator: Simulator, call: Any, style: Any, value: str | None) -> None:
    simulator.run_clock(0)
    simulator.limit({"*": (1, 60)}, style)
    call("GET", "/people/me")
    assert call("GET", "/people/me").headers.get("Retry-After") == value


def test_retry_after_as_a_date(simulator: Simulator, call: Any) -> None:
    simulator.run_clock(0)
    simulator.limit({"*": (1, 60)}, "date")
    call("GET", "/people/me")
    told = parsedate_to_datetime(call("GET", "/people/me").headers["Retry-After"])
    assert told.timestamp() - simulator.state()["clock"]["now"] == pytest.approx(60, abs=1)


def test_locked_is_a_fault_with_retry_after(simulator: Simulator, call: Any) -> None:
    simulator.faults([{"nth": 1, "do": {"status": 423, "headers": {"Retry-After": "7"}}}])
    refused = call("GET", "/people/me")
    assert (refused.status, refused.headers["Retry-After"]) == (423, "7")


@pytest.mark.parametrize("rates", [{"*": (0, 60)}, {"*": (5, 0)}, {"*": (5, -1)}])
def test_a_rate_that_is_none_is_refused(simulator: Simulator, rates: Any) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        simulator.limit(rates)


def test_max_in_flight_is_recorded(simulator: Simulator) -> None:
    simulator.faults([{"do": {"delay": 0.2}}])

    async def together() -> None:
        headers = {"Authorization": f"Bearer {simulator.token}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            asked = [session.get(f"{simulator.base_url}/people/me") for _ in range(7)]
            await asyncio.gather(*asked)

    asyncio.run(together())
    assert simulator.requests()["max_in_flight"] == 7


def refresh(simulator: Simulator, **changes: str) -> tuple[int, Any]:
    form = {"grant_type": "refresh_token", **simulator.credentials, **changes}

    async def ask() -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{simulator.base_url}/access_token", data=form) as response,
        ):
            return response.status, await response.json()

    return asyncio.run(ask())


def test_an_expired_token_and_the_refresh_grant(simulator: Simulator, call: Any) -> None:
    simulator.expire_tokens()
    refused = call("GET", "/people/me")
    assert refused.status == 401 and "errorCode" not in refused.body
    status, granted = refresh(simulator)
    assert status == 200
    assert (granted["expires_in"], granted["refresh_token_expires_in"]) == (1209600, 7776000)
    fresh = {"Authorization": f"Bearer {granted['access_token']}"}
    assert call("GET", "/people/me", None, fresh).status == 200
    simulator.advance(1209600)
    assert call("GET", "/people/me", None, fresh).status == 401
    # using the grant started the 90 days again; using the token does not
    simulator.advance(7776000)
    assert refresh(simulator)[0] == 400


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"grant_type": "password"}, 400),
        ({"client_secret": "wrong"}, 401),
        ({"client_id": "wrong"}, 401),
        ({"refresh_token": "wrong"}, 400),
    ],
)
def test_refused_grants(simulator: Simulator, changes: dict[str, str], status: int) -> None:
    assert refresh(simulator, **changes)[0] == status


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/people", "spark-admin:people_read"),
        ("PUT", "/people/x", "spark-admin:people_write"),
        ("GET", "/telephony/config/numbers", "spark-admin:telephony_config_read"),
        ("POST", "/telephony/config/actions/validateNumbers/invoke", "spark-admin:telephony_config_read"),
        ("POST", "/telephony/config/locations", "spark-admin:telephony_config_write"),
        ("GET", "/telephony/pstn/locations/x/connection", "spark-admin:telephony_pstn_read"),
    ],
)
def test_a_token_reaches_as_far_as_its_scopes(
    simulator: Simulator, call: Any, method: str, path: str, scope: str
) -> None:
    simulator.add_token("all", None)
    simulator.add_token("right", [scope])
    simulator.add_token("wrong", ["spark-admin:something_else"])
    answers = {name: call(method, path, {}, {"Authorization": f"Bearer {name}"}) for name in ("all", "right", "wrong")}
    assert answers["all"].status == answers["right"].status != 403
    assert answers["wrong"].status == 403
    assert scope not in str(answers["wrong"].body)  # the answer never says which scope it was
    assert call("GET", "/people/me", None, {"Authorization": "Bearer wrong"}).status == 200
