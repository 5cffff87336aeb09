"""Every method of the SDK with the request that it sends, found by calling each one with a session that only records.

The contract is about what the SDK can call, so the list is made from the SDK that is installed, never kept by hand.
"""

from __future__ import annotations

import inspect
import io
import logging
import re
import types
import typing
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

from pydantic import BaseModel
from wxc_sdk import WebexSimpleApi
from wxc_sdk.api_child import ApiChild
from wxc_sdk.rest import RestSession
from wxc_sdk.tokens import Tokens

_MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_DEPTH = 3
# Arguments that are not to be told from name and annotation alone: the SDK checks them before it sends anything.
_GIVEN: dict[str, dict[str, Any]] = {
    "api.authorizations.list": {"person_id": "{person_id}"},
    "api.authorizations.delete": {"authorization_id": "{authorization_id}"},
    "api.telephony.ai_receptionists.upload_knowledge_base_document": {
        "knowledge_base_id": "{knowledge_base_id}",
        "file": io.BytesIO(b"x"),
    },
}
_BUILDER = ".f_ep"  # builds addresses, some only of what it knows
_BY_NAME: dict[str, Any] = {
    "from_": _MOMENT.isoformat(),
    "to_": _MOMENT.isoformat(),
    "start_time": _MOMENT.isoformat(),
    "end_time": _MOMENT.isoformat(),
    "content": io.BytesIO(b"x"),
    "file": io.BytesIO(b"x"),
    "upload_as": "greeting.wav",
    "url": "https://webexapis.com/{url}",
}


@dataclass(frozen=True)
class Method:
    """`templates` are the addresses without the host and /v1, parameters as {name of the argument}; the first one is
    with all arguments, a second one without the optional ones, where that is another address. `fixed` are values of
    enums, which may stand in a template where the API has a parameter."""

    name: str
    verb: str
    templates: tuple[str, ...]
    required: tuple[str, ...]
    optional: tuple[str, ...]
    fixed: frozenset[str]

    @property
    def read(self) -> bool:
        return self.verb == "GET"

    @property
    def family(self) -> str:
        """`api.people.list` is of people, `api.telephony.huntgroup.list` of telephony.huntgroup."""
        parts = self.name.split(".")[1:-1]
        depth = 2 if parts[0] in ("telephony", "person_settings", "workspace_settings") else 1
        return ".".join(parts[:depth])


class _Recorded(BaseException):
    """Ends a call at its first request. Not an Exception, so that no handler inside the SDK takes it."""


class _Recorder(RestSession):
    def request(self, method: str, url: str, **kwargs: Any) -> Any:
        raise _Recorded(method, str(url))


