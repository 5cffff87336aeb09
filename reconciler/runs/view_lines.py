"""From the records of a journal to the lines of its views, record by record: live in a run, or all at once later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from reconciler.masking import masked
from reconciler.model.address import split_address
from reconciler.model.outcome import Verdict
from reconciler.model.plan import Plan
from reconciler.model.snapshot import Current
from reconciler.outputs.formats.delimited import cell
from reconciler.planning.order import token
from reconciler.repository import csvfile
from reconciler.repository.store.lines import line_of

OK, ERROR, BEFORE, AFTER = "ok.csv", "error.jsonl", "before.jsonl", "after.jsonl"
OK_COLUMNS = (
    *("row_index", "script", "action", "address", "entity_id", "timestamp", "payload_hash", "tracking_id"),
    *("run_id", "source"),
)
#: What became of a step that somebody has to look at; skipped ones are not failures of their own.
FAILURES = frozenset({Verdict.FAILED, Verdict.DRIFTED, Verdict.STALE, Verdict.UNKNOWN})


def payload_hash(address: str, action: str, want: dict[str, Any]) -> str:
    """Names what is asked for: the same for every attempt and run that asks for the same. Secrets are not part of it,
    for a short one could be guessed from its hash."""
    text = json.dumps([address, action, masked(want)], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class ViewLines:
    """The lines that the records of one run come to. `feed` gives those of one more record, as (view, text).
    `taken_back` are addresses that stand in OK and turned out not to be so at the end; `without` leaves lines of such
    ones out from the start."""

    def __init__(self, plan: Plan, run: str, without: frozenset[str] = frozenset()) -> None:
        self.run, self.without = run, without
        self.taken_back: set[str] = set()
        self._rows = {change.address: (number, change) for number, change in enumerate(plan.changes, 1)}
        self._steps: dict[str, set[str]] = {}
        self._step_of = {operation.id: operation.step for operation in plan.operations}
        for operation in plan.operations:
            for member in operation.members:
                self._steps.setdefault(member.address, set()).add(token(member.address, operation.step))
        self._intents: dict[tuple[str, str], dict[str, Any]] = {}
        self._tracking: dict[tuple[str, str], str] = {}
        self._asked: dict[str, list[str]] = {}
        self._answers: dict[tuple[str, str], dict[str, Any]] = {}
        self._members = {operation.id: [m.address for m in operation.members] for operation in plan.operations}
        self._verified: dict[str, set[str]] = {}
        self._wrote: set[str] = set()
        self._ok: set[str] = set()
        self._before: set[str] = set()

    def header(self) -> Iterator[tuple[str, str]]:
        yield OK, _csv_line(OK_COLUMNS)

    def feed(self, record: dict[str, Any]) -> Iterator[tuple[str, str]]:
        event = record["event"]
        if event == "intent":
            for member in record["members"]:
                self._intents[record["operation"], member["address"]] = member
            self._asked[record["operation"]] = [member["address"] for member in record["members"]]
        elif event in ("acknowledged", "error"):
            operation, requests = record["operation"], record.get("requests", ())
            for address in self._asked.pop(operation, []) or self._members.get(operation, []):
                self._answers[operation, address] = record  # the last one: an error that was got over explains nothing
                if requests:
                    self._tracking[operation, address] = requests[-1].get("tracking_id", "")
        elif event == "outcome":
            yield from self._read(record)
            if record["verdict"] == Verdict.VERIFIED:
                yield from self._verified_step(record)
            elif record["verdict"] in FAILURES:
                self.taken_back |= {record["address"]} & self._ok
                yield ERROR, json.dumps(self._failure(record), ensure_ascii=False, sort_keys=True) + "\n"
            self._intents.pop((record["operation"], record["address"]), None)
            if record["verdict"] != Verdict.CONVERGING:  # nobody asks any more what the answer was
                self._answers.pop((record["operation"], record["address"]), None)

    # --- what was applied ---

    def _verified_step(self, record: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """A change is applied when the last of its steps is verified, and one of them was written."""
        address = record["address"]
        done = self._verified.setdefault(address, set())
        done.add(token(address, self._step_of.get(record["operation"], "")))
        if record["wrote"]:
            self._wrote.add(address)
        if address in self._ok or address not in self._wrote or not self._steps.get(address, done) <= done:
            return
        self._ok.add(address)
        if address in self.without:
            return
        row, kind, action, want, source = self._row(record)
        tracking = self._tracking.get((record["operation"], address), "")
        entity = record.get("id", "") or self._intent(record).get("id", "")
        texts = (
            *(str(row), f"{kind}.{action}", action, address, entity),
            *(
                record["at"],
                payload_hash(address, action, want),
                tracking,
            ),
            *(self.run, source),
        )
        yield OK, _csv_line(texts)

    def _row(self, record: dict[str, Any]) -> tuple[int, str, str, dict[str, Any], str]:
        """Which row of the plan, counted from 1, its kind and action, what it asks for, and which line asks for it."""
        number, change = self._rows.get(record["address"], (0, None))
        kind = split_address(record["address"])[0]
        if change is None:
            return number, kind, record["action"], self._intent(record).get("want", {}), ""
        return number, kind, change.action, change.want, change.source

    # --- what failed ---

    def _failure(self, record: dict[str, Any]) -> dict[str, Any]:
        row, kind, action, want, source = self._row(record)
        intent = self._intent(record)
        answer = self._answers.get((record["operation"], record["address"]), {})
        line = {
            "run_id": self.run,
            "ts": record["at"],
            "row_index": row,
            "script": f"{kind}.{action}",
            "address": record["address"],
            "operation": record["operation"],
            "verdict": record["verdict"],
            "wrote": record["wrote"],
            "why": record.get("why", ""),
            "fields": record.get("fields", {}),
            "params": intent.get("want", want),
            "before": intent.get("before", {}),
            "params_hash": payload_hash(record["address"], action, want),
            "error": answer.get("told") or ({"what": answer["error"]} if "error" in answer else {}),
            "requests": answer.get("requests", []),
            "source": source,
        }
        found: dict[str, Any] = masked(line)
        return found

    def _intent(self, record: dict[str, Any]) -> dict[str, Any]:
        return self._intents.get((record["operation"], record["address"]), {})

    # --- before and after ---

    def _read(self, record: dict[str, Any]) -> Iterator[tuple[str, str]]:
        """The first reading before a write, and the last one after it: later lines of one address replace earlier."""
        sides = record.get("read", {})
        address = record["address"]
        for view, side in ((BEFORE, sides.get("before")), (AFTER, sides.get("after"))):
            if side is None or (view == BEFORE and address in self._before):
                continue
            self._before |= {address} if view == BEFORE else set()
            kind, key = split_address(address)
            yield view, line_of(Current(kind, key, record.get("id", ""), side)).decode("utf-8", "surrogatepass")


def _csv_line(cells: tuple[str, ...]) -> str:
    return csvfile.write([cell(text) for text in cells], ())
