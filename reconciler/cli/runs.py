"""`reconcile runs`: the runs of this repository, and how far each came."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Literal

from cyclopts import Parameter

from reconciler.cli.options import Repository
from reconciler.errors import Exit


def runs(
    *,
    output: Annotated[Literal["text", "json"], Parameter(name=["-o", "--output"])] = "text",
    verify: Annotated[bool, Parameter(name="--verify", negative="")] = False,
    repository: Repository = Repository(),
) -> int:
    """List the runs of this repository, the latest first: when, which plan, its verdicts, finished or interrupted.

    Exit codes: 0, 1 with --verify when a journal was changed after it was written.

    Parameters
    ----------
    output
        How to print the list.
    verify
        Follow the hash chain of every journal, and say where one is broken.
    """
    from reconciler.report.runs import run_json, runs_text
    from reconciler.runs import known, lock

    root = repository.root()
    held = lock.holder(root)
    listed = [run_json(run, held=held) for run in known.runs(root)]
    if output == "json":
        print(json.dumps({"format_version": 1, "runs": listed}, indent=1, ensure_ascii=False, sort_keys=True))
    else:
        print(runs_text(listed, verify=verify))
    sys.stdout.flush()
    broken = any(not run["journal"]["intact"] for run in listed)
    return Exit.ERROR if verify and broken else Exit.OK
