"""Call queues: list, details, agents, forwarding. API: `/telephony/config/queues` (§14).

Queues of Customer Assist are hidden without `hasCxEssentials=true`, and alone with it: the list is asked for both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.kinds.contract.kind import Column, ResourceKind, SectionKind
from reconciler.kinds.contract.observed import (
    IN_PLACE,
    MEMBERS,
    Shape,
    detailed,
    in_place,
    joined,
    listed,
    rows_of,
    texts,
)
from reconciler.kinds.contract.traits import Dialled, Listing
from reconciler.kinds.features._forwarding import forwarding

_LIST = "/telephony/config/queues"
_ONE = "/telephony/config/locations/{locationId}/queues/{id}"
_TEMPLATE = "/telephony/config/locations/{locationId}/queues/{queueId}"
#: Where a queue plays files: one after the other, in the order given.
_PLAYED = (
    "overflow",
    "welcome_message",
    "comfort_message",
    "comfort_message_bypass",
    "moh_message.normal_source",
    "moh_message.alternate_source",
    "whisper_message",
)
_FILES = tuple(f"queue_settings.{part}.audio_announcement_files" for part in _PLAYED)
_SHAPE = Shape(
    refs={"agents[].id": MEMBERS, **{f"{files}[].id": ("announcement",) for files in _FILES}},
    ordered=("agents", *_FILES),
)


def _assist(row: Mapping[str, Any]) -> dict[str, str]:
    """The flag without which a queue of Customer Assist is not to be found, and with which no other is."""
    return {"hasCxEssentials": "true"} if row.get("hasCxEssentials") else {}


def _of_queue(row: Mapping[str, Any]) -> dict[str, str]:
    return {"locationId": "{locationId}", "queueId": "{id}", **_assist(row)}


KINDS = (
    ResourceKind(
        name="call_queue",
        listing=Listing(by_location=True),
        dialled=Dialled(),
        doc="Call queues with their agents, policies and messages; those of Customer Assist too.",
        requests=(f"GET {_LIST}", f"GET {_TEMPLATE}"),
        columns=(
            *texts(
                *IN_PLACE,
                ("call_policies.routing_type", "By priority or by skill"),
                ("call_policies.policy", "How calls are given to agents"),
            ),
            Column("enabled", "boolean", "Whether it takes calls"),
            Column("has_cx_essentials", "boolean", "Whether it is a queue of Customer Assist"),
            Column("queue_settings.queue_size", "integer", "How many calls may wait"),
            *texts(("queue_settings.overflow.action", "What becomes of calls beyond that")),
            Column("agents", "list", "Agents in their order, each with its address as id"),
        ),
        scan=joined(
            listed("call_queue", _LIST, "queues", in_place, _SHAPE, max="2000"),
            listed("call_queue", _LIST, "queues", in_place, _SHAPE, max="2000", hasCxEssentials="true"),
        ),
        split="has_cx_essentials",
        detail=detailed(_ONE, _SHAPE, _assist),
    ),
    SectionKind(
        name="call_queue.agents",
        doc="The agents of a queue, with how many queues they serve and have joined.",
        requests=("GET /telephony/config/queues/agents",),
        columns=(
            *texts(("location", "Location of the queue")),
            Column("agents", "list", "Agents: address as id, number, queues served, joined and left"),
        ),
        of="call_queue",
        look=rows_of(
            "call_queue.agents",
            "/telephony/config/queues/agents",
            "agents",
            "agents",
            Shape(refs={"agents[].id": MEMBERS}),
            _of_queue,
            ends_404=True,
            max="2000",
        ),
        paged="agents",
    ),
    forwarding("call_queue", "a call queue", _ONE, _TEMPLATE),
)
