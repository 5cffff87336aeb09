"""The document of a setting in the tenant, with a value other than the usual one in every leaf that a write may set.

What a leaf may be is asked of the simulator: its model of the body gives the types, and a value counts where the tenant
takes it and then shows another document. Which leaves a managed field is made of is found out, not declared: it is
those that change what is read of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import pytest
from pydantic import ValidationError

from reconciler.kinds.contract.kind import SectionKind
from reconciler.model.snapshot import Current
from reconciler.simulator import EditRefused, Simulator
from reconciler.simulator.core import routing
from reconciler.simulator.core.bodies import Body

Json = dict[str, Any]
Path = tuple[str | int, ...]
_SOURCE = re.compile(r"((?:GET|POST|PUT|PATCH|DELETE)(?:/(?:GET|POST|PUT|PATCH|DELETE))*) (/\S+?)(?:,|$)")
_ABSENT: Any = object()


class Document:
    """One owner's document: as it is read, and the body that was put last."""

    def __init__(self, server: Simulator, kind: SectionKind, owner: Current, texts: list[str], ids: list[str]) -> None:
        paths = {method: path for methods, path in _SOURCE.findall(kind.source) for method in methods.split("/")}
        assert {"GET", "PUT"} <= paths.keys(), f"{kind.name}: Kind.source does not say what is read and written"
        self._server, self._name, self._texts, self._ids = server, kind.name, texts, ids
        self._get, self._put = (paths[method].replace("{id}", owner.id) for method in ("GET", "PUT"))
        self.route = f"PUT {routing.find('PUT', f'/v1{self._put}')[0]}"
        self._along: Json = {}
        self.rest = self._as_written(self.read())
        self._find_what_is_wanted_along()
        self.body = deepcopy(self.rest)
        self.set: dict[Path, list[Any]] = {}

    def read(self) -> Json:
        try:
            found: Json = self._server.edit("GET", self._get)
        except EditRefused as refused:
            raise AssertionError(f"{self._name} has no twin: GET {self._get}: {refused}") from None
        return found

    def leaves(self) -> dict[Path, Any]:
        """What is read, leaf by leaf."""
        return dict(_flat(self.read(), ()))

    def put(self, body: Json) -> bool:
        """Whether the tenant takes it."""
        try:
            self._server.edit("PUT", self._put, body | self._along)
        except EditRefused:
            return False
        return True

    def _find_what_is_wanted_along(self) -> None:
        """A text that a write must send although no read shows it."""
        unseen = (str(info.alias) for info in self._model().model_fields.values() if info.alias not in self.rest)
        while not self.put(self.rest) and (name := next(unseen, "")):
            self._along = {name: self._texts[0]}

    def furnish(self) -> None:
        """Every leaf that can be set otherwise is; those of a pair that is only taken together, together."""
        possible = dict(_leaves(self._model(), self.rest, (), self._candidates))
        for _ in range(2):  # what waits for another leaf is taken in the second round
            for path, values in possible.items():
                if path not in self.set:
                    self._set_one(path, values, possible)
        assert self.put(self.body)

    def _set_one(self, path: Path, values: list[Any], possible: dict[Path, list[Any]]) -> None:
        texts = (
            self._texts[0] in values
        )  # a text waits for no other; a choice or a flag may, for the text that it is about
        others = [(other, value) for other in possible if other not in self.set and other != path and not texts
                  for value in possible[other] if isinstance(value, str)]  # fmt: skip
        for value in values:
            if value == _at(self.rest, path):
                continue
            taken = self._takes({path: value})
            if taken:
                self.set[path] = values
                return
            for other, company in others if taken is None else ():
                if self._takes({path: value, other: company}):
                    self.set |= {path: values, other: possible[other]}
                    return

    def _takes(self, leaves: dict[Path, Any]) -> bool | None:
        """Whether a body with these leaves shows, None where it is refused; it is the body from then on."""
        before, body = self.read(), deepcopy(self.body)
        for path, value in leaves.items():
            _put(body, path, value)
        if not self.put(body):
            return None
        if self.read() == before:
            self.put(self.body)
            return False
        self.body = body
        return True

    def variants(self, path: Path) -> Iterator[Json]:
        """Bodies that the tenant takes and that differ in this leaf alone: as it was at rest, and one more."""
        taken = 0
        for value in (_at(self.rest, path), *self.set[path]):
            body = deepcopy(self.body)
            if value == _at(self.body, path) or taken == 2:
                continue
            if value is _ABSENT:
                _drop(body, path)
            else:
                _put(body, path, value)
            if self.put(body) or self.put(_without_lists(body)):
                taken += 1
                yield body
                self.put(self.body)

    def _model(self) -> type[Body]:
        """The simulator's model of the body of a PUT."""
        found: list[type[Body]] = []
        usual = Body.model_validate.__func__  # type: ignore[attr-defined]

        def noted(cls: type[Body], document: Any, **more: Any) -> Any:
            found.append(cls)
            return usual(cls, document, **more)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Body, "model_validate", classmethod(noted))
            self.put(self.read())
        assert found, f"{self._name} has no twin: PUT {self._put} takes no body of the simulator's"
        return found[0]

    def _as_written(self, document: Json) -> Json:
        """With null for what is shown where there is nothing, and no write takes: a notification of the type "None"."""
        try:
            self._model().model_validate(document)
        except ValidationError as refused:
            for error in refused.errors():
                if error["type"] == "literal_error":
                    _put(document, error["loc"], None)
        return document

    def _candidates(self, path: Path, annotation: Any) -> list[Any]:
        if get_origin(annotation) is Literal:
            return list(reversed(get_args(annotation)))
        if annotation is bool:
            return [True, False]
        if annotation is int:
            return [4, 5, 20, 30]
        if annotation is str:
            name = str(path[-1]).lower()
            first = "@" if "mail" in name else "+" if re.search("number|phone|destination", name) else "a"
            texts = sorted(
                self._texts, key=lambda text: not text.startswith(first) if first != "@" else "@" not in text
            )
            return [*self._ids, *texts] if name.endswith("id") else texts
        return [[one] for one in self._ids]


