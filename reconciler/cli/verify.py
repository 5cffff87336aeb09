"""`reconcile verify`: is the tenant as desired?"""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

from cyclopts import Parameter

from reconciler.cli.options import Access, Repository, colored
from reconciler.errors import Exit


def verify(
    *,
    target: Annotated[list[str] | None, Parameter(name="--target", negative="")] = None,
    exclude: Annotated[list[str] | None, Parameter(name="--exclude", negative="")] = None,
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Read back every managed resource and compare it with desired/. This command cannot write.

    Exit codes: 0 everything is as desired, 2 something is not, 7 something could not be read.

    Parameters
    ----------
    target
        Only addresses that match this pattern, and what they depend on (repeatable).
    exclude
        Leave out addresses that match this pattern (repeatable).
    """
    from reconciler import pipeline
    from reconciler.cli.show import shown

    root = repository.root()
    selection = pipeline.Selection(tuple(target or ()), tuple(exclude or ()))
    plan = asyncio.run(pipeline.plan(root, access.tenant(root), selection))
    unread = plan.counts()["cannot_tell"]
    if len(plan.changes) == unread:
        tail = f", {unread} sections cannot be read" if unread else ""
        print(f"verified: {plan.same:,} of {plan.managed:,} managed resources are as desired{tail}")
        return Exit.INCOMPLETE if plan.incomplete else Exit.OK
    sys.stdout.write(shown(plan, "text", color=colored(sys.stdout)))
    return Exit.CHANGES
