"""A twin of the tenant, to try a plan on before anyone approves it (what-if).

    tenant ── from_tenant ──┐
                            ├── KnownTenant ── document ── a simulator ── replay ── run ── Rehearsal
    state/ ── from_snapshot ┘

The twin begins with a tenant document in the simulator's format (simulator/core/store.py says it): data, so that
neither side imports the other. Whoever calls starts the simulator with it. It holds a skeleton: what no plan creates,
what others need the ids of, who has numbers. Everything else is written to the twin by the kinds themselves, so that a
new kind is carried as it is. What a client cannot read, a twin cannot know: that is said with every rehearsal, as "not
rehearsed".
"""

from __future__ import annotations

from reconciler.rehearsal.document import tenant_of
from reconciler.rehearsal.facts import KnownTenant, Line
from reconciler.rehearsal.from_snapshot import recall
from reconciler.rehearsal.from_tenant import read
from reconciler.rehearsal.replay import Replay
from reconciler.rehearsal.run import Serve, Stage, of_snapshot, of_tenant

__all__ = ["KnownTenant", "Line", "Replay", "Serve", "Stage", "of_snapshot", "of_tenant", "read", "recall", "tenant_of"]
