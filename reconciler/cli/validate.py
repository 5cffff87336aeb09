"""`reconcile validate`: everything that needs no tenant."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter

from reconciler.cli.options import Repository
from reconciler.errors import Exit


def validate(
    *,
    isolate: Annotated[bool, Parameter(name="--isolate", negative="")] = False,
    repository: Repository = Repository(),
) -> int:
    """Check fields, types, references, duplicates, numbers, extensions, time zones and languages in desired/.

    Prints file:line:col for every error, all of them in one run.
    Exit codes: 0 all of it is valid, 1 there are errors, 3 entries are set aside (--isolate), 4 state/ is of another
    organisation.

    Parameters
    ----------
    isolate
        Say what `plan --isolate` would set aside, by name; errors of whole files stay errors.
    """
    from reconciler.inert import visible
    from reconciler.repository import desired
    from reconciler.repository.desired.insights import load_insights

    root = repository.root()
    loaded = desired.load(root, isolate=isolate)
    load_insights(root)
    for notice in loaded.notices:
        print(visible(f"note: {notice}"), file=sys.stderr)
    for finding in loaded.aside:
        print(visible(f"{finding.address}: set aside: {finding.why}"), file=sys.stderr)
        print(visible(f"  do: {finding.do}"), file=sys.stderr)
    files = len({resource.file for resource in loaded.resources})
    apart = f", {len(loaded.aside)} are set aside" if loaded.aside else ""
    print(f"{len(loaded.resources)} resources in {files} files are valid{apart}")
    return Exit.PARTIAL if loaded.aside else Exit.OK
