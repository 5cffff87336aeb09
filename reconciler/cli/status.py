"""`reconcile status`: what a run has done, what is in doubt, what is left, and the next command."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Literal

from cyclopts import Parameter

from reconciler.cli.options import Repository
from reconciler.errors import Exit


def status(
    run: str = "last",
    *,
    output: Annotated[Literal["text", "json"], Parameter(name=["-o", "--output"])] = "text",
    repository: Repository = Repository(),
) -> int:
    """Show how far a run came, from its journal alone: no request is made.

    Exit codes: 0 all of it is done and verified, 3 something failed, drifted or was skipped, 130 it was interrupted,
    1 its journal was changed after it was written.

    Parameters
    ----------
    run
        The run, whole or its beginning or end; default: the last one.
    output
        How to print it.
    """
    from reconciler import lock
    from reconciler import runs as known
    from reconciler.report.runs import exit_code, run_json, status_text

    root = repository.root()
    found = known.find(root, run)
    told = run_json(found, held=str(lock.holder(root).get("run", "")), whole=True)
    if output == "json":
        print(json.dumps({"format_version": 1, **told}, indent=1, ensure_ascii=False, sort_keys=True))
    else:
        print(status_text(told))
    sys.stdout.flush()
    return exit_code(found.standing) if told["journal"]["intact"] else Exit.ERROR
