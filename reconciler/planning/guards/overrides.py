"""Lifting findings by name: `rule:subject`, one by one. A name that lifts nothing is a mistake, and told as one."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable

from reconciler.errors import UsageError
from reconciler.model.plan import Finding


def refuse_idle(overrides: Collection[str], findings: Iterable[Finding]) -> None:
    """UsageError when one of these names lifts nothing in this plan."""
    found = list(findings)
    known = sorted({finding.override for finding in found if finding.override})
    for name in overrides:
        if name in known:
            continue
        hard = next((f for f in found if not f.override and name.partition(":")[0] == f.rule), None)
        if hard is not None:
            raise UsageError(
                f"--override {name}: nothing lifts {hard.rule}", why=f"{hard.address}: {hard.why}", do=hard.do
            )
        near = difflib.get_close_matches(name, known, n=1)
        raise UsageError(
            f"--override {name} lifts nothing in this plan",
            why="a name is rule:subject, as the plan prints it behind `lift:`",
            do=f"did you mean {near[0]}?" if near else _offer(known),
        )


def _offer(known: list[str]) -> str:
    if not known:
        return "leave it out: nothing in this plan can be lifted"
    return f"leave it out; what can be lifted here: {', '.join(known[:5])}{' …' if len(known) > 5 else ''}"
