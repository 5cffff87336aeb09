"""What holds for all call queues. API: `/telephony/config/queues/settings` (webex-behaviour.md §14)."""

from __future__ import annotations

from reconciler.kinds.contract.kind import Column, ResourceKind
from reconciler.kinds.contract.observed import Shape, single

KIND = ResourceKind(
    name="call_queue_settings",
    doc="What holds for all call queues of the organisation.",
    requests=("GET /telephony/config/queues/settings",),
    columns=(
        Column("maintain_queue_position_for_sim_ring_enabled", "boolean", "Whether a place in the queue is kept"),
        Column("force_agent_unavailable_on_bounced_enabled", "boolean", "Whether a missed call sets agents away"),
        Column("play_tone_to_agent_for_barge_in_enabled", "boolean", "Whether agents hear that somebody joins"),
        Column("play_tone_to_agent_for_silent_monitoring_enabled", "boolean", "Whether they hear monitoring"),
        Column("play_tone_to_agent_for_supervisor_coaching_enabled", "boolean", "Whether they hear coaching"),
    ),
    scan=single("call_queue_settings", "/telephony/config/queues/settings", Shape()),
)
