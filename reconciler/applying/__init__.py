"""Carrying out a plan: waves, chunks, workers; compare before write; read back after it.

    planned → compared → (as wanted already: verified) → intent on disk → sent → read back → verified | drifted
                       → changed since the plan: stale   → error: read back decides, then again or failed

    schedule        which operation is carried out when, and which not at all
    control         pauses, and what ends a run before its end
    heartbeat       the sign of life
    attempt         one operation: compare, write, read back, and again where the answer is worth it
    tenant_access   finding an operation's resources in the tenant, and sending its write
    verdicts        what a reading says of an operation; pure
    verify          whether what was wanted is there

A run that goes on after an interruption (`resumed`) begins where the journal ends: what is settled is not done again,
what is in doubt (an intent without an outcome) begins as if its answer had been lost, at the reading that decides.

A failed operation takes those with it that need it, by name, and nothing else (design §7).
"""

from __future__ import annotations

from reconciler.applying.control import Requests, Steering
from reconciler.applying.schedule import Applier, chunks

__all__ = ["Applier", "Requests", "Steering", "chunks"]
