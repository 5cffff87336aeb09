"""The stage of a rehearsal: only the command line may start the simulator."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reconciler.model.plan import Plan
    from reconciler.model.rehearsal import Rehearsal
    from reconciler.rehearsal import Stage
    from reconciler.webex.connection import Connection


def rehearsed(root: Path, connection: Connection | None, plan: Plan) -> Rehearsal:
    """What a twin makes of a plan: of the tenant as it is now, without one as `state/` has it."""
    from reconciler import pipeline

    return asyncio.run(pipeline.rehearse(root, connection, plan, _staged))


@contextmanager
def _staged(document: dict[str, Any]) -> Iterator[Stage]:
    """A simulator in this process, whose clock stands until somebody would have to wait."""
    from reconciler.rehearsal import Stage
    from reconciler.simulator import Simulator
    from reconciler.webex.credentials import Credentials

    with Simulator(document) as simulator:
        simulator.run_clock(0)
        yield Stage(Credentials(simulator.base_url, simulator.token), simulator.advance)
