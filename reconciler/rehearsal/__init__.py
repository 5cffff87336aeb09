"""A twin of the tenant, to try a plan on before anyone approves it (what-if).

    tenant ── reading ──┐
                        ├── Known ── document ── a simulator's tenant ── rehearsing ── Rehearsal
    state/ ── recalling ┘

The twin is a tenant document in the simulator's format (simulator/core/store.py says it): data, so that neither side
imports the other. Whoever calls starts the simulator with it. What a client cannot read, a twin cannot know: that is
said with every rehearsal, as "not rehearsed".
"""

from __future__ import annotations

from reconciler.rehearsal.document import tenant_of
from reconciler.rehearsal.facts import KnownTenant, Line
from reconciler.rehearsal.from_snapshot import recall
from reconciler.rehearsal.from_tenant import read
from reconciler.rehearsal.run import Serve, Stage, of_snapshot, of_tenant

__all__ = ["KnownTenant", "Line", "Serve", "Stage", "of_snapshot", "of_tenant", "read", "recall", "tenant_of"]
