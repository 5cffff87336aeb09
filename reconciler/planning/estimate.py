"""What a plan will cost with what is known of the tenant, and after the run how right that was.

requests   planning/forecast.py, with the sizes of lists from the snapshot in state/
rates      given (--rate), else learned (.reconcile/pace.json), for the family or for all together, else assumed; of a
           tenant on this machine none
time       chunk by chunk: the family whose rate is used up last, or the answers if they take longer than that
errors     .reconcile/forecast.json: the last runs, estimated and counted
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.kinds.contract.kind import Held
from reconciler.model.budget import Budget, Family, PastEstimates, Source
from reconciler.model.plan import Operation, Plan
from reconciler.planning import forecast
from reconciler.repository.local import recall, remember
from reconciler.repository.store import layout
from reconciler.webex import pace_file
from reconciler.webex.endpoint import is_local
from reconciler.webex.exchange import Tally
from reconciler.webex.pacing import BEGIN, EVERYTHING, STAY, Pace, family_of

if TYPE_CHECKING:
    from reconciler.webex.connection import Connection
    from reconciler.webex.credentials import Credentials

NAME = "forecast.json"
#: Seconds that an answer takes where none was measured: 0.22 to 0.49 were seen (seed-system.md); at home far less.
LATENCY, LOCAL_LATENCY = 0.3, 0.01
#: Less than this is no distance, on this machine, but how busy it is.
_NEAR = 0.15
CHUNK, WORKERS = 50, 8
_KEPT = 10
_USED = (BEGIN + STAY) / 2


@dataclass(frozen=True)
class Known:
    """What is known of a tenant: rates by family (requests a second), what the operator asks for, seconds of an answer
    and of a `job` (0: none was seen yet), and the estimates of earlier runs. `local`: it is on this machine, where no
    limit is assumed."""

    rates: Mapping[str, float] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)
    local: bool = False
    latency: float = 0.0
    job: float = 0.0
    past: PastEstimates | None = None

    def rate(self, family: str) -> tuple[float, Source]:
        """What is expected to go through; 0 where nothing is known to hold it back."""
        if self.pace.rate < math.inf:
            return self.pace.rate * self.pace.share * _USED, "given"
        if (limit := self.limit(family)) in self.rates:
            return self.rates[limit] * self.pace.share * _USED, "learned"
        return (0.0, "none") if self.local else (self.pace.first * self.pace.share, "assumed")

    def limit(self, family: str) -> str:
        """What its requests count against: the family, or the limit that all share which showed none of their own."""
        given = self.pace.rate < math.inf
        return EVERYTHING if EVERYTHING in self.rates and family not in self.rates and not given else family


def known(root: Path, org_id: str, pace: Pace | None = None, *, local: bool = False, seen: float = 0.0) -> Known:
    """What earlier runs left in `.reconcile/`; before the first one, what the reading for the plan has `seen`."""
    kept = recall(root, NAME, org_id)
    seen = seen if not local or seen >= _NEAR else 0.0
    latency = _seconds(kept.get("latency"), 60) or seen or (LOCAL_LATENCY if local else LATENCY)
    job = _seconds(kept.get("job"), 3600)
    rates = {name: limit.rate for name, limit in pace_file.load(root, org_id).items()}
    return Known(rates, pace or Pace(), local, latency, job, _past(_runs(kept)))


def _seconds(kept: object, most: float) -> float:
    """What was kept, where it makes sense; 0 else."""
    return float(kept) if isinstance(kept, int | float) and 0 < kept < most else 0.0


def held(root: Path) -> Held:
    """The sizes of lists by the snapshot in `state/`, read when the first one is asked for; 0 without one."""
    manifest: dict[str, Any] = {}

    def size(kind: str, shard: str = "", /) -> int:
        if not manifest:
            manifest.update(_manifest(root))
        entry = manifest["kinds"].get(kind, {})
        if not shard:
            return int(entry.get("count", 0))
        return sum(file.get("lines", 0) for file in entry.get("files", {}).values() if file.get("location") == shard)

    return size


def _manifest(root: Path) -> dict[str, Any]:
    try:
        found = json.loads((root / "state" / layout.MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        found = None
    return found if layout.sound(found) else {"kinds": {}}


def of_plan(
    root: Path, plan: Plan, credentials: Credentials | None = None, workers: int = WORKERS, read: Tally | None = None
) -> Budget:
    """What a plan of this repository costs; without credentials as if nobody held back and the tenant were far away.
    `read`: the requests that were made for it."""
    pace = credentials.policy.pace if credentials else None
    at_home = is_local(credentials.url) if credentials else False
    seen = read.seconds / read.answered if read and read.answered else 0.0
    return budget(plan, known(root, plan.org_id, pace, local=at_home, seen=seen), held(root), workers=workers)


def budgeted(root: Path, made: Plan, connection: Connection | None = None, read: Tally | None = None) -> Plan:
    """The plan with what it costs. `connection`: how fast the tenant may be asked, and where it is; `read`: what it was
    asked for the plan."""
    if made.operations:
        known = (connection.credentials, connection.workers, read) if connection else ()
        return made.beside(budget=of_plan(root, made, *known))
    return made


def budget(
    plan: Plan, known: Known, held: Held = forecast.unknown, *, chunk_size: int = CHUNK, workers: int = WORKERS
) -> Budget:
    """Requests and seconds for carrying out this plan."""
    each = list(forecast.each(plan, held))
    routes = Counter(request for _, requests in each for request in requests)
    if not routes:
        return Budget()
    routes[forecast.IDENTITY] += 1
    families: dict[str, Family] = {}
    for name, (calls, writes) in _by_family(routes).items():
        rate, source = known.rate(name)
        families[name] = Family(calls, writes, round(rate, 2), source)
    decided_by: dict[str, float] = {"": known.latency}  # the identity
    for chunk in _chunks(each, chunk_size):
        took, limit = _chunk_time(chunk, families, known, workers)
        decided_by[limit] = decided_by.get(limit, 0.0) + took
    jobs = sum(count for route, count in routes.items() if _is_job(route))
    decides = max(decided_by, key=lambda name: decided_by[name])
    seconds = _two_digits(sum(decided_by.values()))
    return Budget(families, jobs, known.job if jobs else 0.0, seconds, round(known.latency, 3), decides, known.past)


def _by_family(routes: Counter[str]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for route, count in routes.items():
        calls, writes = found.get(_family(route), (0, 0))
        found[_family(route)] = (calls + count, writes + (0 if route.startswith("GET ") else count))
    return found


@cache
def _family(route: str) -> str:
    """Of `GET /people/{personId}`: `/people`."""
    return family_of(route.partition(" ")[2])


def _is_job(route: str) -> bool:
    """The first look at a job; the further ones are polls, of which nobody knows how many it takes."""
    return route.endswith("/{jobId}")


Asked = list[tuple[Operation, list[str]]]


def _chunk_time(chunk: Asked, families: Mapping[str, Family], known: Known, workers: int) -> tuple[float, str]:
    """Seconds, and the family whose rate decides; none where waiting for answers or jobs does. Each worker waits for
    its answers one after the other, and no chunk is over before its longest operation. Jobs take so much longer than
    answers that they come in rounds, as many as there are workers at a time."""
    counts = Counter(_family(request) for _, requests in chunk for request in requests)
    shared: dict[str, Counter[str]] = {}
    for name, count in counts.items():
        shared.setdefault(known.limit(name), Counter())[name] = count
    limited = {
        each.most_common(1)[0][0]: sum(count / families[name].rate for name, count in each.items())
        for each in shared.values()
        if all(families[name].rate for name in each)
    }
    waits = [len(requests) * known.latency for _, requests in chunk]
    jobs = sum(any(map(_is_job, requests)) for _, requests in chunk)
    answers = max((sum(waits) + jobs * known.job) / workers, max(waits), counts.total() * known.pace.interval)
    answers = max(answers, math.ceil(jobs / workers) * (known.job + max(waits)) if known.job else 0.0)
    slowest = max(limited, key=lambda name: limited[name], default="")
    if slowest and limited[slowest] > answers:
        return limited[slowest], slowest
    return answers, ""


def _chunks(each: Asked, size: int) -> Iterator[Asked]:
    """As the applier's: operations of one wave, at most `size` of them."""
    chunk: Asked = []
    for one in each:
        if chunk and (len(chunk) == size or chunk[0][0].wave != one[0].wave):
            yield chunk
            chunk = []
        chunk.append(one)
    yield chunk


