"""The features of locations for the rich tenant."""

from __future__ import annotations

from typing import Any

from .rich_tenant import Enriched

Json = dict[str, Any]

_NIGHT = {"type": "holidays", "name": "Bank holidays"}


def virtual_lines(rich: Enriched) -> None:
    rich.make(
        "virtual lines",
        "/telephony/config/virtualLines",
        {"firstName": "Front", "lastName": "Desk", "locationId": rich.london, "extension": "5001"},
        {"firstName": "Night", "lastName": "Bell", "locationId": rich.london, "extension": "5002",
         "phoneNumber": "+442079460080"},
        {"firstName": "Fax", "lastName": "Line", "locationId": rich.new_york, "phoneNumber": "+12125550180"},
    )  # fmt: skip


def schedules(rich: Enriched) -> None:
    week = {"startDate": "2026-11-23", "endDate": "2026-11-23", "startTime": "09:00", "endTime": "17:00",
            "allDayEnabled": False, "recurrence": {"recurForEver": True, "recurWeekly": {
                "recurInterval": 1, "sunday": False, "monday": True, "tuesday": True, "wednesday": True,
                "thursday": True, "friday": True, "saturday": False}}}  # fmt: skip
    christmas = {"name": "Christmas", "startDate": "2026-12-25", "endDate": "2026-12-25", "allDayEnabled": True}
    for place in (rich.london, rich.new_york):
        rich.make(
            "schedules",
            rich.within(place, "schedules"),
            {"type": "businessHours", "name": "Opening hours", "events": [{"name": "Week", **week}]},
            {"type": "businessHours", "name": "Saturday", "events": [{"name": "Odd", **week}]},
            {"type": "holidays", "name": "Bank holidays", "events": [christmas]},
        )
    for person in rich.people[rich.london][:2]:
        rich.make(
            "person schedules",
            f"/people/{person}/features/schedules",
            {"type": "businessHours", "name": "My week", "events": [{"name": "Week", **week}]},
            {"type": "holidays", "name": "Leave", "events": [christmas]},
        )


def _agents(rich: Enriched, place: str, count: int = 3) -> list[Json]:
    return [{"id": person} for person in rich.people[place][:count]]


def hunt_groups(rich: Enriched) -> None:
    policies = {
        "policy": "REGULAR",
        "waitingEnabled": False,
        "groupBusyEnabled": False,
        "allowMembersToControlGroupBusyEnabled": False,
        "noAnswer": {"nextAgentEnabled": True, "nextAgentRings": 5, "forwardEnabled": False, "numberOfRings": 15,
                     "destinationVoicemailEnabled": False},
        "busyRedirect": {"enabled": False},
        "businessContinuityRedirect": {"enabled": False},
    }  # fmt: skip
    for place, stem in ((rich.london, "51"), (rich.new_york, "51")):
        rich.make(
            "hunt groups",
            rich.within(place, "huntGroups"),
            {"name": "Support", "extension": f"{stem}01", "enabled": True, "callPolicies": policies,
             "agents": _agents(rich, place), "languageCode": "en_us", "timeZone": "Europe/London"},
            {"name": "Sales", "extension": f"{stem}02", "enabled": True,
             "callPolicies": {**policies, "policy": "WEIGHTED"},
             "agents": [{**one, "weight": "50"} for one in _agents(rich, place, 2)]},
        )  # fmt: skip


def queues(rich: Enriched) -> None:
    settings = {"queueSize": 25, "callOfferToneEnabled": True, "resetCallStatisticsEnabled": True,
                "overflow": {"action": "PERFORM_BUSY_TREATMENT", "greeting": "DEFAULT"}}  # fmt: skip
    policies = {"routingType": "PRIORITY_BASED", "policy": "CIRCULAR",
                "callBounce": {"callBounceEnabled": True, "callBounceMaxRings": 5},
                "distinctiveRing": {"enabled": True, "ringPattern": "NORMAL"}}  # fmt: skip
    for place in (rich.london, rich.new_york):
        rich.make(
            "call queues",
            rich.within(place, "queues"),
            {"name": "Service desk", "extension": "5201", "callPolicies": policies, "queueSettings": settings,
             "agents": _agents(rich, place), "languageCode": "en_us"},
            {"name": "Orders", "extension": "5202", "callPolicies": policies, "queueSettings": settings,
             "agents": _agents(rich, place, 2)},
        )  # fmt: skip
    for queue in rich.made["call queues"][:1]:
        rich.make(
            "queue dnis",
            rich.within(rich.london, f"queues/{queue}/dnis"),
            {"name": "First line", "extension": "5203", "priority": "0", "ringPattern": "NORMAL"},
            {"name": "Second line", "extension": "5204", "priority": "1", "ringPattern": "NORMAL"},
        )


def supervisors(rich: Enriched) -> None:
    team = rich.people[rich.london]
    for supervisor, agent in ((team[5], team[6]), (team[7], team[8])):
        rich.send("supervisors", "POST", "/telephony/config/supervisors", {"id": supervisor, "agents": [{"id": agent}]})


