"""Creations and actions through the SDK: (method, arguments). Models stand as the API would show them; the harness
makes the SDK's objects of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import creations_features
from .arguments import Known

Call = tuple[str, dict[str, Any]]

# Deletions: what comes later here is deleted later (§14); everything else goes first.
ORDER = ("dialPlans", "routeLists", "routeGroups", "trunks", "/schedules", r"workspaces/\{\w+\}$", r"people/\{\w+\}$",
         r"/locations/\{\w+\}$")  # fmt: skip
_EMPLOYEE = "urn:ietf:params:scim:schemas:core:2.0:User"
_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def calls(known: Known) -> Iterator[Call]:
    for part in (_locations, _numbers, _people, _groups, _workspaces, _devices, _routing, creations_features.calls,
                 _announcements, _jobs):  # fmt: skip
        yield from part(known)


def _locations(known: Known) -> Iterator[Call]:
    place = known.places()["London HQ"]
    address = {"address1": "5 New Row", "city": "Bath", "postalCode": "BA1 1AA", "country": "GB"}
    site = {"name": "Bath", "timeZone": "Europe/London", "preferredLanguage": "en_GB", "announcementLanguage": "en_gb"}
    yield "api.locations.create", {
        "name": "Bath", "time_zone": "Europe/London", "preferred_language": "en_GB", "announcement_language": "en_gb",
        "address1": "5 New Row", "city": "Bath", "state": "", "postal_code": "BA1 1AA", "country": "GB",
    }  # fmt: skip
    barn = {"display_name": "Barn", "address": "1 Farm Lane", "country_code": "GB", "city_name": "Bath",
            "latitude": 51.4, "longitude": -2.4}  # fmt: skip
    yield "api.workspace_locations.create", barn
    old = known.first("/workspaceLocations")
    yield "api.workspace_locations.floors.create", {"location_id": old, "floor_number": 2, "display_name": "Attic"}
    yield "api.locations.create_floor", {"location_id": place, "floor_number": 3, "display_name": "Loft"}
    floor = known.get(f"/locations/{place}/floors")["items"][0]
    yield "api.locations.update_floor", {"floor": floor}
    closed = known.places().get("Closed site")
    if closed:
        yield (
            "api.telephony.location.enable_for_calling",
            {
                "location": {
                    **site,
                    "id": closed,
                    "name": "Closed site",
                    "address": address,
                    "preferredLanguage": "en_gb",
                }
            },
        )
    yield "api.telephony.location.generate_password", {"location_id": place}
    yield "api.telephony.location.safe_delete_check_before_disabling_calling_location", {"location_id": place}
    yield "api.telephony.location.validate_extensions", {"location_id": place, "extensions": ["0100", "911", "6999"]}
    yield "api.telephony.location.update_ecbn", {"location_id": place, "selected": "LOCATION_NUMBER"}
    yield "api.telephony.pnc.update", {"location_id": place, "connection_type": "PUBLIC_INTERNET"}
    yield "api.telephony.pstn.configure", {
        "location_id": place, "premise_route_type": "ROUTE_GROUP",
        "premise_route_id": known.first("/telephony/config/premisePstn/routeGroups"),
    }  # fmt: skip


def _numbers(known: Known) -> Iterator[Call]:
    number = "api.telephony.location.number"
    here = {"location_id": known.places()["Manchester"], "phone_numbers": ["+441614960700", "+441614960701"]}
    yield f"{number}.add", here
    yield f"{number}.activate", here
    yield f"{number}.manage_number_state", {**here, "action": "DEACTIVATE"}
    yield f"{number}.remove", here
    yield "api.telephony.pstn.perform_numbers_action", {
        "location_id": known.places()["London HQ"], "action": "modifyService", "numbers": ["+442079460082"]
    }  # fmt: skip
    yield "api.telephony.organisation_access_codes.delete", {"delete_codes": ["2201"]}
    yield "api.telephony.validate_phone_numbers", {"phone_numbers": ["+442079460000", "+1800", "+441632960001"]}
    yield "api.telephony.validate_extensions", {"extensions": ["0100", "911", "6999", "6999"]}


def _people(known: Known) -> Iterator[Call]:
    place = known.places()["London HQ"]
    person = known.people_at(place)[0]
    license = known.license("Professional")
    yield "api.people.create", {
        "settings": {"emails": ["c@example.com"], "firstName": "Con", "lastName": "Tract", "displayName": "Con Tract",
                     "licenses": [license], "locationId": place, "extension": "6901",
                     "phoneNumbers": [{"type": "work", "value": "+442079460085"}]},
        "calling_data": True,
    }  # fmt: skip
    yield (
        "api.licenses.assign_licenses_to_users",
        {
            "person_id": known.uncalled_person(),
            "licenses": [{"id": license, "operation": "add", "properties": {"locationId": place, "extension": "6902"}}],
        },
    )
    user = {"schemas": [_EMPLOYEE], "userName": "s@example.com", "userType": "user", "displayName": "Scim",
            "emails": [{"value": "s@example.com", "type": "work", "primary": True}]}  # fmt: skip
    yield "api.scim.users.create", {"org_id": known.org, "user": user}
    yield "api.scim.users.patch", {
        "org_id": known.org, "user_id": known.first(f"/identity/scim/{known.org}/v2/Users"),
        "operations": [{"op": "replace", "path": "title", "value": "Lead"}],
    }  # fmt: skip
    yield "api.person_settings.numbers.update", {
        "person_id": person,
        "update": {"phoneNumbers": [{"primary": False, "action": "ADD", "external": "+442079460086",
                                     "ringPattern": "NORMAL"}]},
    }  # fmt: skip
    yield "api.person_settings.exec_assistant.configure", {"person_id": person, "setting": "UNASSIGNED"}
    yield "api.person_settings.ecbn.configure", {"entity_id": person, "selected": "LOCATION_ECBN"}
    yield "api.person_settings.schedules.create", {
        "obj_id": person, "schedule": {"name": "Rota", "type": "holidays", "events": []}
    }  # fmt: skip


def _groups(known: Known) -> Iterator[Call]:
    known.forget()  # new locations have brought groups
    user = known.first(f"/identity/scim/{known.org}/v2/Users")
    yield "api.groups.create", {
        "settings": {"displayName": "Cleaners", "members": [{"id": known.calling_people()[0]}]}
    }  # fmt: skip
    yield (
        "api.scim.groups.create",
        {
            "org_id": known.org,
            "group": {"schemas": [_GROUP], "displayName": "Drivers", "members": [{"value": user, "type": "user"}]},
        },
    )
    groups = known.values(f"/identity/scim/{known.org}/v2/Groups", {"org_id": known.org})
    for group in groups[:1]:
        yield "api.scim.groups.patch", {
            "org_id": known.org, "group_id": group, "schemas": [_PATCH],
            "operations": [{"op": "replace", "path": "displayName", "value": "Couriers"}],
        }  # fmt: skip
    data = {"schemas": [_EMPLOYEE], "userName": "b@example.com", "userType": "user", "displayName": "Bulk",
            "emails": [{"value": "b@example.com", "type": "work", "primary": True}]}  # fmt: skip
    twice = [{"method": "POST", "path": "/Users", "bulkId": one, "data": data} for one in ("1", "2")]
    yield "api.scim.bulk.bulk_request", {"org_id": known.org, "operations": twice, "fail_on_errors": 5}


def _workspaces(known: Known) -> Iterator[Call]:
    place, workspace = known.places()["London HQ"], known.professional_workspaces()[0]
    yield "api.workspaces.create", {
        "settings": {"displayName": "Annexe", "calling": {"type": "webexCalling", "webexCalling": {
            "locationId": place, "extension": "6903", "licenses": [known.license("Workspaces")]}}}
    }  # fmt: skip
    yield "api.workspace_settings.numbers.update", {
        "workspace_id": workspace,
        "phone_numbers": [{"primary": False, "action": "ADD", "directNumber": "+442079460087", "extension": "6904",
                           "ringPattern": "NORMAL"}],
    }  # fmt: skip
    yield "api.workspace_settings.ecbn.configure", {"entity_id": workspace, "selected": "LOCATION_ECBN"}


def _devices(known: Known) -> Iterator[Call]:
    place, model = known.places()["London HQ"], "DMS Cisco 8845"
    person, room = known.people_at(place)[1], known.professional_workspaces()[0]
    yield "api.devices.activation_code", {"person_id": person, "model": model}
    yield "api.devices.create_by_mac_address", {"mac": "001122334411", "person_id": person, "model": model}
    yield "api.devices.create_by_mac_address", {
        "mac": "001122334412", "workspace_id": room, "model": "2N Customer Managed", "password": "Spring2026Sea!"
    }  # fmt: skip
    yield "api.telephony.devices.validate_macs", {"macs": ["001122334411", "001122334499", "x", "x"]}
    hoteling = {"enabled": True, "limitGuestUse": True, "guestHoursLimit": 4}
    yield "api.person_settings.modify_hoteling_settings_primary_devices", {"person_id": person, "hoteling": hoteling}
    yield "api.workspace_settings.devices.modify_hoteling", {"workspace_id": room, "hoteling": hoteling}
    known.forget()
    for device in known.rows("/devices")[:1]:
        yield "api.devices.modify_device_tags", {"device_id": device["id"], "op": "add", "value": ["Lobby"]}
        phone = device["callingDeviceId"]
        members = known.get(f"/telephony/config/devices/{phone}/members")["members"]
        yield "api.telephony.devices.update_members", {"device_id": phone, "members": members}
    for device in (one for one in known.rows("/devices") if one.get("product", "").startswith("2N")):
        yield "api.telephony.devices.update_third_party_device", {
            "device_id": device["callingDeviceId"], "sip_password": "Autumn2026Sea!"
        }  # fmt: skip


def _routing(known: Known) -> Iterator[Call]:
    pstn, place = "/telephony/config/premisePstn", known.places()["London HQ"]
    trunk, group = known.first(f"{pstn}/trunks"), known.first(f"{pstn}/routeGroups")
    yield "api.telephony.prem_pstn.trunk.create", {"name": "SDK", "location_id": place, "password": "Spring2026Sea"}
    spare = known.last(f"{pstn}/trunks")
    yield "api.telephony.prem_pstn.trunk.update", {"trunk_id": spare, "name": "SDK two", "password": "Spring2026Sea"}
    yield "api.telephony.prem_pstn.trunk.validate_a_trunk", {
        "fqdn_address": "edge", "fqdn_domain": "voice.example.com", "fqdn_port": 5062,
        "trunk_type": "CERTIFICATE_BASED",
    }  # fmt: skip
    yield "api.telephony.prem_pstn.trunk.validate_fqdn_and_domain", {
        "address": "edge", "domain": "voice.example.com", "port": 5062
    }  # fmt: skip
    yield (
        "api.telephony.prem_pstn.route_group.create",
        {"route_group": {"name": "SDK", "localGateways": [{"id": trunk, "priority": 1}]}},
    )
    yield "api.telephony.prem_pstn.dial_plan.create", {
        "name": "SDK", "route_id": group, "route_type": "ROUTE_GROUP", "dial_patterns": ["+351!"]
    }  # fmt: skip
    plan, routes = known.first(f"{pstn}/dialPlans"), known.first(f"{pstn}/routeLists")
    yield "api.telephony.prem_pstn.dial_plan.modify_patterns", {
        "dial_plan_id": plan, "dial_patterns": [{"dialPattern": "+352!", "action": "ADD"}]
    }  # fmt: skip
    yield "api.telephony.prem_pstn.dial_plan.delete_all_patterns", {"dial_plan_id": plan}
    yield "api.telephony.prem_pstn.validate_pattern", {"dial_patterns": ["+353!", "+353!", "oops"]}
    yield "api.telephony.prem_pstn.route_list.create", {"name": "SDK", "location_id": place, "rg_id": group}
    yield "api.telephony.prem_pstn.route_list.update", {"rl_id": routes, "name": "SDK two", "rg_id": group}
    yield "api.telephony.prem_pstn.route_list.update_numbers", {
        "rl_id": routes, "numbers": [{"number": "+442079460088", "action": "ADD"}]
    }  # fmt: skip
    yield "api.telephony.prem_pstn.route_list.delete_all_numbers", {"rl_id": routes}
    pattern = {"name": "SDK", "matchingPattern": "+93XXX", "replacementPattern": "+91987"}
    yield "api.telephony.call_routing.tp.create", {"pattern": pattern}
    yield "api.telephony.call_routing.tp.create", {"pattern": {**pattern, "name": "Here"}, "location_id": place}
    person = known.calling_people()[0]
    for destination in ("0100", "+442079460000", "+4930123456", "88123"):
        yield "api.telephony.test_call_routing", {
            "originator_id": person, "originator_type": "USER", "destination": destination,
            "include_applied_services": True,
        }  # fmt: skip
    virtual = "api.telephony.virtual_extensions"
    range_, extension = (known.first(f"/telephony/config/virtualExtension{end}") for end in ("Ranges", "s"))
    yield f"{virtual}.create_extension", {"display_name": "Sdk", "phone_number": "+442079460903", "extension": "6911"}
    yield f"{virtual}.update_extension", {"extension_id": extension, "display_name": "Sdk two"}
    yield f"{virtual}.create_range", {"name": "SDK", "prefix": "+44207948", "patterns": ["59XX"]}
    yield f"{virtual}.modify_range", {"extension_range_id": range_, "name": "SDK two"}
    yield f"{virtual}.validate_range", {"name": "SDK three", "prefix": "+44207949", "patterns": ["59XX", "59XX"]}
    yield f"{virtual}.validate_external_phone_number", {"phone_numbers": ["+442079460904", "+1800"]}
    yield f"{virtual}.modify_extension_settings", {"mode": "STANDARD"}


def _jobs(known: Known) -> Iterator[Call]:
    place, elsewhere = known.places()["London HQ"], known.places()["Manchester"]
    person, jobs = known.people_at(place)[-1], "/telephony/config/jobs"
    yield "api.jobs.manage_numbers.initiate_job", {
        "operation": "MOVE", "number_list": [{"locationId": place, "numbers": ["+442079460089"]}],
        "target_location_id": elsewhere,
    }  # fmt: skip
    known.forget()
    yield from _steered("api.jobs.manage_numbers", known.first(f"{jobs}/numbers/manageNumbers"))
    moves = [{"locationId": elsewhere, "validate": True, "users": [{"userId": person, "extension": "6921"}]}]
    yield "api.jobs.move_users.validate_or_initiate", {"users_list": moves}
    yield "api.jobs.move_users.validate_or_initiate", {"users_list": [{**moves[0], "validate": False}]}
    known.forget()
    yield from _steered("api.jobs.move_users", known.first(f"{jobs}/person/moveLocation"))
    site = known.places().get("Closed site")
    if site:
        closing = "api.jobs.disable_calling_location"
        yield f"{closing}.initiate", {"location_id": site, "location_name": "Closed site", "force_delete": True}
        known.forget()
        job = known.first(f"{jobs}/locations/deleteCallingLocation")
        yield f"{closing}.pause", {"job_id": job}
        yield f"{closing}.resume", {"job_id": job}
    yield "api.jobs.rebuild_phones.rebuild_phones_configuration", {"location_id": place}
    _look(known)
    tag = {"familyOrModelDisplayName": "Cisco 9861", "tag": "%SOFTKEY_LAYOUT_ENABLED%", "action": "SET",
           "value": "true"}  # fmt: skip
    yield "api.jobs.dynamic_device_settings.update_across_org_or_location", {"tags": [tag], "location_id": place}
    _look(known)
    customization = {"customizations": {}, "customEnabled": False, "updateInProgress": False}
    yield "api.devices.settings_jobs.change", {"location_id": place, "customization": customization}
    _look(known)
    yield "api.jobs.apply_line_key_templates.apply", {"action": "APPLY_DEFAULT_TEMPLATES"}
    yield "api.jobs.activation_emails.start", {"org_id": known.org_id()}


def _look(known: Known) -> None:
    """Every look takes a job further, and of these kinds there is one at a time."""
    for _ in range(3):
        known.forget()
        for kind in ("rebuildPhones", "dynamicDeviceSettings", "callDeviceSettings"):
            known.rows(f"/telephony/config/jobs/devices/{kind}")
        known.rows(f"/identity/organizations/{known.org_id()}/jobs/sendActivationEmails")


def _steered(api: str, job: str) -> Iterator[Call]:
    for action in ("pause", "resume", "pause", "abandon"):
        yield f"{api}.{action}", {"job_id": job}


def _announcements(known: Known) -> Iterator[Call]:
    place = known.places()["London HQ"]
    yield "api.telephony.announcements_repo.generate_upload_url", {}
    for where in ({}, {"location_id": place}):
        yield "api.telephony.announcements_repo.upload_announcement", {
            "name": "Sdk", "file": b"RIFF", "upload_as": "sdk.wav", **where
        }  # fmt: skip
    yield "api.telephony.announcements_repo.modify", {
        "announcement_id": known.first("/telephony/config/announcements"), "name": "Sdk two",
        "file": b"RIFF", "upload_as": "sdk.wav",
    }  # fmt: skip
