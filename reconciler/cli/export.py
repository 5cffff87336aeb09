"""`reconcile export`: the tenant as it is, into state/."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from reconciler.cli.options import Access, Repository


def export(
    *,
    kind: Annotated[list[str] | None, Parameter(name="--kind", negative="")] = None,
    out: Annotated[Path | None, Parameter(name="--out")] = None,
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Read the tenant into a normalised, sorted snapshot; an unchanged tenant gives the same bytes.

    Parameters
    ----------
    kind
        Only this kind and its sections (repeatable); default: everything.
    out
        Where to write; default: state/ in the repository.
    """
    from reconciler import desired, pipeline, store
    from reconciler.errors import Exit, UsageError
    from reconciler.kinds import owners

    names = [owner.name for owner in owners()]
    unknown = [name for name in kind or () if name.partition(".")[0] not in names]
    if unknown:
        raise UsageError(f"there is no kind {unknown[0]!r}", do=f"one of: {', '.join(names)}")
    root = repository.root_or_here()
    pinned = ("", root.resolve().name)
    if (root / "desired" / "tenant.yaml").exists():
        org = desired.load_tenant(root).org
        pinned = (org.id, org.name)
    snapshot = asyncio.run(pipeline.export(access.tenant(root), kind or (), pinned))
    target = out or root / "state"
    written = store.write(target, snapshot, sorted(snapshot.kinds))
    for name in sorted(snapshot.kinds):
        gap = f"  incomplete: {snapshot.gaps[name]}" if name in snapshot.gaps else ""
        print(f"{name:<14} {len(snapshot.kinds[name]):>7,}{gap}")
    print(f"{written.summary} in {target}", file=sys.stderr)
    for name, why in sorted(snapshot.gaps.items()):
        print(f"incomplete: {name}: {why}", file=sys.stderr)
    return Exit.INCOMPLETE if snapshot.gaps else Exit.OK
