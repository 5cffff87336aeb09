"""Calls every served read of the SDK, with objects that are there, and counts what comes back."""

from __future__ import annotations

import contextlib
import inspect
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reconciler.simulator import Simulator
from reconciler.simulator.core import errors, routing

from .arguments import OPTIONAL, QUERY, Known, NoObject
from .clients import async_api, sync_api
from .methods import Method, resolve
from .reasons import NOT_CALLED

_SYNC_CALLS, _ASYNC_CALLS = 3, 1


@dataclass
class Outcome:
    """`calls` of both clients; `items` is what the sync client got in all."""

    name: str
    family: str
    verb: str
    template: str
    calls: int = 0
    items: int = 0
    failures: list[str] = field(default_factory=list)
    not_called: str = ""
    twin: Outcome | None = None


def served(method: Method) -> str | None:
    """The first template under which the simulator has this method's request."""
    return next(iter(all_served(method)), None)


def all_served(method: Method) -> list[str]:
    """With a location and without one are two addresses of some methods."""
    found: list[str] = []
    for template in method.templates:
        with contextlib.suppress(errors.ApiError):
            route, handler, _ = routing.find(method.verb, f"/v1{template}")
            if handler is not None and _same(route, template, method.fixed):
                found.append(template)
    return found


def _same(route: str, template: str, fixed: frozenset[str]) -> bool:
    """Whether a route that takes this address means it: `/announcements/playlists` is no announcement."""
    pairs = zip(route.split("/"), template.split("/"), strict=True)
    return all(theirs.startswith("{") or theirs in fixed or not ours.startswith("{") for ours, theirs in pairs)


def read_all(simulator: Simulator, found: list[Method]) -> list[Outcome]:
    """Every served read, with the sync client. An alias (`telephony.jobs` is `jobs`) has its twin's outcome."""
    routing.discover()
    known, api = Known(simulator), sync_api(simulator)
    outcomes: list[Outcome] = []
    done: dict[tuple[str, Any], Outcome] = {}
    for method in found:
        template = served(method)
        if template is None or not method.read:
            continue
        call = resolve(api, method.name)
        twin = done.get((template, call.__func__))
        outcome = Outcome(method.name, method.family, method.verb, template)
        if twin is not None:
            outcome.twin = twin
        elif method.name in NOT_CALLED:
            outcome.not_called = NOT_CALLED[method.name]
        else:
            done[template, call.__func__] = outcome
            _read(outcome, method, call, known)
        outcomes.append(outcome)
    return outcomes


def _read(outcome: Outcome, method: Method, call: Callable[..., Any], known: Known) -> None:
    try:
        wanted = [arguments_of(method, template, known, _SYNC_CALLS) for template in all_served(method)]
        for arguments in itertools.chain.from_iterable(wanted):
            outcome.calls += 1
            count = _count(call(**arguments))
            outcome.items += count
            if count > 1 and _pages(call):
                half = _count(call(**arguments, max=(count + 1) // 2))
                if half != count:
                    outcome.failures.append(f"{arguments}: {count} items at once, {half} in two pages")
    except NoObject as missing:
        outcome.failures.append(f"the tenant has no object for {missing}")
    except Exception as problem:
        outcome.failures.append(described(problem))


async def read_all_async(simulator: Simulator, found: list[Method], sync: list[Outcome]) -> None:
    """The same with the async client: each read once, added to the outcomes of the sync one."""
    known = Known(simulator)
    methods = {method.name: method for method in found}
    api = async_api(simulator)
    async with api.session:
        for outcome in sync:
            if outcome.not_called or outcome.failures or outcome.twin:
                continue
            try:
                call = resolve(api, outcome.name)
            except AttributeError:
                outcome.failures.append("the async client has no such method")
                continue
            try:
                for arguments in arguments_of(methods[outcome.name], outcome.template, known, _ASYNC_CALLS):
                    await call(**arguments)
                    outcome.calls += 1
            except Exception as problem:
                outcome.failures.append(f"async: {described(problem)}")


def arguments_of(method: Method, template: str, known: Known, limit: int) -> list[dict[str, Any]]:
    """What the address needs, out of the tenant, and what is required beside it."""
    beside = {name: QUERY[name](known) for name in method.required if f"{{{name}}}" not in template and name in QUERY}
    beside |= OPTIONAL.get(method.name, {})
    return [{**beside, **bound} for bound in known.bindings(template, limit)]


def described(problem: Exception) -> str:
    text = str(problem)
    response = getattr(problem, "response", None)
    if response is not None:
        text = f"{response.status_code} {response.text}"
    return f"{type(problem).__name__}: {text}"[:600]


def _count(answer: Any) -> int:
    """How many objects came: of a generator all pages."""
    if inspect.isgenerator(answer):
        return len(list(answer))
    return len(answer) if isinstance(answer, list) else int(answer is not None)


def _pages(call: Callable[..., Any]) -> bool:
    parameters = inspect.signature(call).parameters.values()
    return inspect.isgeneratorfunction(call) and any(one.kind is one.VAR_KEYWORD for one in parameters)
