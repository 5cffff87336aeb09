"""Every successful write leaves one audit event (developer.webex.com "Admin Audit Events"; webex-behaviour.md §1.9:
the only change feed that there is for calling).

    audit_events   {id, n, created, actor: person uuid, actorName, actorEmail, method, route, targetType, targetId,
                    targetName, made?: true where the target is what was created}

Events are numbered on their own: `n` is one more than the last one's and the id follows from it, so that they do not
consume the tenant's `sequence`. Texts are made when they are read, because this runs on every write.
"""

from __future__ import annotations

import re
from uuid import UUID, uuid5

from ..core import routing
from ..core.routing import Json, Reply, Request
from ..core.store import Store
from . import _targets
from ._targets import Target

TABLE = "audit_events"
MOST = 50_000  # the oldest are dropped beyond

# POSTs that only ask; Bulk is recorded by its operations
_QUESTION = re.compile(
    r"/actions/(validate|precheck|preview|test|fqdnValidation|getSettings|generatePassword|download)\w*/invoke$"
    r"|/access_token$|/v2/Bulk$"
)


@routing.before_write
def look(request: Request) -> None:
    """Who is about to delete what; afterwards both may be gone."""
    if request.method == "DELETE":
        request.notes["audit"] = (_actor(request), _targets.before(request))


@routing.after_write
def record(request: Request, reply: Reply) -> None:
    """One event for this write."""
    if _asks_only(request):
        return
    actor, target = request.notes.get("audit") or (_actor(request), None)
    store = request.store
    events = store.table(TABLE)
    number = int(events[next(reversed(events))]["n"]) + 1 if events else 1
    event = _event(store, number, actor, target or _targets.after(request, reply))
    event |= {"method": request.method, "route": request.template}
    if _targets.created(request, reply):
        event["made"] = True
    events[event["id"]] = event
    while len(events) > MOST:
        del events[next(iter(events))]


def _asks_only(request: Request) -> bool:
    if _QUESTION.search(request.template):
        return True
    # a move is validated by a job's POST with a flag
    lists = request.body.get("usersList") if isinstance(request.body, dict) else None
    return bool(request.template.endswith("/moveLocation") and lists and lists[0].get("validate"))


def _event(store: Store, number: int, actor: Json, target: Target) -> Json:
    return {
        "id": str(uuid5(UUID(store.org["id"]), f"audit/{number}")),
        "n": number,
        "created": store.clock.stamp(),
        **actor,
        "targetType": target.type,
        "targetId": target.id,
        "targetName": target.name,
    }


def _actor(request: Request) -> Json:
    """The person by name and address; of one who is deleted, what the last event still knew."""
    store, key = request.store, request.actor or request.store.org["admin"]
    person = store.people.get(key)
    if person is not None:
        return {"actor": key, "actorName": person["displayName"], "actorEmail": person["emails"][0]}
    return last_known(store, key)


def last_known(store: Store, key: str) -> Json:
    """{actor, actorName, actorEmail} of a person who is gone; empty texts where nothing was ever known."""
    for event in reversed(store.tables.get(TABLE, {}).values()):
        if event["actor"] == key:
            return {name: event[name] for name in ("actor", "actorName", "actorEmail")}
    return {"actor": key, "actorName": "", "actorEmail": ""}
