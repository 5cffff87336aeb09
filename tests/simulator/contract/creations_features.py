"""Creations of location features through the SDK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .arguments import Known

Call = tuple[str, dict[str, Any]]


def calls(known: Known) -> Iterator[Call]:
    for part in (_groups, _attendants, _parks, _lines, _schedules):
        yield from part(known)


def _groups(known: Known) -> Iterator[Call]:
    place = known.places()["London HQ"]
    agents = [{"id": one} for one in known.people_at(place)[:2]]
    policies = {"policy": "CIRCULAR", "waitingEnabled": False, "groupBusyEnabled": False,
                "allowMembersToControlGroupBusyEnabled": False,
                "noAnswer": {"nextAgentEnabled": False, "nextAgentRings": 3, "forwardEnabled": False,
                             "numberOfRings": 10, "destinationVoicemailEnabled": False},
                "busyRedirect": {"enabled": False}, "businessContinuityRedirect": {"enabled": False}}  # fmt: skip
    yield (
        "api.telephony.huntgroup.create",
        {
            "location_id": place,
            "settings": {
                "name": "SDK",
                "extension": "6801",
                "enabled": True,
                "callPolicies": policies,
                "agents": agents,
            },
        },
    )
    yield "api.telephony.callqueue.create", {
        "location_id": place,
        "settings": {"name": "SDK", "extension": "6802", "agents": agents,
                     "callPolicies": {"policy": "CIRCULAR", "routingType": "PRIORITY_BASED"},
                     "queueSettings": {"queueSize": 10, "overflow": {"action": "PERFORM_BUSY_TREATMENT"}}},
    }  # fmt: skip
    for feature, path in (("huntgroup", "huntGroups"), ("callqueue", "queues"), ("auto_attendant", "autoAttendants")):
        ids = {"location_id": place, "feature_id": known.at(f"/telephony/config/{path}", place)}
        yield f"api.telephony.{feature}.forwarding.create_call_forwarding_rule", {
            **ids,
            "forwarding_rule": {"name": "SDK", "enabled": True, "callsFrom": {"selection": "ANY"},
                                "callsTo": {"numbers": []},
                                "forwardTo": {"phoneNumber": "+442079460001",
                                              "selection": "FORWARD_TO_SPECIFIED_NUMBER"}},
        }  # fmt: skip
        yield f"api.telephony.{feature}.forwarding.switch_mode_for_call_forwarding", ids
    supervisor = "/telephony/config/supervisors"
    free = known.rows(f"{supervisor}/availableAgents")
    if free:
        yield "api.telephony.supervisors.create", {"id": known.people_at(place)[9], "agents": [free[-1]["id"]]}
        yield "api.telephony.supervisors.assign_unassign_agents", {
            "supervisor_id": known.first(supervisor), "agents": [{"id": free[-2]["id"], "action": "ADD"}]
        }  # fmt: skip
        yield "api.telephony.supervisors.delete_bulk", {"supervisor_ids": [known.last(supervisor)]}
    agent = known.first("/telephony/config/queues/agents")
    for queue in known.rows(f"/telephony/config/queues/agents/{agent}?max=50&start=0")[:1]:
        yield "api.telephony.callqueue.agents.update_call_queue_settings", {
            "id": agent, "settings": [{"queueId": queue["id"], "joinEnabled": True}]
        }  # fmt: skip


def _attendants(known: Known) -> Iterator[Call]:
    menu = {"greeting": "DEFAULT", "extensionEnabled": True,
            "keyConfigurations": [{"key": "0", "action": "EXIT", "value": ""}]}  # fmt: skip
    yield "api.telephony.auto_attendant.create", {
        "location_id": known.places()["London HQ"],
        "settings": {"name": "SDK", "extension": "6803", "businessSchedule": "Opening hours",
                     "businessHoursMenu": menu, "afterHoursMenu": menu},
    }  # fmt: skip


def _parks(known: Known) -> Iterator[Call]:
    place = known.places()["London HQ"]
    yield "api.telephony.pickup.create", {"location_id": place, "settings": {"name": "SDK", "agents": []}}
    park = {"location_id": place, "name": "SDK", "extension": "6804"}
    yield "api.telephony.callpark_extension.create", park
    yield "api.telephony.callpark_extension.update", {
        "location_id": place, "cpe_id": known.at("/telephony/config/callParkExtensions", place), "name": "SDK two"
    }  # fmt: skip


def _lines(known: Known) -> Iterator[Call]:
    place, line = known.places()["London HQ"], known.first("/telephony/config/virtualLines")
    yield "api.telephony.virtual_lines.create", {
        "first_name": "Soft", "last_name": "Line", "location_id": place, "extension": "6805"
    }  # fmt: skip
    yield "api.telephony.virtual_lines.update", {"virtual_line_id": line, "first_name": "Softer"}
    yield "api.telephony.virtual_lines.update_directory_search", {"virtual_line_id": line, "enabled": True}
    yield "api.telephony.virtual_lines.ecbn.configure", {"entity_id": line, "selected": "LOCATION_ECBN"}
    yield "api.telephony.voicemail_groups.create", {
        "location_id": place,
        "settings": {"name": "SDK", "extension": "6806", "firstName": "S", "lastName": "K", "passcode": 274916,
                     "languageCode": "en_us", "messageStorage": {"storageType": "INTERNAL"},
                     "notifications": {"enabled": False}, "faxMessage": {"enabled": False},
                     "transferToNumber": {"enabled": False}, "emailCopyOfMessage": {"enabled": False}},
    }  # fmt: skip


def _schedules(known: Known) -> Iterator[Call]:
    place = known.places()["London HQ"]
    day = {"name": "Boxing Day", "startDate": "2026-12-26", "endDate": "2026-12-26", "allDayEnabled": True}
    yield "api.telephony.schedules.create", {
        "obj_id": place, "schedule": {"name": "SDK", "type": "holidays", "events": [day]}
    }  # fmt: skip
    for api, path in (("telephony", "telephony/config/locations"), ("person_settings", "people")):
        end = "schedules" if api == "telephony" else "features/schedules"
        (bound,) = known.bindings(f"/{path}/{{obj_id}}/{end}/businessHours/{{schedule_id}}", 1)
        yield f"api.{api}.schedules.event_create", {**bound, "schedule_type": "businessHours", "event": day}
        if api == "person_settings":
            week = {"name": "My week", "newName": "Our week", "type": "businessHours", "events": []}
            yield "api.person_settings.schedules.update", {
                **bound, "schedule_type": "businessHours", "schedule": week
            }  # fmt: skip
    closed = next((row["id"] for row in known.rows("/telephony/config/operatingModes") if row["type"] == "HOLIDAY"), "")
    yield (
        "api.telephony.operating_modes.create",
        {"settings": {"name": "SDK", "type": "HOLIDAY", "level": "ORGANIZATION", "holidays": [day]}},
    )
    if closed:
        yield "api.telephony.operating_modes.holiday_create", {"mode_id": closed, "settings": day}