class _Anything:
    """Stands for an object of the SDK; every attribute is another one, and its text is {its name}."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __str__(self) -> str:
        return f"{{{self._name}}}"

    def __format__(self, spec: str) -> str:
        return str(self)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        plain: dict[str, Any] = {"model_dump_json": lambda *_, **__: "{}", "model_dump": lambda *_, **__: {}}
        return plain.get(name, _Anything(name))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())


def shape(template: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", template).rstrip("/")


def methods() -> tuple[list[Method], dict[str, str]]:
    """All methods that send a request, and by name those whose request could not be found, with the reason."""
    api = WebexSimpleApi(tokens="x", session=_Recorder(tokens=Tokens(access_token="x"), concurrent_requests=1))
    api.session.BASE = "https://webexapis.com/v1"
    logging.disable(logging.WARNING)
    found: list[Method] = []
    unknown: dict[str, str] = {}
    for name, call in walk(api):
        required, optional = _arguments(call)
        outcomes = [outcome for attempt in _attempts(name, call) if (outcome := _outcome(call, attempt)) is not None]
        sent = [one for one in outcomes if isinstance(one, tuple)]
        if sent:
            # an id that is left out becomes the text None
            templates = {shape(url): _local(url) for _, url in reversed(sent) if "/None" not in url}
            addresses = tuple(reversed(templates.values()))
            found.append(Method(name, sent[0][0], addresses, required, optional, frozenset(_enums(call))))
        elif outcomes and not name.endswith(_BUILDER):
            unknown[name] = str(outcomes[0])
    logging.disable(logging.NOTSET)
    return found, unknown


def walk(api: Any, prefix: str = "api") -> Iterator[tuple[str, Callable[..., Any]]]:
    """All public methods below an API object: (dotted name, bound method)."""
    for name, child in sorted(vars(api).items()):
        # `available_numbers` of locations is no ApiChild, but holds some
        if name != "session" and type(child).__module__.startswith("wxc_sdk.") and hasattr(child, "__dict__"):
            yield from walk(child, f"{prefix}.{name}") if not isinstance(child, Enum) else ()
    if isinstance(api, ApiChild):
        for name in dir(type(api)):
            own = inspect.getattr_static(type(api), name)
            if isinstance(own, types.FunctionType) and not name.startswith("_") and own not in vars(ApiChild).values():
                yield f"{prefix}.{name}", getattr(api, name)


def resolve(api: Any, name: str) -> Callable[..., Any]:
    """The bound method of that dotted name; raises AttributeError where this client lacks it."""
    for part in name.split(".")[1:]:
        api = getattr(api, part)
    found: Callable[..., Any] = api
    return found


def _arguments(call: Callable[..., Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    parameters = inspect.signature(call).parameters.values()
    named = [one for one in parameters if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]
    return (
        tuple(one.name for one in named if one.default is one.empty),
        tuple(one.name for one in named if one.default is not one.empty),
    )


def _enums(call: Callable[..., Any]) -> Iterator[str]:
    for hint in typing.get_type_hints(call).values():
        for part in (hint, *typing.get_args(hint)):
            if inspect.isclass(part) and issubclass(part, Enum):
                yield str(next(iter(part)).value)


def _attempts(name: str, call: Callable[..., Any]) -> Iterator[dict[str, Any]]:
    """Arguments to try, one set after the other: everything, only what is required, stand-ins instead of models."""
    if name in _GIVEN:
        yield _GIVEN[name]
        return
    required, optional = _arguments(call)
    hints = typing.get_type_hints(call)
    for stand_in in (False, True):
        for names in (required + optional, required):
            yield {one: _value(one, hints.get(one, str), stand_in, _DEPTH) for one in names}


def _outcome(call: Callable[..., Any], arguments: dict[str, Any]) -> tuple[str, str] | str | None:
    """(verb, url), the failure, or None where nothing is sent: a method that only builds addresses."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            answer = call(**arguments)
            if inspect.isgenerator(answer):
                next(answer)
    except _Recorded as sent:
        verb, url = sent.args
        return str(verb), str(url)
    except Exception as problem:
        return repr(problem)
    return None


def _value(name: str, hint: Any, stand_in: bool, depth: int) -> Any:
    if name in _BY_NAME:
        return _BY_NAME[name]
    parts = [part for part in typing.get_args(hint) if part is not type(None)]
    origin = typing.get_origin(hint)
    if origin is typing.Union or origin is types.UnionType:
        # an enum or its text: the text would have to be one of the enum's
        best = next((part for part in parts if inspect.isclass(part) and issubclass(part, Enum)), parts[0])
        return _value(name, best, stand_in, depth)
    if origin is list or hint is list:
        return [_value(name, parts[0] if parts else str, stand_in, depth)]
    if not inspect.isclass(hint):
        return f"{{{name}}}"
    if issubclass(hint, Enum):
        return next(iter(hint))
    for kind, value in ((bool, True), (int, 1), (float, 1.0), (datetime, _MOMENT), (date, _MOMENT.date())):
        if issubclass(hint, kind):
            return value
    if issubclass(hint, BaseModel) and not stand_in:
        return _model(hint, depth)
    return f"{{{name}}}" if issubclass(hint, str) else _Anything(name)


def _model(hint: type[BaseModel], depth: int) -> Any:
    """An object with every field filled in, without the checks that a placeholder could not pass."""
    if not depth:
        return hint.model_construct()
    fields = hint.model_fields.items()
    return hint.model_construct(**{name: _value(name, one.annotation, False, depth - 1) for name, one in fields})


def _local(url: str) -> str:
    """Without host and version; the hosts of other services stay."""
    return url.removeprefix("https://webexapis.com").removeprefix("/v1")
