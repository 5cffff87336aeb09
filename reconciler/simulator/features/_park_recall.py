"""Where a parked call goes that nobody fetches: of a call park, and of a location's call park settings (§14).

Stored as {option, huntGroup: uuid or None}.
"""

from __future__ import annotations

from typing import Literal

from ..core import errors, ids, switches
from ..core.bodies import Body
from ..core.routing import Json
from ..core.store import Store

switches.declare(
    "park_recall_group", "optional", "user-only-needs-one", "group-needs-one", row="14",
    text="when `recall` without a hunt group is refused: never, as in live tests; with ALERT_PARKING_USER_ONLY, as the "
    "row reads; with the options that ring a hunt group",
)  # fmt: skip
switches.declare(
    "park_recall_group_deleted", "dropped", "dangling", row="14, 17.10",
    text="what is left in a recall of a hunt group that is deleted: parking user only, or its id without a name",
)  # fmt: skip

GROUPS = "hunt_groups"  # another resource's table
USER_ONLY = "ALERT_PARKING_USER_ONLY"
DEFAULT: Json = {"option": USER_ONLY, "huntGroup": None}


class Recall(Body):
    option: Literal["ALERT_PARKING_USER_ONLY", "ALERT_PARKING_USER_FIRST_THEN_HUNT_GROUP", "ALERT_HUNT_GROUP_ONLY"]
    hunt_group_id: str | None = None


def groups_of(store: Store, location: str) -> list[Json]:
    """Hunt groups that a recall in this location may ring."""
    return [group for group in store.table(GROUPS).values() if group["location"] == location]


def checked(store: Store, location: str, sent: Json) -> Json:
    """A recall block as it is stored; an id that is "" or missing means no hunt group."""
    text, option = sent.get("huntGroupId"), sent["option"]
    group = ids.parse(text, "HUNT_GROUP") if text else None
    if group is not None and group not in [one["id"] for one in groups_of(store, location)]:
        raise errors.platform(400, f"Could not find a hunt group with id '{text}' in the location.")
    rule = store.switches["park_recall_group"]
    needed = {"user-only-needs-one": option == USER_ONLY, "group-needs-one": option != USER_ONLY}
    if group is None and needed.get(rule, False):
        raise errors.missing_field("recall.huntGroupId")
    return {"option": option, "huntGroup": group}


def show(store: Store, recall: Json) -> Json:
    """`huntGroupName` is read-only, and gone when the hunt group is."""
    shown: Json = {"option": recall["option"]}
    if recall["huntGroup"]:
        shown["huntGroupId"] = ids.encode("HUNT_GROUP", recall["huntGroup"])
        if group := store.table(GROUPS).get(recall["huntGroup"]):
            shown["huntGroupName"] = group["name"]
    return shown


def without(store: Store, recall: Json, group: str) -> Json:
    """The recall after the end of that hunt group."""
    dropped = recall["huntGroup"] == group and store.switches["park_recall_group_deleted"] == "dropped"
    return dict(DEFAULT) if dropped else recall
