"""Call routing for the rich tenant: dial plans, route lists, translation patterns, virtual extensions."""

from __future__ import annotations

from .rich_tenant import Enriched


def trunks_and_groups(rich: Enriched) -> None:
    path = "/telephony/config/premisePstn"
    rich.make(
        "trunks",
        f"{path}/trunks",
        {"name": "Second gateway", "locationId": rich.london, "password": "Spring2026Sea", "trunkType": "REGISTERING"},
        {"name": "Border element", "locationId": rich.london, "password": "Spring2026Sea",
         "trunkType": "CERTIFICATE_BASED", "dualIdentitySupportEnabled": True, "maxConcurrentCalls": 500,
         "deviceType": "Cisco Unified Border Element", "address": "gw", "domain": "voice.example.com", "port": 5061},
    )  # fmt: skip
    for trunk in rich.made["trunks"][:1]:
        gateways = [{"id": trunk, "priority": 1}]
        rich.make(
            "route groups",
            f"{path}/routeGroups",
            {"name": "Spare routes", "localGateways": gateways},
            {"name": "Last resort", "localGateways": gateways},
        )


def plans_and_lists(rich: Enriched) -> None:
    path = "/telephony/config/premisePstn"
    group = rich.listed(f"{path}/routeGroups", "routeGroups")[0]["id"]
    rich.make(
        "dial plans",
        f"{path}/dialPlans",
        {"name": "Abroad", "routeId": group, "routeType": "ROUTE_GROUP", "dialPatterns": ["+49!", "+33!"]},
        {"name": "Depots", "routeId": group, "routeType": "ROUTE_GROUP", "dialPatterns": ["88XX"]},
    )
    rich.make(
        "route lists",
        f"{path}/routeLists",
        {"name": "Campaigns", "locationId": rich.london, "routeGroupId": group},
        {"name": "Reserve", "locationId": rich.manchester, "routeGroupId": group},
    )
    for one in rich.made["route lists"][:1]:
        numbers = [{"number": f"+4420794600{last}", "action": "ADD"} for last in ("81", "82", "83")]
        rich.change("numbers of route lists", f"{path}/routeLists/{one}/numbers", {"numbers": numbers})


def translation_patterns(rich: Enriched) -> None:
    bodies = (
        {"name": "Short code", "matchingPattern": "+91XXX", "replacementPattern": "+91985"},
        {"name": "Old block", "matchingPattern": "+92XXX", "replacementPattern": "+91986"},
    )
    rich.make("translation patterns", "/telephony/config/callRouting/translationPatterns", *bodies)
    local = ({**bodies[0], "name": "Local code"}, {**bodies[1], "name": "Local block"})
    rich.make("translation patterns of locations", rich.within(rich.london, "callRouting/translationPatterns"), *local)


def virtual_extensions(rich: Enriched) -> None:
    rich.make(
        "virtual extensions",
        "/telephony/config/virtualExtensions",
        {"displayName": "Remote desk", "firstName": "Remote", "lastName": "Desk", "phoneNumber": "+442079460901",
         "extension": "5601", "locationId": rich.london},
        {"displayName": "Partner", "firstName": "Partner", "lastName": "Line", "phoneNumber": "+442079460902",
         "extension": "5602"},
    )  # fmt: skip
    rich.make(
        "virtual extension ranges",
        "/telephony/config/virtualExtensionRanges",
        {"name": "Depot range", "prefix": "+44207946", "patterns": ["57XX"], "locationId": rich.london},
        {"name": "Partner range", "prefix": "+44207947", "patterns": ["58XX"]},
    )


STEPS = (trunks_and_groups, plans_and_lists, translation_patterns, virtual_extensions)
