"""How a setting is served, whatever it is: a `Setting` says where it stands, what a PUT takes and how it reads, and
`register` makes the routes. Each setting is one file with one entry.

A PUT replaces: what it leaves out goes back to the default, as of most PUTs (webex-behaviour.md §1.9). Live tests
show some that merge; those say `merges`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from ..core import cascade, errors, switches
from ..core.bodies import Body, parse
from ..core.owners import Owner
from ..core.routing import Json, Reply, Request, route
from ..core.store import Store
from ._subjects import Family, Subject, Target, find

switches.declare(
    "setting_put_omitted", "reset", "kept", row="1.9",
    text="fields that the PUT of a call setting leaves out: back to the default, or as they were",
)  # fmt: skip


def _as_is(target: Target, value: Json) -> Json:
    return value


@dataclass(frozen=True)
class Setting:
    """`name` is the last part of the path and the key in the store. `model` has the fields that can be written;
    whatever else a read shows is read-only, and ignored when it comes back (§1.9). `required` are those that only
    some subjects must send. `oci` is the request that 4003 names.

    `check(target, value)` refuses what is wrong in itself and answers what is stored; `show(target, value)` makes the
    body of a read out of defaults and stored fields. `members` are the fields that list members as `owner` pairs,
    out of which an ended member is dropped. `basic`: workspaces of the basic tier have it under /telephony/config
    too.
    """

    name: str
    model: type[Body]
    at: Mapping[Subject, tuple[Family, ...]]
    oci: str
    defaults: Json = field(default_factory=dict)
    required: Mapping[Subject, tuple[str, ...]] = field(default_factory=dict)
    check: Callable[[Target, Json], Json] = _as_is
    show: Callable[[Target, Json], Json] = _as_is
    members: tuple[str, ...] = ()
    merges: bool = False
    basic: bool = False
    path: str = ""

    def value(self, target: Target) -> Json:
        """Defaults and what was written over them."""
        return laid(self.defaults, target.own(self.name))


_registered: list[Setting] = []


def laid(under: Json, over: Json) -> Json:
    """`over` on top of `under`; objects field by field, lists as a whole, null removes."""
    result = dict(under)
    for name, value in over.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            below = result.get(name)
            result[name] = laid(below if isinstance(below, dict) else {}, value)
        else:
            result[name] = value
    return result


def register(setting: Setting) -> Setting:
    """Serve GET and PUT for every subject and family."""
    _registered.append(setting)
    for subject, families in setting.at.items():
        for family in families:
            template = subject.path(family, setting.path or setting.name)
            route("GET", template)(partial(read, setting, subject, family))
            route("PUT", template)(partial(write, setting, subject, family))
    return setting


def read(setting: Setting, subject: Subject, family: Family, request: Request) -> Reply:
    target = find(request, subject, family, setting.oci, basic=setting.basic)
    return Reply(200, setting.show(target, setting.value(target)))


def write(setting: Setting, subject: Subject, family: Family, request: Request) -> Reply:
    target = find(request, subject, family, setting.oci, basic=setting.basic)
    sent = parse(setting.model, request.document()).wire(sent=True)
    for name in setting.required.get(subject, ()):
        if sent.get(name) is None:
            raise errors.missing_field(name)
    merges = setting.merges or request.store.switches["setting_put_omitted"] == "kept"
    base = target.own(setting.name) if merges else {}
    target.keep(setting.name, setting.check(target, laid(base, sent)))
    return Reply(204)


@cascade.on_end
def forget_member(store: Store, owner: Owner) -> None:
    """A member that ended is monitored, spared or called by nobody any more (§8)."""
    for setting in _registered:
        for own in _written(store, setting) if setting.members else ():
            for name in setting.members:
                if own.get(name):
                    own[name] = [entry for entry in own[name] if entry.get("owner") != list(owner)]


def _written(store: Store, setting: Setting) -> Iterator[Json]:
    """What everybody wrote of that setting."""
    for subject in setting.at:
        for record in store.table(subject.table).values():
            block: Json = record.get("calling") or {}
            if own := block.get("settings", {}).get(setting.name):
                yield own
