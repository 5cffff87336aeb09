"""Everything else of the rich tenant: announcements, groups, jobs, codes, devices."""

from __future__ import annotations

from .rich_tenant import Enriched


def announcements(rich: Enriched) -> None:
    for path in ("/telephony/config/announcements", rich.within(rich.london, "announcements")):
        rich.make(
            "announcements",
            path,
            *(
                {"name": name, "file": {"fileName": f"{name}.wav", "contentType": "audio/wav", "size": 32000}}
                for name in ("Welcome", "Closed")
            ),
        )
    rich.make(
        "playlists",
        "/telephony/config/announcements/playlists",
        {"name": "Evening", "announcementIds": rich.made["announcements"][:2]},
        {"name": "Morning", "announcementIds": rich.made["announcements"][:1]},
    )


def codes_and_patterns(rich: Enriched) -> None:
    """Access codes and digit patterns of everything that has outgoing permissions."""
    person, room = rich.people[rich.london][0], rich.workspaces[0]
    owners = (
        f"/telephony/config/locations/{rich.london}",
        f"/telephony/config/people/{person}",
        f"/telephony/config/workspaces/{room}",
        f"/telephony/config/virtualLines/{(rich.made['virtual lines'] or [''])[0]}",
    )
    for owner in owners:
        rich.make(
            "digit patterns",
            f"{owner}/outgoingPermission/digitPatterns",
            {"name": "Speaking clock", "pattern": "123", "action": "BLOCK", "transferEnabled": False},
            {"name": "Premium", "pattern": "09!", "action": "AUTH_CODE", "transferEnabled": False},
        )
    codes = [{"code": "2201", "description": "Night"}, {"code": "2202", "description": "Day"}]
    rich.send("access codes", "POST", f"{owners[0]}/outgoingPermission/accessCodes", {"accessCodes": codes})
    rich.send("access codes", "POST", "/telephony/config/outgoingPermission/accessCodes", {"accessCodes": codes})
    for owner in owners[1:]:
        for code in codes:
            rich.send("access codes", "POST", f"{owner}/outgoingPermission/accessCodes", code)


def devices(rich: Enriched) -> None:
    model = "DMS Cisco 8845"
    rich.make(
        "devices",
        "/devices",
        {"mac": "001122334401", "model": model, "personId": rich.people[rich.london][0]},
        {"mac": "001122334402", "model": model, "personId": rich.people[rich.new_york][0]},
        {"mac": "001122334403", "model": model, "workspaceId": rich.workspaces[0]},
    )


def places(rich: Enriched) -> None:
    """Coordinates, which the older API of locations requires, and floors."""
    for latitude, place in enumerate((rich.london, rich.manchester, rich.new_york), 51):
        rich.send("coordinates", "PUT", f"/locations/{place}", {"latitude": latitude, "longitude": -0.5})
        floors = ({"floorNumber": -1, "displayName": "The basement"}, {"floorNumber": 7, "displayName": "Roof"})
        rich.make("floors", f"/locations/{place}/floors", *floors)


def groups(rich: Enriched) -> None:
    members = [{"id": person} for person in rich.people[rich.london][:3]]
    rich.make(
        "groups",
        "/groups",
        {"displayName": "Receptionists", "members": members},
        {"displayName": "Engineers", "members": members[:1]},
    )


def jobs(rich: Enriched) -> None:
    path = "/telephony/config/jobs"
    rich.job(
        "manage numbers jobs",
        f"{path}/numbers/manageNumbers",
        {"operation": "MOVE", "targetLocationId": rich.manchester,
         "numberList": [{"locationId": rich.london, "numbers": ["+442079460084"]}]},
    )  # fmt: skip
    users = [{"userId": rich.people[rich.london][-1], "extension": "5701"}]
    rich.job(
        "move users jobs",
        f"{path}/person/moveLocation",
        {"usersList": [{"locationId": rich.manchester, "validate": False, "users": users}]},
    )
    rich.change("routing prefix jobs", f"/telephony/config/locations/{rich.new_york}", {"routingPrefix": "8209"})
    rich.job("rebuild phones jobs", f"{path}/devices/rebuildPhones", {"locationId": rich.london})
    rich.job(
        "device settings jobs",
        f"{path}/devices/callDeviceSettings",
        {"locationId": rich.london, "locationCustomizationsEnabled": False},
    )
    rich.job(
        "dynamic device settings jobs",
        f"{path}/devices/dynamicDeviceSettings",
        {"locationId": rich.london,
         "tags": [{"familyOrModelDisplayName": "Cisco 9861", "tag": "%SOFTKEY_LAYOUT_ENABLED%", "action": "SET",
                   "value": "true"}]},
    )  # fmt: skip
    rich.job("line key template jobs", f"{path}/devices/applyLineKeyTemplate", {"action": "APPLY_DEFAULT_TEMPLATES"})
    rich.make("activation email jobs", f"/identity/organizations/{rich.org}/jobs/sendActivationEmails", {})


def closed_site(rich: Enriched) -> None:
    """A location that had calling, and the job that ended it."""
    site = {
        "name": "Closed site",
        "timeZone": "Europe/London",
        "preferredLanguage": "en_GB",
        "announcementLanguage": "en_gb",
        "address": {"address1": "4 Gone Lane", "city": "Leeds", "postalCode": "LS1 1AA", "country": "GB"},
    }
    (place,) = rich.make("locations", "/locations", site)
    rich.make("telephony locations", "/telephony/config/locations", {**site, "id": place, "preferredLanguage": "en_gb"})
    rich.job(
        "delete calling location jobs",
        "/telephony/config/jobs/locations/deleteCallingLocation",
        {"locationId": place, "locationName": site["name"], "forceDelete": True},
    )


def recording_job(rich: Enriched) -> None:
    """Only a change of the recording vendor starts one, so where that is not served it comes with the tenant."""
    state = rich.state()
    if not state["jobs"] or any(job["kind"] == "callRecording" for job in state["jobs"]):
        return
    job = {**state["jobs"][-1], "kind": "callRecording", "id": "5d1c3c50-7a3e-4a53-9a0e-2f3a8a1f7c11", "counts": {}}
    rich.load({**state, "jobs": [*state["jobs"], job]})


STEPS = (announcements, codes_and_patterns, devices, places, groups, jobs, closed_site, recording_job)
