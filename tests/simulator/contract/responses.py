"""Every answer that the SDK gets in the contract run, held against the OpenAPI document of the calling API: its status
is documented, and its body fits. The document is loaded once, and of its 1,200 schemas only those are compiled that an
answer needs."""

from __future__ import annotations

import contextlib
import json
import re
from collections import defaultdict
from functools import cache, cached_property
from typing import Any

import jsonschema_rs
import requests

from reconciler.simulator import Simulator
from reconciler.simulator.core import errors, routing

from .arguments import Known, NoObject

Json = dict[str, Any]
_INDEX = re.compile(r"\d+")
_MISSING = re.compile(r'"(.+)" is a required property')


class Responses:
    """`complaints` are what was found wrong, by operation; `seen` the operations that were asked."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self.complaints: dict[str, set[str]] = defaultdict(set)
        self.seen: set[str] = set()
        self._by_length: dict[int, list[list[str]]] = defaultdict(list)
        for path in document["paths"]:
            segments = path.strip("/").split("/")
            self._by_length[len(segments)].append(segments)
        self._validator = cache(self._compiled)

    @property
    def operations(self) -> set[str]:
        """All of the document, like `GET /people/{personId}`."""
        return {
            f"{method.upper()} {path}"
            for path, item in self._document["paths"].items()
            for method in item
            if method in ("get", "post", "put", "patch", "delete")
        }

    @cached_property
    def served(self) -> set[str]:
        """Those of them that the simulator has a route for."""
        return {one for one in self.operations if _serves(*one.split(" "))}

    def ask(self, simulator: Simulator) -> None:
        """Every served read that nobody has asked yet."""
        known = Known(simulator)
        with requests.Session() as http:
            http.trust_env = False
            http.headers["Authorization"] = f"Bearer {simulator.token}"
            for label in sorted(self.served - self.seen):
                method, _, path = label.partition(" ")
                if method == "GET":
                    with contextlib.suppress(NoObject):
                        (bound,) = known.bindings(path, 1)
                        answer = http.get(simulator.base_url + path.format(**bound), timeout=10)
                        self.look("GET", path.format(**bound), answer.status_code, answer.text)

    def to_json(self) -> Json:
        found = [[label, what] for label, all_of_it in self.complaints.items() for what in all_of_it]
        return {"differences": sorted(found), "not_asked": sorted(self.served - self.seen), "served": len(self.served)}

    def look(self, method: str, path: str, status: int, text: str) -> None:
        """Hold one answer against the document; refusals are only held against what may be refused at all."""
        template = self._template(path)
        operation = self._document["paths"].get(template, {}).get(method.lower())
        if operation is None:
            return
        label = f"{method.upper()} {template}"
        self.seen.add(label)
        if found := set(self._complaints(label, operation, status, text)):
            self.complaints[label] |= found

    def _complaints(self, label: str, operation: Json, status: int, text: str) -> list[str]:
        if str(status) not in operation["responses"]:
            return [f"{status} is not documented"] if status < 400 else []
        content = operation["responses"][str(status)].get("content", {}).get("application/json", {})
        if status >= 400 or "schema" not in content:
            return []
        try:
            body = json.loads(text)
        except ValueError:
            return [f"{status}: no JSON"]
        return [_said(one) for one in self._validator(label, str(status)).iter_errors(body)]

    def _template(self, path: str) -> str:
        """The path of the document that this one is an instance of; literal segments before parameters."""
        segments = path.strip("/").split("/")
        fitting = [
            template
            for template in self._by_length[len(segments)]
            if all(ours == theirs or ours.startswith("{") for ours, theirs in zip(template, segments, strict=True))
        ]
        best = min(fitting, key=lambda one: sum(segment.startswith("{") for segment in one), default=[])
        return f"/{'/'.join(best)}"

    def _compiled(self, label: str, status: str) -> Any:
        method, _, path = label.partition(" ")
        responses = self._document["paths"][path][method.lower()]["responses"]
        schema = responses[status]["content"]["application/json"]["schema"]
        needed: Json = {}
        self._collect(schema, needed)
        whole = {**_plain(schema), "components": {"schemas": {name: _plain(one) for name, one in needed.items()}}}
        return jsonschema_rs.Draft7Validator(whole)

    def _collect(self, schema: Any, needed: Json) -> None:
        """What a schema refers to, and what that does."""
        if isinstance(schema, list):
            for part in schema:
                self._collect(part, needed)
        elif isinstance(schema, dict):
            name = str(schema.get("$ref", "")).rpartition("/")[2]
            if name and name not in needed:
                needed[name] = self._document["components"]["schemas"][name]
                self._collect(needed[name], needed)
            for part in schema.values():
                self._collect(part, needed)


def _serves(method: str, path: str) -> bool:
    try:
        return routing.find(method, f"/v1{path}")[1] is not None
    except errors.ApiError:
        return False


def _said(error: Any) -> str:
    """Where and what, the same for every row of a list: `items/*/owner: required type`."""
    place = "/".join("*" if _INDEX.fullmatch(str(part)) else str(part) for part in error.instance_path)
    missing = _MISSING.fullmatch(error.message)
    return f"{place}: {f'required {missing[1]}' if missing else error.schema_path[-1]}"


def _plain(schema: Any) -> Any:
    """A schema of OpenAPI 3.0 as JSON Schema: `nullable`, and nothing that only explains."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema and isinstance(schema["$ref"], str):
        return {"$ref": schema["$ref"]}
    plain = {name: _plain(value) for name, value in schema.items() if name not in ("example", "nullable")}
    if schema.get("nullable") is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain
