"""What a plan costs, in words: `8 writes + 22 reads in 2 waves · /people 12, /telephony/config 18`, and the time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.model.budget import Budget
from reconciler.model.plan import Plan
from reconciler.model.wording import counted, duration, number
from reconciler.planning import forecast

_MOST_FAMILIES = 4


def cost_lines(plan: Plan) -> Iterator[tuple[str, str]]:
    """Label and text, for a plan that has operations; the time only where it was estimated."""
    waves = counted(len({operation.wave for operation in plan.operations}), "wave")
    if plan.budget:
        calls, writes = plan.budget.calls, plan.budget.writes
    else:
        requests = forecast.calls(plan)
        writes = sum(count for route, count in requests.items() if not route.startswith("GET "))
        calls = requests.total()
    text = f"{counted(writes, 'write')} + {counted(calls - writes, 'read')} in {waves}"
    if plan.budget:
        yield "calls", f"{text} · {_families(plan.budget)}"
        yield "time", _time(plan.budget)
    else:
        yield "calls", text


def _families(budget: Budget) -> str:
    often = sorted(budget.families, key=lambda name: (-budget.families[name].calls, name))
    told = [f"{name} {number(budget.families[name].calls)}" for name in often[:_MOST_FAMILIES]]
    rest = sum(budget.families[name].calls for name in often[_MOST_FAMILIES:])
    return ", ".join([*told, *([f"others {number(rest)}"] if rest else [])])


def _time(budget: Budget) -> str:
    text = f"{f'~{_short(budget.seconds)}' if budget.seconds >= 1 else 'under 1s'} {_reason(budget)}"
    if budget.jobs and budget.job_seconds:
        text += f", with {counted(budget.jobs, 'job')} of the API, about {_short(budget.job_seconds)} each"
    elif budget.jobs:
        text += f", and {counted(budget.jobs, 'job')} of the API, which takes its own time"
        text = text.replace("which takes", "which take") if budget.jobs > 1 else text
    if budget.past:
        runs = counted(budget.past.runs, "earlier run")
        text += f"; {runs}: {_percent(budget.past.calls)} off in calls, {_percent(budget.past.seconds)} in time"
    return text


def _reason(budget: Budget) -> str:
    decides = budget.families.get(budget.limit)
    if decides is None:
        return f"at {budget.latency:.2g}s per answer"
    words = {"learned": "the observed rate of", "given": "the given rate of", "assumed": "an assumed rate of"}
    return f"at {words[decides.source]} {decides.rate:.3g}/s on {budget.limit}"


def compared_line(compared: Mapping[str, Any]) -> str:
    """`31 calls, 31 estimated; 2.1s, ~2s estimated`; empty where nothing was compared."""
    if not compared:
        return ""
    calls, seconds = compared["calls"], compared["seconds"]
    more = f" and {number(calls['repeated'])} repeated" if calls["repeated"] else ""
    more += f" and {counted(calls['polled'], 'poll')} of jobs" if calls["polled"] else ""
    return (
        f"{counted(calls['counted'], 'call')}{more}, {number(calls['estimated'])} estimated; "
        f"{_short(seconds['counted'])}, ~{_short(seconds['estimated'])} estimated"
    )


def _short(seconds: float) -> str:
    return duration(seconds) if seconds >= 10 else f"{seconds:.1f}s"


def _percent(part: float) -> str:
    return f"{part:.0%}"
