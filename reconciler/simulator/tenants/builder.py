"""What the sample and the generated tenants are made of; used by both, so that both follow the same rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

Json = dict[str, Any]
CREATED = "2025-01-15T09:00:00.000Z"

# (offer, name, units, listed); WAM is held by people and stands in no list, as in a real tenant
_LICENSES = (
    ("BCSTD", "Webex Calling - Professional", 120, True),
    ("BCBAS", "Webex Calling - Standard", 20, True),
    ("BCCA", "Webex Calling - Workspaces", 20, True),
    ("BCHDO", "Webex Calling - Hot desk only", 5, True),
    ("MS", "Messaging", 200, True),
    ("WAM", "Webex Assistant for Meetings", 10, False),
)
_OPTIONS = (
    ("Premises-based PSTN", "LOCAL_GATEWAY"),
    ("Example Carrier", "NON_INTEGRATED_CCP"),
    ("Example Integrated Carrier", "INTEGRATED_CCP"),
)


class Builder:
    """Makes records with reproducible uuids under one organisation."""

    def __init__(self, org: str, name: str, domain: str) -> None:
        self._namespace = UUID(org)
        self.tenant: Json = {
            "version": 1,
            "org": {"id": org, "name": name, "domain": domain, "admin": ""},
            "switches": {},
            "sequence": 0,
            "licenses": [],
            "trunks": [],
            "route_groups": [],
            "pstn_options": [],
            "locations": [],
            "numbers": [],
            "people": [],
            "workspaces": [],
            "jobs": [],
        }

    def uuid(self, kind: str, name: str) -> str:
        return str(uuid5(self._namespace, f"{kind}:{name}"))

    def licenses(self, factor: int = 1) -> dict[str, str]:
        """The licences with their units times `factor`; answers the uuid of each offer."""
        keys = {offer: self.uuid("license", offer) for offer, *_ in _LICENSES}
        self.tenant["licenses"] = [
            {"id": keys[offer], "offer": offer, "name": name, "totalUnits": units * factor,
             "subscriptionId": "Sub-example1", "listed": listed}
            for offer, name, units, listed in _LICENSES
        ]  # fmt: skip
        return keys

    def pstn_options(self) -> dict[str, str]:
        keys = {name: self.uuid("pstn", name) for name, _ in _OPTIONS}
        self.tenant["pstn_options"] = [
            {"id": keys[name], "displayName": name, "pstnConnectionType": kind,
             "pstnServices": ["GEOGRAPHIC_NUMBERS"]}
            for name, kind in _OPTIONS
        ]  # fmt: skip
        return keys

    def trunk(self, name: str, location: str) -> str:
        key = self.uuid("trunk", name)
        self.tenant["trunks"].append(
            {"id": key, "name": name, "location": location, "trunkType": "REGISTERING",
             "deviceType": "Cisco Unified Border Element"}
        )  # fmt: skip
        return key

    def route_group(self, name: str, trunks: list[str]) -> str:
        key = self.uuid("route group", name)
        members = [{"id": trunk, "priority": position} for position, trunk in enumerate(trunks, 1)]
        self.tenant["route_groups"].append({"id": key, "name": name, "trunks": members})
        return key

    def location(self, name: str, address: Json, time_zone: str, language: str, half: Json | None) -> Json:
        record = {
            "id": self.uuid("location", name),
            "name": name,
            "timeZone": time_zone,
            "preferredLanguage": f"{language[:2]}_{language[3:].upper()}",
            "address": address,
            "calling": half,
        }
        self.tenant["locations"].append(record)
        return record

    def number(self, number: str, location: str, state: str = "ACTIVE") -> str:
        self.tenant["numbers"].append({"number": number, "location": location, "state": state})
        return number

    def person(self, email: str, first: str, last: str, licenses: list[str], calling: Json | None) -> Json:
        record: Json = {
            "id": self.uuid("person", email),
            "emails": [email],
            "displayName": f"{first} {last}",
            "firstName": first,
            "lastName": last,
            "nickName": first,
            "licenses": licenses,
            "roles": [],
            "phoneNumbers": [],
            "created": CREATED,
            "lastModified": CREATED,
            "status": "unknown",
            "calling": calling,
        }
        self.tenant["people"].append(record)
        return record

    def workspace(self, name: str, location: str, kind: str, licenses: list[str], calling: Json | None) -> Json:
        record: Json = {
            "id": self.uuid("workspace", name),
            "displayName": name,
            "location": location,
            "callingType": kind,
            "licenses": licenses,
            "supportedDevices": "collaborationDevices",
            "created": CREATED,
            "calling": calling,
        }
        self.tenant["workspaces"].append(record)
        return record


def forwarding(destination: str, *, rings: int | None = None) -> Json:
    """Always to a destination, or on no answer after so many rings."""
    block: Json = {"enabled": True, "destination": destination, "destinationVoicemailEnabled": False}
    if rings is None:
        return {"always": {**block, "ringReminderEnabled": False}}
    return {"noAnswer": {**block, "numberOfRings": rings}}


def custom_permissions(**actions: str) -> Json:
    """A whole custom set, in which these call types differ from the defaults."""
    blocked = ("INTERNATIONAL", "PREMIUM_SERVICES_I", "PREMIUM_SERVICES_II")
    kinds = ("INTERNAL_CALL", "TOLL_FREE", "NATIONAL", "INTERNATIONAL", "OPERATOR_ASSISTED",
             "CHARGEABLE_DIRECTORY_ASSISTED", "SPECIAL_SERVICES_I", "SPECIAL_SERVICES_II", "PREMIUM_SERVICES_I",
             "PREMIUM_SERVICES_II")  # fmt: skip
    custom = {}
    for kind in kinds:
        action = actions.get(kind, "BLOCK" if kind in blocked else "ALLOW")
        custom[kind] = {"action": action, "transferEnabled": action == "ALLOW"}
    return {"useCustomEnabled": True, "custom": custom}
