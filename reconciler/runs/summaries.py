"""The summary of a run, from its plan and the records of its journal and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, repeat
from typing import Any, Literal

from reconciler.masking import redacted
from reconciler.model.address import split_address
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Change, Plan
from reconciler.model.summary import Chunk, Summary
from reconciler.planning.order import token
from reconciler.report.outcomes import summary_json
from reconciler.runs.view_lines import payload_hash

Record = dict[str, Any]
_SETTLED = frozenset({Verdict.VERIFIED, Verdict.DRIFTED, Verdict.FAILED, Verdict.STALE})
_WELL = frozenset({Verdict.VERIFIED, Verdict.CONVERGING})


def summary(
    plan: Plan, run: str, records: Iterable[Record], *, budget: Record | None = None, files: Iterable[str] = ()
) -> Record:
    """As `model.summary.Summary` has it. Changes that have no outcome are in it too, with the reason. The records are
    gone through once, and of each no more is held than the summary says: those of a long run are many."""
    seen = _Seen(plan)
    board = [chunk.model_dump() for chunk in chunks(plan, map(seen.take, records))]
    told = summary_json(seen.last.values(), plan, run)
    rows = {change.address: (number, change) for number, change in enumerate(plan.changes, 1)}
    changed = chain((seen.changed.get(step, {}) for step in seen.last), repeat({}))
    results = [_result(one, rows, seen.errors, was) for one, was in zip(told["results"], changed, strict=False)]
    data = {
        **told,
        "bulk_mode": len(plan.changes) > 1,
        "state": seen.end.get("state", ""),
        "why": seen.end.get("why", ""),
        "started": seen.started,
        "ended": seen.end.get("at", ""),
        "resumed": seen.resumed,
        "results": results,
        "chunks": board,
        "beside": sorted({one["address"] for one in results if one.get("also")}),
        "others": seen.others,
        "budget": budget or {},
        "files": list(files),
    }
    return data


def checked(data: Record) -> Summary:
    """The summary, or an error of ours: one that does not fit its schema is not written."""
    return Summary.model_validate(data)


class _Seen:
    """What the records come to: the last outcome of every step, in the order in which they came first, and which fields
    differ before and after; by operation and address the error of the last write; how the run began and ended."""

    def __init__(self, plan: Plan) -> None:
        self._operations = {operation.id: operation for operation in plan.operations}
        self.last: dict[str, Outcome] = {}
        self.changed: dict[str, Record] = {}
        self.errors: dict[tuple[str, str], Record] = {}
        self._asked: dict[str, list[str]] = {}
        self.started, self.resumed, self.end, self.others = "", 0, Record(), ""

    def take(self, record: Record) -> Record:
        """Note one more record; the same one."""
        event = record["event"]
        self.started = self.started or record["at"]
        self.resumed += event == "run resumed"
        if event == "intent":
            self._asked[record["operation"]] = [member["address"] for member in record["members"]]
        elif event == "outcome":
            self._outcome(record)
        elif event == "not begun":
            self._not_begun(record)
        elif event in ("acknowledged", "error"):
            self._answered(record)
        elif event == "audit":
            self.others = "" if record.get("looked") else f"not looked at: {record.get('why', '')}"
        elif event == "run ended":
            self.end = record
        return record

    def _outcome(self, record: Record) -> None:
        operation = self._operations.get(record["operation"])
        step, read = token(record["address"], operation.step if operation else ""), record.get("read", {})
        self.last[step] = Outcome.from_json({**record, "read": {}})
        if not record.get("end"):  # that says what became of the same write later, and has no readings of its own
            self.changed[step] = redacted(difference(read.get("before"), read.get("after")))

    def _answered(self, record: Record) -> None:
        """Of those that the last request was about; of all of them where none was sent."""
        name = record["operation"]
        every = [member.address for member in self._operations[name].members] if name in self._operations else []
        for address in self._asked.pop(name, every):
            self.errors[name, address] = record.get("told", {})

    def _not_begun(self, record: Record) -> None:
        """What a run ended before it began: skipped, with the reason, but for what had come to its end before."""
        for operation in (self._operations[name] for name in record["operations"] if name in self._operations):
            for member in operation.members:
                step = token(member.address, operation.step)
                if step in self.last and self.last[step].verdict in _SETTLED and not self.last[step].again:
                    continue
                about = (member.address, operation.id, operation.action)
                self.last[step] = Outcome(*about, Verdict.SKIPPED, record["why"])
                self.changed.pop(step, None)


def _result(
    one: Record, rows: dict[str, tuple[int, Change]], errors: dict[tuple[str, str], Record], changed: dict[str, Any]
) -> Record:
    number, change = rows.get(one["address"], (0, None))
    kind, action = split_address(one["address"])[0], change.action if change else one["action"]
    error = errors.get((one["operation"], one["address"]), {}) if one["status"] == "error" else {}
    return {
        **{name: value for name, value in one.items() if name != "id"},
        "row_index": number,
        "script": f"{kind}.{action}",
        "params_hash": payload_hash(one["address"], action, change.want if change else {}),
        "source": change.source if change else "",
        "error_type": error.get("type", ""),
        "error": error.get("what", ""),
        "entity_id": one.get("id", ""),
        "changed": changed,
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
    """The chunks in the order in which they ended, then what was under way, then what had not begun. One that was cut
    off is over for what it had come to, once the run goes on or ends."""
    operations = {operation.id: operation for operation in plan.operations}
    began: dict[str, str] = {}
    verdicts: dict[str, dict[str, str]] = {}
    number, over = 0, set[str]()
    for record in records:
        if record["event"] in ("intent", "outcome") and record["operation"] in operations:
            began.setdefault(record["operation"], record["at"])
            if record["event"] == "outcome":
                verdicts.setdefault(record["operation"], {})[record["address"]] = record["verdict"]
            continue
        ids: list[str] = []
        if record["event"] == "chunk done":
            ids = [name for name in record["operations"] if name in operations]
        elif record["event"] in ("run resumed", "run ended"):
            ids = [name for name in verdicts if name not in over]
        if ids:
            number += 1
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
