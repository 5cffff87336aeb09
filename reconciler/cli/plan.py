"""`reconcile plan`: what apply would do, and why."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from reconciler.cli.options import Access, Repository, colored
from reconciler.errors import Exit

Output = Literal["text", "json", "md", "html"]


def plan(
    *,
    output: Annotated[Output, Parameter(name=["-o", "--output"])] = "text",
    out: Annotated[Path | None, Parameter(name="--out")] = None,
    detailed_exitcode: Annotated[bool, Parameter(name="--detailed-exitcode", negative="")] = False,
    target: Annotated[list[str] | None, Parameter(name="--target", negative="")] = None,
    exclude: Annotated[list[str] | None, Parameter(name="--exclude", negative="")] = None,
    offline: Annotated[bool, Parameter(name="--offline", negative="")] = False,
    cache: Annotated[bool, Parameter(name="--cache")] = True,
    full: Annotated[bool, Parameter(name="--full", negative="")] = False,
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Compare desired/ with the tenant and show the ordered operations. This command cannot write.

    Exit codes: 0 planned (with --detailed-exitcode: nothing to do), 2 changes pending (only with
    --detailed-exitcode), 4 a guard blocks a change, 7 deletes suppressed for an incomplete snapshot.

    Parameters
    ----------
    output
        How to print the plan.
    out
        Save the plan here, for `reconcile apply PLAN`.
    detailed_exitcode
        Exit 2 when there is something to do.
    target
        Only addresses that match this pattern, and what they depend on (repeatable).
    exclude
        Leave out addresses that match this pattern (repeatable).
    offline
        Plan against the snapshot in state/, without a request.
    cache
        --no-cache: compare every resource afresh (offline plans).
    full
        Show unchanged items of lists and long values whole.
    """
    root = repository.root()
    key = json.dumps([output, str(out), target, exclude, full, colored(sys.stdout)])
    known = _remembered(root, key) if offline and cache and not out else None
    if known is None:
        known = _planned(root, access, output, out, target, exclude, offline, cache, full)
        if offline and cache and not out:
            _remember(root, key, known)
    head, _, text = known.partition("\n")
    sys.stdout.write(text)
    sys.stdout.flush()
    pending, code = json.loads(head)
    return int(code) or (Exit.CHANGES if pending and detailed_exitcode else Exit.OK)


def _planned(
    root: Path,
    access: Access,
    output: Output,
    out: Path | None,
    target: list[str] | None,
    exclude: list[str] | None,
    offline: bool,
    cache: bool,
    full: bool,
) -> str:
    """One line for the exit code (whether there is something to do, and the code), then the text to print."""
    if offline:
        import gc

        gc.disable()  # a short process that leaves no garbage in circles: looking for it among imports is wasted

    from reconciler import pipeline
    from reconciler.cli.show import shown

    selection = pipeline.Selection(tuple(target or ()), tuple(exclude or ()))
    if offline:
        made = pipeline.plan_offline(root, selection, cache=cache)
    else:
        import asyncio

        made = asyncio.run(pipeline.plan(root, access.tenant(root), selection))
    saved = ""
    if out is not None:
        from reconciler.errors import ReconcileError

        try:
            out.write_text(made.dumps(), encoding="utf-8")
        except OSError as error:
            raise ReconcileError("cannot save the plan", where=str(out), why=error.strerror or "") from None
        saved = str(out)
    head = json.dumps([bool(made.operations), int(pipeline.exit_code(made))])
    return f"{head}\n{shown(made, output, saved=saved, full=full, color=colored(sys.stdout))}"


def _remembered(root: Path, key: str) -> str | None:
    from reconciler import git, offline

    try:
        blob = offline.remembered(root, key + git.head(root))
    except (OSError, ValueError):
        return None  # a folder that cannot be read, a name that is no text: the full run says which
    return blob.decode() if blob is not None else None


def _remember(root: Path, key: str, text: str) -> None:
    from reconciler import git, offline

    offline.remember(root, key + git.head(root), text.encode())
