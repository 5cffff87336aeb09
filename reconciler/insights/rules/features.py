"""Hunt groups, queues, paging and voicemail groups that do not do what they are there for."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.insights.facts import TenantFacts, addresses, at, members
from reconciler.insights.rule import Hit, Rule, about
from reconciler.model.address import split_address
from reconciler.model.snapshot import Current
from reconciler.model.wording import counted

QUEUE, HUNT = "call_queue", "hunt_group"


def _without(facts: TenantFacts, kind: str, *lists: str) -> Iterator[Hit]:
    for current in facts.all(kind):
        empty = [name for name in lists if members(current, name) == []]
        if empty:
            yield about(current, f"has no {' and no '.join(empty)}")


def _hunt_empty(facts: TenantFacts) -> Iterator[Hit]:
    return _without(facts, HUNT, "agents")


def _queue_empty(facts: TenantFacts) -> Iterator[Hit]:
    return _without(facts, QUEUE, "agents")


def _paging_empty(facts: TenantFacts) -> Iterator[Hit]:
    return _without(facts, "paging_group", "targets", "originators")


def _together_empty(facts: TenantFacts) -> Iterator[Hit]:
    yield from _without(facts, "call_pickup", "agents")
    yield from _without(facts, "call_park", "agents")


def _away(facts: TenantFacts) -> Iterator[Hit]:
    """Queues and hunt groups all of whose agents forward always or have no calling."""
    for kind in (QUEUE, HUNT):
        for current in facts.all(kind):
            agents = addresses(members(current, "agents"))
            reasons = [_reason(facts, agent) for agent in agents]
            if agents and all(reasons):
                forwarding = reasons.count("forwards")
                parts = [counted(forwarding, "agent") + " forward all calls"] if forwarding else []
                without = len(agents) - forwarding
                parts += [counted(without, "agent") + " without calling"] if without else []
                yield about(current, f"nobody is there to answer: {', '.join(parts)}")


def _reason(facts: TenantFacts, address: str) -> str:
    """Why an agent cannot answer; empty when nothing is known against it."""
    kind, key = split_address(address)
    current = facts.get(kind, key) if kind in ("person", "workspace") else None
    if current is None or current.candidates:
        return ""
    if current.facts.get("calling") is False:
        return "no calling"
    return "forwards" if at(current.fields, "forwarding.always.enabled") else ""


def _nobody_joined(facts: TenantFacts) -> Iterator[Hit]:
    for current in facts.all(QUEUE):
        agents = [row for row in members(current, "agents") or () if isinstance(row, dict)]
        if agents and all(row.get("join_enabled") is False for row in agents):
            yield about(current, f"none of its {counted(len(agents), 'agent')} has joined")


def _untold(facts: TenantFacts) -> Iterator[Hit]:
    for current in facts.all("voicemail_group"):
        told = ("notifications", "email_copy_of_message")
        internal = at(current.fields, "message_storage.storage_type") == "INTERNAL"
        if internal and all(at(current.fields, f"{name}.enabled") is False for name in told):
            yield about(current, "nobody is notified of its messages, and no copy is sent")


def _switched_off(facts: TenantFacts) -> Iterator[Hit]:
    for kind in (HUNT, QUEUE, "auto_attendant", "paging_group", "voicemail_group"):
        for current in facts.all(kind):
            if current.fields.get("enabled") is False:
                yield about(current, "is switched off")


def _group_empty(facts: TenantFacts) -> Iterator[Hit]:
    """But for the group that Webex makes for each location, under its name (webex-behaviour.md §2)."""
    made = {location.key for location in facts.all("location")}
    for kind in ("group.members", "group"):
        for current in facts.all(kind):
            if members(current, "members") == [] and current.key not in made:
                yield Hit(f"group/{current.key}", "has no members")


def _line_unused(facts: TenantFacts) -> Iterator[Hit]:
    serving = {
        agent for kind in (QUEUE, HUNT) for one in facts.all(kind) for agent in addresses(members(one, "agents"))
    }
    for line in facts.all("virtual_line"):
        if line.fields.get("number_of_devices_assigned") == 0 and line.address not in serving and not _forwards(line):
            yield about(line, "is on no device and serves no queue or hunt group")


def _forwards(line: Current) -> bool:
    return bool(at(line.fields, "call_forwarding.always.enabled"))


RULES = (
    Rule(
        id="hunt-group-without-agents",
        severity="serious",
        title="Hunt groups without agents",
        why="It takes calls that nobody can answer.",
        fix="Add agents, or delete the hunt group and give its number to somebody.",
        needs=(HUNT,),
        check=_hunt_empty,
    ),
    Rule(
        id="queue-without-agents",
        severity="serious",
        title="Queues without agents",
        why="Callers wait for somebody who is not there.",
        fix="Add agents, or forward the queue until there are some.",
        needs=(QUEUE,),
        check=_queue_empty,
    ),
    Rule(
        id="agents-away",
        severity="serious",
        title="Queues and hunt groups whose agents cannot answer",
        why="All agents forward their calls elsewhere or have no calling, so callers wait in vain.",
        fix="Switch off always-forwarding of the agents, or add agents who are there.",
        needs=("person",),
        check=_away,
    ),
    Rule(
        id="queue-nobody-joined",
        severity="info",
        title="Queues that no agent has joined",
        why="Until one joins, callers only wait. Out of hours that may be meant.",
        fix="Ask the agents to join, or forward the queue out of hours.",
        needs=(QUEUE,),
        check=_nobody_joined,
    ),
    Rule(
        id="paging-without-members",
        severity="warning",
        title="Paging groups without targets or originators",
        why="Nobody hears the announcement, or nobody can make one.",
        fix="Add targets and originators, or delete the paging group.",
        needs=("paging_group",),
        check=_paging_empty,
    ),
    Rule(
        id="pickup-or-park-empty",
        severity="info",
        title="Call pickups and parks without members",
        why="Nobody can use it.",
        fix="Add members, or delete it.",
        check=_together_empty,
    ),
    Rule(
        id="voicemail-group-unheard",
        severity="warning",
        title="Voicemail groups that tell nobody of a message",
        why="Messages pile up in a box that nobody is asked to open.",
        fix="Switch on notifications or an e-mail copy, or delete the box.",
        needs=("voicemail_group",),
        check=_untold,
    ),
    Rule(
        id="feature-disabled",
        severity="info",
        title="Features that are switched off",
        why="Calls to its number fail, and the number is not free for others.",
        fix="Switch it on, or delete it.",
        check=_switched_off,
    ),
    Rule(
        id="group-empty",
        severity="info",
        title="Groups without members",
        why="Settings and licences that go by this group reach nobody.",
        fix="Add members, or delete the group.",
        needs=("location",),
        check=_group_empty,
    ),
    Rule(
        id="virtual-line-unused",
        severity="info",
        title="Virtual lines that nobody uses",
        why="It has a number or an extension that rings nowhere.",
        fix="Put it on a device, make it an agent, or delete it.",
        needs=("virtual_line",),
        check=_line_unused,
    ),
)