def _two_digits(seconds: float) -> float:
    """More would promise what nobody knows."""
    return float(f"{seconds:.2g}")


# --- after the run ---------------------------------------------------------------------------------------------


def compare(estimated: Budget, tally: Tally, seconds: float) -> dict[str, Any]:
    """Estimated and counted, side by side, as it stands in a summary; errors are parts of what was counted."""
    counted = tally.calls.total()
    return {
        "calls": {
            "estimated": estimated.calls,
            "counted": counted,
            "error": _error(estimated.calls, counted),
            "families": {
                name: {
                    "estimated": estimated.families[name].calls if name in estimated.families else 0,
                    "counted": tally.calls[name],
                }
                for name in sorted(estimated.families.keys() | tally.calls.keys())
            },
            "repeated": tally.repeated,
            "polled": tally.polled,
            "refused": tally.refused,
        },
        "writes": {"estimated": estimated.writes, "counted": tally.writes},
        "seconds": {
            "estimated": estimated.seconds,
            "counted": round(seconds, 3),
            "error": _error(estimated.seconds, seconds) if estimated.foresees_time else None,
        },
    }


def after(
    root: Path, plan: Plan, credentials: Credentials, tally: Tally, seconds: float, *, whole: bool
) -> dict[str, Any]:
    """What a run came to beside what its plan said; kept for the next estimate where it was carried out `whole`, and
    where the pace is kept: what a rehearsal took says nothing of the tenant."""
    compared = compare(plan.budget or of_plan(root, plan, credentials), tally, seconds)
    if whole and plan.operations and credentials.policy.root:
        learn(credentials.policy.root, plan.org_id, compared, tally)
    return compared


