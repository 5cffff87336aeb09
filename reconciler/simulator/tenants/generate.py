"""Tenants of any size for performance and property tests: the features of the sample, at scale, from a seed."""

from __future__ import annotations

import random
from typing import Any

from .builder import Builder, Json, custom_permissions, forwarding
from .features import furnish

_ORG = "5d0c9e44-71ab-4f3e-8a1d-{:012x}"
_FIRST = (
    "Ada",
    "Bruno",
    "Chloé",
    "Dmitri",
    "Elif",
    "Frida",
    "Goran",
    "Hana",
    "Íñigo",
    "Jonas",
    "Kaja",
    "Lucía",
)
_LAST = (
    "Abbot",
    "Bergström",
    "Costa",
    "Dubois",
    "Eriksen",
    "Farkaš",
    "Grant",
    "Hoffmann",
    "Ibáñez",
    "Jansen",
)
_SPARE = 20  # free numbers per location, the last ten of them INACTIVE


def generate_tenant(
    people: int, locations: int, workspaces: int, seed: int = 0, *, features: int = 0
) -> dict[str, Any]:
    """`Site 001`…, `person000001@example.com`…, `Room 0001`…; numbers +1 555 and seven digits. 9 of 10 people have
    calling, every second of those a number, and some of them forwarding, second numbers, custom permissions;
    `features` hunt groups, queues and so on are spread over the sites."""
    chance = random.Random(seed)
    build = Builder(_ORG.format(seed), f"Generated {people}", "example.com")
    licenses = build.licenses(factor=1 + (people + workspaces) // 50)
    build.pstn_options()
    sites = _sites(build, locations)
    used = dict.fromkeys(sites, 0)
    number = 5_550_000_000

    def take(site: str, state: str = "ACTIVE") -> str:
        nonlocal number
        number += 1
        return build.number(f"+1{number}", site, state)

    for site in build.tenant["locations"]:
        site["calling"]["callingLineId"]["phoneNumber"] = take(site["id"])
    for index in range(1, people + 1):
        first, last = chance.choice(_FIRST), chance.choice(_LAST)
        block = None
        held = [licenses["MS"]]
        if sites and index % 10:
            site = sites[index % len(sites)]
            block = _block(chance, site, used, take)
            held = [licenses["BCSTD"], licenses["MS"]]
        build.person(f"person{index:06d}@example.com", first, last, held, block)
    for index in range(1, workspaces + 1):
        name = f"Room {index:04d}"
        if not sites or index % 10 == 0:
            build.workspace(name, sites[index % len(sites)] if sites else "", "freeCalling", [], None)
            continue
        site = sites[index % len(sites)]
        offer = "BCCA" if index % 5 == 0 else "BCSTD"
        used[site] += 1
        block = {"location": site, "extension": f"{1000 + used[site]}", "number": None}
        if index % 3 == 0:
            block["number"] = take(site)
        build.workspace(name, site, "webexCalling", [licenses[offer]], block)
    for site in sites:
        for position in range(_SPARE):
            take(site, "INACTIVE" if position >= _SPARE // 2 else "ACTIVE")
    _admin(build, licenses)
    return furnish(build.tenant, features) if features else build.tenant


def _block(chance: random.Random, site: str, used: dict[str, int], take: Any) -> Json:
    used[site] += 1
    block: Json = {"location": site, "extension": f"{1000 + used[site]}", "number": None}
    if chance.random() < 0.5:
        block["number"] = take(site)
        if chance.random() < 0.1:
            block["alternates"] = [{"number": take(site), "ringPattern": "NORMAL"}]
    if chance.random() < 0.1:
        block["forwarding"] = forwarding("1001", rings=4)
    if chance.random() < 0.05:
        block["outgoingPermission"] = custom_permissions(INTERNATIONAL="ALLOW")
    return block


def _admin(build: Builder, licenses: dict[str, str]) -> None:
    """The first person, or somebody of its own in a tenant without people; holds the licence that is in no list."""
    people = build.tenant["people"]
    admin = people[0] if people else build.person("admin@example.com", "Ada", "Admin", [licenses["MS"]], None)
    admin["roles"] = ["id_full_admin"]
    admin["licenses"] = [*admin["licenses"], licenses["WAM"]]
    build.tenant["org"]["admin"] = admin["id"]


def _sites(build: Builder, count: int) -> list[str]:
    """Every tenth site has a trunk; the odd ones go out by the route group of all of them, up to ten."""
    names = [f"Site {index:03d}" for index in range(1, count + 1)]
    keys = [build.uuid("location", name) for name in names]
    trunks = [build.trunk(f"Gateway {names[at][5:]}", keys[at]) for at in range(0, count, 10)]
    group = build.route_group("All Gateways", trunks[:10]) if trunks else ""
    for index, name in enumerate(names):
        kind, route = ("ROUTE_GROUP", group) if index % 2 else ("TRUNK", trunks[index // 10])
        half: Json = {
            "announcementLanguage": "en_us",
            "callingLineId": {"name": name, "phoneNumber": ""},
            "routingPrefix": f"8{index:03d}",
            "outsideDialDigit": "9",
            "enforceOutsideDialDigit": False,
            "voicePortal": "999999",
            "pstn": {"type": "LOCAL_GATEWAY", "routeType": kind, "route": route},
            "internalDialing": {"routeType": kind, "route": route} if index % 4 == 0 else None,
        }
        address = {"address1": f"{index + 1} Generated Road", "city": "Sampleton", "state": "NY",
                   "postalCode": f"{10000 + index}", "country": "US"}  # fmt: skip
        build.location(name, address, "America/New_York", "en_us", half)
    return keys
