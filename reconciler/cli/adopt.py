"""`reconcile adopt`: current state into desired/."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from reconciler.cli.options import Repository
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.repository.store import StoredSnapshot


def adopt(*patterns: str, stale: bool = False, full: bool = False, repository: Repository = Repository()) -> int:
    """Write desired files from the snapshot in state/. Adopting everything and planning then gives no change.

    What is described already is corrected in place, comments kept; the rest gets files by location.
    Exit codes: 0 done, 1 desired/ has errors, 3 something could not be written and is named, 4 state/ is of another
    organisation or older than what was applied since, 7 there is nothing to adopt, because nothing could be read.

    Parameters
    ----------
    patterns
        Addresses to adopt, like person/ana@* or 'location/*'; default: everything.
    stale
        Adopt from a snapshot that is older than what was applied since, and take that back in desired/.
    full
        Write fields too that are as the API gives them to whom nobody has configured, so that they stay so.
    """
    from reconciler import adopt as adopter
    from reconciler.inert import visible
    from reconciler.repository import desired, store

    root = repository.root_or_here()
    snapshot = store.open(root / "state", desired.pinned(root)[0])
    done = adopter.adopt(root, snapshot, snapshot.org, patterns, stale=stale, full=full)
    for file, count in done.written.items():
        print(f"{file}  +{count}")
    for line in done.edited:
        print(visible(line))
    for line in done.left:
        print(f"left alone: {visible(line)}", file=sys.stderr)
    if done.pinned:
        print("desired/tenant.yaml  pins the organisation")
    if not done.matched:
        print("nothing to adopt: the snapshot has no resource that can be managed")
        return _nothing_read(snapshot)
    if not (done.written or done.edited or done.left):
        print("nothing to adopt: everything that matches is described as it is")
    return Exit.PARTIAL if done.left else Exit.OK


def _nothing_read(snapshot: StoredSnapshot) -> Exit:
    """Nothing is there, or nothing of it could be read, which is not the same."""
    from reconciler.kinds import owners

    lacking = {kind.name: why for kind in owners() if kind.writable and (why := snapshot.incomplete(kind.name))}
    for name, why in lacking.items():
        print(f"incomplete: {name}: {why}", file=sys.stderr)
    return Exit.INCOMPLETE if lacking else Exit.OK
