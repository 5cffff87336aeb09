"""Whether a tenant whose switch stands elsewhere would have answered the same.

A client does what it is answered. Where the same requests, at the same moments and in the same order, get the same
answers and leave the same tenant, a run would be the run that was: it need not be made again to know how it ends.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from reconciler.simulator.core import errors
from reconciler.simulator.core.faults import Do
from reconciler.simulator.core.routing import Reply, Request
from reconciler.simulator.core.store import Store
from reconciler.simulator.tenant import Tenant

State = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """One request, or with no method the question what the whole tenant is, and what was answered."""

    moment: float
    answer: Any
    method: str = ""
    path: str = ""
    query: str = "{}"
    body: str = "null"
    root: str = ""
    actor: str = ""
    do: Do | None = None

    def request(self, store: Store) -> Request:
        query, body = json.loads(self.query), json.loads(self.body)
        return Request(self.method, self.path, query, body, store, self.root, actor=self.actor)


class Answers:
    """From now on everything that is asked of a simulator in this process, over HTTP or as an edit."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.asked: list[Asked] = []
        self._carry_out, self._state = carry_out, state = Tenant.carry_out, Tenant.state

        def remembered(tenant: Tenant, asked: Request, do: Do | None = None) -> Reply:
            as_sent = {"query": json.dumps(asked.query), "body": json.dumps(asked.body), "root": asked.root}
            with tenant.clock.held() as moment:  # all that one request looks at happens at one moment
                reply = carry_out(tenant, asked, do)
            one = Asked(moment, _answer(reply), asked.method, asked.path, actor=asked.actor, do=do, **as_sent)
            self.asked.append(one)
            return reply

        def looked_at(tenant: Tenant) -> State:
            with tenant.clock.held() as moment:
                found = state(tenant)
            self.asked.append(Asked(moment, found))
            return found

        patch.setattr(Tenant, "carry_out", remembered)
        patch.setattr(Tenant, "state", looked_at)
        patch.setattr(errors, "uuid4", lambda: UUID(int=0))  # in ids of answers, for support

    def same(self, begun: State, switch: str, position: str) -> bool:
        """Whether that tenant, with this switch in that position, answers all of it as it was answered."""
        tenant = Tenant(Store({**begun, "switches": {**begun["switches"], switch: position}}), "")
        tenant.clock.run(0)
        for one in self.asked:
            tenant.clock.at(one.moment)
            if one.method:
                reply = self._carry_out(tenant, one.request(tenant.store), one.do)
                if _answer(reply) != one.answer:
                    return False
            elif not _alike(self._state(tenant), one.answer):
                return False
        return True


def _answer(reply: Reply) -> str:
    return json.dumps([reply.status, reply.body, reply.headers])


def _alike(one: State, other: State) -> bool:
    own = ("switches", "clock")
    return all(one.get(name) == other.get(name) for name in (one.keys() | other.keys()) - {*own})
