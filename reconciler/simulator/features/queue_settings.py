"""Settings of all call queues of the organisation, and the announcement files of one queue (webex-behaviour.md §14).
Table `queue_settings`: one record {id: org, and the fields of the body}."""

from __future__ import annotations

from ..core import bodies, errors
from ..core.bodies import Body
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from .call_queues import ONE, QUEUES

_PATH = "/telephony/config/queues/settings"


class _Settings(Body):
    maintain_queue_position_for_sim_ring_enabled: bool = False
    force_agent_unavailable_on_bounced_enabled: bool = False
    play_tone_to_agent_for_barge_in_enabled: bool = False
    play_tone_to_agent_for_silent_monitoring_enabled: bool = False
    play_tone_to_agent_for_supervisor_coaching_enabled: bool = False


def _stored(store: Store) -> Json:
    return store.table("queue_settings").get(store.org["id"], {})


@route("GET", _PATH)
def get_settings(request: Request) -> Reply:
    """Get Call Queue Settings."""
    return Reply(200, bodies.parse(_Settings, _stored(request.store)).wire())


@route("PUT", _PATH)
def update_settings(request: Request) -> Reply:
    """Update Call Queue Settings: merges (T:callqueue TestOrgSettings)."""
    store = request.store
    body = bodies.merge(_Settings, _stored(store), request.document())
    store.table("queue_settings")[store.org["id"]] = {"id": store.org["id"], **body.wire()}
    return Reply(204)


@route("GET", ONE + "/announcements")
def list_announcements(request: Request) -> Reply:
    """Read the List of Call Queue Announcement Files: those of the queue itself, which only Control Hub uploads."""
    return Reply(200, {"announcements": QUEUES.find(request, "queueId").get("announcements", [])})


@route("DELETE", ONE + "/announcements/{fileName}")
def delete_announcement(request: Request) -> Reply:
    """Delete a Call Queue Announcement File."""
    record, name = QUEUES.find(request, "queueId"), request.params["fileName"]
    files = record.get("announcements", [])
    if all(one["fileName"] != name for one in files):
        raise errors.not_found()
    record["announcements"] = [one for one in files if one["fileName"] != name]
    return Reply(204)
