"""`reconcile resume`: finish an interrupted run."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

from cyclopts import Parameter

from reconciler.cli.options import Access, Repository
from reconciler.errors import UsageError


def resume(
    run: str = "last",
    *,
    chunk_size: Annotated[int, Parameter(name="--chunk-size")] = 50,
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Finish an interrupted run of the plan that was approved then. What has an outcome is not done again, what is in
    doubt is resolved by reading, the rest is compared and carried out. Of a finished run nothing is left to do.

    Exit codes: 0 everything verified, 3 something failed, drifted or was skipped, 5 the journal or the plan was
    changed, 6 another run holds the lock, 130 interrupted again.

    Parameters
    ----------
    run
        The run, whole or its beginning or end; default: the last one. See `reconcile runs`.
    chunk_size
        How many operations of a wave are carried out before the next ones start.
    """
    from reconciler import pipeline, runs
    from reconciler.cli.apply import ended, told

    if chunk_size < 1:
        raise UsageError("--chunk-size must be at least 1")
    root = repository.root()
    found = runs.find(root, run)
    found.kept.refuse_broken()
    standing = found.standing
    if not standing.left and found.ended:
        print(f"run {found.name} is finished, nothing is left to do", file=sys.stderr)
    else:
        print(
            f"run {found.name}: {len(standing.settled):,} steps are done, {len(standing.left):,} operations are left,"
            f" {len(standing.doubt):,} of them in doubt",
            file=sys.stderr,
        )
        how = told(already=len(standing.settled))
        applied = asyncio.run(pipeline.resume(root, access.tenant(root), found.name, chunk_size=chunk_size, **how))
        return ended(applied, found.plan, root)
    from reconciler.report.runs import exit_code

    return exit_code(standing)
