"""Jobs (webex-behaviour.md §15): POST answers with an id, polling moves STARTING -> STARTED -> COMPLETED, and a
COMPLETED job can still have item errors. The work is done as the job reaches COMPLETED.

A job advances by one step with every read of it, so a run is reproducible; nothing here depends on the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import errors, ids, paging
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store

Work = Callable[[Store, Json], None]

_PATHS = {
    "updateRoutingPrefix": "/telephony/config/jobs/updateRoutingPrefix",
    "moveLocation": "/telephony/config/jobs/person/moveLocation",
}
_work: dict[str, Work] = {}
_STATES = ("STARTING", "STARTED", "COMPLETED")


def work(kind: str) -> Callable[[Work], Work]:
    """Register what a kind of job does as it completes."""

    def register(function: Work) -> Work:
        _work[kind] = function
        return function

    return register


def start(store: Store, kind: str, **details: Any) -> Json:
    """A new job, STARTING."""
    key, created = store.new_id("jobs"), store.clock.stamp()
    job = {
        "id": key,
        "kind": kind,
        "polls": 0,
        "created": created,
        "updated": created,
        "errors": [],
        **details,
    }
    job["counts"] = {}
    job["number"] = store.sequence
    store.jobs[key] = job
    return job


def status(job: Json) -> str:
    return _STATES[min(int(job["polls"]), len(_STATES) - 1)]


def advance(store: Store, job: Json) -> None:
    if status(job) == "COMPLETED":
        return
    job["polls"] += 1
    job["updated"] = store.clock.stamp()
    if status(job) == "COMPLETED" and job["kind"] in _work:
        _work[job["kind"]](store, job)


def show(store: Store, job: Json) -> Json:
    """What every job answers; `counts` is the job's own."""
    state = status(job)
    exit_code = "COMPLETED" if state == "COMPLETED" else "UNKNOWN"
    execution: Json = {
        "id": job["number"],
        "startTime": job["created"],
        "lastUpdated": job["updated"],
        "createdTime": job["created"],
        "statusMessage": state,
        "exitCode": exit_code,
        "timeElapsed": "PT1S",
        "stepExecutionStatuses": [],
    }
    if state == "COMPLETED":
        execution["endTime"] = job["updated"]
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
        "latestExecutionExitCode": exit_code,
    }
    if job["counts"]:
        body["counts"] = job["counts"]
    return body


def _kind(request: Request) -> str:
    return next(kind for kind, path in _PATHS.items() if request.template.startswith(path))


def _job(request: Request) -> Json:
    job = request.store.jobs.get(request.uuid("jobId", "JOB_ID"))
    if job is None or job["kind"] != _kind(request):
        raise errors.not_found()
    return job


@route("GET", *_PATHS.values())
def list_jobs(request: Request) -> Reply:
    """List jobs of one kind, newest first."""
    store, kind = request.store, _kind(request)
    rows = [job for job in reversed(store.jobs.values()) if job["kind"] == kind]
    for job in rows:
        advance(store, job)
    return paging.by_offset(request, rows, "items", default=100, limit=100, show=lambda job: show(store, job))


@route("GET", *(path + "/{jobId}" for path in _PATHS.values()))
def get_job(request: Request) -> Reply:
    """Get the status of a job; every look moves it on."""
    job = _job(request)
    body = show(request.store, job)
    advance(request.store, job)
    return Reply(200, body)


@route("GET", *(path + "/{jobId}/errors" for path in _PATHS.values()))
def list_errors(request: Request) -> Reply:
    """List the item errors of a job, apart from the job itself (E9)."""
    return paging.by_offset(request, _job(request)["errors"], "items", default=100, limit=100)


@work("updateRoutingPrefix")
def _prefix_updated(store: Store, job: Json) -> None:
    """The prefix itself held from the PUT on; the job only counts."""
    location = job["location"]
    entries = [*store.people.values(), *store.workspaces.values()]
    moved = sum((entry.get("calling") or {}).get("location") == location for entry in entries)
    job["counts"] = {"routingPrefixUpdated": moved, "routingPrefixFailed": 0}
