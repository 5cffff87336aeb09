"""`reconcile adopt`: current state into desired/."""

from __future__ import annotations

import sys

from reconciler.cli.options import Repository
from reconciler.errors import Exit, UsageError


def adopt(*patterns: str, repository: Repository = Repository()) -> int:
    """Write desired files from the snapshot in state/. Adopting everything and planning then gives no change.

    What is described already is corrected in place, comments kept; the rest gets files by location.
    Exit codes: 0 done, 3 something could not be written and is named.

    Parameters
    ----------
    patterns
        Addresses to adopt, like person/ana@* or 'location/*'; default: everything.
    """
    from reconciler import adopt as adopter
    from reconciler import store

    root = repository.root_or_here()
    snapshot = store.open(root / "state")
    done = adopter.adopt(root, snapshot, snapshot.org, patterns)
    for file, count in done.written.items():
        print(f"{file}  +{count}")
    for line in done.edited:
        print(line)
    for line in done.left:
        print(f"left alone: {line}", file=sys.stderr)
    if not done.matched:
        raise UsageError(
            f"nothing in the snapshot matches {' '.join(patterns)}", do="an address is kind/key; * matches all"
        )
    if not (done.written or done.edited or done.left):
        print("nothing to adopt: everything that matches is described as it is")
    return Exit.PARTIAL if done.left else Exit.OK