def _without_lists(body: Json) -> Json:
    """What is on may have members; what is off takes none, and keeps those that it had."""
    return {name: value for name, value in body.items() if not isinstance(value, list)}


def _leaves(model: type[Body], document: Any, path: Path, values: Any) -> Iterator[tuple[Path, list[Any]]]:
    for info in model.model_fields.values():
        here = (*path, info.alias or "")
        yield from _of_type(info.annotation, _at(document, (info.alias or "",)), here, values)


def _of_type(annotation: Any, document: Any, path: Path, values: Any) -> Iterator[tuple[Path, list[Any]]]:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _of_type(args[0], document, path, values)
    elif isinstance(annotation, type) and issubclass(annotation, Body):
        yield from _leaves(annotation, document, path, values)
    elif origin is list and isinstance(args[0], type) and issubclass(args[0], Body) and isinstance(document, list):
        for number, item in enumerate(document):
            yield from _leaves(args[0], item, (*path, number), values)
    elif origin is Literal or origin is list or not args:
        if found := values(path, annotation):
            yield path, found
    else:
        for part in args:
            if part is not NoneType:
                yield from _of_type(part, document, path, values)


def _flat(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict) and value:
        for name, part in value.items():
            yield from _flat(part, (*path, name))
    elif isinstance(value, list) and value:
        for number, part in enumerate(value):
            yield from _flat(part, (*path, number))
    else:
        yield path, value


def _at(document: Any, path: Path) -> Any:
    for name in path:
        try:
            document = document[name]
        except (KeyError, IndexError, TypeError):
            return _ABSENT
    return document


def _put(document: Any, path: Path, value: Any) -> None:
    for name in path[:-1]:
        document = document[name] if isinstance(name, int) else document.setdefault(name, {})
    document[path[-1]] = value


def _drop(document: Any, path: Path) -> None:
    for name in path[:-1]:
        document = document[name]
    document.pop(path[-1], None)


def differing(before: dict[Path, Any], after: dict[Path, Any]) -> set[Path]:
    """The leaves that differ; one that reads nothing is as one that is not there."""
    return {path for path in before.keys() | after.keys()
            if (before.get(path) or None) != (after.get(path) or None)}  # fmt: skip
