"""What the rich tenant lacks for an inventory: numbers of features, settings that differ from the default, a queue of
Customer Assist; everything through the simulator's API."""

from __future__ import annotations

from collections import Counter
from typing import Any

from reconciler.simulator import Simulator, sample_tenant
from tests.support.rich_tenant import Enriched, enrich

Json = dict[str, Any]
_CONFIG = "/telephony/config"
_TEAM, _FEW = 9, 3


def furnished() -> Json:
    """The state of a tenant with at least two of everything, for `Simulator.load`."""
    with Simulator(_with_few_people(sample_tenant())) as simulator:
        rich = enrich(simulator)
        _numbers(simulator, rich)
        _forwarding(simulator, rich)
        _settings(simulator, rich)
        _assist(simulator, rich)
        _devices(simulator, rich)
        return simulator.state()


def _with_few_people(tenant: Json) -> Json:
    """The sample with a team in London and a few elsewhere and without calling: of everybody else an export asks for a
    dozen settings that say nothing new."""
    left = Counter({place["id"]: _TEAM if place["name"] == "London HQ" else _FEW for place in tenant["locations"]})
    left[""] = _FEW
    kept = set()
    for person in sorted(tenant["people"], key=lambda person: str(person["id"])):
        place = (person["calling"] or {}).get("location", "")
        if left[place]:
            left[place] -= 1
            kept.add(person["id"])
    return {**tenant, "people": [person for person in tenant["people"] if person["id"] in kept]}


def _numbers(simulator: Simulator, rich: Enriched) -> None:
    free = iter(
        row["phoneNumber"]
        for row in simulator.edit("GET", f"{_CONFIG}/locations/{rich.london}/queues/availableNumbers")["phoneNumbers"]
    )
    for feature, kind in (
        ("huntGroups", "hunt groups"),
        ("queues", "call queues"),
        ("autoAttendants", "auto attendants"),
        ("paging", "paging groups"),
        ("voicemailGroups", "voicemail groups"),
    ):
        path = rich.within(rich.london, f"{feature}/{rich.made[kind][0]}")
        simulator.edit("PUT", path, {"phoneNumber": next(free)})
    attendant = rich.within(rich.london, f"autoAttendants/{rich.made['auto attendants'][0]}")
    simulator.edit("PUT", attendant, {"holidaySchedule": "Bank holidays"})


def _forwarding(simulator: Simulator, rich: Enriched) -> None:
    always = {"enabled": True, "destination": "+442079460001", "ringReminderEnabled": False}
    always["destinationVoicemailEnabled"] = False
    off = {"enabled": False, "ringReminderEnabled": False, "destinationVoicemailEnabled": False}
    for feature, kind in (
        ("huntGroups", "hunt groups"),
        ("queues", "call queues"),
        ("autoAttendants", "auto attendants"),
    ):
        path = rich.within(rich.london, f"{feature}/{rich.made[kind][1]}/callForwarding")
        simulator.edit("PUT", path, {"callForwarding": {"always": always, "selective": off, "rules": []}})


def _settings(simulator: Simulator, rich: Enriched) -> None:
    first, second, third = rich.people[rich.london][:3]
    features = f"/people/{first}/features"
    simulator.edit("PUT", f"{features}/monitoring", {
        "enableCallParkNotification": True,
        "monitoredElements": [third, second, rich.made["call park extensions"][0]],
    })  # fmt: skip
    simulator.edit("PUT", f"{features}/callerId", {"selected": "CUSTOM", "customNumber": "+442079460002"})
    # without permissions of one's own, what follows is taken and has no effect (webex-behaviour.md §7)
    simulator.edit("PUT", f"{features}/outgoingPermission", {"useCustomEnabled": True, "callingPermissions": []})
    simulator.edit("PUT", f"/telephony/config/people/{first}/outgoingPermission/autoTransferNumbers", {
        "useCustomTransferNumbers": True, "autoTransferNumber1": "+442079460003",
        "autoTransferNumber2": "+442079460004", "autoTransferNumber3": "+442079460005",
    })  # fmt: skip
    simulator.edit("PUT", f"{features}/incomingPermission", {
        "useCustomEnabled": True, "externalTransfer": "BLOCK_ALL_EXTERNAL", "internalCallsEnabled": True,
        "collectCallsEnabled": False,
    })  # fmt: skip
    simulator.edit("PUT", f"{features}/doNotDisturb", {"enabled": True, "ringSplashEnabled": True,
                                                        "webexGoOverrideEnabled": False})  # fmt: skip
    simulator.edit("PUT", f"{features}/callWaiting", {"enabled": False})
    simulator.edit("PUT", f"{features}/voicemail", {
        "enabled": True, "emailCopyOfMessage": {"enabled": True, "emailId": "copies@example.com"},
        "notifications": {"enabled": False}, "transferToNumber": {"enabled": False},
    })  # fmt: skip
    own = f"{_CONFIG}/people/{first}/outgoingPermission"
    codes = [{"code": "4321", "description": "Evening"}, {"code": "1234", "description": "Morning"}]
    for code in codes:
        simulator.edit("POST", f"{own}/accessCodes", code)
        simulator.edit(
            "POST", f"{_CONFIG}/locations/{rich.london}/outgoingPermission/accessCodes", {"accessCodes": [code]}
        )
    simulator.edit("POST", f"{_CONFIG}/outgoingPermission/accessCodes", {"accessCodes": codes})
    for name, pattern in (("Suppliers", "+4930XXXX"), ("Agency", "+331!")):
        body = {"name": name, "pattern": pattern, "action": "BLOCK", "transferEnabled": False}
        simulator.edit("POST", f"{own}/digitPatterns", body)
    simulator.edit("PUT", f"{_CONFIG}/locations/{rich.london}/voicemail", {"voicemailTranscriptionEnabled": True})
    simulator.edit("PUT", f"{_CONFIG}/locations/{rich.london}/voicePortal", {"phoneNumber": "+442079460049"})


def _assist(simulator: Simulator, rich: Enriched) -> None:
    queue = simulator.edit("GET", rich.within(rich.london, f"queues/{rich.made['call queues'][1]}"))
    body = {name: queue[name] for name in ("callPolicies", "queueSettings")}
    body |= {"name": "Assist", "extension": "5290", "agents": []}
    simulator.edit("POST", f"{rich.within(rich.london, 'queues')}?hasCxEssentials=true", body)


def _devices(simulator: Simulator, rich: Enriched) -> None:
    """Phones of two people and of a room; one has a virtual line too."""
    phone = {"model": "DMS Cisco 8845"}
    first, second = rich.people[rich.london][:2]
    room = next(
        one["id"] for one in simulator.edit("GET", "/workspaces")["items"] if one["displayName"] == "Board Room"
    )
    made = simulator.edit("POST", "/devices", {**phone, "mac": "112233445501", "personId": first})
    simulator.edit("POST", "/devices", {**phone, "mac": "112233445502", "personId": second})
    simulator.edit("POST", "/devices", {**phone, "mac": "112233445503", "workspaceId": room})
    members = [{"id": first, "port": 1, "primaryOwner": True, "lineType": "PRIMARY", "lineWeight": 1},
               {"id": rich.made["virtual lines"][0], "port": 2, "primaryOwner": False,
                "lineType": "SHARED_CALL_APPEARANCE", "lineWeight": 1}]  # fmt: skip
    simulator.edit("PUT", f"{_CONFIG}/devices/{made['callingDeviceId']}/members", {"members": members})
