"""What really happened in the tenant: who changed which value when, seen from inside, by no client.

Every request is looked at while it is carried out, so nothing depends on what the product believes. From that follows
what may never be: somebody else's change overwritten though it could be seen, something touched that nobody described,
something created twice.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from reconciler.simulator import Simulator
from reconciler.simulator.core import routing
from tests.properties import call_settings
from tests.properties.truth import object_of
from tests.support.state import by_name

#: Whose requests these are: it goes along from the client's task to the connections that it opens.
CLIENT: ContextVar[str] = ContextVar("CLIENT", default="us")
ADMIN, LATE = "admin", "late"
#: Seconds that may at most lie between the last look at something and its being written.
WINDOW = 10.0
#: Seconds for which the calling data of somebody new may not be shown.
LAG = 15.0
Leaves = dict[str, Any]
#: Where somebody looks who is about to write there, if it is not the same address.
_LOOKS = {
    "/telephony/config/locations/{locationId}/numbers": "/telephony/config/numbers",
    "/telephony/config/jobs/person/moveLocation": "/people/{personId}",
    "/workspaces": "/workspaces",
    "/people": "/people",
}
#: What goes along when somebody moves, or loses calling: the plan says so, and no comparison of the owner shows it.
_WITH_CALLING = re.compile(r"/calling/(?!(location|extension|number)$)")
#: Whose callback somebody was goes back to the location's when they leave (§15); whether it is good then, callback.py
#: looks at.
_FOLLOWS = "/calling/ecbn/"
#: Who has left, or lost calling, is in no group and watched by nobody (§8).
MEMBERS = re.compile(r"/(agents|originators|targets|monitoredElements)$")
_OWNERS = (
    "/people/{personId}",
    "/workspaces/{workspaceId}",
    "/telephony/config/virtualLines/{virtualLineId}",
    "/telephony/config/jobs/person/moveLocation",
    "/licenses/users",
)


@dataclass(frozen=True)
class Deed:
    """One change of the tenant: its number among all requests, by whom, and the values before and after by path. `cut`:
    the tenant took only a part of what was sent."""

    number: int
    who: str
    request: str
    changed: dict[str, tuple[Any, Any]]
    cut: bool = False


@dataclass
class History:
    """Watches a simulator from its construction on. `overwritten`, `strange` and `doubled` must stay empty; `windows`
    counts changes that fell between a comparison and the write after it, where nobody can see them."""

    server: Simulator
    deeds: list[Deed] = field(default_factory=list)
    overwritten: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    windows: list[str] = field(default_factory=list)
    #: Called before each request of a client, with how many there were since `begin`.
    on_request: Callable[[str, int], None] = lambda who, count: None
    #: Called after each write of a client.
    on_write: Callable[[str], None] = lambda told: None
    mishap: Exception | None = None
    planned: dict[str, int] = field(default_factory=dict)
    #: What a client's own plan wants somewhere: two who carry out the same plan do not disturb each other.
    intended: dict[str, str] = field(default_factory=dict)
    described: dict[str, Callable[[str, bool], bool]] = field(default_factory=dict)
    _number: int = 0
    _counts: dict[str, int] = field(default_factory=dict)
    _looks: dict[str, list[tuple[int, float, str, str]]] = field(default_factory=dict)
    _last: dict[str, Deed] = field(default_factory=dict)
    #: Who made an object, with the number and the time of that request.
    _made: dict[str, tuple[str, int, float]] = field(default_factory=dict)
    _saw: dict[str, Leaves] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._carry_out = self.server._tenant.carry_out
        self.server._tenant.carry_out = self._carried_out  # type: ignore[method-assign]
        self.now = leaves(self.server)

    def begin(self, who: str) -> None:
        """A new command of this client: its requests are counted from here."""
        self._counts[who] = 0

    def plans(self, who: str) -> None:
        """This client begins to read for a plan: what was changed until now it may see."""
        self.planned[who], self._saw[who] = self._number, self.now

    def since(self, number: int) -> list[Deed]:
        return [deed for deed in self.deeds if deed.number > number]

    @property
    def moment(self) -> int:
        return self._number

    def _carried_out(self, asked: Any, do: Any = None) -> Any:
        who = ADMIN if asked.actor else CLIENT.get()
        if who != ADMIN:
            self._counts[who] = self._counts.get(who, 0) + 1
            self._kept(lambda: self.on_request(who, self._counts[who]))
        self._number += 1
        if asked.method == "GET":
            reply = self._carry_out(asked, do)
            self._looks.setdefault(who, []).append((self._number, self._time(), asked.path, asked.template))
            return reply
        self.settle()
        reply = self._carry_out(asked, do)
        self._changes(who, asked, told := f"{asked.method} {asked.path.removeprefix('/v1')}", do)
        if who != ADMIN:
            self._kept(lambda: self.on_write(f"{who} #{self._number} {told}"))
        return reply

    def _kept(self, act: Callable[[], None]) -> None:
        """A mistake here would be a 500 of the server, and look like one more fault."""
        try:
            act()
        except Exception as error:
            self.mishap = self.mishap or error

    def settle(self) -> None:
        """What has become due by the tenant's clock until now is nobody's doing now."""
        self._changes(LATE, None, "delayed")

    def _changes(self, who: str, asked: Any, request: str, do: Any = None) -> None:
        before, self.now = self.now, leaves(self.server)
        if before == self.now:
            return
        changed = {
            path: (before.get(path), self.now.get(path))
            for path in sorted(before.keys() | self.now.keys())
            if before.get(path) != self.now.get(path)
        }
        if do and do.delay:
            who = LATE  # the network kept it back, perhaps for longer than anybody waited for the answer
        deed = Deed(self._number, who, request, changed, bool(do and do.partial))
        known = {object_of(path) for path in before}
        if who not in (ADMIN, LATE):
            self._judge(deed, asked, known)
        elif who == LATE:
            self._twice_late(deed, known)
        self._made |= dict.fromkeys({object_of(path) for path in changed} - known, (who, self._number, self._time()))
        self.deeds.append(deed)
        self._last.update(dict.fromkeys(changed, deed))

    # --- what may never be ---

    def _judge(self, deed: Deed, asked: Any, known: set[str]) -> None:
        for path, (before, after) in deed.changed.items():
            told = f"{deed.who} #{deed.number} {deed.request}: {path} {_short(before)} -> {_short(after)}"
            new = object_of(path) not in known
            if asked.template in _OWNERS and MEMBERS.search(path):
                continue
            if " again/" in path and new:
                if path.endswith(" again/id"):
                    self._twice(told, path, asked)
            elif (earlier := self._interleaved(deed, path)) and not _goes_along(asked, path):
                of = f"{told}; {earlier.who} #{earlier.number} had set it: {earlier.request}"
                looks = list(self._looked(deed.who, asked))
                seen = any(number > earlier.number for number, _ in looks)
                late = self._time() - max((at for _, at in looks), default=0.0) > WINDOW
                shown = not self._hidden(path)
                (self.overwritten if (seen and shown) or late else self.windows).append(of)
            elif not deed.cut and _FOLLOWS not in path and not self.described[deed.who](path, new):
                self.strange.append(told)

    def _interleaved(self, deed: Deed, path: str) -> Deed | None:
        """The change of this value by somebody else that the plan cannot have shown. A value that is again what the
        plan saw is no longer one: no comparison of values can tell."""
        last = self._last.get(path)
        if last is None or last.who in (deed.who, LATE) or last.number <= self.planned.get(deed.who, 0):
            return None
        if self._sets_up(deed.who, path):
            return None
        if deed.changed[path][0] == self._saw.get(deed.who, {}).get(path):
            return None
        if last.who != ADMIN and json.dumps(deed.changed[path][0]) in self.intended.get(deed.who, ""):
            return None
        return last

    def _sets_up(self, who: str, path: str) -> bool:
        """Whether this is a setting of somebody whom the plan itself has made: it knows no state to compare with."""
        maker, number, _ = self._made.get(object_of(path), ("", 0, 0.0))
        return maker == who and number > self.planned.get(who, 0) and bool(_WITH_CALLING.search(path))

    def _hidden(self, path: str) -> bool:
        """Whether reads do not show it yet: the calling data of somebody new (webex-behaviour.md §1.6)."""
        made = self._made.get(object_of(path), ("", 0, -LAG))[2]
        return "/calling/" in path and self._time() - made < LAG

    def _looked(self, who: str, asked: Any) -> Iterator[tuple[int, float]]:
        """The numbers and times of the requests by which this client saw what it writes now."""
        template = _LOOKS.get(asked.template)
        for number, at, address, route in self._looks.get(who, []):
            if route == template if template else address == asked.path:
                yield number, at

    def _time(self) -> float:
        return float(self.server._tenant.clock.now())

    def _twice(self, told: str, path: str, asked: Any) -> None:
        """Something was created under a name that is taken; only where that came about unseen it cannot be helped."""
        first = self._last.get(path.replace(" again", ""))
        looks = self._looked(CLIENT.get(), asked)
        if first is None or first.who == CLIENT.get() or any(number > first.number for number, _ in looks):
            self.doubled.append(told)
        else:
            self.windows.append(told)

    def _twice_late(self, deed: Deed, known: set[str]) -> None:
        """What takes effect late was sent before, and somebody has sent it again meanwhile; one alone should know."""
        alone = not (self._counts.keys() - {CLIENT.get()})
        for path in deed.changed:
            maker = self._made.get(object_of(path).replace(" again", ""), ("",))[0]
            if path.endswith(" again/id") and object_of(path) not in known and alone and maker in (CLIENT.get(), LATE):
                self.doubled.append(f"{deed.who} #{deed.number}: {path}, which {maker} had made")


def _goes_along(asked: Any, path: str) -> bool:
    return asked.method == "DELETE" or bool(asked.template in _OWNERS and _WITH_CALLING.search(path))


def leaves(server: Simulator) -> Leaves:
    """Every value in the tenant by its path, `people/ana@example.com/calling/extension`; what is empty is left out."""
    found: Leaves = {}
    tenant = server._tenant
    tenant._settle()
    routing.settle(tenant.store)
    for path, value in by_name(tenant.store.dump()).items():  # looked at, not copied: nothing else runs meanwhile
        if path not in ("org", "switches"):
            _spread(path, call_settings.without_rest(value), found)
    return found


def _spread(path: str, value: Any, found: Leaves) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            _spread(f"{path}/{name}", item, found)
    elif isinstance(value, list):
        if value:
            found[path] = json.dumps(sorted(value) if path.endswith("/licenses") else value)
    elif value not in (None, ""):
        found[path] = value


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 60 else f"{text[:57]}..."
