"""`reconcile undo`: plan what takes a run back, show it, and carry it out."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from reconciler.cli.options import Access, Repository, colored
from reconciler.errors import ReconcileError, UsageError

Output = Literal["text", "json", "md", "html"]


def undo(
    run: str,
    *,
    output: Annotated[Output, Parameter(name=["-o", "--output"])] = "text",
    out: Annotated[Path | None, Parameter(name="--out")] = None,
    yes: Annotated[bool, Parameter(name=["-y", "--yes", "--auto-approve"], negative="")] = False,
    chunk_size: Annotated[int, Parameter(name="--chunk-size")] = 50,
    target: Annotated[list[str] | None, Parameter(name="--target", negative="")] = None,
    exclude: Annotated[list[str] | None, Parameter(name="--exclude", negative="")] = None,
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Plan what takes a run back from the pre-images in its journal: created is deleted, changed gets its former
    values, deleted is created anew as far as that goes. What cannot be undone, and what was changed since, is named in
    the plan and left alone. Then ask, carry it out, and read every write back, as apply does.

    Exit codes: those of apply.

    Parameters
    ----------
    run
        The run, whole or its beginning or end, or `last`. See `reconcile runs`.
    output
        How to print the plan.
    out
        Only save the plan here, for `reconcile apply PLAN`.
    yes
        Do not ask.
    chunk_size
        How many operations of a wave are carried out before the next ones start.
    target
        Only addresses that match this pattern (repeatable).
    exclude
        Leave out addresses that match this pattern (repeatable).
    """
    from reconciler import pipeline
    from reconciler.cli.apply import confirm, ended, told
    from reconciler.cli.show import shown

    if chunk_size < 1:
        raise UsageError("--chunk-size must be at least 1")
    root = repository.root()
    tenant = access.tenant(root)
    selection = pipeline.Selection(tuple(target or ()), tuple(exclude or ()))
    made = asyncio.run(pipeline.undo(root, tenant, run, selection))
    if out is not None:
        try:
            out.write_text(made.dumps(), encoding="utf-8")
        except OSError as error:
            raise ReconcileError("cannot save the plan", where=str(out), why=error.strerror or "") from None
    sys.stdout.write(shown(made, output, saved=str(out or ""), color=colored(sys.stdout)))
    sys.stdout.flush()
    if out is not None or not made.operations:
        return pipeline.exit_code(made)
    pipeline.check_plan(root, made)
    if not yes:
        confirm(made)
    applied = asyncio.run(pipeline.apply(root, tenant, made, chunk_size=chunk_size, **told()))
    code = ended(applied, made, root)
    print(
        "desired/ still asks for what was taken back: revert it there, or the next apply does it again", file=sys.stderr
    )
    return code
