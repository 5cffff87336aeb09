"""Switching calling off at a location, and what stands in the way (webex-behaviour.md §3): the check that only asks,
and the job. Whatever the job meets is told in its errors only; its POST always succeeds.

    calling half   {…, ordersPending?: true}
    locations      {…, referencedUntil?: seconds, until which DELETE /locations is refused}
"""

from __future__ import annotations

from dataclasses import dataclass

from ..call_routing import _references
from ..core import calling, cascade, errors, ids, owners, switches
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ..jobs import jobs
from ..jobs.jobs import Kind, work

switches.declare(
    "location_cooldown", "0s", "3600s", row="1.6, 3, 18.16",
    text="how long DELETE /locations still answers 409 after calling was switched off",
)  # fmt: skip
switches.declare(
    "delete_calling_refused", "FAILED", "COMPLETED", row="3, 15",
    text="how a deleteCallingLocation job ends that was stopped by what it met",
)  # fmt: skip

_PATH = "/telephony/config/jobs/locations/deleteCallingLocation"
_MEMBERS = frozenset({"people", "workspaces", "virtual_lines"})
# records with a `location` that are no features of it: they outlive calling there, or block it by themselves
_NO_FEATURES = _MEMBERS | {"locations", "trunks", "jobs", "devices", "numbers", "emergency_addresses"}


@dataclass(frozen=True)
class Check:
    """What a location holds; `force` is what forceDelete sweeps away."""

    last: bool
    trunks_in_use: int
    users: int
    workspaces: int
    virtual_lines: int
    order_pending: bool
    numbers: bool
    features: int
    trunks: int

    @property
    def blocked(self) -> bool:
        members = self.users + self.workspaces + self.virtual_lines
        return bool(self.last or self.trunks_in_use or members or self.order_pending)

    @property
    def force(self) -> bool:
        return bool(self.features or self.trunks)


def check(store: Store, key: str) -> Check:
    trunks = [one for one, trunk in store.trunks.items() if trunk["location"] == key]
    used = [one for one in trunks if _used_elsewhere(store, key, one)]
    return Check(
        last=sum(store.calling_of(other) is not None for other in store.locations) == 1,
        trunks_in_use=len(used),
        users=_members(store, "people", key),
        workspaces=_members(store, "workspaces", key),
        virtual_lines=_members(store, "virtual_lines", key),
        order_pending=bool((store.calling_of(key) or {}).get("ordersPending")),
        numbers=any(number["location"] == key for number in store.numbers.values()),
        features=len(_features(store, key)),
        trunks=len(trunks) - len(used),
    )


def _used_elsewhere(store: Store, key: str, trunk: str) -> bool:
    """A trunk that only its own location goes out by ends with it."""
    places = [
        *_references.locations(store, _references.PSTN, "TRUNK", trunk),
        *_references.locations(store, _references.EXTENSIONS, "TRUNK", trunk),
    ]
    return bool(
        set(places) - {key} or _references.dial_plans(store, "TRUNK", trunk) or _references.route_groups(store, trunk)
    )


def _members(store: Store, table: str, key: str) -> int:
    return sum((record.get("calling") or {}).get("location") == key for record in store.table(table).values())


def _features(store: Store, key: str) -> list[tuple[str, str]]:
    """(table, id) of everything that stands in the location and is neither a member nor a trunk."""
    return [
        (table, record["id"])
        for table, records in store.tables.items()
        if table not in _NO_FEATURES
        for record in records.values()
        if key in (record.get("location"), (record.get("calling") or {}).get("location"))
    ]


@route("POST", "/telephony/config/locations/{locationId}/actions/precheckForDeletion/invoke")
def check_location(request: Request) -> Reply:
    """Safe Delete Check Before Disabling a Location for Webex Calling. UNBLOCKED promises nothing about
    DELETE /locations."""
    calling.calling_half(request)
    found = check(request.store, calling.location(request)["id"])
    status = "BLOCKED" if found.blocked else "FORCE_REQUIRED" if found.force else "UNBLOCKED"
    return Reply(
        200,
        {
            "locationDeleteStatus": status,
            "blocking": {
                "lastLocation": found.last,
                "trunksInUseCount": found.trunks_in_use,
                "usersInUseCount": found.users,
                "workspacesInUseCount": found.workspaces,
                "virtualLineInUseCount": found.virtual_lines,
                "numbersOrderPending": found.order_pending,
            },
            "nonBlocking": {"numbersPresent": found.numbers},
            "blockingUnlessForced": {"nonUserEntitiesInUse": found.features > 0, "trunksCount": found.trunks},
        },
    )


