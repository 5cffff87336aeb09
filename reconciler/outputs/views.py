"""Views: tables made of several resources, one row per pair that people ask for (S29)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from reconciler.model.address import split_address
from reconciler.model.snapshot import Current
from reconciler.outputs.source import Source
from reconciler.outputs.tables import Row, Table, TableColumn, fitting

Cells = dict[str, Any]


def views(source: Source) -> list[Table]:
    """The views that the kinds of a source can give."""
    return [table for needed, table in _VIEWS if needed & set(source.names)]


def person_numbers(source: Source) -> Iterator[Cells]:
    """One row per number of a person."""
    for person in source.resources("person"):
        second = (person.fields.get("numbers") or {}).get("secondary") or []
        uses = dict.fromkeys(second, "secondary")
        if person.fields.get("phone_number"):
            uses[person.fields["phone_number"]] = "primary"
        for number, use in sorted(uses.items(), key=lambda item: (item[1], item[0])):
            known = source.get("number", number)
            fields = person.fields | {"person": person.address, "number": number, "use": use}
            yield fields | {"state": known.fields.get("state") if known else None}


def licenses_no_pstn(source: Source) -> Iterator[Cells]:
    """Who has a licence that brings no PSTN: one row per holder and licence."""
    held: dict[tuple[str, str], str] = {}
    for name in ("person", "workspace"):
        for one in source.resources(name):
            names = one.fields.get("licenses") or [one.fields.get("license")]
            held |= {(license, one.address): one.id for license in names if license}
    for assigned in source.resources("license.assigned"):
        for user in assigned.fields.get("users") or []:
            held.setdefault((assigned.key, str(user.get("id"))), "")
    for (license, holder), remote_id in sorted(held.items()):
        if without_pstn(license):
            yield {
                "license": license,
                "license_id": source.id_of(f"license/{license}"),
                "holder": holder,
                "holder_type": "workspace" if holder.startswith("workspace/") else "user",
                "holder_id": remote_id or (source.id_of(holder) if "/" in holder else holder),
            }


def without_pstn(name: str) -> bool:
    """Whether a licence brings no PSTN, which only its name tells."""
    upper = name.upper()
    return "PSTN" not in upper or any(f"{no} PSTN" in upper for no in ("NO", "NON", "SIN"))


def queue_agents(source: Source) -> Iterator[Cells]:
    """One row per agent of a queue; whether they have joined is in the list of agents."""
    for queue in source.resources("call_queue"):
        listed = source.get("call_queue.agents", queue.key)
        joined = {one["id"]: one for one in _members(listed, "agents")}
        agents = {one["id"]: one for one in _members(queue, "agents")}
        for agent in sorted(joined.keys() | agents.keys()):
            both = joined.get(agent, {}) | agents.get(agent, {})
            yield both | {"queue": queue.address, "agent": agent, "location": queue.fields.get("location")}


def group_members(source: Source) -> Iterator[Cells]:
    """One row per member of a group."""
    for group in source.resources("group.members"):
        for member in sorted(_members(group, "members"), key=lambda one: str(one["id"])):
            address = f"group/{group.key}"
            yield member | {"group": address, "group_id": group.id, "member": member["id"], "name": _name(member)}


def _members(current: Current | None, field: str) -> list[Cells]:
    """The members in a list that have an id, once each."""
    found = (current.fields.get(field) if current else None) or []
    members = {one["id"]: one for one in found if isinstance(one, dict) and one.get("id")}
    return list(members.values())


def _name(member: Cells) -> Any:
    return member.get("display_name") or member.get("name") or split_address(str(member["id"]))[1] or None


def _table(name: str, doc: str, key: str, columns: str, make: Callable[[Source], Iterator[Cells]]) -> Table:
    """`columns`: one a line, `name type what it says`."""
    found = []
    for line in columns.strip().splitlines():
        column, type_, said = line.split(None, 2)
        found.append(TableColumn(column, type_, said))

    def rows(source: Source) -> Iterator[Row]:
        for cells in make(source):
            yield tuple(fitting(cells.get(column.name), column.type) for column in found)

    return Table(f"view.{name}", doc, tuple(found), rows, tuple(key.split()))


_VIEWS = (
    ({"person"}, _table("person_numbers", "Numbers of people: one row per number.", "person number", """
        person text Person, by address
        number text E.164
        use text primary or secondary
        state text active or inactive, where the number is in the inventory
        display_name text Name of the person
        location text Location of the person
        extension text Extension of the person
        """, person_numbers)),
    ({"person", "workspace", "license.assigned"}, _table("licenses_no_pstn",
        "Who has a licence that brings no PSTN: its name does not say PSTN, or says no PSTN.", "license holder", """
        license text Licence, by name
        license_id text Remote id of the licence
        holder text Person or workspace, by address
        holder_type text user or workspace
        holder_id text Remote id of the holder
        """, licenses_no_pstn)),
    ({"call_queue"}, _table("queue_agents", "Agents of call queues: one row per queue and agent.", "queue agent", """
        queue text Queue, by address
        agent text Person, workspace or virtual line, by address
        location text Location of the queue
        first_name text First name of the agent
        last_name text Last name of the agent
        phone_number text Number of the agent
        extension text Extension of the agent
        weight text Share of the calls, where the policy is weighted
        skill_level integer Skill, where calls are routed by it
        join_enabled boolean Whether the agent has joined the queue
        """, queue_agents)),
    ({"group.members"}, _table("group_members", "Members of groups: one row per group and member.", "group member", """
        group text Group, by address
        member text Person, by address
        name text Name of the member
        type text user, machine, …
        group_id text Remote id of the group
        """, group_members)),
)  # fmt: skip
