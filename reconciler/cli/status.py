"""`reconcile status`: what a run has done, what is in doubt, what is left, and the next command."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from reconciler.cli.options import Repository
from reconciler.cli.show import save_report
from reconciler.errors import Exit, ReconcileError


def status(
    run: str = "last",
    *,
    output: Annotated[Literal["text", "json", "md"], Parameter(name=["-o", "--output"])] = "text",
    out: Annotated[Path | None, Parameter(name="--out")] = None,
    repository: Repository = Repository(),
) -> int:
    """Show how far a run came, from its journal alone: no request is made of the tenant. Who holds a lock that other
    clones see (`lock:` in desired/tenant.yaml) is said first, on stderr.

    Exit codes: 0 all of it is done and verified, 3 something failed, drifted, was skipped or is left out, or the run
    is under way, paused, stopped or converging, 130 it was interrupted, 1 its journal was changed after it was written.

    Parameters
    ----------
    run
        The run, whole or its beginning or end; default: the last one.
    output
        How to print it; md is the summary with a section per chunk.
    out
        Save it here instead.
    """
    from reconciler.report.closing import summary_markdown
    from reconciler.report.runs import exit_code, run_json, status_text
    from reconciler.runs import known, lock, summaries

    root = repository.root()
    if said := _elsewhere(root):
        print(said, file=sys.stderr)
    found = known.find(root, run)
    told = run_json(found, held=lock.holder(root), whole=True)
    if "error" not in told:
        told["chunks"] = [chunk.model_dump() for chunk in summaries.chunks(found.plan, found.kept.records)]
    if output == "json":
        text = json.dumps({"format_version": 1, **told}, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    elif output == "md" and "error" not in told:
        summary = summaries.summary(found.plan, found.name, found.kept.records)
        text = summary_markdown(summaries.checked(summary).model_dump())
    else:
        text = status_text(told) + "\n"
    if out is not None:
        save_report(out, text)
    else:
        sys.stdout.write(text)
        sys.stdout.flush()
    return exit_code(found, told["state"]) if told["journal"]["intact"] else Exit.ERROR


def _elsewhere(root: Path) -> str:
    """Who holds the lock that other clones see, where that is nobody in this one; or why nobody can tell."""
    from reconciler.applying.run import seen_by_others
    from reconciler.inert import visible
    from reconciler.runs import lease, lock

    try:
        store = seen_by_others(root)
        owner = lease.holder(store) if store is not None else {}
    except ReconcileError as error:
        return f"who holds the lock of this tenant cannot be told: {visible(error.what)}: {visible(error.why)}"
    mine = lock.holder(root)
    if store is None or not owner or all(owner.get(name) == mine.get(name) for name in ("host", "pid")):
        return ""
    expires = f", without a sign of life it expires {owner['expires']}"
    return f"{store.name} is held by {visible(lease.in_words(owner) + expires)}"
