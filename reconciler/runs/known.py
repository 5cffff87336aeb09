"""The runs that this repository has seen, and how far each came, from nothing but its folder in `state/runs/`.

a step has            it is       resume
--------------------  ----------  ---------------------------------------------------
a final outcome       settled     does not repeat it
an intent, no outcome in doubt    reads: there already, not there, or somebody else's
a job, or converging  under way   reads until it is over; sends nothing
neither               not begun   compares and writes, as apply does
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError, StaleError, UsageError
from reconciler.kinds import kind as kind_named
from reconciler.model.address import owner_address
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Member, Operation, Plan
from reconciler.model.snapshot import Fields
from reconciler.planning.last_look import is_due, looks
from reconciler.planning.order import token
from reconciler.runs.journal import KeptJournal, read, runs_folder

LAST = "last"
_FINAL = frozenset({Verdict.VERIFIED, Verdict.DRIFTED, Verdict.FAILED, Verdict.STALE})


@dataclass(frozen=True)
class Intent:
    """What was about to be sent of one resource: the line of the journal, the fields, and what they were before."""

    line: int
    operation: str
    action: str
    address: str
    id: str
    want: Fields
    before: Fields


@dataclass
class Whole:
    """A reading of an owner with all its sections: address → fields (None: it is not there), or why it is unread."""

    parts: dict[str, Fields | None] = field(default_factory=dict)
    unread: dict[str, str] = field(default_factory=dict)


@dataclass
class Standing:
    """How far a run came: outcomes by step (planner.token), the operations that are left, and of those the ones in
    doubt with the pre-image of each address, and the ones that the tenant is still at, with the job or an empty text.
    Those are only read: what has been taken on, which is the addresses `under_way`, is not sent again. What is left of
    an operation are those of its members that are not settled. `whole` are owners as they were before the first write
    to them, `was` documents as their own write read them, `begun` the owners to whom something was sent, `looked` those
    whom the end of the run has looked at since, and `unlooked` those whom it has not, though it is time. `uncertain`
    are creates whose answer was lost, which are only looked for, where a name may be had twice."""

    settled: dict[str, Outcome] = field(default_factory=dict)
    left: list[Operation] = field(default_factory=list)
    doubt: dict[str, dict[str, Fields]] = field(default_factory=dict)
    converging: dict[str, str] = field(default_factory=dict)
    under_way: dict[str, set[str]] = field(default_factory=dict)
    last: dict[str, Outcome] = field(default_factory=dict)
    whole: dict[str, Whole] = field(default_factory=dict)
    was: dict[str, Fields] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    looked: set[str] = field(default_factory=set)
    unlooked: list[str] = field(default_factory=list)
    uncertain: set[str] = field(default_factory=set)

    @property
    def over(self) -> bool:
        """Whether there is nothing left for a resume, not even to look."""
        return not self.left and not self.unlooked

    @property
    def unsought(self) -> set[str]:
        """Creates that were cut off on their way, where a name may be had twice: nobody has looked for them yet."""
        creates = [o for o in self.left if o.action == "create" and kind_named(o.kind).names_repeat]
        return {name for o in creates for name in self.doubt.get(o.id, ()) if token(name, o.step) not in self.last}

    @property
    def verdicts(self) -> dict[str, int]:
        """How many steps came to each verdict, by its name; those that are left out are not in it."""
        return dict(sorted(Counter(str(outcome.verdict) for outcome in self.settled.values()).items()))


@dataclass
class Run:
    """One folder of `state/runs/`, read when something of it is asked for."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @cached_property
    def kept(self) -> KeptJournal:
        return read(self.folder)

    @cached_property
    def plan(self) -> Plan:
        """The plan that it carries out; StaleError when that is not the one that the journal was begun with."""
        path = self.folder / "plan.json"
        try:
            plan = Plan.loads(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror or "" if isinstance(error, OSError) else "not text"
            raise ReconcileError("cannot read the plan of this run", where=str(path), why=why) from None
        if self.started and self.started.get("plan") != plan.digest:
            raise StaleError("this is not the plan that the journal was begun with", where=str(path), do="plan again")
        return plan

    @property
    def started(self) -> dict[str, Any]:
        """The first record; empty only where the journal is broken at its very start."""
        return self.kept.records[0] if self.kept.records else {}

    @property
    def at(self) -> str:
        """When it began, ISO 8601 in UTC; empty when it is not known."""
        return str(self.started.get("at", ""))

    @property
    def resumed(self) -> int:
        return sum(record["event"] == "run resumed" for record in self.kept.records)

    @property
    def ending(self) -> tuple[str, str]:
        """How and why it ended last, in the words of model.control.Ending; interrupted when it did not say."""
        last = self.kept.records[-1] if self.kept.records else {}
        if last.get("event") != "run ended":
            return "interrupted", ""
        return str(last.get("state", "interrupted")), str(last.get("why", ""))

    @property
    def ended(self) -> bool:
        """Whether its books are closed: a run killed just before that has nothing left, but no summary either."""
        records = self.kept.records
        return bool(records) and records[-1]["event"] == "run ended" and (self.folder / "summary.json").is_file()

    def intents(self) -> Iterator[Intent]:
        """Every write that may have reached the tenant."""
        refused = self._refused()
        for line, record in enumerate(self.kept.records, 1):
            if record["event"] == "intent" and line not in refused:
                for member in record["members"]:
                    what = (member["address"], member.get("id", ""), member["want"], member["before"])
                    yield Intent(line, record["operation"], record["action"], *what)

    def _refused(self) -> set[int]:
        """The lines of intents of which nothing was sent, or nothing taken."""
        lines, found = {}, set()
        for line, record in enumerate(self.kept.records, 1):
            if record["event"] == "intent":
                lines[record["operation"]] = line
            elif record["event"] == "error" and not taken(record.get("requests", [{}])):
                found |= {lines[name] for name in [record["operation"]] if name in lines}
        return found

    @cached_property
    def standing(self) -> Standing:
        """How far it came, operation by operation in the order of the plan."""
        found = Standing()
        steps = {operation.id: operation.step for operation in self.plan.operations}
        for record in self.kept.records:
            if record["event"] == "outcome" and record["operation"] in steps:
                ended = Outcome.from_json(record)
                found.last[token(ended.address, steps[ended.operation])] = ended
        jobs, at = self._jobs()
        before: dict[str, dict[str, Fields]] = {}
        for record in self.kept.records:
            if record["event"] == "retries":
                before |= record["before"]
        for intent in self.intents():  # the first pre-image counts: later ones show what an attempt left
            before.setdefault(intent.operation, {}).setdefault(intent.address, intent.before)
        for operation in self.plan.operations:
            left, waits = list[Member](), set[str]()
            for member in operation.members:
                name = token(member.address, operation.step)
                outcome = found.last.get(name)
                if outcome and _final(outcome, operation.needs_of(member), found.settled):
                    found.settled[name] = outcome
                    continue
                left.append(member)
                waiting = outcome is not None and outcome.verdict is Verdict.CONVERGING
                if waiting or (operation.id in jobs and member.address in at[operation.id]):
                    waits.add(member.address)
            if not left:
                continue
            found.left.append(replace(operation, members=left))
            if waits:
                found.converging[operation.id] = jobs.get(operation.id, "")
                found.under_way[operation.id] = waits
            sent = before.get(operation.id, {})
            doubt = {m.address: sent[m.address] for m in left if m.address in sent and m.address not in waits}
            if doubt:
                found.doubt[operation.id] = doubt
        self._look(found)
        return found

    def _look(self, found: Standing) -> None:
        """What is known of how owners were before, and which of them the end of the run has still to look at."""
        for record in self.kept.records:
            if record["event"] == "before":
                found.whole[record["owner"]] = Whole(record["parts"], record.get("unread", {}))
            elif record["event"] == "retries":
                found.whole |= {owner: Whole(**one) for owner, one in record.get("whole", {}).items()}
                found.was |= record.get("was", {})
            elif record["event"] == "intent":
                owners = {owner_address(member["address"]) for member in record["members"]}
                found.begun |= owners
                found.looked -= owners
                for member in record["members"]:
                    if "was" in member:  # the first counts, as of all pre-images
                        found.was.setdefault(member["address"], member["was"])
            elif record["event"] == "looked":
                found.looked.add(record["owner"])
            elif record["event"] == "error" and record.get("lost"):
                found.uncertain.add(record["operation"])
        repeating = {o.id for o in self.plan.operations if o.action == "create" and kind_named(o.kind).names_repeat}
        found.uncertain &= repeating
        if self.ending[0] == "finished":
            return  # also by a version that did not look
        found.unlooked = [
            owner for owner, look in looks(self.plan).items() if owner not in found.looked and is_due(look, found.last)
        ]

    def _jobs(self) -> tuple[dict[str, str], dict[str, set[str]]]:
        """The job that each operation has begun with its last write, and the addresses in it."""
        jobs: dict[str, str] = {}
        at: dict[str, set[str]] = {}
        for record in self.kept.records:
            if record["event"] == "intent":
                jobs.pop(record["operation"], None)
                at[record["operation"]] = {member["address"] for member in record["members"]}
            elif record["event"] == "job":
                jobs[record["operation"]] = record["url"]
                at.setdefault(record["operation"], set())
        return jobs, at


def taken(requests: Iterable[Mapping[str, Any]]) -> bool:
    """Whether one of these writes may have done something: all of them, but for those that were answered 429."""
    return any(request.get("status") != 429 for request in requests)


def _final(outcome: Outcome, needs: list[str], settled: dict[str, Outcome]) -> bool:
    """Whether resume would come to the same: skipped is final only where what it needs is, and is not well."""
    if outcome.verdict is Verdict.SKIPPED:
        return any(need in settled and settled[need].verdict is not Verdict.VERIFIED for need in needs)
    return outcome.verdict in _FINAL and not outcome.again


def runs(root: Path) -> list[Run]:
    """All runs, the latest first."""
    folder = runs_folder(root)
    try:
        folders = (entry.name for entry in folder.iterdir() if entry.is_dir())
        names = sorted((name for name in folders if not name.startswith(".")), reverse=True)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ReconcileError("cannot look into the runs", where=str(folder), why=error.strerror or "") from None
    return [Run(folder / name) for name in names]


def find(root: Path, name: str = LAST) -> Run:
    """The run of that name, or the only one that begins or ends so; `last` is the latest."""
    known = runs(root)
    if not known:
        raise ReconcileError("there is no run yet", do="make the first with: reconcile apply")
    if name == LAST:
        return known[0]
    fitting = [run for run in known if run.name == name]
    fitting = fitting or [run for run in known if name and (run.name.startswith(name) or run.name.endswith(name))]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageError(f"{len(fitting)} runs are called {name}…", do=f"one of: {_some(run.name for run in fitting)}")
    close = difflib.get_close_matches(name, [run.name for run in known], n=1)
    raise UsageError(
        f"there is no run {name!r}", do=f"did you mean {close[0]}?" if close else "see them with: reconcile runs"
    )


def _some(names: Iterator[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")
