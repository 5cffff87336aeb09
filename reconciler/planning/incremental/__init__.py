"""Plans without the tenant: `desired/` against the snapshot in `state/`, as little of both as has changed.

`for_plan` says what a plan is made from, `evaluating` compares; `remembered` and `remember` answer a whole run again
while nothing has changed. The latter two need the standard library only: they are asked before anything heavy is
imported.
"""

from reconciler.planning.incremental.whole_answer import remember, remembered

__all__ = ["remember", "remembered"]
