"""Runs as they are listed, and one run as it stands; both are views of the same data.

A run is given by its shape, not by its class, because it is read from disk further up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from reconciler.errors import Exit, ReconcileError
from reconciler.inert import visible
from reconciler.model.history import short_commit
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Operation, Plan
from reconciler.model.wording import counted, ended, number
from reconciler.report.commands import resuming
from reconciler.report.heartbeat import holder_line
from reconciler.report.outcomes import again

_SHOWN = 10
#: Addresses that say what a run was about.
_NAMED = 2


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
    def doubt(self) -> Mapping[str, Mapping[str, Any]]: ...
    @property
    def under_way(self) -> Mapping[str, set[str]]: ...
    @property
    def unlooked(self) -> list[str]: ...
    @property
    def over(self) -> bool: ...
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
    def ending(self) -> tuple[str, str]: ...
    @property
    def kept(self) -> _Kept: ...
    @property
    def plan(self) -> Plan: ...
    @property
    def standing(self) -> _Standing: ...


def run_json(run: _Run, *, held: Mapping[str, Any], whole: bool = False) -> dict[str, Any]:
    """What is known of a run. `held` is what the lock says (lock.holder); `whole` names the addresses too. A folder
    that cannot be read as a run says so in `error`, and keeps no other from being listed."""
    try:
        plan, standing, kept = run.plan, run.standing, run.kept
    except ReconcileError as error:
        return {"run": run.name, "state": "unreadable", "error": error.what, "journal": {"intact": False}}
    mine = held if held.get("run") == run.name else {}
    ending, why = run.ending
    state = str(mine.get("state", "running")) if mine else ending if not standing.over else "finished"
    told: dict[str, Any] = {
        "run": run.name,
        "at": run.at,
        "plan": plan.digest,
        "commit": plan.commit,
        "content": plan.desired,
        "actions": dict(sorted(Counter(change.action for change in plan.changes).items())),
        "addresses": [change.address for change in plan.changes[:_NAMED]],
        "undoes": plan.scope.get("undo", []),
        "retries": plan.scope.get("retry", []),
        "approval": dict(kept.records[0].get("approval") or {}) if kept.records else {},
        "state": state if not kept.broken else "broken",
        "why": str(mine.get("why", "")) if mine else why if not standing.over else "",
        "holder": dict(mine),
        "resumed": run.resumed,
        "steps": sum(len(operation.members) for operation in plan.operations),
        "verdicts": standing.verdicts,
        "left": sum(len(operation.members) for operation in standing.left),
        "in_doubt": sum(len(members) for members in standing.doubt.values()),
        "converging": sum(len(addresses) for addresses in standing.under_way.values()),
        "left_out": len(plan.left_out),
        "to_look_at": len(standing.unlooked),
        "journal": {
            "records": len(kept.records),
            "intact": not kept.broken,
            "torn": kept.torn,
            **({"broken_at": kept.broken} if kept.broken else {}),
        },
        "next": _next(run.name, state, standing, bool(kept.broken), plan.overrides),
    }
    if whole:
        told["problems"] = [
            {"address": outcome.address, "verdict": str(outcome.verdict), "why": outcome.why}
            for outcome in standing.settled.values()
            if outcome.verdict is not Verdict.VERIFIED
        ]
        told["addresses_left_out"] = dict(sorted(plan.left_out.items()))
        in_doubt, converging = standing.doubt, standing.under_way
        told["addresses_in_doubt"] = [address for addresses in in_doubt.values() for address in addresses]
        told["addresses_converging"] = [one for name in converging for one in sorted(converging[name])]
        begun = {name: {*in_doubt.get(name, ()), *converging.get(name, ())} for name in (*in_doubt, *converging)}
        told["addresses_left"] = [
            member.address
            for operation in standing.left
            for member in operation.members
            if member.address not in begun.get(operation.id, ())
        ]
    return told


def exit_code(run: _Run, state: str = "interrupted") -> Exit:
    """How a command ends that looks at a run in this state: as the run did, and in part while it is under way."""
    standing = run.standing
    if not standing.over:
        return Exit.INTERRUPTED if state == "interrupted" else Exit.PARTIAL
    verified = all(outcome.verdict is Verdict.VERIFIED for outcome in standing.settled.values())
    return Exit.OK if verified and not run.plan.left_out else Exit.PARTIAL


def runs_text(listed: list[dict[str, Any]], *, verify: bool = False) -> str:
    """How each run stands, and who began it, when and for what, the latest first; with `verify` its journal as well."""
    if not listed:
        return "no runs yet; next: reconcile plan"
    lines = []
    for run in listed:
        words = [visible(run["run"]), run["state"]]
        if "error" not in run:
            words.append(_counts(run))
            words += [f"takes back {visible(run['undoes'][0])}"] if run["undoes"] else []
            words += [f"again what failed in {visible(run['retries'][0])}"] if run["retries"] else []
        lines.append("  ".join(words))
        lines += [f"    {_about(run)}"] if "error" not in run else []
        if verify or not run["journal"]["intact"]:
            lines.append(f"    {_journal(run)}")
    return "\n".join(lines)


def _about(run: dict[str, Any]) -> str:
    """`2026-12-01T09:30:00Z  ana@laptop  update 3: person/a@example.com, person/b@example.com, …  (desired c0ffee)`."""
    kinds = ", ".join(f"{action} {number(count)}" for action, count in run["actions"].items())
    more = ", …" if sum(run["actions"].values()) > len(run["addresses"]) else ""
    what = f"{kinds}: {', '.join(map(visible, run['addresses']))}{more}" if run["addresses"] else "nothing"
    words = [visible(run["at"]), visible(str(run["approval"].get("by") or "somebody")), what]
    return "  ".join([*words, *([f"(desired {visible(short_commit(run['commit']))})"] if run["commit"] else [])])


def status_text(run: dict[str, Any]) -> str:
    """One run as it stands; the last line is the next command."""
    if "error" in run:
        return f"run {visible(run['run'])}: {run['state']}\n  {_journal(run)}"
    other = f", takes back {visible(run['undoes'][0])}" if run["undoes"] else ""
    other += f", again what failed in {visible(run['retries'][0])}" if run["retries"] else ""
    lines = [
        f"run {visible(run['run'])}: {visible(ended(run['state'], run['why'], ', '))}",
        f"  plan      {run['plan'][:12]}{other}",
        f"  began     {visible(run['at'])}"
        + (f", resumed {counted(run['resumed'], 'time')}" if run["resumed"] else ""),
        *([f"  approved  {approval_words(run['approval'])}"] if run["approval"] else []),
        *_under_way(run["holder"]),
        f"  done      {_counts(run)}",
        *([f"  chunks    {_board(run['chunks'])}"] if run.get("chunks") else []),
        f"  {_begun(run)} {number(run['in_doubt'])}{_some(run['addresses_in_doubt'])}",
        *([f"  waits for {_of_tenant(run)}"] if run["converging"] else []),
        f"  left      {number(run['left'] - run['in_doubt'] - run['converging'])}{_some(run['addresses_left'])}",
        *([f"  left out  {number(run['left_out'])}, which the plan does not bring about"] if run["left_out"] else []),
        f"  journal   {_journal(run)}",
    ]
    for address, why in list(run["addresses_left_out"].items())[:_SHOWN]:
        lines.append(f"  ?  {visible(address)}: {visible(why)}")
    for problem in run["problems"][:_SHOWN]:
        lines.append(f"  {problem['verdict']}  {visible(problem['address'])}: {visible(problem['why'])}")
    if len(run["problems"]) > _SHOWN:
        lines.append(
            f"  and {number(len(run['problems']) - _SHOWN)} more: reconcile status {visible(run['run'])} -o json"
        )
    return "\n".join([*lines, f"next: {run['next']}"])


def approval_words(approval: Mapping[str, Any]) -> str:
    """`ana@laptop 2026-11-21T10:00:00+00:00 (prompt), lifted limits:delete`."""
    said = f"{approval.get('by', 'someone')} {approval.get('at', '')} ({approval.get('how', '?')})"
    lifted = ", ".join(map(str, approval.get("overrides") or ()))
    return visible(said + (f", lifted {lifted}" if lifted else ""))


def _under_way(holder: Mapping[str, Any]) -> list[str]:
    """Who carries it out, and how far that process says it is."""
    if not holder:
        return []
    by = f"{visible(str(holder.get('who', 'someone')))} (process {holder.get('pid', '?')})"
    far = holder_line(holder)
    return [f"  by        {by}" + (f": {far}" if far else "")]


def _begun(run: Mapping[str, Any]) -> str:
    """What an intent without an outcome is: in doubt only when its process is gone."""
    return "under way" if run["holder"] else "in doubt "


def _of_tenant(run: dict[str, Any]) -> str:
    return f"{counted(run['converging'], 'step')} that the tenant is still at{_some(run['addresses_converging'])}"


def _counts(run: dict[str, Any]) -> str:
    """`12 of 14 steps: 11 verified, 1 failed`."""
    done = sum(run["verdicts"].values())
    verdicts = ", ".join(f"{number(count)} {verdict}" for verdict, count in run["verdicts"].items())
    return f"{number(done)} of {counted(run['steps'], 'step')}" + (f": {verdicts}" if verdicts else "")


def _board(chunks: list[dict[str, Any]]) -> str:
    """`2 success, 1 running; 40 operations queued`."""
    states = Counter(chunk["state"] for chunk in chunks if chunk["state"] != "queued")
    queued = sum(len(chunk["operations"]) for chunk in chunks if chunk["state"] == "queued")
    told = ", ".join(f"{number(states[state])} {state}" for state in ("success", "error", "running") if states[state])
    return "; ".join([*([told] if told else []), *([f"{counted(queued, 'operation')} queued"] if queued else [])])


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


def _next(name: str, state: str, standing: _Standing, broken: bool, overrides: Sequence[str]) -> str:
    if state in ("running", "pausing", "ending"):
        return "wait for it to end"
    if state == "paused":
        return resuming(name, overrides)
    if broken:
        return "reconcile plan"
    if not standing.over:
        return resuming(name, overrides)
    verdicts = {outcome.verdict for outcome in standing.settled.values()}
    if verdicts <= {Verdict.VERIFIED}:
        return "reconcile verify"
    return again(verdicts, name, overrides)


def _some(addresses: list[str]) -> str:
    if not addresses:
        return ""
    more = f" and {number(len(addresses) - _SHOWN)} more" if len(addresses) > _SHOWN else ""
    return f": {', '.join(visible(address) for address in addresses[:_SHOWN])}{more}"
