"""The summary of a run, from its plan and the records of its journal and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from reconciler.evidence.trail import payload_hash
from reconciler.model.address import split_address
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Change, Plan
from reconciler.model.summary import Chunk, Summary
from reconciler.planner import token
from reconciler.report.fields import redacted
from reconciler.report.outcomes import summary_json

Record = dict[str, Any]
_WELL = frozenset({Verdict.VERIFIED, Verdict.CONVERGING})


def summary(
    plan: Plan, run: str, records: Iterable[Record], *, budget: Record | None = None, files: Iterable[str] = ()
) -> Record:
    """As `model.summary.Summary` has it. Changes that have no outcome are in it too, with the reason."""
    kept = list(records)
    last = _last_outcomes(plan, kept)
    outcomes = [Outcome.from_json(record) for record in last.values()]
    told = summary_json(outcomes, plan, run)
    rows = {change.address: (number, change) for number, change in enumerate(plan.changes, 1)}
    errors = {record["operation"]: record for record in kept if record["event"] == "error"}
    ends = [record for record in kept if record["event"] == "run ended"]
    results = [_result(one, rows, errors) for one in told["results"]]
    data = {
        **told,
        "bulk_mode": len(plan.changes) > 1,
        "state": ends[-1].get("state", "") if ends else "",
        "why": ends[-1].get("why", "") if ends else "",
        "started": kept[0]["at"] if kept else "",
        "ended": ends[-1]["at"] if ends else "",
        "resumed": sum(record["event"] == "run resumed" for record in kept),
        "results": results,
        "chunks": [chunk.model_dump() for chunk in chunks(plan, kept)],
        "beside": sorted({one["address"] for one in results if one.get("also")}),
        "budget": budget or {},
        "files": list(files),
    }
    return data


def checked(data: Record) -> Summary:
    """The summary, or an error of ours: one that does not fit its schema is not written."""
    return Summary.model_validate(data)


def _last_outcomes(plan: Plan, records: Iterable[Record]) -> dict[str, Record]:
    """The last outcome of every step, in the order in which they came first."""
    steps = {operation.id: operation.step for operation in plan.operations}
    found: dict[str, Record] = {}
    for record in records:
        if record["event"] == "outcome":
            found[token(record["address"], steps.get(record["operation"], ""))] = record
        elif record["event"] == "not begun":
            found |= _not_begun(plan, record)
    return found


def _not_begun(plan: Plan, record: Record) -> dict[str, Record]:
    """What a run ended before it began: skipped, with the reason."""
    ids = set(record["operations"])
    return {
        token(member.address, operation.step): Outcome(
            member.address, operation.id, operation.action, Verdict.SKIPPED, record["why"]
        ).to_json()
        for operation in plan.operations
        if operation.id in ids
        for member in operation.members
    }


def _result(one: Record, rows: dict[str, tuple[int, Change]], errors: dict[str, Record]) -> Record:
    number, change = rows.get(one["address"], (0, None))
    kind, action = split_address(one["address"])[0], change.action if change else one["action"]
    error = errors.get(one["operation"], {}) if one["status"] == "error" else {}
    told = error.get("told", {})
    read = one.pop("read", {})
    return {
        **{name: value for name, value in one.items() if name != "id"},
        "row_index": number,
        "script": f"{kind}.{action}",
        "params_hash": payload_hash(one["address"], action, change.want if change else {}),
        "source": change.source if change else "",
        "error_type": told.get("type", ""),
        "error": told.get("what", ""),
        "entity_id": one.get("id", ""),
        "changed": redacted(difference(read.get("before"), read.get("after"))),
    }


def difference(before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any]:
    """`{field: {"before": …, "after": …}}` of what differs between two readings; None: it is not there."""
    old, new = before or {}, after or {}
    return {
        name: {"before": old.get(name), "after": new.get(name)}
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    }


def chunks(plan: Plan, records: Iterable[Record]) -> Iterator[Chunk]:
    """The chunks in the order in which they ended, then what was under way, then what had not begun."""
    operations = {operation.id: operation for operation in plan.operations}
    began: dict[str, str] = {}
    verdicts: dict[str, dict[str, str]] = {}
    number, over = 0, set[str]()
    for record in records:
        if record["event"] in ("intent", "outcome") and record["operation"] in operations:
            began.setdefault(record["operation"], record["at"])
            if record["event"] == "outcome":
                verdicts.setdefault(record["operation"], {})[record["address"]] = record["verdict"]
        elif record["event"] == "chunk done":
            number += 1
            ids = [name for name in record["operations"] if name in operations]
            over.update(ids)
            starts = [began[name] for name in ids if name in began]
            yield _chunk(number, ids, operations, verdicts, min(starts, default=""), record["at"])
    rest = [name for name in operations if name not in over]
    for group in ([name for name in rest if name in began], [name for name in rest if name not in began]):
        if group:
            number += 1
            starts = [began[name] for name in group if name in began]
            yield _chunk(number, group, operations, verdicts, min(starts, default=""), "")


def _chunk(
    number: int, ids: list[str], operations: dict[str, Any], verdicts: dict[str, dict[str, str]], began: str, ended: str
) -> Chunk:
    counts = Counter(verdict for name in ids for verdict in verdicts.get(name, {}).values())
    state: Literal["queued", "running", "success", "error"] = "success" if set(counts) <= _WELL else "error"
    if not ended:
        state = "running" if began else "queued"
    wave = operations[ids[0]].wave if ids else 0
    return Chunk(
        number=number,
        wave=wave,
        state=state,
        operations=ids,
        began=began,
        ended=ended,
        verdicts=dict(sorted(counts.items())),
    )
