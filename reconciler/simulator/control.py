"""The control API under `/_control`: what a test asks of the simulator itself. Never counted, never faulty.

GET    /requests               counts since the last reset
GET    /requests/log           every request in order
DELETE /requests               reset
GET    /state                  the whole tenant, the same text for the same state
PUT    /state                  replace it, with what GET gives; switches that it does not name stay
POST   /edit                   {method, path, body?, actor?}: another admin's change; actor is the uuid of a person
GET    /faults                 the schedule, what it did, and what chance has used
POST   /faults                 add to the schedule (faults.py has the form)
DELETE /faults                 no more faults
PUT    /limits                 {rates: {scope: [requests, seconds]}, retryAfter?}
GET    /clock                  {now}
POST   /clock                  {advance: seconds} or {speed: times real time, 0 stands}
GET    /switches               every switch with row, text, positions and the one it stands at
PUT    /switches               {name: position}
POST   /tokens                 {add: token, scopes?: [scope]}, {granted: [scope]} of refreshed tokens, or {expire: true}
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .core import faults, form, routing, switches
from .core.routing import Json, Reply
from .tenant import Tenant

ROOT = "/_control"
_EDIT = "an edit is {method, path, body?, actor?}"


def answer(tenant: Tenant, method: str, path: str, body: Any) -> Reply:
    """Carry out a control call; what is wrong with one is said in a 400."""
    call = _CALLS.get((method, path.removeprefix(ROOT)))
    if call is None:
        return Reply(404, {"message": f"no control call {method} {path}"})
    try:
        return call(tenant, body)
    except ValueError as problem:
        return Reply(400, {"message": str(problem)})
    except OSError as problem:  # of --data
        return Reply(507, {"message": f"the tenant cannot be saved: {problem}"})


def _object(body: Any, *keys: str, form: str) -> Json:
    """The body, when it is an object with some of these keys and no other; ValueError with the form otherwise."""
    if not isinstance(body, dict) or not body or (keys and not body.keys() <= set(keys)):
        raise ValueError(form)
    return body


def _edit(tenant: Tenant, body: Any) -> Reply:
    asked = _object(body, "method", "path", "body", "actor", form=_EDIT)
    method, path, actor = asked.get("method"), asked.get("path"), asked.get("actor", "")
    if not isinstance(method, str) or not isinstance(path, str) or not method or not path:
        raise ValueError(f"{_EDIT}, the first two are texts")
    if not isinstance(actor, str) or (actor and actor not in tenant.store.people):
        raise ValueError(f"{_EDIT}, actor is the uuid of a person")
    return tenant.edit(method, path, asked.get("body"), actor)


def _load(tenant: Tenant, body: Any) -> Reply:
    tenant.load(form.check(body), keep_switches=True)
    return Reply(204)


def _add_faults(tenant: Tenant, body: Any) -> Reply:
    tenant.schedule.add(faults.parse(body))
    return Reply(204)


def _no_faults(tenant: Tenant, body: Any) -> Reply:
    tenant.schedule.clear()
    return Reply(204)


def _limits(tenant: Tenant, body: Any) -> Reply:
    shape = "limits are {rates: {scope: [requests, seconds]}, retryAfter?}"
    asked = body if body == {} else _object(body, "rates", "retryAfter", form=shape)
    rates = asked.get("rates", {})
    if not isinstance(rates, dict) or not all(map(_is_rate, rates.values())):
        raise ValueError(shape)
    tenant.limits.set({scope: (rate[0], float(rate[1])) for scope, rate in rates.items()},
                      asked.get("retryAfter", "seconds"))  # fmt: skip
    return Reply(204)


def _is_rate(rate: Any) -> bool:
    """[whole number of requests, seconds]"""
    return isinstance(rate, list) and len(rate) == 2 and type(rate[0]) is int and type(rate[1]) in (int, float)


def _move_clock(tenant: Tenant, body: Any) -> Reply:
    body = _object(body, "advance", "speed", form="the clock takes {advance: seconds} or {speed: times real time}")
    if "speed" in body:
        tenant.clock.run(body["speed"])
    if "advance" in body:
        tenant.clock.advance(body["advance"])
    tenant.save()
    return _clock(tenant, None)


def _clock(tenant: Tenant, body: Any) -> Reply:
    return Reply(200, {"now": tenant.clock.stamp(), "speed": tenant.clock.speed})


def list_switches(chosen: switches.Positions | None = None) -> list[Json]:
    """Every switch: name, row, text, positions (the first is the default), and where it stands."""
    routing.discover()
    positions = switches.Positions({}) if chosen is None else chosen
    return [
        {"name": switch.name, "row": switch.row, "text": switch.text, "positions": list(switch.positions),
         "position": positions[switch.name]}
        for switch in switches.declared()
    ]  # fmt: skip


def _turn(tenant: Tenant, body: Any) -> Reply:
    if not isinstance(body, dict):
        raise ValueError("switches are {name: position}")
    switches.Positions(body)  # all or none
    for name, position in body.items():
        tenant.store.switches.turn(name, position)
    tenant.save()
    return Reply(204)


def _tokens(tenant: Tenant, body: Any) -> Reply:
    shape = "tokens take {add: token, scopes?: [scope]}, {granted: [scope]} or {expire: true}"
    asked = _object(body, "add", "scopes", "expire", "granted", form=shape)
    token, scopes = asked.get("add"), asked.get("scopes")
    lists = [one for one in (scopes, asked.get("granted")) if one is not None]
    texts = all(isinstance(one, list) and all(isinstance(scope, str) for scope in one) for one in lists)
    if not texts or asked.get("expire", True) is not True or not (asked.keys() & {"add", "expire", "granted"}):
        raise ValueError(shape)
    if "add" in asked and not (isinstance(token, str) and token):
        raise ValueError(shape)
    if "expire" in asked:
        tenant.tokens.expire()
    if "granted" in asked:
        tenant.tokens.grant_only(frozenset(asked["granted"] or ()))
    if token:
        tenant.tokens.add(token, None if scopes is None else frozenset(scopes))
    return Reply(204)


def _reset(tenant: Tenant, body: Any) -> Reply:
    tenant.ledger.reset()
    return Reply(204)


_CALLS: dict[tuple[str, str], Callable[[Tenant, Any], Reply]] = {
    ("GET", "/requests"): lambda tenant, body: Reply(200, tenant.ledger.summary()),
    ("GET", "/requests/log"): lambda tenant, body: Reply(200, tenant.ledger.entries),
    ("DELETE", "/requests"): _reset,
    ("GET", "/state"): lambda tenant, body: Reply(200, tenant.state()),
    ("PUT", "/state"): _load,
    ("POST", "/edit"): _edit,
    ("GET", "/faults"): lambda tenant, body: Reply(200, tenant.schedule.report()),
    ("POST", "/faults"): _add_faults,
    ("DELETE", "/faults"): _no_faults,
    ("PUT", "/limits"): _limits,
    ("GET", "/clock"): _clock,
    ("POST", "/clock"): _move_clock,
    ("GET", "/switches"): lambda tenant, body: Reply(200, list_switches(tenant.store.switches)),
    ("PUT", "/switches"): _turn,
    ("POST", "/tokens"): _tokens,
}
