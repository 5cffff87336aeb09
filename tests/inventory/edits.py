"""What another admin may do in a tenant, one function per thing: of all managed sections and of most artefacts.

Each takes the simulator and a source of chance, and may be refused by the API: then nothing happened.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from reconciler.simulator import Simulator

Json = dict[str, Any]
Edit = Callable[[Simulator, random.Random], Any]
_CONFIG = "/telephony/config"
EDITS: dict[str, Edit] = {}


def edit(function: Edit) -> Edit:
    EDITS[getattr(function, "__name__", "")] = function
    return function


def rows(sim: Simulator, path: str, key: str) -> list[Json]:
    found: list[Json] = sim.edit("GET", path)[key]
    return found


def people(sim: Simulator, *, calling: bool = True) -> list[Json]:
    found = rows(sim, "/people?callingData=true&max=100", "items")
    return [one for one in found if bool(one.get("locationId")) == calling]


def workspaces(sim: Simulator) -> list[Json]:
    return [one for one in rows(sim, "/workspaces", "items") if one.get("calling", {}).get("type") == "webexCalling"]


def locations(sim: Simulator) -> list[Json]:
    return rows(sim, f"{_CONFIG}/locations", "locations")


def flip(sim: Simulator, chance: random.Random, path: str, *, at: str = "") -> None:
    """Turn one switch in a document, and send it back whole."""
    document = sim.edit("GET", path)
    inner = document[at] if at else document
    switches = sorted(name for name, value in inner.items() if isinstance(value, bool))
    if switches:
        name = chance.choice(switches)
        inner[name] = not inner[name]
    sim.edit("PUT", path, document)


def setting_of_person(segment: str) -> None:
    def change(sim: Simulator, chance: random.Random) -> None:
        flip(sim, chance, f"/people/{chance.choice(people(sim))['id']}/features/{segment}")

    EDITS[f"person_{segment.rpartition('/')[2]}"] = change


for _segment in ("callWaiting", "callerId", "doNotDisturb", "incomingPermission", "voicemail"):
    setting_of_person(_segment)


def feature(name: str, key: str, *, listed: str = "") -> None:
    """Renaming, switching off and forwarding of a feature."""

    def one(sim: Simulator, chance: random.Random) -> str:
        row = chance.choice(rows(sim, f"{_CONFIG}/{name}", key))
        return f"{_CONFIG}/locations/{row['locationId']}/{name}/{row['id']}"

    def rename(sim: Simulator, chance: random.Random) -> None:
        sim.edit("PUT", one(sim, chance), {"name": f"Other {chance.randrange(100)}"})

    def switch(sim: Simulator, chance: random.Random) -> None:
        path = one(sim, chance)
        sim.edit("PUT", path, {"enabled": not sim.edit("GET", path)["enabled"]})

    def delete(sim: Simulator, chance: random.Random) -> None:
        sim.edit("DELETE", one(sim, chance))

    EDITS.update({f"{name}_rename": rename, f"{name}_switch": switch, f"{name}_delete": delete})
    if name in ("huntGroups", "queues", "autoAttendants"):

        def forward(sim: Simulator, chance: random.Random) -> None:
            always = {"enabled": True, "destination": "+442079460001", "ringReminderEnabled": False}
            always["destinationVoicemailEnabled"] = False
            off = {"enabled": False, "ringReminderEnabled": False, "destinationVoicemailEnabled": False}
            body = {"callForwarding": {"always": always, "selective": off, "rules": []}}
            sim.edit("PUT", f"{one(sim, chance)}/callForwarding", body)

        EDITS[f"{name}_forward"] = forward
    if name in ("huntGroups", "queues"):

        def agents(sim: Simulator, chance: random.Random) -> None:
            chosen = chance.sample(people(sim), chance.randrange(3))
            sim.edit("PUT", one(sim, chance), {"agents": [{"id": person["id"]} for person in chosen]})

        EDITS[f"{name}_agents"] = agents


for _name, _key in (
    ("huntGroups", "huntGroups"),
    ("queues", "queues"),
    ("autoAttendants", "autoAttendants"),
    ("paging", "locationPaging"),
    ("voicemailGroups", "voicemailGroups"),
):
    feature(_name, _key)


def calling_member(name: str, plural: str, of: Callable[[Simulator], list[Json]]) -> None:
    """What is changed alike of people and of workspaces."""

    def forwarding(sim: Simulator, chance: random.Random) -> None:
        path = f"/{plural}/{chance.choice(of(sim))['id']}/features/callForwarding"
        document = sim.edit("GET", path)
        branch = document["callForwarding"]["always"]
        branch |= {"enabled": not branch["enabled"], "destination": "1234", "destinationVoicemailEnabled": False}
        sim.edit("PUT", path, document)

    def numbers(sim: Simulator, chance: random.Random) -> None:
        path = f"{_CONFIG}/{plural}/{chance.choice(of(sim))['id']}"
        number = chance.choice(rows(sim, f"{path}/secondary/availableNumbers", "phoneNumbers"))["phoneNumber"]
        body = {"phoneNumbers": [{"primary": False, "action": "ADD", "directNumber": number}]}
        sim.edit("PUT", f"{path}/numbers", body)

    EDITS[f"{name}_forwarding"], EDITS[f"{name}_numbers"] = forwarding, numbers


calling_member("person", "people", people)
calling_member("workspace", "workspaces", workspaces)


@edit
def person_outgoing_permissions(sim: Simulator, chance: random.Random) -> None:
    path = f"{_CONFIG}/people/{chance.choice(people(sim))['id']}/outgoingPermission"
    entry = {"callType": "INTERNATIONAL", "action": chance.choice(["BLOCK", "ALLOW"]), "transferEnabled": False}
    sim.edit("PUT", path, {"useCustomEnabled": True, "useCustomPermissions": True, "callingPermissions": [entry]})


@edit
def person_monitoring(sim: Simulator, chance: random.Random) -> None:
    one, *others = chance.sample(people(sim), 3)
    body = {"enableCallParkNotification": True, "monitoredElements": [other["id"] for other in others]}
    sim.edit("PUT", f"/people/{one['id']}/features/monitoring", body)


@edit
def person_access_code(sim: Simulator, chance: random.Random) -> None:
    path = f"{_CONFIG}/people/{chance.choice(people(sim))['id']}/outgoingPermission/accessCodes"
    sim.edit("POST", path, {"code": str(chance.randrange(10_000, 99_999)), "description": "New"})


@edit
def person_digit_pattern(sim: Simulator, chance: random.Random) -> None:
    path = f"{_CONFIG}/people/{chance.choice(people(sim))['id']}/outgoingPermission/digitPatterns"
    name = str(chance.randrange(10_000, 99_999))
    sim.edit("POST", path, {"name": name, "pattern": name, "action": "BLOCK", "transferEnabled": False})


@edit
def person_transfer_numbers(sim: Simulator, chance: random.Random) -> None:
    person = chance.choice(people(sim))["id"]
    sim.edit(
        "PUT", f"/people/{person}/features/outgoingPermission", {"useCustomEnabled": True, "callingPermissions": []}
    )
    body = {"useCustomTransferNumbers": True, "autoTransferNumber1": f"+44207946000{chance.randrange(9)}"}
    sim.edit("PUT", f"/telephony/config/people/{person}/outgoingPermission/autoTransferNumbers", body)


@edit
def person_rename(sim: Simulator, chance: random.Random) -> None:
    person = sim.edit("GET", f"/people/{chance.choice(people(sim))['id']}?callingData=true")
    sim.edit("PUT", f"/people/{person['id']}?callingData=true", {**person, "firstName": f"N{chance.randrange(100)}"})


@edit
def person_address(sim: Simulator, chance: random.Random) -> None:
    person = sim.edit("GET", f"/people/{chance.choice(people(sim))['id']}?callingData=true")
    mail = f"moved{chance.randrange(1000)}@example.com"
    sim.edit("PUT", f"/people/{person['id']}?callingData=true", {**person, "emails": [mail]})


@edit
def person_extension(sim: Simulator, chance: random.Random) -> None:
    person = sim.edit("GET", f"/people/{chance.choice(people(sim))['id']}?callingData=true")
    extension = str(chance.randrange(6000, 6999))
    sim.edit("PUT", f"/people/{person['id']}?callingData=true", {**person, "extension": extension})


@edit
def person_license(sim: Simulator, chance: random.Random) -> None:
    person = chance.choice(people(sim))
    taken = [{"operation": "remove", "id": one} for one in person["licenses"]]
    sim.edit("PATCH", "/licenses/users", {"personId": person["id"], "licenses": taken})


@edit
def person_deleted(sim: Simulator, chance: random.Random) -> None:
    sim.edit("DELETE", f"/people/{chance.choice(people(sim, calling=chance.random() < 0.8))['id']}")


@edit
def person_created(sim: Simulator, chance: random.Random) -> None:
    name = f"New{chance.randrange(1000)}"
    sim.edit("POST", "/people", {"emails": [f"{name}@example.com"], "firstName": name, "lastName": "Hire"})


@edit
def workspace_outgoing_permissions(sim: Simulator, chance: random.Random) -> None:
    path = f"/workspaces/{chance.choice(workspaces(sim))['id']}/features/outgoingPermission"
    entry = {"callType": "NATIONAL", "action": chance.choice(["BLOCK", "ALLOW"]), "transferEnabled": False}
    sim.edit("PUT", path, {"useCustomEnabled": True, "useCustomPermissions": True, "callingPermissions": [entry]})


@edit
def workspace_incoming_permissions(sim: Simulator, chance: random.Random) -> None:
    flip(sim, chance, f"/workspaces/{chance.choice(workspaces(sim))['id']}/features/incomingPermission")


@edit
def workspace_rename(sim: Simulator, chance: random.Random) -> None:
    room = chance.choice(workspaces(sim))
    sim.edit("PUT", f"/workspaces/{room['id']}", {"displayName": f"Room {chance.randrange(1000)}"})


@edit
def workspace_deleted(sim: Simulator, chance: random.Random) -> None:
    sim.edit("DELETE", f"/workspaces/{chance.choice(workspaces(sim))['id']}")


@edit
def location_rename(sim: Simulator, chance: random.Random) -> None:
    one = chance.choice(rows(sim, "/locations", "items"))
    sim.edit("PUT", f"/locations/{one['id']}", {"name": f"Site {chance.randrange(1000)}"})


@edit
def location_calling(sim: Simulator, chance: random.Random) -> None:
    path = f"{_CONFIG}/locations/{chance.choice(locations(sim))['id']}"
    sim.edit("PUT", path, chance.choice([{"externalCallerIdName": f"C{chance.randrange(100)}"},
                                         {"routingPrefix": str(chance.randrange(8300, 8999))}]))  # fmt: skip


@edit
def location_internal_dialing(sim: Simulator, chance: random.Random) -> None:
    path = f"{_CONFIG}/locations/{chance.choice(locations(sim))['id']}/internalDialing"
    trunk = chance.choice(rows(sim, f"{_CONFIG}/premisePstn/trunks", "trunks"))
    route = {"id": trunk["id"], "name": trunk["name"], "type": "TRUNK"}
    sim.edit("PUT", path, {"enableUnknownExtensionRoutePolicy": True, "unknownExtensionRouteIdentity": route})


@edit
def location_outgoing_permissions(sim: Simulator, chance: random.Random) -> None:
    path = f"{_CONFIG}/locations/{chance.choice(locations(sim))['id']}/outgoingPermission"
    entry = {"callType": "INTERNATIONAL", "action": chance.choice(["BLOCK", "ALLOW"]), "transferEnabled": False}
    sim.edit("PUT", path, {"callingPermissions": [entry]})


@edit
def location_pstn(sim: Simulator, chance: random.Random) -> None:
    path = f"/telephony/pstn/locations/{chance.choice(locations(sim))['id']}/connection"
    trunk = chance.choice(rows(sim, f"{_CONFIG}/premisePstn/trunks", "trunks"))
    sim.edit("PUT", path, {"premiseRouteType": "TRUNK", "premiseRouteId": trunk["id"]})


@edit
def location_voice_portal(sim: Simulator, chance: random.Random) -> None:
    path = f"{_CONFIG}/locations/{chance.choice(locations(sim))['id']}/voicePortal"
    sim.edit("PUT", path, {"firstName": f"Messages {chance.randrange(100)}"})


@edit
def location_voicemail(sim: Simulator, chance: random.Random) -> None:
    flip(sim, chance, f"{_CONFIG}/locations/{chance.choice(locations(sim))['id']}/voicemail")


@edit
def location_access_codes(sim: Simulator, chance: random.Random) -> None:
    path = f"{_CONFIG}/locations/{chance.choice(locations(sim))['id']}/outgoingPermission/accessCodes"
    sim.edit("POST", path, {"accessCodes": [{"code": str(chance.randrange(10_000, 99_999)), "description": "New"}]})


@edit
def location_digit_patterns(sim: Simulator, chance: random.Random) -> None:
    """Of no artefact itself, but of everybody who inherits."""
    path = f"{_CONFIG}/locations/{chance.choice(locations(sim))['id']}/outgoingPermission/digitPatterns"
    name = str(chance.randrange(10_000, 99_999))
    sim.edit("POST", path, {"name": name, "pattern": name, "action": "BLOCK", "transferEnabled": False})


@edit
def numbers_added(sim: Simulator, chance: random.Random) -> None:
    path = f"{_CONFIG}/locations/{chance.choice(locations(sim))['id']}/numbers"
    sim.edit("POST", path, {"phoneNumbers": [f"+4420794670{chance.randrange(10, 99)}"], "state": "ACTIVE"})


@edit
def number_state(sim: Simulator, chance: random.Random) -> None:
    row = chance.choice(rows(sim, f"{_CONFIG}/numbers?available=true&numberType=NUMBER", "phoneNumbers"))
    body = {"phoneNumbers": [row["phoneNumber"]], "action": "DEACTIVATE" if row["state"] == "ACTIVE" else "ACTIVATE"}
    sim.edit("PUT", f"{_CONFIG}/locations/{row['location']['id']}/numbers", body)


@edit
def group_members(sim: Simulator, chance: random.Random) -> None:
    made = [one for one in rows(sim, "/groups", "groups") if one["displayName"] in ("Receptionists", "Engineers")]
    group = chance.choice(made)
    sim.edit("PATCH", f"/groups/{group['id']}", {"members": [{"id": chance.choice(people(sim))["id"]}]})


@edit
def device_tags(sim: Simulator, chance: random.Random) -> None:
    device = chance.choice(rows(sim, "/devices", "items"))
    body = {"op": "replace", "path": "tags", "value": [f"t{chance.randrange(100)}"]}
    sim.edit("PATCH", f"/devices/{device['id']}", body)


@edit
def device_deleted(sim: Simulator, chance: random.Random) -> None:
    sim.edit("DELETE", f"/devices/{chance.choice(rows(sim, '/devices', 'items'))['id']}")


@edit
def device_added(sim: Simulator, chance: random.Random) -> None:
    mac = f"0011223355{chance.randrange(10, 99)}"
    owner = chance.choice([{"personId": chance.choice(people(sim))["id"]},
                           {"workspaceId": chance.choice(workspaces(sim))["id"]}])  # fmt: skip
    sim.edit("POST", "/devices", {"mac": mac, "model": "DMS Cisco 8845", **owner})


@edit
def virtual_line_rename(sim: Simulator, chance: random.Random) -> None:
    line = chance.choice(rows(sim, f"{_CONFIG}/virtualLines", "virtualLines"))
    sim.edit("PUT", f"{_CONFIG}/virtualLines/{line['id']}", {"firstName": f"L{chance.randrange(100)}"})


@edit
def call_park_agents(sim: Simulator, chance: random.Random) -> None:
    place = next(one["id"] for one in locations(sim) if one["name"] == "London HQ")
    path = f"{_CONFIG}/locations/{place}/callParks"
    park = chance.choice(rows(sim, path, "callParks"))
    sim.edit("PUT", f"{path}/{park['id']}", {"agents": [chance.choice(people(sim))["id"]]})


@edit
def schedule_created(sim: Simulator, chance: random.Random) -> None:
    path = f"{_CONFIG}/locations/{chance.choice(locations(sim))['id']}/schedules"
    sim.edit("POST", path, {"type": "holidays", "name": f"H{chance.randrange(100)}", "events": []})


@edit
def schedule_renamed(sim: Simulator, chance: random.Random) -> None:
    place = next(one["id"] for one in locations(sim) if one["name"] == "London HQ")
    path = f"{_CONFIG}/locations/{place}/schedules"
    one = chance.choice(rows(sim, path, "schedules"))
    document = sim.edit("GET", f"{path}/{one['type']}/{one['id']}")
    body = {"name": one["name"], "newName": f"S{chance.randrange(100)}", "type": one["type"]}
    sim.edit("PUT", f"{path}/{one['type']}/{one['id']}", {**body, "events": document.get("events", [])})


@edit
def operating_mode_rename(sim: Simulator, chance: random.Random) -> None:
    mode = chance.choice(rows(sim, f"{_CONFIG}/operatingModes", "operatingModes"))
    document = sim.edit("GET", f"{_CONFIG}/operatingModes/{mode['id']}")
    sim.edit("PUT", f"{_CONFIG}/operatingModes/{mode['id']}", {**document, "name": f"Mode {chance.randrange(100)}"})


@edit
def trunk_rename(sim: Simulator, chance: random.Random) -> None:
    trunk = chance.choice(rows(sim, f"{_CONFIG}/premisePstn/trunks", "trunks"))
    body = {"name": f"Trunk {chance.randrange(100)}", "password": "Spring2026Sea"}
    sim.edit("PUT", f"{_CONFIG}/premisePstn/trunks/{trunk['id']}", body)


@edit
def route_group_rename(sim: Simulator, chance: random.Random) -> None:
    group = chance.choice(rows(sim, f"{_CONFIG}/premisePstn/routeGroups", "routeGroups"))
    path = f"{_CONFIG}/premisePstn/routeGroups/{group['id']}"
    gateways = [{"id": one["id"], "priority": one["priority"]} for one in sim.edit("GET", path)["localGateways"]]
    sim.edit("PUT", path, {"name": f"Routes {chance.randrange(100)}", "localGateways": gateways})


@edit
def dial_plan_patterns(sim: Simulator, chance: random.Random) -> None:
    plan = chance.choice(rows(sim, f"{_CONFIG}/premisePstn/dialPlans", "dialPlans"))
    patterns = [{"dialPattern": f"+{chance.randrange(500, 599)}!", "action": "ADD"}]
    path = f"{_CONFIG}/premisePstn/dialPlans/{plan['id']}/dialPatterns"
    sim.edit("PUT", path, {"dialPatterns": patterns})


@edit
def route_list_numbers(sim: Simulator, chance: random.Random) -> None:
    one = chance.choice(rows(sim, f"{_CONFIG}/premisePstn/routeLists", "routeLists"))
    number = chance.choice(rows(sim, f"{_CONFIG}/numbers?available=true&numberType=NUMBER", "phoneNumbers"))
    body = {"numbers": [{"number": number["phoneNumber"], "action": "ADD"}]}
    sim.edit("PUT", f"{_CONFIG}/premisePstn/routeLists/{one['id']}/numbers", body)


@edit
def announcement_deleted(sim: Simulator, chance: random.Random) -> None:
    one = chance.choice(rows(sim, f"{_CONFIG}/announcements", "announcements"))
    sim.edit("DELETE", f"{_CONFIG}/announcements/{one['id']}")


@edit
def queue_settings(sim: Simulator, chance: random.Random) -> None:
    flip(sim, chance, f"{_CONFIG}/queues/settings")


@edit
def organisation_access_codes(sim: Simulator, chance: random.Random) -> None:
    code = {"code": str(chance.randrange(10_000, 99_999)), "description": "New"}
    sim.edit("POST", f"{_CONFIG}/outgoingPermission/accessCodes", {"accessCodes": [code]})
