"""Jobs (webex-behaviour.md §15): POST answers with an id, reads show STARTING -> STARTED -> COMPLETED or FAILED, and
a COMPLETED job can still have item errors. The work is done as the job reaches COMPLETED.

Kinds register here (`register`) with what they do at the end (`work`). How a job proceeds is the switch `job_pace`:
with every read of it, so that a run is reproducible, or with the tenant's clock, whoever looks.

    jobs   {id, kind, number, polls: 0|1|2, created, updated, startedAt: seconds, errors: [E9], counts{},
            state?: PAUSED|ABANDONED|FAILED, pausedAt?, endedAt?: seconds, and what the kind needs}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..core import errors, ids, paging, routing, switches
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

switches.declare(
    "job_pace", "look", "clock", row="15", text="a job proceeds with every read of it, or with the tenant's clock"
)
switches.declare(
    "job_item_errors", "none", "first", row="15, 18.28",
    text="the first item of every job fails in the back end, although nothing spoke against it",
)  # fmt: skip
switches.declare(
    "job_exit_with_errors", "COMPLETED_WITH_ERRORS", "COMPLETED", row="15, 18.28",
    text="latestExecutionExitCode of a COMPLETED job with item errors: as documented, or as if nothing were wrong",
)  # fmt: skip
switches.declare(
    "job_action_refused", "400", "409", row="15", text="pausing, resuming or abandoning a job whose state forbids it"
)

Work = Callable[[Store, Json], None]
_STATES = ("STARTING", "STARTED", "COMPLETED")
_ENDED = frozenset({"COMPLETED", "FAILED", "ABANDONED"})


@dataclass(frozen=True)
class Kind:
    """`seconds` it takes by the clock; of a `family` only one job runs at a time; `actions` of pause, resume and
    abandon; `show` adds what only this kind tells; lists are `paged` where the documentation says so."""

    name: str
    path: str
    seconds: float = 6
    family: str = ""
    steps: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    show: Callable[[Store, Json], Json] | None = None
    exit_code: bool = True
    paged: bool = True


_kinds: dict[str, Kind] = {}
_work: dict[str, Work] = {}


def work(kind: str) -> Callable[[Work], Work]:
    """Register what a kind of job does as it completes."""

    def decorate(function: Work) -> Work:
        _work[kind] = function
        return function

    return decorate


def register(kind: Kind) -> Kind:
    """A kind of job with its list, status, errors and actions; starting one is the kind's own business."""
    _kinds[kind.name] = kind

    @route("GET", kind.path)
    def list_jobs(request: Request) -> Reply:
        """List jobs of one kind, newest first."""
        return _list(request, kind)

    @route("GET", kind.path + "/{jobId}")
    def get_job(request: Request) -> Reply:
        """Get the status of a job."""
        return look(request, kind)

    @route("GET", kind.path + "/{jobId}/errors")
    def list_errors(request: Request) -> Reply:
        """List the item errors of a job, apart from the job itself (E9)."""
        return paging.by_offset(request, find(request, kind)["errors"], "items", default=100, limit=100)

    for action in kind.actions:
        _serve_action(kind, action)
    return kind


def start(store: Store, kind: str, **details: Any) -> Json:
    """A new job, STARTING; 409 while another one of its family runs."""
    family = _kinds[kind].family
    for other in store.jobs.values():
        if family and _kinds[other["kind"]].family == family and status(other) not in _ENDED:
            raise errors.running_job()
    key, created = store.new_id("jobs"), store.clock.stamp()
    job = {
        "id": key,
        "kind": kind,
        "number": store.sequence,
        "polls": 0,
        "created": created,
        "updated": created,
        "startedAt": store.clock.now(),
        "errors": [],
        "counts": {},
        **details,
    }
    store.jobs[key] = job
    return job


def status(job: Json) -> str:
    return str(job.get("state") or _STATES[min(int(job["polls"]), len(_STATES) - 1)])


def fails(store: Store, position: int) -> bool:
    """Whether the back end refuses the item at that position (from 0) for no reason that could be known before."""
    return position == 0 and store.switches["job_item_errors"] == "first"


def uncoded(item: str, number: int, text: str) -> Json:
    """An item error for which no code is documented."""
    entry = errors.job_item(item, number, "", text)
    del entry["error"]["message"][0]["code"]
    return entry


def _step(store: Store, job: Json, now: float) -> None:
    """One state further; the last step does the work."""
    job["polls"] += 1
    job["updated"] = store.clock.stamp(now)
    if job["polls"] >= len(_STATES) - 1:
        job["endedAt"] = now
        if job["kind"] in _work:
            _work[job["kind"]](store, job)


def advance(store: Store, job: Json) -> None:
    """What one look at a job does to it; with the clock a look does nothing."""
    if status(job) in _STATES[:-1] and store.switches["job_pace"] == "look":
        _step(store, job, store.clock.now())