def attendants(rich: Enriched) -> None:
    def menu(key: str, **more: Any) -> Json:
        keys = [{"key": "0", "action": key, "description": "Desk", **more}, {"key": "9", "action": "EXIT", "value": ""}]
        return {"greeting": "DEFAULT", "extensionEnabled": True, "keyConfigurations": keys}

    for place in (rich.london, rich.new_york):
        rich.make(
            "auto attendants",
            rich.within(place, "autoAttendants"),
            {"name": "Main", "extension": "5301", "businessSchedule": "Opening hours",
             "businessHoursMenu": menu("TRANSFER_WITHOUT_PROMPT", value="5101"),
             "afterHoursMenu": menu("TRANSFER_TO_OPERATOR", value="5102"), "languageCode": "en_us"},
            {"name": "Night", "extension": "5302", "businessSchedule": "Opening hours",
             "businessHoursMenu": menu("REPEAT_MENU", value=""), "afterHoursMenu": menu("REPEAT_MENU", value="")},
        )  # fmt: skip


def forwarding_rules(rich: Enriched) -> None:
    for feature, kind in (("huntGroups", "hunt groups"), ("queues", "call queues"),
                          ("autoAttendants", "auto attendants")):  # fmt: skip
        for one in rich.made[kind][:1]:
            path = rich.within(rich.london, f"{feature}/{one}/callForwarding/selectiveRules")
            rich.make(
                f"forwarding rules of {kind}",
                path,
                *(
                    {"name": name, "enabled": True,
                     "forwardTo": {"phoneNumber": "+442079460001", "selection": "FORWARD_TO_SPECIFIED_NUMBER"},
                     "callsTo": {"numbers": []}, "callsFrom": {"selection": "ANY"}}
                    for name in ("Always out", "Now and then")
                ),
            )  # fmt: skip


def paging_and_parks(rich: Enriched) -> None:
    place, team = rich.london, rich.people[rich.london]
    rich.make(
        "paging groups",
        rich.within(place, "paging"),
        {"name": "Shop floor", "extension": "5401", "originators": team[:2], "targets": team[2:5]},
        {"name": "Stairs", "extension": "5402", "originators": team[:1], "targets": team[3:6]},
    )
    rich.make(
        "call park extensions",
        rich.within(place, "callParkExtensions"),
        {"name": "Park one", "extension": "5411"},
        {"name": "Park two", "extension": "5412"},
    )
    hunt = (rich.made["hunt groups"] or [""])[0]
    rich.make(
        "call parks",
        rich.within(place, "callParks"),
        {"name": "Ground floor", "recall": {"option": "ALERT_PARKING_USER_ONLY"}, "agents": team[:2],
         "parkOnAgentsEnabled": True, "callParkExtensions": rich.made["call park extensions"][:1]},
        {"name": "First floor", "agents": team[2:4],
         "recall": {"option": "ALERT_HUNT_GROUP_ONLY", "huntGroupId": hunt} if hunt
         else {"option": "ALERT_PARKING_USER_ONLY"}},
    )  # fmt: skip
    rich.make(
        "call pickups",
        rich.within(place, "callPickups"),
        {"name": "Desk row", "agents": team[:2], "notificationType": "AUDIO_AND_VISUAL",
         "notificationDelayTimerSeconds": 6},
        {"name": "Window row", "agents": team[2:4]},
    )  # fmt: skip


def voicemail_groups(rich: Enriched) -> None:
    rich.make(
        "voicemail groups",
        rich.within(rich.london, "voicemailGroups"),
        *(
            {"name": name, "extension": extension, "firstName": name, "lastName": "Box", "passcode": "274916",
             "languageCode": "en_us", "messageStorage": {"storageType": "INTERNAL"},
             "notifications": {"enabled": False}, "faxMessage": {"enabled": False},
             "transferToNumber": {"enabled": False}, "emailCopyOfMessage": {"enabled": False}}
            for name, extension in (("Orders box", "5501"), ("Service box", "5502"))
        ),
    )  # fmt: skip


def operating_modes(rich: Enriched) -> None:
    hours = {"startTime": "09:00", "endTime": "17:00", "type": "SAME_HOURS_DAILY", "level": "ORGANIZATION"}
    same = {"mondayToFriday": {"enabled": True, "allDayEnabled": False, "startTime": "09:00", "endTime": "17:00"},
            "saturdayToSunday": {"enabled": False}}  # fmt: skip
    del hours["startTime"], hours["endTime"]
    holidays = [{"name": "Christmas", "allDayEnabled": True, "startDate": "2026-12-25", "endDate": "2026-12-25"}]
    rich.make(
        "operating modes",
        "/telephony/config/operatingModes",
        {"name": "Day", **hours, "sameHoursDaily": same},
        {"name": "Closed", "type": "HOLIDAY", "level": "ORGANIZATION", "holidays": holidays},
        {"name": "Local", **hours, "level": "LOCATION", "locationId": rich.london, "sameHoursDaily": same},
    )


STEPS = (virtual_lines, schedules, hunt_groups, queues, supervisors, attendants, forwarding_rules, paging_and_parks,
         voicemail_groups, operating_modes)  # fmt: skip
