"""`reconcile verify`: is the tenant as desired?"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
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

    Exit codes: 0 everything is as desired, 2 something is not, or nobody can tell, 7 a list could not be read.

    Parameters
    ----------
    target
        Only addresses that match this pattern, and what they depend on (repeatable).
    exclude
        Leave out addresses that match this pattern (repeatable).
    """
    from reconciler import pipeline
    from reconciler.cli.show import shown
    from reconciler.inert import visible
    from reconciler.model.selection import Selection
    from reconciler.planning.ending import exit_code

    root = repository.root()
    selection = Selection(tuple(target or ()), tuple(exclude or ()))
    plan = asyncio.run(pipeline.plan(root, access.tenant(root), selection))
    untold = [change for change in plan.changes if change.action == "cannot_tell"]
    if len(plan.changes) == len(untold):
        tail = f", of {len(untold):,} nobody can tell" if untold else ""
        print(f"verified: {plan.same:,} of {plan.managed:,} managed resources are as desired{tail}")
        for change in untold:
            print(visible(f"  ? {change.address}  {change.reason}  ({change.source})"))
        return exit_code(replace(plan, findings=[]), Exit.CHANGES)
    sys.stdout.write(shown(plan, "text", color=colored(sys.stdout)))
    return Exit.CHANGES
