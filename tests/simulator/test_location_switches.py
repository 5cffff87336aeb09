"""What is unknown of locations, PSTN and numbers (§17.5-7, §17.11): every switch in every position."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.simulator import EditRefused, Simulator
from reconciler.simulator.core import ids

ADDRESS = {"address1": "9 Nowhere", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GB"}
PLACE = {
    "name": "Leeds",
    "timeZone": "Europe/London",
    "preferredLanguage": "en_gb",
    "announcementLanguage": "en_gb",
    "address": ADDRESS,
}
UNKNOWN = "00000000-0000-4000-8000-000000000001"


class Place:
    """London of a tenant whose switch stands at that position; `status` of a request, 2xx shown as 200."""

    def __init__(self, running: Simulator, switch: str, position: str) -> None:
        running.turn(switch, position)
        self.running = running
        self.london, self.leeds = self.location("London HQ"), ""

    def location(self, name: str) -> str:
        return str(self.running.edit("GET", f"/locations?name={name}")["items"][0]["id"])

    def with_leeds(self, *, calling: bool) -> str:
        self.leeds = str(self.running.edit("POST", "/locations", PLACE)["id"])
        if calling:
            self.running.edit("POST", "/telephony/config/locations", {**PLACE, "id": self.leeds})
        return self.leeds

    def status(self, method: str, path: str, body: Any = None) -> int:
        before = self.running.state()
        try:
            self.running.edit(method, path, body)
        except EditRefused as refused:
            assert self.running.state() == before
            return refused.status
        return 200

    def integrated(self) -> None:
        """London becomes integrated PSTN, which nobody can do by API."""
        state = self.running.state()
        option = next(one["id"] for one in state["pstn_options"] if one["pstnConnectionType"] == "INTEGRATED_CCP")
        half = next(one for one in state["locations"] if one["name"] == "London HQ")["calling"]
        half["pstn"] = {"type": "INTEGRATED_CCP", "option": option}
        self.running.load(state)

    def numbers(self) -> set[str]:
        return {one["number"] for one in self.running.state()["numbers"]}

    def owned(self) -> str:
        return str(self.running.state()["people"][0]["calling"]["number"])


@pytest.mark.parametrize(("position", "status"), [("404", 404), ("400", 400)])
def test_location_not_calling(simulator: Simulator, position: str, status: int) -> None:
    place = Place(simulator, "location_not_calling", position)
    leeds = place.with_leeds(calling=False)
    assert place.status("GET", f"/telephony/config/locations/{leeds}") == status
    assert place.status("GET", f"/telephony/config/locations/{leeds}/internalDialing") == status
    assert place.status("GET", f"/telephony/config/locations/{place.london}") == 200


@pytest.mark.parametrize(("position", "status"), [("409", 409), ("400", 400), ("201", 200)])
def test_enable_calling_twice(simulator: Simulator, position: str, status: int) -> None:
    place = Place(simulator, "enable_calling_twice", position)
    leeds = place.with_leeds(calling=True)
    simulator.edit("PUT", f"/telephony/config/locations/{leeds}", {"externalCallerIdName": "Kept"})
    before = simulator.state()["locations"]
    assert place.status("POST", "/telephony/config/locations", {**PLACE, "id": leeds}) == status
    assert simulator.state()["locations"] == before


@pytest.mark.parametrize("position", ["ignore", "refuse", "apply"])
def test_enable_calling_differs(simulator: Simulator, position: str) -> None:
    place = Place(simulator, "enable_calling_differs", position)
    leeds = place.with_leeds(calling=False)
    body = {**PLACE, "id": leeds, "name": "Other", "address": {**ADDRESS, "city": "Hull"}}
    assert place.status("POST", "/telephony/config/locations", body) == (400 if position == "refuse" else 200)
    read = simulator.edit("GET", f"/locations/{leeds}")
    taken = position == "apply"
    assert (read["name"], read["address"]["city"]) == (("Other", "Hull") if taken else ("Leeds", "Leeds"))
    if position == "refuse":
        assert place.status("POST", "/telephony/config/locations", {**PLACE, "id": leeds}) == 200


@pytest.mark.parametrize("position", ["refuse", "accept"])
def test_main_number_assigned(simulator: Simulator, position: str) -> None:
    """Once it is the main number its owner can still be written back whole."""
    place = Place(simulator, "main_number_assigned", position)
    number, url = place.owned(), f"/telephony/config/locations/{place.london}"
    status = place.status("PUT", url, {"callingLineId": {"phoneNumber": number, "name": "L"}})
    assert status == (400 if position == "refuse" else 200)
    shown = simulator.edit("GET", url)["callingLineId"]["phoneNumber"]
    assert (shown == number) is (position == "accept")
    person = simulator.edit("GET", "/people?email=amelia.ashford@example.com&callingData=true")["items"][0]
    assert place.status("PUT", f"/people/{person['id']}?callingData=true", person) == 200
    row = simulator.edit("GET", f"/telephony/config/numbers?phoneNumber=%2B{number[1:]}")["phoneNumbers"][0]
    assert row["owner"]["type"] == "PEOPLE" and row["mainNumber"] is (position == "accept")


@pytest.mark.parametrize(("position", "status"), [("400", 400), ("409", 409)])
def test_pstn_type_refused(simulator: Simulator, position: str, status: int) -> None:
    place = Place(simulator, "pstn_type_refused", position)
    base = f"/telephony/pstn/locations/{place.london}"
    options = {
        one["pstnConnectionType"]: one["id"] for one in simulator.edit("GET", f"{base}/connectionOptions")["items"]
    }
    assert place.status("PUT", f"{base}/connection", {"id": options["INTEGRATED_CCP"]}) == status
    assert place.status("PUT", f"{base}/connection", {"id": options["NON_INTEGRATED_CCP"]}) == 200
    place.integrated()
    assert place.status("PUT", f"{base}/connection", {"id": options["NON_INTEGRATED_CCP"]}) == status


@pytest.mark.parametrize("position", ["404", "400"])
def test_pstn_unknown_route(simulator: Simulator, position: str) -> None:
    place = Place(simulator, "pstn_unknown_route", position)
    text = ids.encode("TRUNK", UNKNOWN)
    url = f"/telephony/pstn/locations/{place.london}/connection"
    assert place.status("PUT", url, {"premiseRouteType": "TRUNK", "premiseRouteId": text}) == int(position)
    body = {"connection": {"type": "TRUNK", "id": text}}
    assert place.status("PUT", f"/telephony/config/locations/{place.london}", body) == int(position)


@pytest.mark.parametrize("position", ["400", "404"])
def test_pstn_unknown_option(simulator: Simulator, position: str) -> None:
    place = Place(simulator, "pstn_unknown_option", position)
    body = {"id": ids.encode("PSTN_CONNECTION_OPTION", UNKNOWN)}
    assert place.status("PUT", f"/telephony/pstn/locations/{place.london}/connection", body) == int(position)


@pytest.mark.parametrize(("position", "status"), [("accept", 200), ("refuse", 400)])
def test_pstn_empty_route_group(simulator: Simulator, position: str, status: int) -> None:
    state = simulator.state()
    state["route_groups"].append({"id": UNKNOWN, "name": "Empty", "trunks": []})
    simulator.load(state)
    place = Place(simulator, "pstn_empty_route_group", position)
    url = f"/telephony/pstn/locations/{place.london}/connection"
    empty = {"premiseRouteType": "ROUTE_GROUP", "premiseRouteId": ids.encode("ROUTE_GROUP", UNKNOWN)}
    assert place.status("PUT", url, empty) == status
    full = simulator.edit("GET", "/telephony/config/premisePstn/routeGroups")["routeGroups"][0]["id"]
    assert place.status("PUT", url, {**empty, "premiseRouteId": full}) == 200


@pytest.mark.parametrize("position", ["404", "400"])
def test_pstn_put_not_calling(simulator: Simulator, position: str) -> None:
    place = Place(simulator, "pstn_put_not_calling", position)
    url = f"/telephony/pstn/locations/{place.with_leeds(calling=False)}/connection"
    group = simulator.edit("GET", "/telephony/config/premisePstn/routeGroups")["routeGroups"][0]["id"]
    body = {"premiseRouteType": "ROUTE_GROUP", "premiseRouteId": group}
    assert place.status("PUT", url, body) == int(position)
    assert place.status("GET", url) == 404  # the read is known


@pytest.mark.parametrize("position", ["400", "404"])
def test_numbers_without_pstn(simulator: Simulator, position: str) -> None:
    place = Place(simulator, "numbers_without_pstn", position)
    url = f"/telephony/config/locations/{place.with_leeds(calling=True)}/numbers"
    for method in ("POST", "PUT", "DELETE"):
        assert place.status(method, url, {"phoneNumbers": ["+441632960001"]}) == int(position)
    with pytest.raises(EditRefused) as refused:
        simulator.edit("POST", url, {"phoneNumbers": ["+441632960001"]})
    assert ("errorMessage" in refused.value.body) is (position == "404")  # E3 or E1


@pytest.mark.parametrize(("position", "added"), [("accept", [0, 1, 2]), ("refuse", []), ("partial", [0, 2])])
def test_numbers_add_integrated(simulator: Simulator, position: str, added: list[int]) -> None:
    place = Place(simulator, "numbers_add_integrated", position)
    place.integrated()
    texts = [f"+44163296000{n}" for n in range(3)]
    status = place.status("POST", f"/telephony/config/locations/{place.london}/numbers", {"phoneNumbers": texts})
    assert status == (400 if position == "refuse" else 200)
    assert place.numbers() & set(texts) == {texts[n] for n in added}
    mobile = {"phoneNumbers": ["+447700900001"], "numberType": "MOBILE"}  # these are fine everywhere
    assert place.status("POST", f"/telephony/config/locations/{place.london}/numbers", mobile) == 200


@pytest.mark.parametrize("position", ["400", "404"])
def test_number_not_in_location(simulator: Simulator, position: str) -> None:
    place = Place(simulator, "number_not_in_location", position)
    for number in ("+441614960001", "+441632960001"):
        body = {"phoneNumbers": ["+442079460001", number]}
        assert place.status("PUT", f"/telephony/config/locations/{place.london}/numbers", body) == int(position)


@pytest.mark.parametrize("position", ["400", "409"])
def test_number_deactivate_refused(simulator: Simulator, position: str) -> None:
    place = Place(simulator, "number_deactivate_refused", position)
    url = f"/telephony/config/locations/{place.london}/numbers"
    simulator.edit("POST", url, {"phoneNumbers": ["+447700900001"], "numberType": "MOBILE"})
    for number in ("+442079460000", place.owned(), "+447700900001"):
        assert place.status("PUT", url, {"phoneNumbers": [number], "action": "DEACTIVATE"}) == int(position), number
    assert place.status("PUT", url, {"phoneNumbers": ["+442079460001"], "action": "DEACTIVATE"}) == 200
    place.integrated()
    assert place.status("PUT", url, {"phoneNumbers": ["+442079460002"], "action": "DEACTIVATE"}) == int(position)


@pytest.mark.parametrize("position", ["400", "409", "502"])
def test_number_remove_refused(simulator: Simulator, position: str) -> None:
    place = Place(simulator, "number_remove_refused", position)
    url = f"/telephony/config/locations/{place.london}/numbers"
    for number in ("+442079460000", place.owned()):
        assert place.status("DELETE", url, {"phoneNumbers": ["+442079460001", number]}) == int(position), number
    assert place.status("DELETE", url, {"phoneNumbers": ["+442079460001"]}) == 200


@pytest.mark.parametrize("position", ["400", "403"])
def test_number_remove_integrated(simulator: Simulator, position: str) -> None:
    place = Place(simulator, "number_remove_integrated", position)
    place.integrated()
    body = {"phoneNumbers": ["+442079460001"]}
    assert place.status("DELETE", f"/telephony/config/locations/{place.london}/numbers", body) == int(position)


def test_a_name_is_needed(simulator: Simulator) -> None:
    place = Place(simulator, "location_name_duplicate", "accept")
    assert place.status("PUT", f"/locations/{place.london}", {"name": ""}) == 400
    assert place.status("PUT", f"/locations/{place.london}", {"name": "x" * 81}) == 400
    assert place.status("PUT", f"/locations/{place.london}", {"name": "x" * 80}) == 200
