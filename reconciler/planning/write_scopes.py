"""Write scopes that a plan needs and its token is known to lack: `plan` warns of them, `apply` refuses before its first
write. Where the token's scopes are not known (webex/scopes.py), neither says anything of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.plan import Plan
from reconciler.planning import forecast
from reconciler.webex import scopes


def refuse_missing(plan: Plan, held: frozenset[str] | None) -> None:
    """AuthError where the plan writes what the token may not; `held` None: what it may is not known."""
    if held is not None and (lacking := scopes.missing(_needs(plan), held)):
        raise scopes.refusal(lacking)


def warnings(plan: Plan, held: frozenset[str] | None) -> list[str]:
    """The same as lines of the plan: who plans need not be who applies."""
    return scopes.warnings(scopes.missing(_needs(plan), held)) if held is not None else []


def _needs(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    for operation, requests in forecast.each(plan):  # how long lists are says nothing of writes
        yield operation.members[0].address if operation.members else operation.id, requests
