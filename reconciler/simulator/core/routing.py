"""What a handler is: a function from Request to Reply, registered with `@route`, found by discovery.

Handlers are plain synchronous functions over the store: a request is carried out at one go, and a control edit
runs through the very same code without HTTP.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

from . import errors, ids

if TYPE_CHECKING:
    from .store import Store

Json = dict[str, Any]


@dataclass(slots=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    body: Any
    store: Store
    root: str = ""
    params: dict[str, str] = field(default_factory=dict)
    template: str = ""
    actor: str = ""  # uuid of the person who asks; "" is the tenant's admin
    notes: Json = field(default_factory=dict)  # what a hook before a write keeps for one after it

    def uuid(self, name: str, kind: str, *, bare: bool = False) -> str:
        """The uuid of a path parameter of that kind."""
        return ids.parse(self.params[name], kind, bare=bare)

    def document(self) -> Json:
        """The body, which must be a JSON object."""
        if self.body is None:
            raise errors.missing_body()
        if not isinstance(self.body, dict):
            raise errors.invalid_value("Invalid JSON format in request body")
        return self.body

    def flag(self, name: str) -> bool:
        # requests writes Python's True, everyone else true
        return self.query.get(name, "").lower() == "true"

    def listed(self, name: str) -> list[str]:
        return [part.strip() for part in self.query.get(name, "").split(",") if part.strip()]


@dataclass(slots=True)
class Reply:
    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Reply]

_tree: dict[str, Any] = {}
_unserved: set[str] = set()
_before: list[Callable[[Store], None]] = []
_refusals: list[tuple[str, Callable[[Request], errors.ApiError]]] = []
_before_write: list[Callable[[Request], None]] = []
_after_write: list[Callable[[Request, Reply], None]] = []
READS = frozenset({"GET", "HEAD"})
_LEAF = "/"  # cannot occur inside a segment


def route(method: str, *templates: str) -> Callable[[Handler], Handler]:
    """Register a handler for `METHOD template`; templates are as documented, without /v1."""

    def register(handler: Handler) -> Handler:
        for template in templates:
            node = _tree
            for segment in template.split("/")[1:]:
                node = node.setdefault("{}" if segment.startswith("{") else segment, {})
            node.setdefault(_LEAF, {})[method] = (template, handler)
        return handler

    return register


def unserved(*paths: str) -> None:
    """Documented paths that are not served, where a parameter of a served one would take their last word for an id:
    they answer like paths that do not exist."""
    _unserved.update(paths)


def before_each(function: Callable[[Store], None]) -> Callable[[Store], None]:
    """Decorator: what has become due by the tenant's clock happens before the next request is looked at."""
    _before.append(function)
    return function


def refuse(*prefixes: str) -> Callable[[Callable[[Request], errors.ApiError]], Callable[[Request], errors.ApiError]]:
    """Decorator: what every path below a prefix is answered with, whether there is such a path or not."""

    def register(function: Callable[[Request], errors.ApiError]) -> Callable[[Request], errors.ApiError]:
        _refusals.extend((f"/v1{prefix}", function) for prefix in prefixes)
        return function

    return register


def before_write(function: Callable[[Request], None]) -> Callable[[Request], None]:
    """Decorator: looks at what a write is about to change; runs on every write, so it has to be cheap."""
    _before_write.append(function)
    return function


def after_write(function: Callable[[Request, Reply], None]) -> Callable[[Request, Reply], None]:
    """Decorator: runs after every write that was not refused."""
    _after_write.append(function)
    return function


def settle(store: Store) -> None:
    """Everything that is due by now."""
    for function in _before:
        function(store)


@functools.cache  # once per process: a tenant is loaded thousands of times, and the folders are read each time else
def discover() -> None:
    """Import every resource: all modules of all folders of the simulator, so a new one is a new file and no more."""
    root = __package__.rpartition(".")[0]
    for folder in pkgutil.iter_modules(importlib.import_module(root).__path__, f"{root}."):
        if folder.ispkg:
            for module in pkgutil.iter_modules(importlib.import_module(folder.name).__path__, f"{folder.name}."):
                importlib.import_module(module.name)