def learn(root: Path, org_id: str, compared: Mapping[str, Any], tally: Tally) -> None:
    """Keep the errors of a whole run for the next estimate, and how long an answer and a job take. Where the time was
    not foreseen, there is no error of it."""
    kept = recall(root, NAME, org_id)
    last = {name: [compared[name]["estimated"], compared[name]["counted"]] for name in ("calls", "seconds")}
    foreseen = compared["seconds"]["error"] is not None
    facts: dict[str, Any] = {"runs": [*_runs(kept), last][-_KEPT:]} if foreseen else {}
    if tally.answered:
        facts["latency"] = round(tally.seconds / tally.answered, 4)
    if tally.jobs:
        facts["job"] = round(tally.job_seconds / tally.jobs, 1)
    remember(root, NAME, org_id, {**kept, **facts})


def _error(estimated: float, counted: float) -> float:
    return round(estimated / counted - 1, 4) if counted else 0.0


def _runs(kept: Mapping[str, Any]) -> list[dict[str, Any]]:
    runs = kept.get("runs")
    return [run for run in runs if _is_run(run)] if isinstance(runs, list) else []


def _is_run(run: object) -> bool:
    sides = [run.get(name) for name in ("calls", "seconds")] if isinstance(run, dict) else [None]
    return all(
        isinstance(side, list) and len(side) == 2 and all(isinstance(x, int | float) and 0 < x < 1e12 for x in side)
        for side in sides
    )


def _past(runs: list[dict[str, Any]]) -> PastEstimates | None:
    if not runs:
        return None
    off = {name: sum(abs(_error(*run[name])) for run in runs) / len(runs) for name in ("calls", "seconds")}
    return PastEstimates(len(runs), round(off["calls"], 4), round(off["seconds"], 4))
