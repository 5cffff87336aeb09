"""The control API under `/_control`: what a test asks of the simulator itself. Never counted, never faulty.

GET    /requests               counts since the last reset
GET    /requests/log           every request in order
DELETE /requests               reset
GET    /state                  the whole tenant, the same text for the same state
PUT    /state                  replace it
POST   /edit                   {method, path, body?}: another admin's change
GET    /faults                 the schedule, what it did, and what chance has used
POST   /faults                 add to the schedule (faults.py has the form)
DELETE /faults                 no more faults
PUT    /limits                 {rates: {scope: [requests, seconds]}, retryAfter?}
GET    /clock                  {now}
POST   /clock                  {advance: seconds} or {speed: times real time, 0 stands}
GET    /switches               every switch with row, text, positions and the one it stands at
PUT    /switches               {name: position}
POST   /tokens                 {add: token, scopes?: [scope]} or {expire: true}
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .core import faults, routing, switches
from .core.routing import Json, Reply
from .tenant import Tenant

ROOT = "/_control"


def answer(tenant: Tenant, method: str, path: str, body: Any, malformed: bool) -> Reply:
    """Carry out a control call; what is wrong with one is said in a 400."""
    call = _CALLS.get((method, path.removeprefix(ROOT)))
    if call is None:
        return Reply(404, {"message": f"no control call {method} {path}"})
    if malformed:
        return Reply(400, {"message": "the body is not JSON"})
    try:
        return call(tenant, body)
    except (ValueError, TypeError, KeyError) as problem:
        return Reply(400, {"message": str(problem) or type(problem).__name__})


def _edit(tenant: Tenant, body: Any) -> Reply:
    if not isinstance(body, dict) or not isinstance(body.get("method"), str) or not isinstance(body.get("path"), str):
        raise ValueError("an edit is {method, path, body?, actor?}")
    return tenant.edit(body["method"], body["path"], body.get("body"), str(body.get("actor") or ""))


def _load(tenant: Tenant, body: Any) -> Reply:
    if not isinstance(body, dict) or "org" not in body:
        raise ValueError("a tenant is an object with an org")
    tenant.load(body)
    return Reply(204)


def _add_faults(tenant: Tenant, body: Any) -> Reply:
    tenant.schedule.add(faults.parse(body))
    return Reply(204)


def _no_faults(tenant: Tenant, body: Any) -> Reply:
    tenant.schedule.clear()
    return Reply(204)


def _limits(tenant: Tenant, body: Any) -> Reply:
    rates = {scope: (int(count), float(seconds)) for scope, (count, seconds) in dict(body.get("rates", {})).items()}
    tenant.limits.set(rates, body.get("retryAfter", "seconds"))
    return Reply(204)


def _move_clock(tenant: Tenant, body: Any) -> Reply:
    if not isinstance(body, dict) or not body.keys() & {"advance", "speed"}:
        raise ValueError("the clock takes {advance: seconds} or {speed: times real time}")
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
    for name, position in dict(body).items():
        tenant.store.switches.turn(name, position)
    tenant.save()
    return Reply(204)


def _tokens(tenant: Tenant, body: Any) -> Reply:
    if not isinstance(body, dict) or not body.keys() & {"add", "expire"}:
        raise ValueError("tokens take {add: token, scopes?} or {expire: true}")
    if body.get("expire"):
        tenant.tokens.expire()
    if body.get("add"):
        scopes = body.get("scopes")
        tenant.tokens.add(str(body["add"]), None if scopes is None else frozenset(map(str, scopes)))
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