class _Start(Body):
    location_id: str
    location_name: str | None = None
    force_delete: bool | None = None


def _show(store: Store, job: Json) -> Json:
    return {"locationId": ids.encode("LOCATION", job["location"]), "locationName": job["name"]}


jobs.register(
    Kind("deleteCallingLocation", _PATH, steps=("safeDeleteCheck", "deleteCallingLocation"),
         actions=("pause", "resume"), show=_show, family="deleteCallingLocation")
)  # fmt: skip


@route("POST", _PATH)
def start_job(request: Request) -> Reply:
    """Disable a Location for Webex Calling."""
    store, body = request.store, parse(_Start, request.document())
    key = ids.parse(body.location_id, "LOCATION")
    name = store.locations.get(key, {}).get("name") or body.location_name or ""
    job = jobs.start(store, "deleteCallingLocation", location=key, name=name, force=bool(body.force_delete))
    return Reply(202, jobs.show(store, job))


def _obstacles(store: Store, job: Json) -> list[tuple[int, str]]:
    if store.calling_of(job["location"]) is None:
        return [(1012014, "Location not found.")]
    found = check(store, job["location"])
    told = (
        (found.last, 1012012, "Not allowed to delete the last calling location. Calling requires at least one active "
                              "location in the organization, This is a blocking error."),
        (found.trunks_in_use, 1012006, f"Trunks in use in the location. Count: {found.trunks_in_use}"),
        (found.users, 1012007, f"Users associated with the location. Count: {found.users}"),
        (found.workspaces, 1012008, f"Workspaces associated with the location. Count: {found.workspaces}"),
        (found.virtual_lines, 1012009, f"Virtual lines associated with the location. Count: {found.virtual_lines}"),
        (found.order_pending, 1012010, "Number order is pending."),
        (found.features and not job["force"], 1012011, "Features associated with the location. This is a blocking "
                                                       "error, use forceDelete to disable the calling location."),
        (found.trunks and not job["force"], 1012013, f"Local gateway's associated with the location. Count: "
         f"{found.trunks}. This is a blocking error, use forceDelete to disable the calling location."),
    )  # fmt: skip
    return [(code, text) for condition, code, text in told if condition]


@work("deleteCallingLocation")
def _disable(store: Store, job: Json) -> None:
    obstacles = _obstacles(store, job)
    if not obstacles and jobs.fails(store, 0):
        obstacles = [(1012002, "Unable to delete calling location from Broadworks.")]
    if obstacles:
        item = ids.encode("LOCATION", job["location"])
        job["errors"] = [
            errors.job_item(item, position, f"BATCH-{code}", text) for position, (code, text) in enumerate(obstacles, 1)
        ]
        if store.switches["delete_calling_refused"] == "FAILED":
            job["state"] = "FAILED"
        return
    features = _features(store, job["location"])
    _sweep(store, job["location"], features)
    extensions = sum(table.startswith("virtual_extension") for table, _ in features)
    job["counts"] = {
        "totalVirtualExtensionsAccount": extensions,
        "virtualExtensionsDeleted": extensions,
        "virtualExtensionsDeleteFailed": 0,
        "totalFeatureAccounts": len(features) - extensions,
        "featureAccountsDeleted": len(features) - extensions,
        "featureAccountsDeleteFailed": 0,
    }
    record = store.locations[job["location"]]
    record["referencedUntil"] = job["endedAt"] + store.switches.seconds("location_cooldown")


def _sweep(store: Store, key: str, features: list[tuple[str, str]]) -> None:
    """Features, trunks and numbers of the location go, and with them its calling half."""
    kinds = {kind.table for kind in owners.kinds()}
    for table, one in features:
        record = store.table(table).pop(one)
        if table in kinds and record.get("calling"):
            store.release(record["calling"])
            cascade.end(store, Owner(table, one))
    for one in [one for one, trunk in store.trunks.items() if trunk["location"] == key]:
        del store.trunks[one]
    for number in [number for number, record in store.numbers.items() if record["location"] == key]:
        del store.numbers[number]
        store.owners.pop(number, None)  # that of the voice portal, which goes with the location
    store.forget_order()
    store.extensions.pop(key, None)
    store.locations[key]["calling"] = None


def is_referenced(store: Store, record: Json) -> bool:
    """Whether DELETE /locations is refused: calling is on, was until a while ago, or a trunk stands there."""
    if record.get("calling") or record.get("referencedUntil", 0) > store.clock.now():
        return True
    return any(trunk["location"] == record["id"] for trunk in store.trunks.values())