@routing.before_each
def _settle(store: Store) -> None:
    """With the clock: jobs are where they have got to by now, and those that are due have done their work."""
    if store.switches["job_pace"] != "clock":
        return
    for job in store.jobs.values():
        begun, takes = job.get("startedAt", 0.0), _kinds[job["kind"]].seconds
        for state, share in enumerate((1 / 6, 1.0)):
            due = begun + share * takes
            if job["polls"] == state and status(job) in _STATES and store.clock.now() >= due:
                _step(store, job, due)


def show(store: Store, job: Json) -> Json:
    """What every job answers; `counts` is the job's own."""
    kind, state, exit_code = _kinds[job["kind"]], status(job), _exit_code(store, job)
    times = {"startTime": job["created"], "lastUpdated": job["updated"], "timeElapsed": "PT1S"}
    if state in _ENDED:
        times["endTime"] = job["updated"]
    entered = len(kind.steps) if state in _ENDED else min(int(job["polls"]), len(kind.steps))
    steps = [
        {"id": job["number"] * 10 + position, "name": name, "statusMessage": state, "exitCode": exit_code, **times}
        for position, name in enumerate(kind.steps[:entered], 1)
    ]
    execution: Json = {
        "id": job["number"],
        "createdTime": job["created"],
        "statusMessage": state,
        "exitCode": exit_code,
        "stepExecutionStatuses": steps,
        **times,
    }
    body: Json = {
        "name": job["kind"],
        "id": ids.encode("JOB_ID", job["id"]),
        "trackingId": f"NA_{job['id']}",
        "sourceUserId": ids.encode("PEOPLE", store.org["admin"]),
        "sourceCustomerId": ids.encode("ORGANIZATION", store.org["id"]),
        "targetCustomerId": ids.encode("ORGANIZATION", store.org["id"]),
        "instanceId": job["number"],
        "jobExecutionStatus": [execution],
        "latestExecutionStatus": state,
    }
    if kind.exit_code:
        body["latestExecutionExitCode"] = exit_code
    if job["counts"]:
        body["counts"] = job["counts"]
    return {**body, **(kind.show(store, job) if kind.show else {})}


def _exit_code(store: Store, job: Json) -> str:
    state = status(job)
    if state == "COMPLETED" and job["errors"]:
        return store.switches["job_exit_with_errors"]
    return state if state in _ENDED else "UNKNOWN"


def find(request: Request, kind: Kind) -> Json:
    """The job of the path, which must be of that kind."""
    job = request.store.jobs.get(request.uuid("jobId", "JOB_ID"))
    if job is None or job["kind"] != kind.name:
        raise errors.not_found()
    return job


def look(request: Request, kind: Kind) -> Reply:
    """The status as it is; with `look` the next one will see the job moved on."""
    job = find(request, kind)
    body = show(request.store, job)
    advance(request.store, job)
    return Reply(200, body)


def _list(request: Request, kind: Kind) -> Reply:
    store = request.store
    rows = [job for job in reversed(store.jobs.values()) if job["kind"] == kind.name]
    for job in rows:
        advance(store, job)
    if not kind.paged:
        return Reply(200, {"items": [show(store, job) for job in rows]})
    return paging.by_offset(request, rows, "items", default=100, limit=100, show=lambda job: show(store, job))


def _serve_action(kind: Kind, action: str) -> None:
    @route("POST", f"{kind.path}/{{jobId}}/actions/{action}/invoke")
    def act(request: Request) -> Reply:
        """Pause, resume or abandon a job: only running ones pause, only paused ones resume or are given up."""
        store, job = request.store, find(request, kind)
        state = status(job)
        if state in _ENDED or (state == "PAUSED") == (action == "pause"):
            raise errors.platform(int(store.switches["job_action_refused"]), f"A job that is {state} cannot {action}.")
        if action == "pause":
            job |= {"state": "PAUSED", "pausedAt": store.clock.now()}
        elif action == "resume":
            del job["state"]
            job["startedAt"] += store.clock.now() - job.pop("pausedAt")
        else:
            job |= {"state": "ABANDONED", "endedAt": store.clock.now()}
        job["updated"] = store.clock.stamp()
        return Reply(204)


register(Kind("updateRoutingPrefix", "/telephony/config/jobs/updateRoutingPrefix", steps=("updateRoutingPrefix",)))


@work("updateRoutingPrefix")
def _prefix_updated(store: Store, job: Json) -> None:
    """The prefix itself held from the PUT on; the job only counts."""
    location = job["location"]
    moved = [
        ids.encode(kind, entry["id"])
        for kind, table in (("PEOPLE", store.people), ("PLACE", store.workspaces))
        for entry in table.values()
        if (entry.get("calling") or {}).get("location") == location
    ]
    failed = moved[:1] if fails(store, 0) else []
    job["errors"] = [uncoded(one, 1, "The routing prefix was not updated.") for one in failed]
    job["counts"] = {"routingPrefixUpdated": len(moved) - len(failed), "routingPrefixFailed": len(failed)}
