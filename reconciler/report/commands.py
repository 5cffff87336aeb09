"""Commands that somebody is told to type: whole, so that a copy of them works, and quoted for the shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from reconciler.inert import visible
from reconciler.model.plan import Plan


def lifting(names: Iterable[str]) -> list[str]:
    """`--override 'protected:workspace/Room 1'`, one for each."""
    return [visible(f"--override {shlex.quote(name)}") for name in names]


def resuming(run: str, overrides: Iterable[str], *, only_failures: bool = False) -> str:
    """The command that goes on with a run, or does again what failed in it; what its plan lifts has to be given again,
    because a file is nobody's word (applying/readmission.py)."""
    words = ["reconcile resume", *(["--only-failures"] if only_failures else []), visible(run)]
    return " ".join([*words, *lifting(overrides)])


def carrying_out(plan: Plan, saved: str = "") -> str:
    """The command that carries out this plan, or makes it again: `reconcile apply --target 'person/*'`."""
    scope = plan.scope
    safe = ["--only-safe"] if scope.get("only") == ["safe"] else []
    if saved:
        return " ".join([visible(f"reconcile apply {shlex.quote(saved)}"), *safe, *lifting(plan.overrides)])
    words = ["reconcile apply"]
    if "retry" in scope:
        return resuming(scope["retry"][0], plan.overrides, only_failures=True)
    if "undo" in scope:
        words = ["reconcile undo", scope["undo"][0]]
    words += ["--isolate"] if "isolate" in scope else []
    words += [f"--{name} {shlex.quote(p)}" for name in ("target", "exclude") for p in scope.get(name, ())]
    return " ".join([visible(" ".join([*words, *safe])), *lifting(plan.overrides)])
