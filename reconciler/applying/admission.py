"""Whether a plan may be carried out here: of this tenant, not blocked; and if it was saved, young enough and made from
the desired files as they are.

What has changed in the tenant since is looked at object by object when the plan is carried out (compare before write).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from reconciler import __version__
from reconciler.errors import RefusedError, StaleError
from reconciler.kinds import managed
from reconciler.model.approval import Approval
from reconciler.model.history import short_commit
from reconciler.model.plan import Finding, Plan
from reconciler.model.remote_id import uuid_of
from reconciler.model.wording import counted
from reconciler.planning.guards import complete, own_admin
from reconciler.planning.order import operations
from reconciler.repository import desired, provenance
from reconciler.repository.desired.files import current
from reconciler.runs.known import find

_AGAIN = "plan again: reconcile plan --out plan.json"
_SAID = 5
#: Clocks of two machines may differ by so much.
_CLOCKS = timedelta(minutes=10)


def fits(root: Path, plan: Plan) -> None:
    """Whether a plan belongs here at all: this version's kinds, this repository's tenant; else StaleError."""
    strange = {operation.kind for operation in plan.operations} - managed().keys()
    if strange:
        raise StaleError(f"this version knows no kind {', '.join(sorted(strange))}", do="plan again with this version")
    pinned = desired.load_tenant(root).org.id
    if uuid_of(pinned) != uuid_of(plan.org_id):
        raise StaleError(
            "this plan is for another organisation",
            why=f"desired/tenant.yaml pins {pinned}, the plan is for {plan.org_id}",
            do="plan again in this repository",
        )


def refuse_altered(root: Path, plan: Plan) -> None:
    """StaleError where a saved plan would carry out something else than it shows: whoever edits one can make its digest
    anew, but people approve what they see."""
    fits(root, plan)
    try:
        sound = all(plan.scope.values()) and _carries_out_what_it_shows(root, plan)
    except (LookupError, TypeError, AttributeError, ValueError):
        sound = False
    if not sound:
        raise StaleError(
            "this plan does not carry out what it shows",
            why=f"its operations are not those that its changes come to: it was edited{_versions(plan)}",
            do=_AGAIN,
        )


def _versions(plan: Plan) -> str:
    if plan.version == __version__:
        return ""
    made = f"version {plan.version}" if plan.version else "an earlier version"
    return f", or {made}, which made it, would carry it out in another way than this one, {__version__}"


def _carries_out_what_it_shows(root: Path, plan: Plan) -> bool:
    blocked = {change.address: bool(change.blocked) for change in plan.changes}
    aside = [finding.address for finding in plan.findings if finding.aside]
    if (aside and "isolate" not in plan.scope) or not all(blocked.get(address, True) for address in aside):
        return False
    told = [operation.to_json() for operation in plan.operations]
    if [one["wave"] for one in told] != sorted(one["wave"] for one in told):
        return False
    if "retry" not in plan.scope:
        # an undo has an order of its own within a wave
        return sorted(told, key=_as_planned) == [operation.to_json() for operation in operations(plan.changes)]
    before = find(root, plan.scope["retry"][0]).plan
    whole = {operation.id: operation.to_json() for operation in before.operations}
    shown = {change.address for change in plan.changes}
    return all(change in before.changes for change in plan.changes) and all(
        {**one, "members": whole[one["id"]]["members"]} == whole[one["id"]]
        and all(member in whole[one["id"]]["members"] and member["address"] in shown for member in one["members"])
        for one in told
    )


def _as_planned(operation: Mapping[str, Any]) -> tuple[int, str, str]:
    return operation["wave"], operation["kind"], operation["id"]


def refuse_other(plan: Plan, approval: Approval | None) -> None:
    """StaleError where somebody approved another plan than this one."""
    if approval is not None and approval.digest != plan.digest:
        raise StaleError("the approval is of another plan", why=f"{approval.digest[:12]}, not {plan.digest[:12]}")


def check_plan(root: Path, plan: Plan) -> None:
    """Whether this plan may be applied here: same tenant, nothing blocked but suppressed deletes."""
    fits(root, plan)
    standing = [finding for finding in plan.findings if not finding.lifted and not finding.aside]
    blocking = [finding for finding in standing if finding.rule != complete.RULE]
    if blocking:
        raise RefusedError(
            f"blocked by {counted(len(blocking), 'finding')} of the guards, so nothing is applied",
            why=_reasons(blocking),
            do="resolve them, lift them by name with --override, or apply the rest with --exclude or --isolate",
        )


def _reasons(blocking: list[Finding]) -> str:
    """Each reason once, with the first address that it is about; the plan above has them all."""
    by_reason: dict[str, list[Finding]] = {}
    for finding in blocking:
        by_reason.setdefault(finding.why, []).append(finding)
    said = [
        f"{found[0].address}{f' and {len(found) - 1} more' if len(found) > 1 else ''}: {why}"
        for why, found in by_reason.items()
    ]
    more = [f"{counted(len(said) - _SAID, 'more reason')}, in the plan above"] if len(said) > _SAID else []
    return "; ".join([*said[:_SAID], *more])


def refuse_stale(root: Path, plan: Plan, max_age: timedelta | None) -> None:
    """StaleError with the first thing that makes a saved plan stale. `max_age` None: whatever its age."""
    fits(root, plan)
    if max_age is not None:
        _age(plan, max_age)
    if "undo" in plan.scope:
        _run(root, plan)
    elif "retry" not in plan.scope:  # that goes on with what was approved then, whatever desired says now
        _desired(root, plan)


def _age(plan: Plan, max_age: timedelta) -> None:
    try:
        age = datetime.now(UTC) - datetime.fromisoformat(plan.made_at)
    except (ValueError, TypeError):
        raise StaleError(
            "this plan does not say when it was made, so nobody can tell whether it is too old",
            do="save plans with: reconcile plan --out plan.json; or apply it with --max-age off",
        ) from None
    if age > max_age:
        raise StaleError(
            f"this plan is {_said(age)} old, and a plan may be at most {_said(max_age)} old",
            why=f"it was made at {plan.made_at}",
            do=f"{_AGAIN}; or say how old it may be with --max-age",
        )
    if age < -_CLOCKS:
        raise StaleError(
            "this plan was made in the future",
            why=f"it says {plan.made_at}",
            do="set the clocks right, then plan again",
        )


def _desired(root: Path, plan: Plan) -> None:
    if current(root) == plan.desired:
        return
    now = provenance.commit(root)
    commits = f"it was made at commit {plan.origin}, here is {short_commit(now)}"
    commits = commits if plan.commit != now else "some were edited since"
    raise StaleError("the desired files are not those that this plan was made from", why=commits, do=_AGAIN)


def _run(root: Path, plan: Plan) -> None:
    """An undo rests on the journal of a run, which may have gone on since."""
    name = plan.scope["undo"][0]
    kept = find(root, name).kept
    if kept.broken or kept.last != plan.desired:
        raise StaleError(
            f"run {name} is not any more as this plan takes it back",
            do=f"plan again: reconcile undo {name} --out plan.json",
        )


def _said(age: timedelta) -> str:
    hours, seconds = divmod(max(0, round(age.total_seconds())), 3600)
    if hours >= 48:
        return f"{hours // 24}d{hours % 24:02d}h"
    return f"{hours}h{seconds // 60:02d}m" if hours else f"{seconds // 60}m{seconds % 60:02d}s"


def refuse_own_admin(plan: Plan, me: frozenset[str]) -> None:
    """RefusedError where a plan would lock out the person whose token it is to be applied with."""
    for finding in own_admin.findings((change for change in plan.changes if not change.blocked), me):
        raise RefusedError(
            "this plan would lock out the admin whose token is used, so nothing is applied",
            where=finding.address,
            why=finding.why,
            do=f"{finding.do}; nothing else lifts this",
        )