def routes() -> list[tuple[str, str]]:
    """(method, template) of everything that is served, by template."""
    discover()
    found: list[tuple[str, str]] = []
    nodes = [_tree]
    while nodes:
        for segment, below in nodes.pop().items():
            if segment == _LEAF:
                found += [(method, template) for method, (template, _) in below.items()]
            else:
                nodes.append(below)
    return sorted(found, key=lambda one: (one[1], one[0]))


def _walk(node: dict[str, Any], segments: list[str]) -> dict[str, Any] | None:
    """Literal segments win over parameters, but a literal that leads nowhere is given up again."""
    if not segments:
        leaf: dict[str, Any] | None = node.get(_LEAF)
        return leaf
    for key in (segments[0], "{}"):
        if key in node and (key != "{}" or segments[0]) and (leaf := _walk(node[key], segments[1:])):
            return leaf
    return None


def find(method: str, path: str) -> tuple[str, Handler | None, dict[str, str]]:
    """(template, handler, parameters); handler None when the path exists without that method."""
    local = path.removeprefix("/v1") if path.startswith("/v1/") else path
    if not (path.startswith("/v1/") or path.startswith("/identity/")):
        raise errors.no_route(path)
    segments = [unquote(part) for part in local.split("/")[1:]]
    leaf = None if local in _unserved else _walk(_tree, segments)
    if leaf is None and not segments[-1] and segments[0] != "telephony":
        # Cisco's JavaScript SDK asks for /people/?id=…; the telephony back end is newer and does not take it
        leaf = _walk(_tree, segments := segments[:-1])
    if leaf is None:
        raise errors.no_route(path)
    # the head of an answer is had wherever the answer is (RFC 9110 §9.3.2; Spring maps it by itself)
    template, handler = leaf.get("GET" if method == "HEAD" else method) or (next(iter(leaf.values()))[0], None)
    names = zip(template.split("/")[1:], segments, strict=True)
    return template, handler, {name[1:-1]: value for name, value in names if name.startswith("{")}


def _methods(path: str) -> list[str]:
    """What a path that exists answers to; a 405 has to say it (RFC 9110 §15.5.6)."""
    return [method for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE") if find(method, path)[1]]


def handle(request: Request) -> Reply:
    """Carry out one request; every refusal becomes a Reply here."""
    try:
        settle(request.store)
        for prefix, refusal_for in _refusals:
            if request.path.startswith(prefix):
                raise refusal_for(request)
        template, handler, request.params = find(request.method, request.path)
        request.template = template
        _check_org(request)
        if handler is None:
            refused = errors.platform(405, f"Request method '{request.method}' is not supported")
            return Reply(405, refused.body, {"Allow": ", ".join(_methods(request.path))})
        return handler(request) if request.method in READS else _write(request, handler)
    except errors.ApiError as refusal:
        return Reply(refusal.status, refusal.body, refusal.headers)


def _write(request: Request, handler: Handler) -> Reply:
    for look in _before_write:
        look(request)
    reply = handler(request)
    if reply.status < 400:
        for follow in _after_write:
            follow(request, reply)
    return reply


def query(text: str) -> dict[str, str]:
    """A query string as a dict; repeated parameters are joined with commas, as the API's lists are."""
    return {name: ",".join(values) for name, values in parse_qs(text, keep_blank_values=True).items()}


def _check_org(request: Request) -> None:
    """`orgId` selects the customer; a foreign one is refused without saying why (§1.1). `org_id` is what one
    SDK method sends, and the API ignores parameters it does not know."""
    org = request.query.get("orgId")
    if org and ids.any_uuid(org) != request.store.org["id"]:
        raise errors.forbidden()
