"""Runs as they are listed, and one run as it stands; both are views of the same data.

A run is given by its shape, not by its class, because it is read from disk further up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from reconciler.errors import Exit, ReconcileError
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Operation, Plan
from reconciler.report.inert import visible
from reconciler.report.wording import counted, number

_SHOWN = 10


class _Kept(Protocol):
    @property
    def torn(self) -> bool: ...
    @property
    def broken(self) -> int: ...
    @property
    def records(self) -> list[dict[str, Any]]: ...


class _Standing(Protocol):
    @property
    def settled(self) -> dict[str, Outcome]: ...
    @property
    def left(self) -> list[Operation]: ...
    @property
    def doubt(self) -> Mapping[str, Any]: ...
    @property
    def verdicts(self) -> dict[str, int]: ...


class _Run(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def at(self) -> str: ...
    @property
    def resumed(self) -> int: ...
    @property
    def kept(self) -> _Kept: ...
    @property
    def plan(self) -> Plan: ...
    @property
    def standing(self) -> _Standing: ...


def run_json(run: _Run, *, held: str = "", whole: bool = False) -> dict[str, Any]:
    """What is known of a run. `held` is the run that has the lock; `whole` names the addresses too. A folder that
    cannot be read as a run says so in `error`, and keeps no other from being listed."""
    try:
        plan, standing, kept = run.plan, run.standing, run.kept
    except ReconcileError as error:
        return {"run": run.name, "state": "unreadable", "error": error.what, "journal": {"intact": False}}
    state = "running" if held == run.name else "interrupted" if standing.left else "finished"
    told: dict[str, Any] = {
        "run": run.name,
        "at": run.at,
        "plan": plan.digest,
        "undoes": plan.scope.get("undo", []),
        "state": state if not kept.broken else "broken",
        "resumed": run.resumed,
        "steps": sum(len(operation.members) for operation in plan.operations),
        "verdicts": standing.verdicts,
        "left": sum(len(operation.members) for operation in standing.left),
        "in_doubt": sum(len(operation.members) for operation in standing.left if operation.id in standing.doubt),
        "journal": {
            "records": len(kept.records),
            "intact": not kept.broken,
            "torn": kept.torn,
            **({"broken_at": kept.broken} if kept.broken else {}),
        },
        "next": _next(run.name, state, standing, bool(kept.broken)),
    }
    if whole:
        told["problems"] = [
            {"address": outcome.address, "verdict": str(outcome.verdict), "why": outcome.why}
            for outcome in standing.settled.values()
            if outcome.verdict is not Verdict.VERIFIED
        ]
        told["addresses_in_doubt"] = _addresses(op for op in standing.left if op.id in standing.doubt)
        told["addresses_left"] = _addresses(op for op in standing.left if op.id not in standing.doubt)
    return told


def exit_code(standing: _Standing) -> Exit:
    """How a command ends that looks at a run."""
    if standing.left:
        return Exit.INTERRUPTED
    verified = all(outcome.verdict is Verdict.VERIFIED for outcome in standing.settled.values())
    return Exit.OK if verified else Exit.PARTIAL


def runs_text(listed: list[dict[str, Any]], *, verify: bool = False) -> str:
    """One line a run, the latest first; with `verify` another one on its journal."""
    if not listed:
        return "no runs yet; next: reconcile plan"
    lines = []
    for run in listed:
        words = [visible(run["run"]), run["state"]]
        if "error" not in run:
            words.append(_counts(run))
            words += [f"takes back {visible(run['undoes'][0])}"] if run["undoes"] else []
        lines.append("  ".join(words))
        if verify or not run["journal"]["intact"]:
            lines.append(f"    {_journal(run)}")
    return "\n".join(lines)


def status_text(run: dict[str, Any]) -> str:
    """One run as it stands; the last line is the next command."""
    if "error" in run:
        return f"run {visible(run['run'])}: {run['state']}\n  {_journal(run)}"
    lines = [
        f"run {visible(run['run'])}: {run['state']}",
        f"  plan      {run['plan'][:12]}" + (f", takes back {visible(run['undoes'][0])}" if run["undoes"] else ""),
        f"  began     {visible(run['at'])}"
        + (f", resumed {counted(run['resumed'], 'time')}" if run["resumed"] else ""),
        f"  done      {_counts(run)}",
        f"  in doubt  {number(run['in_doubt'])}{_some(run['addresses_in_doubt'])}",
        f"  left      {number(run['left'] - run['in_doubt'])}{_some(run['addresses_left'])}",
        f"  journal   {_journal(run)}",
    ]
    for problem in run["problems"][:_SHOWN]:
        lines.append(f"  {problem['verdict']}  {visible(problem['address'])}: {visible(problem['why'])}")
    if len(run["problems"]) > _SHOWN:
        lines.append(
            f"  and {number(len(run['problems']) - _SHOWN)} more: reconcile status {visible(run['run'])} -o json"
        )
    return "\n".join([*lines, f"next: {run['next']}"])


def _counts(run: dict[str, Any]) -> str:
    """`12 of 14 steps: 11 verified, 1 failed`."""
    done = sum(run["verdicts"].values())
    verdicts = ", ".join(f"{number(count)} {verdict}" for verdict, count in run["verdicts"].items())
    return f"{number(done)} of {counted(run['steps'], 'step')}" + (f": {verdicts}" if verdicts else "")


def _journal(run: dict[str, Any]) -> str:
    journal = run["journal"]
    if "error" in run:
        return visible(run["error"])
    if not journal["intact"]:
        return (
            f"line {journal['broken_at']} does not follow from the one before it: it was changed after it was written"
        )
    torn = ", the last line was torn by a crash" if journal["torn"] else ""
    return f"{counted(journal['records'], 'record')}, the chain holds{torn}"


def _next(name: str, state: str, standing: _Standing, broken: bool) -> str:
    if state == "running":
        return "wait for it to end"
    if broken:
        return "reconcile plan"
    if standing.left:
        return f"reconcile resume {name}"
    verified = all(outcome.verdict is Verdict.VERIFIED for outcome in standing.settled.values())
    return "reconcile verify" if verified else "reconcile plan"


def _addresses(operations: Any) -> list[str]:
    return [member.address for operation in operations for member in operation.members]


def _some(addresses: list[str]) -> str:
    if not addresses:
        return ""
    more = f" and {number(len(addresses) - _SHOWN)} more" if len(addresses) > _SHOWN else ""
    return f": {', '.join(visible(address) for address in addresses[:_SHOWN])}{more}"
