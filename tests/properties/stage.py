"""A story played on a simulation: what is wanted, planned, applied, broken, edited and killed, step by step, as data.

    {"seed": 7, "tenant": {…}, "switches": {…}, "steps": [{"do": "want", "desired": {…}}, {"do": "apply", …}, …]}

    want     desired                                     what the repository says from now on
    apply    faults, plan_faults, limit, edits, workers, kill, rival, theirs     plan, then apply, while that happens
    resume   the same                                    go on with the latest run
    edit     edit                                        another admin, between two commands
    wait     seconds

`edits` come `at` a request of ours, or so many seconds `after` the beginning. A `kill` comes at a request, too: nothing
that the process writes after that is there afterwards. A `rival` does the same from a clone, or in the same repository;
what is desired in the clone may be `theirs`.
After every step and at the end it is what `check.py` says, or AssertionError.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
from collections import Counter
from collections.abc import Coroutine
from contextlib import ExitStack
from email.utils import formatdate
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from reconciler import pipeline
from reconciler.applying.run import ApplyOptions
from reconciler.errors import InputError, LockedError, ReconcileError, UsageError
from reconciler.model.applied import Applied
from reconciler.model.control import Control
from reconciler.model.plan import Plan
from reconciler.model.selection import Selection
from reconciler.runs.known import runs
from reconciler.simulator.core import ids
from reconciler.webex.connection import Connection
from tests.properties import callback, check, edits
from tests.properties.checkout import Checkout
from tests.properties.history import CLIENT, History
from tests.properties.simulation import EPOCH, Simulation
from tests.properties.truth import describes, unmet

Json = dict[str, Any]
US, CLONE = "us", "clone"
#: Rounds without faults in which the tenant must come to rest, and the seconds between two.
ROUNDS, PAUSE = 8, 90.0
#: Seconds after which whatever was on its way has arrived, or never will.
_ARRIVED = 500.0
#: So often what is blocked is left out, until nothing is.
_EXCLUSIONS = 5
_MEMORY = Path("/dev/shm")
_DATE = re.compile(r"\w{3}, .{20} GMT")


class Stage:
    """Use it as a context manager; `step` by step, then `end`."""

    def __init__(self, tenant: Json, switches: dict[str, str], seed: int, settings: Json | None = None) -> None:
        self._held = ExitStack()
        clock = {"now": EPOCH, "speed": 1}
        turned = {**tenant.get("switches", {}), **switches}
        self.sim = Simulation({**tenant, "switches": turned, "clock": clock}, seed)
        self._settings = settings or {}
        self.org_id = ids.encode("ORGANIZATION", tenant["org"]["id"])
        self.desired: Json = {}
        self.told: list[str] = []
        self.log: list[Json] = []
        self.seen: Counter[str] = Counter()  # what has happened, so that a campaign can say what it has met
        self._made: dict[str, tuple[Plan, Json]] = {}

    def __enter__(self) -> Self:
        self._held.enter_context(self.sim)
        self.server = self.sim.server
        self.server.run_clock(1)
        self.history = History(self.server)
        folder = tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None)
        self.root = Path(self._held.enter_context(folder))
        self.checkout = Checkout(self.root, self.org_id, self._settings)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    # --- steps ---

    def step(self, step: Json) -> None:
        self.told.append(f"--- {json.dumps(step, ensure_ascii=False)}")
        getattr(self, f"_{step['do']}")(step)
        self.history.settle()
        check.history(self.history)

    def _want(self, step: Json) -> None:
        self.desired = step["desired"]
        self.checkout.describe(self.desired)

    def _edit(self, step: Json) -> None:
        self._told_edit(step["edit"])

    def _wait(self, step: Json) -> None:
        self.sim.wait(step["seconds"])

    def _apply(self, step: Json) -> None:
        """Plan and apply; a rival does the same from a clone of the repository, or tries it in this one."""
        self.checkout.theirs = step.get("theirs")
        plan = self.plan(US, step.get("plan_faults", []))
        rival = self.plan(CLONE, []) if step.get("rival") == CLONE else plan if step.get("rival") else None
        if plan is None or plan.findings:
            return
        self.perform(step, {US: plan, CLONE: rival if rival and not rival.findings else None})

    def _resume(self, step: Json) -> None:
        if known := runs(self.root):
            # it may be older than what is wanted now: an apply that was killed at once has left no run
            self._goes_by(US, *self._made[known[0].started["plan"]])
            self.perform(step, {US: None})

    def _goes_by(self, who: str, plan: Plan, desired: Json) -> None:
        """What this client may change from here on."""
        self.history.described[who] = describes(desired)
        self.history.intended[who] = json.dumps([operation.to_json() for operation in plan.operations])

    # --- commands ---

    def tenant(self, workers: int = 4) -> Connection:
        return Connection(self.sim.credentials, waiting=lambda *_: None, workers=workers)

    def plan(self, who: str, faults: list[Json]) -> Plan | None:
        """None when there is none, for a reason that is told. What a guard blocks is left out, as it says."""
        self.left_out: set[str] = set()
        with self._weather({"faults": faults}):
            for _ in range(_EXCLUSIONS):
                try:
                    plan = self._planned(who)
                except ReconcileError as error:
                    check.told(error)
                    assert faults or isinstance(error, InputError | UsageError), f"an error without a cause: {error}"
                    self.told.append(f"{who}: no plan: {error}")
                    return None
                check.plan(plan)
                if not faults:
                    check.holders(plan, self.server.state())
                blocked = {finding.address for finding in plan.findings}
                if not blocked or blocked <= self.left_out:
                    break
                self.left_out |= blocked
                self.seen.update(f"guard {finding.rule}" for finding in plan.findings)
        told = [(o.id, o.step) for o in plan.operations], [f.why for f in plan.findings], sorted(self.left_out)
        self.told.append(f"{who}: plan {told}")
        desired = (self.checkout.theirs if who == CLONE else None) or self.desired
        self._made[plan.digest] = plan, desired
        self._goes_by(who, plan, desired)
        return plan

    def _planned(self, who: str) -> Plan:
        self.history.plans(who)
        self.history.begin(who)
        selection = Selection(exclude=tuple(sorted(self.left_out)))
        plan: Plan = self._run(who, pipeline.plan(self._root(who), self.tenant(), selection))
        return plan

    def perform(self, step: Json, plans: dict[str, Plan | None]) -> Applied | None:
        """Apply the plans at the same time, or resume where there is none; what it came to for us."""
        began = self.history.moment
        callbacks = callback.valid(self.server)
        at_requests = [one for one in step.get("edits", []) if "at" in one]
        moments = sorted(((one["at"], one) for one in at_requests), key=lambda moment: moment[0])
        tasks: dict[str, asyncio.Task[Any]] = {}
        killed: list[int] = []

        def on_request(who: str, count: int) -> None:
            while who == US and moments and moments[0][0] <= count:
                self._told_edit(moments.pop(0)[1]["edit"])
            if who == US and step.get("kill") == count:
                killed.append(count)
                self.checkout.killed()
                tasks[US].cancel()

        async def all_of_them() -> dict[str, Any]:
            loop, timed = self.sim.loop, [one for one in step.get("edits", []) if "after" in one]
            timers = [loop.call_later(one["after"], self._told_edit, one["edit"]) for one in timed]
            for who, plan in plans.items():
                if plan is not None or who == US:
                    tasks[who] = asyncio.create_task(self._command(who, plan, step))
            results = await asyncio.gather(*tasks.values(), return_exceptions=True)
            for timer in timers:
                timer.cancel()
            return dict(zip(tasks, results, strict=True))

        for who in plans:
            self.history.begin(who)
        self.history.on_request = on_request
        if callbacks and not step.get("edits"):  # theirs may take one away
            self.history.on_write = lambda told: check.callbacks(self.server, callbacks, told)
        with self._weather(step):
            results = self.sim.run(all_of_them())
        self.history.on_request, self.history.on_write = lambda who, count: None, lambda told: None
        if callbacks and not step.get("edits"):
            check.callbacks(self.server, callbacks, "the run")
        if killed:
            self.checkout.after_death()
        return self._judge(plans, results, began, bool(killed), bool(step.get("faults")))

    def _command(self, who: str, plan: Plan | None, step: Json) -> Coroutine[Any, Any, Any]:
        same = step.get("rival") == "same"
        root = self.root if same else self._root(who)
        how = ApplyOptions(Control(chunk_size=step.get("chunk", 50)))
        tenant = self.tenant(step.get("workers", 4))
        command = pipeline.apply(root, tenant, plan, how) if plan else pipeline.resume(root, tenant, "last", how)
        return _as(who, command)

    def _judge(
        self, plans: dict[str, Plan | None], results: dict[str, Any], began: int, killed: bool, faulty: bool
    ) -> Applied | None:
        for who, result in results.items():
            self.told.append(f"{who}: {_text(result)}")
            self._count(result, plans[who])
            if isinstance(result, asyncio.CancelledError) and killed:
                continue
            if isinstance(result, ReconcileError):
                check.told(result)
                assert faulty or isinstance(result, LockedError) or plans[who] is None, f"without a cause: {result}"
                continue
            if isinstance(result, BaseException):
                raise result
            check.applied(result, plans[who])
            if len(results) == 1 and plans[who] is not None:
                self.history.settle()
                check.verified(result, plans[who], unmet(self.desired, self.server.state()), self.history.since(began))
        if CLONE in results and self.checkout.theirs is not None:
            self._judge_both(plans, results, began)
        ours = results.get(US)
        return ours if isinstance(ours, Applied) else None

    def _judge_both(self, plans: dict[str, Plan | None], results: dict[str, Any], began: int) -> None:
        """Two who want different fields of the same objects: where both say that all is well, both have what they want.
        Who was told of the other one's change has been told that it may be lost."""
        for who in (US, CLONE):
            if not isinstance(result := results[who], Applied) or any(o.verdict != "verified" for o in result.outcomes):
                self.seen["rivals: told"] += 1
                return
        self.seen["rivals: both verified"] += 1
        self.history.settle()
        state, since = self.server.state(), self.history.since(began)
        others = [deed for deed in since if deed.who not in (US, CLONE)]
        for who, desired in ((US, self.desired), (CLONE, self.checkout.theirs or {})):
            check.verified(results[who], plans[who], unmet(desired, state), others)

    def _count(self, result: Any, plan: Plan | None) -> None:
        self.seen[f"{'apply' if plan else 'resume'}: {type(result).__name__}"] += 1
        if isinstance(result, Applied):
            self.seen.update([f"run {result.ending}", *(f"verdict {outcome.verdict}" for outcome in result.outcomes)])

    # --- the end ---

    def end(self) -> str:
        """Without faults: the desired state is reached, or something stands against it that is told. Which of them."""
        self.told.append("--- end")
        self.sim.wait(_ARRIVED)
        self.history.settle()
        before: Any = None
        for turn in range(ROUNDS):
            plan = self.plan(US, [])
            if plan is None:
                return "invalid"
            if plan.findings:
                return "blocked by a guard"
            state = self.history.now
            done = self.perform({}, {US: plan})
            check.history(self.history)
            assert done is not None
            bad = {(o.address, str(o.verdict)) for o in done.outcomes if o.verdict != "verified"}
            if not bad and self._at_rest(plan):
                return f"reached in round {turn + 1}" if turn < 2 else "reached later"
            if state == self.history.now and bad == before:
                check.blockers(done, self.desired, self.server.state())
                return "blocked by the tenant"
            before = bad
            self.sim.wait(PAUSE)
            self.history.settle()
        raise AssertionError(f"no rest after {ROUNDS} rounds: {before}")

    def _at_rest(self, done: Plan) -> bool:
        """Nothing is left, and a second apply of the same plan writes nothing. False where something is no longer
        blocked."""
        blocked = self.left_out
        plan = self.plan(US, [])
        if plan is None or self.left_out != blocked:
            return False
        check.nothing_left(plan, done, unmet(self.desired, self.server.state()), self.left_out)
        asked = len(self.log)
        self.perform({}, {US: done})
        writes = [one for one in self.log[asked:] if one["method"] != "GET"]
        assert not writes, f"a second apply writes: {writes}"
        return True

    # --- what is around them ---

    def _run(self, who: str, main: Coroutine[Any, Any, Any]) -> Any:
        return self.sim.run(_as(who, main))

    def _weather(self, step: Json) -> ExitStack:
        """Faults and limits, as long as it is held."""
        held = ExitStack()
        faults = [self._dated(fault) for fault in step.get("faults", [])]
        self.server.faults(faults)
        if limit := step.get("limit"):
            self.server.limit({"*": (limit["count"], limit["seconds"])}, limit["retry_after"])

        def calm() -> None:
            self.log += self.server.log()
            for fault in self.server.fault_report()["faults"]:
                self.seen[f"fault {_DATE.sub('date', json.dumps(fault['do'], sort_keys=True))}"] += fault["done"]
            self.server.reset_requests()
            self.server.no_faults()
            self.server.limit({})

        held.callback(calm)
        return held

    def _dated(self, fault: Json) -> Json:
        """`Retry-After: in 5` becomes the date that is 5 seconds from now."""
        headers = dict(fault["do"].get("headers", {}))
        for name, value in headers.items():
            if value and value.startswith("in "):
                headers[name] = formatdate(EPOCH + self.sim.now + float(value[3:]), usegmt=True)
        return {**fault, "do": {**fault["do"], "headers": headers}} if headers else fault

    def _told_edit(self, edit: Json) -> None:
        done = edits.carry_out(self.server, edit)
        self.told.append(f"admin at #{self.history.moment}: {edit} {'' if done else '(nothing)'}")
        self.seen[f"edit {edit['edit']}" if done else "edit refused"] += 1

    def _root(self, who: str) -> Path:
        return self.root if who == US else self.checkout.clone()


async def _as(who: str, main: Coroutine[Any, Any, Any]) -> Any:
    CLIENT.set(who)
    return await main


def _text(result: Any) -> str:
    if isinstance(result, Applied):
        return str([(o.operation, o.action, str(o.verdict), o.why) for o in result.outcomes])
    return f"{type(result).__name__}: {result}"
