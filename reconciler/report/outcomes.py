"""The end of an apply as it is shown, and as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.inert import visible
from reconciler.masking import redacted
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import FORMAT_VERSION, Plan
from reconciler.model.wording import counted, number
from reconciler.report.commands import resuming
from reconciler.report.fields import value_text
from reconciler.report.view import Fact

_SIGNS = {
    Verdict.VERIFIED: "ok",
    Verdict.CONVERGING: "wait",
    Verdict.DRIFTED: "DRIFTED",
    Verdict.FAILED: "FAILED",
    Verdict.SKIPPED: "skip",
    Verdict.STALE: "STALE",
    Verdict.UNKNOWN: "UNKNOWN",
}
_PAST = {"create": "created", "update": "updated", "delete": "deleted", "move": "moved"}
#: Worst first: what needs a person, then what a second apply mends, then what only needs time.
_ORDER = (
    Verdict.UNKNOWN,
    Verdict.FAILED,
    Verdict.DRIFTED,
    Verdict.STALE,
    Verdict.SKIPPED,
    Verdict.CONVERGING,
    Verdict.VERIFIED,
)
_STATUS = {
    Verdict.VERIFIED: "executed",
    Verdict.CONVERGING: "executed",
    Verdict.DRIFTED: "error",
    Verdict.FAILED: "error",
    Verdict.UNKNOWN: "error",
    Verdict.STALE: "rejected",
    Verdict.SKIPPED: "skipped",
}
#: So many are named of those that were skipped for the same reason.
_FEW = 5
STATUSES = ("executed", "dry_run", "skipped", "rejected", "error")


@dataclass(frozen=True, slots=True)
class OutcomeProblem:
    """An outcome that is not verified, or beside which something else changed: what it is about, and the lines that
    explain it. `bad`: neither good nor just waiting."""

    headline: str
    detail: tuple[str, ...]
    bad: bool


@dataclass(frozen=True, slots=True)
class OutcomesView:
    verdict: str
    counts: tuple[Fact, ...]
    problems: tuple[OutcomeProblem, ...]
    last: str


def outcomes_view(
    outcomes: Iterable[Outcome], *, run: str = "", resumable: bool = False, overrides: Iterable[str] = ()
) -> OutcomesView:
    """What an apply came to; the counts name every verdict, so that a zero can be seen. `resumable`: it was cut off.
    `overrides` are those of its plan."""
    done = list(outcomes)
    by_verdict = Counter(outcome.verdict for outcome in done)
    wrong = [outcome for outcome in done if outcome.verdict is not Verdict.VERIFIED or outcome.also]
    wrong.sort(key=lambda outcome: (_ORDER.index(outcome.verdict), outcome.address))
    head = f"run {visible(run)}: " if run else ""
    return OutcomesView(
        verdict=f"{head}{number(by_verdict[Verdict.VERIFIED])} of {counted(len(done), 'result')} verified",
        counts=tuple(Fact(str(verdict), number(by_verdict[verdict])) for verdict in Verdict),
        problems=tuple(_problems(wrong)),
        last=f"next: {resuming(run, overrides) if resumable else _next(set(by_verdict), run, overrides)}",
    )


def _problems(wrong: list[Outcome]) -> Iterator[OutcomeProblem]:
    """Each of them; of what was skipped for one and the same reason a few stand for the rest."""
    alike = Counter(outcome.why for outcome in wrong if outcome.verdict is Verdict.SKIPPED)
    shown: Counter[str] = Counter()
    for outcome in wrong:
        if outcome.verdict is Verdict.SKIPPED and alike[outcome.why] > _FEW + 1:
            shown[outcome.why] += 1
            if shown[outcome.why] > _FEW:
                if shown[outcome.why] == alike[outcome.why]:
                    yield OutcomeProblem(
                        f"skip {number(alike[outcome.why] - _FEW)} more", (f"why: {visible(outcome.why)}",), False
                    )
                continue
        yield _problem(outcome)


def progress_words(outcome: Outcome) -> str:
    """`ok person/ana@example.com updated, verified in 0.8s`; `FAILED person/… update: why`."""
    start = f"{_SIGNS[outcome.verdict]} {visible(outcome.address)}"
    if outcome.verdict is Verdict.VERIFIED:
        done = _PAST.get(outcome.action, visible(outcome.action)) if outcome.wrote else "already as wanted"
        return f"{start} {done}, verified in {outcome.seconds:.1f}s"
    why = f": {visible(outcome.why)}" if outcome.why else ""
    return f"{start} {visible(outcome.action)} {outcome.verdict}{why}"


def summary_json(outcomes: Iterable[Outcome], plan: Plan, run: str) -> dict[str, Any]:
    """One result per outcome, and one per change without an outcome, so that the totals are the sum of the results.

    Changes without an outcome: blocked are `rejected`, cannot tell are `skipped`, the rest `dry_run` where
    there was no run (`run` empty) and `skipped` where the run ended before them.
    """
    results = [_result(outcome) for outcome in outcomes]
    reached = {result["address"] for result in results}
    results += [
        _unreached(c.address, c.action, c.blocked, c.reason, run) for c in plan.changes if c.address not in reached
    ]
    by_status = Counter(result["status"] for result in results)
    by_verdict = Counter(result["verdict"] for result in results)
    return {
        "format_version": FORMAT_VERSION,
        "run": run,
        "plan": plan.digest,
        "org": {"id": plan.org_id, "name": plan.org_name},
        "desired": {"commit": plan.commit, "fingerprint": plan.desired},
        "totals": {"results": len(results), **{status: by_status[status] for status in STATUSES}},
        "verdicts": dict(sorted(by_verdict.items())),
        "counts": plan.counts(),
        "results": results,
    }


def _result(outcome: Outcome) -> dict[str, Any]:
    data = outcome.to_json()
    for name in data.keys() & {"fields", "also"}:
        data[name] = redacted(data[name])
    return {**data, "status": _STATUS[outcome.verdict], "seconds": round(outcome.seconds, 3)}


def _unreached(address: str, action: str, blocked: str, reason: str, run: str) -> dict[str, Any]:
    if blocked:
        verdict, status, why = "blocked", "rejected", blocked
    elif action == "cannot_tell":
        verdict, status, why = "cannot_tell", "skipped", reason
    elif run:
        verdict, status, why = "not_reached", "skipped", "the run ended before it"
    else:
        verdict, status, why = "planned", "dry_run", reason
    return {
        "address": address,
        "operation": "",
        "action": action,
        "verdict": verdict,
        "wrote": False,
        "why": why,
        "status": status,
    }


def _problem(outcome: Outcome) -> OutcomeProblem:
    detail = [f"why: {visible(outcome.why)}"] if outcome.why else []
    detail += [_wanted_and_found(path, value) for path, value in outcome.fields.items()]
    detail += [f"also changed: {_before_and_after(path, value)}" for path, value in outcome.also.items()]
    told = outcome.tracking_id in outcome.why
    detail += [] if told else [f"tracking id {visible(outcome.tracking_id)}"]
    headline = f"{_SIGNS[outcome.verdict]} {visible(outcome.address)}  {visible(outcome.action)}  {outcome.verdict}"
    good = (Verdict.CONVERGING, Verdict.SKIPPED, Verdict.VERIFIED)
    return OutcomeProblem(headline, tuple(detail), outcome.verdict not in good)


def _before_and_after(path: str, value: Any) -> str:
    """`extension: "100" -> (none)`; `value` holds {"before": …, "after": …}."""
    return f"{visible(path)}: " + " -> ".join(value_text(value[side], path=path) for side in ("before", "after"))


def _wanted_and_found(path: str, value: Any) -> str:
    """`fields` holds `{name: {"wanted": …, "found": …}}`; the name is empty when it is about the whole resource."""
    sides = value if isinstance(value, dict) and value.keys() == {"wanted", "found"} else {"wanted": value}
    text = ", ".join(f"{side} {value_text(said, path=path)}" for side, said in sides.items())
    return f"{visible(path)}: {text}" if path else text


def _next(verdicts: set[Verdict], run: str, overrides: Iterable[str]) -> str:
    return again(verdicts, run, overrides) if run else "reconcile plan"


def again(verdicts: set[Verdict], run: str, overrides: Iterable[str]) -> str:
    """After a run of which nothing is left: only what failed once more, or a look at everything."""
    if verdicts & {Verdict.FAILED, Verdict.DRIFTED}:
        return f"{resuming(run, overrides, only_failures=True)}, or reconcile plan"
    return "reconcile plan"
