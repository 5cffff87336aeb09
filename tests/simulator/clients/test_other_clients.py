"""A client that neither we nor wxc_sdk's author wrote: webexpythonsdk, which takes a base URL."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from webexpythonsdk import ApiError, RateLimitError, RateLimitWarning, WebexAPI

from reconciler.simulator import Simulator

Connect = Callable[..., Any]


@pytest.fixture
def connect(simulator: Simulator) -> Connect:
    def api(**more: Any) -> Any:
        return WebexAPI(**{"access_token": simulator.token, "base_url": f"{simulator.base_url}/", **more})

    return api


@pytest.fixture
def webex(connect: Connect) -> Any:
    return connect()


def refused(call: Callable[..., Any], *arguments: Any, **named: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        call(*arguments, **named)
    return caught.value


def test_people_over_pages(webex: Any, simulator: Simulator) -> None:
    assert webex.people.me().displayName == "Amelia Ashford"
    names = [one.id for one in webex.people.list(max=7)]
    assert len(names) == len(set(names)) == 60
    assert simulator.requests()["by_route"]["GET /people"] == 9
    assert [one.emails for one in webex.people.list(email="amelia.ashford@example.com")] == [
        ["amelia.ashford@example.com"]
    ]


def test_a_person_comes_and_goes(webex: Any) -> None:
    made = webex.people.create(emails=["new@example.com"], displayName="New One", firstName="New", lastName="One")
    assert webex.people.get(made.id).displayName == "New One"
    update = {"emails": ["new@example.com"], "displayName": "Newer One", "lastName": "Newer"}
    assert webex.people.update(made.id, **update).displayName == "Newer One"
    assert webex.people.get(made.id).lastName == "Newer"
    webex.people.delete(made.id)
    assert refused(webex.people.get, made.id).status_code == 404


def test_what_there_is_beside_people(webex: Any) -> None:
    (organisation,) = webex.organizations.list()
    assert webex.organizations.get(organisation.id).displayName == organisation.displayName
    licenses = list(webex.licenses.list())
    assert webex.licenses.get(licenses[0].id).name == licenses[0].name == "Webex Calling - Professional"
    assert "Full Administrator" in {one.name for one in webex.roles.list()}
    made = webex.people.create(emails=["seen@example.com"], displayName="Seen")
    now = datetime.now(UTC)
    since, until = ((now + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.000Z") for hours in (-1, 1))
    events = list(webex.admin_audit_events.list(orgId=organisation.id, _from=since, to=until))
    assert made.id and len(events) == 1 and events[0].actorOrgId == organisation.id


def test_errors_are_the_clients_own(webex: Any, connect: Connect) -> None:
    assert refused(connect(access_token="other").people.me).status_code == 401
    assert refused(webex.people.get, "nobody").status_code == 404
    taken = refused(webex.people.create, emails=["amelia.ashford@example.com"], displayName="Twice")
    assert taken.status_code == 409 and taken.message and "Tracking ID" in str(taken)
    assert refused(webex.people.create, emails=[], displayName="Nobody").status_code == 400
    assert refused(lambda: list(webex.rooms.list())).status_code == 404


def test_a_limit_says_when_to_come_back(connect: Connect, simulator: Simulator) -> None:
    simulator.run_clock(0)
    simulator.limit({"*": (2, 60.0)})
    impatient = connect(wait_on_rate_limit=False)
    assert [impatient.people.me().id for _ in range(2)]
    with pytest.raises(RateLimitError) as limited:
        impatient.people.me()
    assert (limited.value.status_code, limited.value.retry_after) == (429, 30)


def test_a_patient_client_waits_for_as_long(webex: Any, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    simulator.run_clock(0)
    simulator.limit({"*": (2, 60.0)})
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        simulator.advance(seconds)

    monkeypatch.setattr("webexpythonsdk.restsession.time.sleep", sleep)
    with warnings.catch_warnings(record=True) as told:  # they hold a whole response, which xdist cannot pass on
        warnings.simplefilter("always")
        assert len([webex.people.me() for _ in range(4)]) == 4
    assert len(told) == 2 and all(issubclass(one.category, RateLimitWarning) for one in told)
    assert waited == [30, 30] and simulator.requests()["status"] == {"200": 4, "429": 2}


def test_tokens_are_refreshed(webex: Any, simulator: Simulator, connect: Connect) -> None:
    simulator.expire_tokens()
    assert refused(webex.people.me).status_code == 401
    fresh = webex.access_tokens.refresh(**simulator.credentials)
    assert connect(access_token=fresh.access_token).people.me().displayName == "Amelia Ashford"
    wrong = {**simulator.credentials, "refresh_token": "other"}
    assert refused(webex.access_tokens.refresh, **wrong).status_code == 400
