"""Tenants as others leave them, as data: `{"names": 3, "aliases": 2, "callbacks": 1, "twins": true}`.

    names      blanks around every so many-th name, letters that are not composed; addresses in capitals
    aliases    so many people have a second address, of which one reads which is theirs by nothing but the order
    callbacks  so many members are whom emergency services call back, for their location and for somebody beside them
    unasked    every so many-th who can call has forwarding and permissions of their own, which a move takes away
    twins      the licences of workspaces, calling and messages are there twice, from two subscriptions; every third
               person has those of the second
    doubles    two workspaces bear one name
    directory  it owns people, as tenant.yaml says; the API refuses every write of a person, or those of their profile
    idle       so many workspaces without calling more, of every type, here and there and nowhere

What is called odd here is the same as the usual to a person who reads it.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from hypothesis import strategies as st

from reconciler.simulator.tenants.builder import custom_permissions

Json = dict[str, Any]
oddities: st.SearchStrategy[Json] = st.fixed_dictionaries(
    {},
    optional={
        "names": st.integers(1, 4),
        "aliases": st.integers(1, 2),
        "callbacks": st.integers(1, 2),
        "unasked": st.integers(1, 3),
        "twins": st.just(True),
        "doubles": st.just(True),
        "idle": st.integers(1, 6),
    },
)
#: A directory leaves little to be done for people, so most tenants have none.
owners: st.SearchStrategy[Json] = st.sampled_from(
    [{}, {}, {}, {}, {"directory": "directory"}, {"directory": "directory_changes"}]
)
#: What workspaces have in place of Webex Calling.
TYPES = ("freeCalling", "hybridCalling", "thirdPartySipCalling", "none", "webexEdgeForDevices")
_MEMBER = "LOCATION_MEMBER_NUMBER"


def put_into(tenant: Json, odd: Json) -> dict[str, str]:
    """Change the tenant; the second address by the primary one of whoever has two."""
    _idle(tenant, odd.get("idle", 0))
    if which := odd.get("names"):
        _names(tenant, which)
    aliases = {}
    for person in _of_calling(tenant)[: odd.get("aliases", 0)]:
        primary = person["emails"][0].lower()
        aliases[primary] = f"old.{primary}"
        person["emails"] = [person["emails"][0], aliases[primary]]
    if each := odd.get("unasked"):
        _unasked(tenant, each)
    _callbacks(tenant, odd.get("callbacks", 0))
    if odd.get("twins"):
        _twins(tenant)
    if odd.get("doubles") and len(tenant["workspaces"]) > 1:
        tenant["workspaces"][-1]["displayName"] = tenant["workspaces"][0]["displayName"]
    if odd.get("directory"):
        tenant["switches"] = {**tenant.get("switches", {}), "people_profile_owner": odd["directory"]}
    return aliases


def settings(odd: Json) -> Json:
    """What tenant.yaml says of such a tenant beside its organisation."""
    return {"identity": "directory"} if odd.get("directory") else {}


def _idle(tenant: Json, count: int) -> None:
    """Names as nobody generates them, so that they are nobody's; every third is nowhere."""
    places = [one["id"] for one in tenant["locations"]]
    for number in range(count):
        place = places[number % len(places)] if places and number % 3 else ""
        record: Json = {"id": f"1d1e0000-0000-4000-8000-{number:012d}", "displayName": f"Idle {number}"}
        record |= {"calling": None, "location": place, "callingType": TYPES[number % len(TYPES)], "licenses": []}
        record |= {"supportedDevices": "collaborationDevices", "created": "2026-01-01T00:00:00.000Z"}
        tenant["workspaces"].append(record)


def _twins(tenant: Json) -> None:
    names = ("Webex Calling - Workspaces", "Webex Calling - Professional", "Messaging")
    second = {}
    for one in [one for one in tenant["licenses"] if one["name"] in names]:
        second[one["id"]] = f"{one['id'][:-4]}beef"
        tenant["licenses"].append({**one, "id": second[one["id"]], "subscriptionId": "Sub-example2"})
    for person in tenant["people"][::3]:
        person["licenses"] = [second.get(one, one) for one in person["licenses"]]


def _names(tenant: Json, which: int) -> None:
    """Every so many-th name."""
    at = 0
    for table, name in (
        ("locations", "name"),
        ("workspaces", "displayName"),
        ("trunks", "name"),
        ("route_groups", "name"),
        ("paging_groups", "name"),
        ("virtual_lines", "lastName"),
    ):
        for record in tenant.get(table, ()):
            at += 1
            if at % which == 0:
                record[name] = _ODD[at % len(_ODD)](record[name])
    for line in tenant.get("virtual_lines", ()):
        line["displayName"] = f"{line['firstName']} {line['lastName']}"
    for person in tenant["people"][1::3] if which % 2 else ():
        person["emails"] = [person["emails"][0].title(), *person["emails"][1:]]


_ODD = (
    lambda text: f"{text} ",
    lambda text: f" {text}",
    lambda text: unicodedata.normalize("NFD", f"{text}é"),
    lambda text: f"{text}\u00a0",
)


def _unasked(tenant: Json, each: int) -> None:
    for record in [one for one in (*tenant["people"], *tenant["workspaces"]) if one.get("calling")][::each]:
        busy = {"enabled": True, "destination": "1001", "destinationVoicemailEnabled": False}
        record["calling"]["forwarding"] = {"busy": busy}
        record["calling"]["outgoingPermission"] = custom_permissions(INTERNATIONAL="ALLOW", TOLL_FREE="BLOCK")


def _callbacks(tenant: Json, count: int) -> None:
    for person in [one for one in _of_calling(tenant) if one["calling"].get("number")][:count]:
        place = person["calling"]["location"]
        half = next(one["calling"] for one in tenant["locations"] if one["id"] == place)
        half["ecbn"] = {"selected": _MEMBER, "member": ["people", person["id"]], "elinExpiryTimeMinutes": 60}
        mates = [one for one in _of_calling(tenant) if one["calling"]["location"] == place and one is not person]
        for mate in mates[:1]:
            mate["calling"]["ecbn"] = {"selected": _MEMBER, "member": ["people", person["id"]]}


def _of_calling(tenant: Json) -> list[Json]:
    admin = tenant["org"]["admin"]
    return [one for one in tenant["people"] if one.get("calling") and one["id"] != admin]
