"""Agents of hunt groups and call queues: {kind, id, weight, skillLevel?, joinEnabled} in the record's `agents`, in the
order in which they were sent, because REGULAR rings in that order."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ..core import cascade, errors, owners
from ..core.bodies import Body
from ..core.owners import Owner
from ..core.routing import Json
from ..core.store import Store
from ._feature import member, show_location, show_member

Policy = Literal["CIRCULAR", "REGULAR", "SIMULTANEOUS", "UNIFORM", "WEIGHTED"]
_LIMITS = {"SIMULTANEOUS": 50, "WEIGHTED": 100}
_MOST = 1000
_WEIGHT = "50"
# the only mark of this licence that is known: its name
CX_LICENSE = "Customer Experience - Essential"


class Agent(Body):
    """An agent is an object; its id alone is refused with `Invalid field value: agents` (§14)."""

    id: str
    weight: str | None = Field(None, pattern=r"^(100|\d{1,2})$")
    skill_level: int | None = Field(None, ge=1, le=20)
    join_enabled: bool = True


def owner_of(agent: Json) -> Owner:
    return Owner(agent["kind"], agent["id"])


def checked(store: Store, sent: list[Agent], policy: str) -> list[Json]:
    """The agents as they are stored; each at most once, and as many as the policy takes."""
    found: dict[Owner, Json] = {}
    for one in sent:
        owner = member(store, one.id)
        if owner in found:
            raise errors.invalid_value("Invalid field value: agents")
        found[owner] = {
            "kind": owner.kind,
            "id": owner.id,
            "weight": one.weight or _WEIGHT,
            "joinEnabled": one.join_enabled,
            **({"skillLevel": one.skill_level} if one.skill_level else {}),
        }
    check_limit(len(found), policy)
    return list(found.values())


def check_limit(count: int, policy: str) -> None:
    limit = _LIMITS.get(policy, _MOST)
    if count > limit:
        raise errors.platform(400, f"The policy {policy} allows {limit} agents at most.")


def share_out(agents: list[Json]) -> None:
    """The change to WEIGHTED rewrites all weights (§14; T:callqueue): equal parts of 100, the first take the rest."""
    for position, agent in enumerate(agents):
        agent["weight"] = str(100 // len(agents) + (position < 100 % len(agents)))


def is_cx(store: Store, owner: Owner) -> bool:
    """Whether that is a person with the Customer Assist licence, which had been called CX Essentials."""
    held = store.table(owner.kind)[owner.id].get("licenses", ()) if owner.kind == "people" else ()
    return any(store.licenses[key]["name"] == CX_LICENSE for key in held)


def show(store: Store, agent: Json) -> Json:
    """What the details of a hunt group or queue give of an agent."""
    owner = owner_of(agent)
    return {
        **show_member(store, owner),
        "type": owners.kind_of(owner).type,
        "weight": agent["weight"],
        "location": location(store, owner),
    }


def location(store: Store, owner: Owner) -> Json:
    """{id, name} of where the agent is, which may be another location than the queue's."""
    shown = show_location(store, store.table(owner.kind)[owner.id]["calling"])
    return {"id": shown["locationId"], "name": shown["locationName"]}


@cascade.on_end
def _forget(store: Store, owner: Owner) -> None:
    """Assumed of the real API (§8, 17.10): who is gone is in no group any more."""
    for table in ("hunt_groups", "call_queues"):
        for record in store.table(table).values():
            record["agents"] = [agent for agent in record["agents"] if owner_of(agent) != owner]
