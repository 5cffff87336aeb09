"""Writes through the SDK.

Updates and deletions are generated: what a read gives is written back by the update of the same API that takes such
an object, and of every kind one object is deleted. Creations and actions need sense in their arguments, so they stand
by hand in `creations.py`.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import os
import re
import typing
from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel, TypeAdapter
from wxc_sdk import WebexSimpleApi

from reconciler.simulator import Simulator

from .arguments import PLAIN, QUERY, Known, NoObject
from .clients import sync_api
from .creations import ORDER, calls
from .methods import Method, resolve
from .reads import Outcome, all_served, arguments_of, described, served
from .reasons import NOT_CALLED, NOT_DELETED

_TRIES = 60


class Writer:
    """Calls write methods and keeps their outcomes, aliases of the same method once."""

    def __init__(self, simulator: Simulator, found: list[Method]) -> None:
        self.simulator = simulator
        self.api: WebexSimpleApi = sync_api(simulator)
        self.found = found
        self.outcomes: dict[str, Outcome] = {}
        self._twins: dict[tuple[str, str, Any], Outcome] = {}
        for method in found:
            template = served(method)
            if template is not None and not method.read:
                self._enter(method, template)

    def _enter(self, method: Method, template: str) -> None:
        key = (method.verb, template, resolve(self.api, method.name).__func__)
        outcome = Outcome(method.name, method.family, method.verb, template, twin=self._twins.get(key))
        outcome.not_called = NOT_CALLED.get(method.name, "")
        self._twins.setdefault(key, outcome)
        self.outcomes[method.name] = outcome

    def waiting(self, *verbs: str) -> Iterator[tuple[Method, Outcome]]:
        """Methods with one of these verbs that have not been called yet."""
        for method in self.found:
            outcome = self.outcomes.get(method.name)
            if outcome and method.verb in verbs and not (outcome.calls or outcome.twin or outcome.not_called):
                yield method, outcome

    def create(self) -> None:
        known = Known(self.simulator)
        for name, arguments in calls(known):
            outcome = self.outcomes.get(name)
            if outcome is not None and not outcome.not_called:
                self._call(outcome, resolve(self.api, name), arguments)

    def update(self) -> None:
        known = Known(self.simulator)
        for method, outcome in self.waiting("PUT", "PATCH"):
            pair = self._reader(method, outcome.template)
            if pair is not None:
                self._write_back(method, outcome, known, *pair)

    def fill_in(self) -> None:
        """Methods whose arguments are known by their names."""
        known = Known(self.simulator)
        for method, outcome in self.waiting("POST", "PUT"):
            parameters = re.findall(r"\{(\w+)\}", outcome.template)
            if not set(method.required) <= {*parameters, *PLAIN}:
                continue
            plain = {name: PLAIN[name] for name in method.required + method.optional if name in PLAIN}
            # where nothing but the address is known, an empty update would say nothing
            if method.verb == "POST" or plain:
                self._fill_in(method, outcome, known, plain)

    def _fill_in(self, method: Method, outcome: Outcome, known: Known, plain: dict[str, Any]) -> None:
        with contextlib.suppress(NoObject):
            for bound in known.bindings(outcome.template, 1):
                call = resolve(self.api, method.name)
                needed = {name: value for name, value in bound.items() if name in method.required + method.optional}
                self._call(outcome, call, {**plain, **needed})

    def delete(self) -> None:
        def place(entry: tuple[Method, Outcome]) -> tuple[int, int]:
            """Children before parents, and in the order in which nothing is needed any more (§14)."""
            template = entry[1].template
            late = next((place for place, part in enumerate(ORDER) if re.search(part, template)), -1)
            return late, -template.count("/")

        for method, outcome in sorted(self.waiting("DELETE"), key=place):
            parameters = re.findall(r"\{(\w+)\}", outcome.template)
            if set(method.required) <= {*parameters, "schedule_type"} and method.name not in NOT_DELETED:
                for template in all_served(method):
                    self._delete_one(method, outcome, template)

    def _call(self, outcome: Outcome, call: Callable[..., Any], arguments: dict[str, Any]) -> None:
        outcome.calls += 1
        hints = typing.get_type_hints(call)
        try:
            answer = call(**{name: _typed(hints.get(name), one) for name, one in arguments.items()})
            outcome.items += len(list(answer)) if inspect.isgenerator(answer) else int(answer is not None)
        except Exception as problem:
            outcome.failures.append(described(problem))

    def _reader(self, method: Method, template: str) -> tuple[Method, str] | None:
        """The read of the same API that gives what this method takes, and the argument that takes it. Of several the
        one whose address is most like this one's: settings of people and workspaces can be of one type."""
        hints = typing.get_type_hints(resolve(self.api, method.name))
        owner = method.name.rpartition(".")[0]
        found: list[tuple[int, Method, str]] = []
        for name in (*method.required, *method.optional):
            wanted = [one for one in (hints.get(name), *typing.get_args(hints.get(name))) if _is_model(one)]
            for read in self.found if wanted else ():
                source = served(read) if read.read and read.name.rpartition(".")[0] == owner else None
                if source and typing.get_type_hints(resolve(self.api, read.name)).get("return") in wanted:
                    found.append((len(os.path.commonpath([source, template])), read, name))
        return max(found, key=lambda one: one[0])[1:] if found else None

    def _write_back(self, method: Method, outcome: Outcome, known: Known, read: Method, name: str) -> None:
        source = served(read)
        assert source is not None
        wanted = [one for one in re.findall(r"\{(\w+)\}", outcome.template) if one in method.required + method.optional]
        try:
            bound = known.bindings(source, 1)[0]
            (sought,) = arguments_of(read, source, known, 1)
            value = resolve(self.api, read.name)(**sought)
        except NoObject:
            return
        except Exception as problem:
            outcome.failures.append(f"{read.name}: {described(problem)}")
            return
        beside = {one: QUERY[one](known) for one in method.required if one in QUERY}
        arguments = {**beside, **dict(zip(wanted, bound.values(), strict=False)), name: value}
        if set(method.required) <= set(arguments):
            self._call(outcome, resolve(self.api, method.name), arguments)

    def _delete_one(self, method: Method, outcome: Outcome, template: str) -> None:
        """Of several objects one that nothing refers to."""
        call, refusals = resolve(self.api, method.name), list[str]()
        try:
            known = Known(self.simulator)
            for arguments in reversed(arguments_of(method, template, known, _TRIES)):
                try:
                    call(**arguments)
                except Exception as problem:
                    refusals.append(described(problem))
                    continue
                outcome.calls += 1
                return
        except NoObject:
            return
        outcome.failures.append(f"none of {len(refusals)} could be deleted: {refusals[0]}")


def _typed(hint: Any, value: Any) -> Any:
    """An object of the SDK made of its JSON; what is one already stays as it is."""
    if isinstance(value, bytes):
        return io.BytesIO(value)
    plain = hint is None or isinstance(value, BaseModel)
    return value if plain else TypeAdapter(hint).validate_python(value)


def _is_model(hint: Any) -> bool:
    return inspect.isclass(hint) and issubclass(hint, BaseModel)


def write_all(simulator: Simulator, found: list[Method]) -> list[Outcome]:
    writer = Writer(simulator, found)
    writer.create()
    writer.update()
    writer.fill_in()
    writer.delete()
    return list(writer.outcomes.values())
