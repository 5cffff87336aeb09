"""The requests that an operation on a person takes, as a plan foretells them, and what calling is."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.kinds.contract.kind import Calls, Held
from reconciler.kinds.people import _person_move
from reconciler.model.plan import Operation


def calls(licenses: Iterable[str]) -> bool:
    """Whether somebody with these licences calls."""
    return any(name.startswith("Webex Calling") for name in licenses)


def _find_calls(operation: Operation, after: bool, held: Held) -> list[str]:
    """Names behind ids cost a look into two lists, unless nothing is to be named."""
    created, member = operation.action == "create", operation.members[0]
    if (created and not after) or (operation.action == "delete" and after):
        return ["GET /people" if created else "GET /people/{personId}"]
    if len(operation.members) > _person_move.ALONE:
        return ["location", *("GET /people" for _ in _person_move.lists([one.id for one in operation.members]))]
    have = {**member.before, **(member.want if after else {})}
    named = [kind for kind, name in (("location", "location"), ("license", "licenses")) if have.get(name, not created)]
    one = "GET /people" if created else "GET /people/{personId}"
    return [*[one] * len(operation.members), *named]


def _send_calls(operation: Operation) -> list[str]:
    want = operation.members[0].want
    if operation.action == "delete":
        return ["DELETE /people/{personId}"]
    if operation.step == "move":
        job = "/telephony/config/jobs/person/moveLocation"
        return ["location", f"POST {job}", f"GET {job}/{{jobId}}", f"GET {job}/{{jobId}}/errors"]
    if operation.action == "update":
        named = [kind for kind, name in (("location", "location"), ("license", "licenses")) if want.get(name)]
        return [*named, "PATCH /licenses/users" if "licenses" in want else "PUT /people/{personId}"]
    if want.get("provisioning") != "scim":
        first = ["POST /people"]
    else:
        first = ["POST /identity/scim/{orgId}/v2/Users"] + (["PATCH /licenses/users"] if want.get("licenses") else [])
    return [*(kind for kind, name in (("location", "location"), ("license", "licenses")) if want.get(name)), *first]


def _bares(operation: Operation) -> bool:
    """A move and the loss of calling take the calling settings along."""
    member = operation.members[0]
    licenses = member.want.get("licenses")
    return operation.step == "move" or (
        licenses is not None and not calls(licenses) and calls(member.before.get("licenses") or ())
    )


CALLS = Calls(find=_find_calls, send=_send_calls, bares=_bares)
