"""`reconcile plan`: what apply would do, and why."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from reconciler.cli.options import Access, Repository, colored
from reconciler.errors import Exit
from reconciler.model.selection import Selection

Output = Literal["text", "json", "md", "html"]


def plan(
    *,
    output: Annotated[Output, Parameter(name=["-o", "--output"])] = "text",
    out: Annotated[Path | None, Parameter(name="--out")] = None,
    detailed_exitcode: Annotated[bool, Parameter(name="--detailed-exitcode", negative="")] = False,
    target: Annotated[list[str] | None, Parameter(name="--target", negative="")] = None,
    exclude: Annotated[list[str] | None, Parameter(name="--exclude", negative="")] = None,
    isolate: Annotated[bool, Parameter(name="--isolate", negative="")] = False,
    offline: Annotated[bool, Parameter(name="--offline", negative="")] = False,
    cache: Annotated[bool, Parameter(name="--cache")] = True,
    full: Annotated[bool, Parameter(name=["-v", "--verbose", "--full"], negative="")] = False,
    override: Annotated[list[str] | None, Parameter(name="--override", negative="")] = None,
    rehearse: Annotated[bool, Parameter(name="--rehearse", negative="")] = False,
    require_clean: Annotated[bool, Parameter(name="--require-clean", negative="")] = False,
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Compare desired/ with the tenant and show the ordered operations. This command cannot write.

    Exit codes: 0 planned (with --detailed-exitcode: nothing to do), 2 changes pending, or something cannot be told
    (only with --detailed-exitcode), 3 something is set aside (--isolate), 4 a guard blocks a change or the rehearsal
    meets a refusal, 7 deletes suppressed for an incomplete snapshot.

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
    isolate
        Set aside, by name, what is refused and what rests on it, instead of refusing the whole; it ends with 3 then.
    offline
        Plan against the snapshot in state/, without a request.
    cache
        --no-cache: compare every resource afresh (offline plans).
    full
        Fold and shorten nothing: every change alone, every warning at each, every list and value whole.
    override
        Lift what a guard objects to, by the name behind `lift:` (repeatable). It becomes part of the plan.
    rehearse
        Carry the plan out on a simulated twin of the tenant first, and show what the tenant would refuse.
    require_clean
        Refuse (4) unless all of desired/ is as the commit has it; else the plan is of COMMIT+modified.
    """
    root = repository.root()
    if require_clean:
        from reconciler.repository import provenance

        provenance.refuse_modified(root)
    key = json.dumps(
        [output, str(out), target, exclude, isolate, full, override, rehearse, colored(sys.stdout), _learned(root)]
    )
    selection = Selection(tuple(target or ()), tuple(exclude or ()), isolate)
    cache = cache and output != "json"  # which says when it was made
    known = _remembered(root, key) if offline and cache and not out else None
    if known is None:
        known = _planned(root, access, output, out, selection, override, offline, cache, full, rehearse)
        if offline and cache and not out and json.loads(known.partition("\n")[0])[2]:
            _remember(root, key, known)
    head, _, text = known.partition("\n")
    sys.stdout.write(text)
    sys.stdout.flush()
    code, detailed, _ = json.loads(head)
    return int(detailed if detailed_exitcode else code)


def _planned(
    root: Path,
    access: Access,
    output: Output,
    out: Path | None,
    selection: Selection,
    override: list[str] | None,
    offline: bool,
    cache: bool,
    full: bool,
    rehearse: bool,
) -> str:
    """A line with the exit code, the detailed one, and whether the same files give the same plan again; then the text
    to print."""
    if offline:
        import gc

        gc.disable()  # a short process that leaves no garbage in circles: looking for it among imports is wasted

    from reconciler import pipeline

    if offline:
        made = pipeline.plan_offline(root, selection, tuple(override or ()), cache=cache, meanwhile=_import_the_rest)
    else:
        import asyncio

        made = asyncio.run(pipeline.plan(root, access.tenant(root), selection, tuple(override or ())))

    from reconciler.cli.show import save, shown, stamped
    from reconciler.model.history import UNCHECKED
    from reconciler.planning.ending import exit_code
    from reconciler.planning.reversal import destructive
    from reconciler.repository.local import planned

    if rehearse:
        from reconciler.cli.rehearsing import rehearsed

        made = made.beside(rehearsal=rehearsed(root, None if offline else access.tenant(root), made))
    if output == "json":
        made = stamped(made)
    if out is not None:
        made = save(made, out)
    if made.changes:
        planned.remember(root, made)
    # what protected something before is read from git's history, which is not among those files; git may tell next time
    again = not any(destructive(change) for change in made.changes) and not made.commit.endswith(UNCHECKED)
    detailed = exit_code(made, Exit.CHANGES) or (Exit.CHANGES if made.operations else Exit.OK)
    head = json.dumps([int(exit_code(made)), int(detailed), again])
    return f"{head}\n{shown(made, output, saved=str(out or ''), full=full, color=colored(sys.stdout))}"


def _import_the_rest() -> None:
    """What makes and shows a plan, but compares nothing."""
    for name in (
        "reconciler.planning.incremental.for_plan",
        "reconciler.planning.make",
        "reconciler.cli.show",
        "reconciler.report.view",
        "reconciler.report.text",
    ):
        importlib.import_module(name)


def _learned(root: Path) -> list[int]:
    """When something was last learned of what a plan costs (planning/estimate.py)."""
    files = (root / ".reconcile" / name for name in ("pace.json", "forecast.json"))
    return [file.stat().st_mtime_ns if file.exists() else 0 for file in files]


def _remembered(root: Path, key: str) -> str | None:
    from reconciler.planning.incremental import remembered
    from reconciler.repository import git

    try:
        blob = remembered(root, key + git.head(root))
    except (OSError, ValueError):
        return None  # a folder that cannot be read, a name that is no text: the full run says which
    return blob.decode() if blob is not None else None


def _remember(root: Path, key: str, text: str) -> None:
    from reconciler.planning.incremental import remember
    from reconciler.repository import git, store

    remember(root, key + git.head(root), text.encode(), store.relied_on)
