"""Who has settings: how the API's paths name each of them. A setting that several have says which, and needs no more of
them than this, so that a plan of workspaces reads nothing of how people are written.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Owner:
    """A kind of resource that has settings: its `name`, its `plural` and the `parameter` of its id in documented paths,
    and how a sentence calls one of them. `type` is what their ids and the numbers list call them; `called` the field of
    one's document that is the key, where an id alone leads to it. `calling`: one of them may be there without calling,
    and has no settings then; `requires` are the sections that must be in place first."""

    name: str
    plural: str
    parameter: str
    words: str
    type: str
    called: str = ""
    calling: bool = False
    requires: tuple[str, ...] = ()

    def path(self, family: str, rest: str, parameter: str = "{id}") -> str:
        """`/people/{id}/features/voicemail`."""
        return family.replace("{plural}", self.plural).replace("{id}", parameter) + rest


#: Families of endpoints under which a setting lies.
FEATURES = "/{plural}/{id}/features/"
CONFIG = "/telephony/config/{plural}/{id}/"

PERSON = Owner("person", "people", "personId", "a person", "PEOPLE", "emails", calling=True)
WORKSPACE = Owner("workspace", "workspaces", "workspaceId", "a workspace", "PLACE", "displayName", calling=True)
VIRTUAL_LINE = Owner("virtual_line", "virtualLines", "virtualLineId", "a virtual line", "VIRTUAL_LINE")
LOCATION = Owner(
    "location", "locations", "locationId", "a location", "LOCATION", "name", requires=("location.calling",)
)
OWNERS = {owner.name: owner for owner in (PERSON, WORKSPACE, VIRTUAL_LINE, LOCATION)}
