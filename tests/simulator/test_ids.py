"""S112: ids of the wrong resource type, from another cluster, padded or not, and what is no id at all, against every
kind of address. One object has several ids in the real API (webex-behaviour.md §1.7), and wrong ones are refused in
words of their own (§1.2)."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.simulator import Simulator
from reconciler.simulator.core import ids as encoding
from tests.support.rich_tenant import Enriched, enrich

from .conftest import Answer, Call

# kind of id: (list, its key, address of one object; {location} is where the object is)
ADDRESSES: dict[str, tuple[str, str, str]] = {
    "LOCATION": ("/telephony/config/locations", "locations", "/locations/{id}"),
    "LOCATION, telephony": ("/telephony/config/locations", "locations", "/telephony/config/locations/{id}"),
    "LOCATION, PSTN": ("/telephony/config/locations", "locations", "/telephony/pstn/locations/{id}/connection"),
    "PEOPLE": ("/people", "items", "/people/{id}"),
    "PEOPLE, settings": ("/people?callingData=true", "items", "/people/{id}/features/callForwarding"),
    "PLACE": ("/workspaces", "items", "/workspaces/{id}"),
    "PLACE, settings": ("/workspaces", "items", "/workspaces/{id}/features/callForwarding"),
    "LICENSE": ("/licenses", "items", "/licenses/{id}"),
    "TRUNK": ("/telephony/config/premisePstn/trunks", "trunks", "/telephony/config/premisePstn/trunks/{id}"),
    "ROUTE_GROUP": ("/telephony/config/premisePstn/routeGroups", "routeGroups",
                    "/telephony/config/premisePstn/routeGroups/{id}"),
    "ROUTE_LIST": ("/telephony/config/premisePstn/routeLists", "routeLists",
                   "/telephony/config/premisePstn/routeLists/{id}"),
    "DIAL_PLAN": ("/telephony/config/premisePstn/dialPlans", "dialPlans",
                  "/telephony/config/premisePstn/dialPlans/{id}"),
    "HUNT_GROUP": ("/telephony/config/huntGroups", "huntGroups",
                   "/telephony/config/locations/{location}/huntGroups/{id}"),
    "CALL_QUEUE": ("/telephony/config/queues", "queues", "/telephony/config/locations/{location}/queues/{id}"),
    "AUTO_ATTENDANT": ("/telephony/config/autoAttendants", "autoAttendants",
                       "/telephony/config/locations/{location}/autoAttendants/{id}"),
    "VIRTUAL_LINE": ("/telephony/config/virtualLines", "virtualLines", "/telephony/config/virtualLines/{id}"),
    "VOICEMAIL_GROUP": ("/telephony/config/voicemailGroups", "voicemailGroups",
                        "/telephony/config/locations/{location}/voicemailGroups/{id}"),
}  # fmt: skip
# «Sometimes a misleading 404 instead» (§1.2): licences say so of every id that is not theirs.
_MISLEADING = ("LICENSE",)
_CLUSTERS = ("us", "urn:TEAM:us-west-2_r", "urn:TEAM:eu-central-1_k")


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    """One for all: nothing here is accepted that would change it."""
    with Simulator() as running:
        yield running


@pytest.fixture(scope="module")
def rich(simulator: Simulator) -> Enriched:
    return enrich(simulator)


def _object(call: Call, kind: str) -> tuple[str, str]:
    """(id, address with {id} left in)."""
    path, key, address = ADDRESSES[kind]
    rows = call("GET", path).body[key]
    row = next((one for one in rows if "locationId" in one), rows[0])
    return row["id"], address.replace("{location}", str(row.get("locationId", "")))


def _encode(uri: str) -> str:
    return base64.urlsafe_b64encode(uri.encode()).decode()


@pytest.mark.parametrize("kind", ADDRESSES)
def test_s112_the_same_object_in_other_encodings(call: Call, rich: Enriched, kind: str) -> None:
    """Any cluster, with and without padding, and padding that is escaped in the address: it is the same object."""
    given, address = _object(call, kind)
    name, value = encoding.decode(given) or ("", "")
    expected = call("GET", address.replace("{id}", given))
    assert expected.status == 200
    for cluster in _CLUSTERS:
        padded = _encode(f"ciscospark://{cluster}/{name}/{value}")
        for form in (padded, padded.rstrip("="), padded.rstrip("=") + "==", padded.replace("=", "%3D")):
            answer = call("GET", address.replace("{id}", form))
            assert (answer.status, answer.body) == (200, expected.body), (cluster, form)


@pytest.mark.parametrize("kind", ADDRESSES)
def test_s112_an_id_of_another_resource_type(call: Call, rich: Enriched, kind: str) -> None:
    given, address = _object(call, kind)
    name, value = encoding.decode(given) or ("", "")
    other = "SCHEDULE" if name != "SCHEDULE" else "PEOPLE"
    answer = call("GET", address.replace("{id}", _encode(f"ciscospark://us/{other}/{value}")))
    _refused(answer, kind, "Wrong type of Webex ID provided")


@pytest.mark.parametrize("kind", ADDRESSES)
def test_s112_an_id_of_an_invented_type(call: Call, rich: Enriched, kind: str) -> None:
    given, address = _object(call, kind)
    value = (encoding.decode(given) or ("", ""))[1]
    answer = call("GET", address.replace("{id}", _encode(f"ciscospark://us/LOCATIONS/{value}")))
    _refused(answer, kind, "LOCATIONS is not a valid Webex Resource Type")


def _refused(answer: Answer, kind: str, text: str) -> None:
    if kind in _MISLEADING:
        assert answer.status == 404
    else:
        assert (answer.status, answer.body["message"]) == (400, text)


@pytest.mark.parametrize(
    "text",
    ["x", "!!!", "%00", "a" * 300, "Y2lzY29zcGFyazovLw", _encode("https://example.com"), _encode("ciscospark://us/PEOPLE"),
     _encode("ciscospark://us//1"), "undefined", "None", "-1", "%7B%7D"],
)  # fmt: skip
@pytest.mark.parametrize("kind", ADDRESSES)
def test_s112_what_is_no_id(call: Call, rich: Enriched, kind: str, text: str) -> None:
    """Refused in words, never with an error of the server."""
    _, address = _object(call, kind)
    answer = call("GET", address.replace("{id}", text))
    assert answer.status in (400, 404), answer.body
    assert answer.body["message"] and answer.body["trackingId"]


@pytest.mark.parametrize("kind", ADDRESSES)
def test_s112_an_object_that_does_not_exist(call: Call, rich: Enriched, kind: str) -> None:
    given, address = _object(call, kind)
    name, value = encoding.decode(given) or ("", "")
    lost = value[:-4] + "0000"
    answer = call("GET", address.replace("{id}", encoding.encode(name, lost)))
    assert answer.status == 404 or (answer.status == 400 and answer.body.get("errorCode") == 4003), answer.body


@pytest.mark.parametrize("kind", ADDRESSES)
def test_s112_a_bare_uuid_is_only_taken_for_people_and_virtual_lines(call: Call, rich: Enriched, kind: str) -> None:
    given, address = _object(call, kind)
    value = (encoding.decode(given) or ("", ""))[1]
    answer = call("GET", address.replace("{id}", value))
    assert answer.status == (200 if kind.startswith(("PEOPLE", "VIRTUAL_LINE")) else 404), answer.body


def test_s112_lists_give_the_encoding_of_their_own_kind(call: Call, rich: Enriched) -> None:
    """Only workspaces sit in another cluster and keep their padding; as owners of numbers they come the other way
    round, and people by their own id."""
    person, place = (_object(call, kind)[0] for kind in ("PEOPLE", "PLACE"))
    assert person == person.rstrip("=") and _uri(person).startswith("ciscospark://us/PEOPLE/")
    assert place.endswith("==") and _uri(place).startswith("ciscospark://urn:TEAM:us-west-2_r/PLACE/")
    owned = [one["owner"] for one in call("GET", "/telephony/config/numbers").body["phoneNumbers"] if "owner" in one]
    people = {one["id"] for one in call("GET", "/people").body["items"]}
    owners = {one["id"] for one in owned if one["type"] == "PEOPLE"}
    assert owners and owners <= people
    places = {one["id"] for one in owned if one["type"] == "PLACE"}
    assert places and all(_uri(one).startswith("ciscospark://us/PLACE/") for one in places)


def _uri(text: str) -> str:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()


def _bodies(license: str) -> list[tuple[str, str, str, dict[str, Any]]]:
    """(what it is of, method, path, body) with {id} where an id belongs."""
    person = {
        "emails": ["x@example.com"],
        "displayName": "X",
        "firstName": "X",
        "extension": "6001",
        "licenses": [license],
    }
    line = {"firstName": "A", "lastName": "B", "extension": "6002"}
    trunk = {"name": "T", "password": "Spring2026Sea", "trunkType": "REGISTERING"}
    plan = {"name": "P", "routeType": "ROUTE_GROUP", "dialPatterns": []}
    return [
        ("LOCATION", "POST", "/people?callingData=true", {**person, "locationId": "{id}"}),
        ("LOCATION", "POST", "/telephony/config/virtualLines", {**line, "locationId": "{id}"}),
        ("LOCATION", "POST", "/telephony/config/premisePstn/trunks", {**trunk, "locationId": "{id}"}),
        ("ROUTE_GROUP", "POST", "/telephony/config/premisePstn/dialPlans", {**plan, "routeId": "{id}"}),
        ("TRUNK", "POST", "/telephony/config/premisePstn/routeGroups",
         {"name": "R", "localGateways": [{"id": "{id}", "priority": 1}]}),
    ]  # fmt: skip


@pytest.mark.parametrize("position", range(5))
def test_s112_wrong_ids_in_bodies(call: Call, rich: Enriched, position: int) -> None:
    """The same words, and nothing is created."""
    license = next(one["id"] for one in rich.listed("/licenses", "items") if one["name"].endswith("Professional"))
    kind, method, path, body = _bodies(license)[position]
    value = (encoding.decode(_object(call, kind)[0]) or ("", ""))[1]
    before = rich.state()
    for wrong in (_encode(f"ciscospark://us/SCHEDULE/{value}"), _encode(f"ciscospark://us/LOCATIONS/{value}"), "x", ""):
        answer = call(method, path, _filled(body, wrong))
        assert answer.status in (400, 404), (wrong, answer.body)
    assert rich.state() == before


def _filled(body: Any, text: str) -> Any:
    if isinstance(body, dict):
        return {name: _filled(value, text) for name, value in body.items()}
    if isinstance(body, list):
        return [_filled(value, text) for value in body]
    return text if body == "{id}" else body


@pytest.mark.parametrize("path", ["/people", "/telephony/config/numbers", "/telephony/config/huntGroups"])
def test_s112_wrong_ids_in_filters(call: Call, rich: Enriched, path: str) -> None:
    value = "00000000-0000-4000-8000-000000000000"
    wrong = call("GET", f"{path}?locationId={_encode(f'ciscospark://us/SCHEDULE/{value}')}")
    assert (wrong.status, wrong.body["message"]) == (400, "Wrong type of Webex ID provided")
    assert call("GET", f"{path}?locationId=x").status == 404
