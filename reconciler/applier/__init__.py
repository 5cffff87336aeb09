"""Carrying out a plan: waves, chunks, workers; compare before write; read back after it.

    planned → compared → (as wanted already: verified) → intent on disk → sent → read back → verified | drifted
                       → changed since the plan: stale   → error: read back decides, then again or failed

    scheduling   which operation is carried out when, and which not at all
    steering     pauses, and what ends a run before its end
    pulse        the sign of life
    attempts     one operation: compare, write, read back, and again where the answer is worth it
    reaching     finding an operation's resources in the tenant, and sending its write
    judging      what a reading says of an operation; pure

A run that goes on after an interruption (`resumed`) begins where the journal ends: what is settled is not done again,
what is in doubt (an intent without an outcome) begins as if its answer had been lost, at the reading that decides.

A failed operation takes those with it that need it, by name, and nothing else (design §7).
"""

from __future__ import annotations

from reconciler.applier.scheduling import Applier, chunks
from reconciler.applier.steering import Requests, Steering

__all__ = ["Applier", "Requests", "Steering", "chunks"]
