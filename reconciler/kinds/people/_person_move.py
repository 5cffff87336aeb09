"""Moving calling people to another location: one job of the API for up to 100 of them (webex-behaviour.md §15)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from reconciler.kinds.contract import jobs
from reconciler.kinds.contract.access import Writer
from reconciler.model.plan import Change, Member

FIELDS = frozenset({"location", "extension", "phone_number"})
#: People that one job takes, and that one list by id names (§1.5).
MOST, LISTED = 100, 85
#: Up to so many are read one by one.
ALONE = 2


def moves(change: Change) -> bool:
    return change.action == "update" and bool(change.want.get("location") and change.before.get("location"))


def together(change: Change) -> str:
    """People who go to one location share a job."""
    return str(change.want["location"])


def lists(ids: Sequence[str]) -> list[Sequence[str]]:
    """The ids that each list by id names."""
    return [ids[start : start + LISTED] for start in range(0, len(ids), LISTED)]


async def start(writer: Writer, members: Iterable[tuple[Member, str]]) -> None:
    """One job for all of them, each with the id that the API knows them by, and its end. It keeps extension and number
    unless told; an empty text takes them away (API: move users job)."""
    users = []
    for member, remote_id in members:
        place, user = member.want["location"], {"userId": remote_id}
        for ours, theirs in (("extension", "extension"), ("phone_number", "phoneNumber")):
            if ours in member.want:
                user[theirs] = member.want[ours] or ""
        users.append(user)
    location_id = await writer.id_of("location", place)
    url = writer.api.telephony.jobs.move_users.ep()
    body = {"usersList": [{"locationId": location_id, "validate": False, "users": users}]}
    answer = await writer.send("POST", url, body)
    details = answer.get("response", answer) if isinstance(answer, Mapping) else {}
    job_id = (details.get("jobDetails") or {}).get("id")
    if not job_id:
        return  # a person without calling is moved at once (§15); the read-back tells
    job = await writer.job_end(writer.api.telephony.jobs.move_users.ep(job_id))
    if error := jobs.failure(job):
        raise error


async def await_all(writer: Writer) -> None:
    """Moves that are under way: whether a write before an interruption took effect is not known until they end."""
    url = writer.api.telephony.jobs.move_users.ep()
    async for job in writer.pages(url, "items"):
        if job.get("latestExecutionStatus") not in jobs.OVER:
            await writer.job_end(writer.api.telephony.jobs.move_users.ep(job["id"]))
