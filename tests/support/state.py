"""The simulator's state by human names, and what differs between two states."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from reconciler.simulator.core import ids
from reconciler.simulator.settings.outgoing_permissions import DEFAULTS

State = dict[str, Any]
_NAME = {
    "people": lambda p: p["emails"][0].lower(),
    "workspaces": lambda w: w["displayName"],
    "numbers": lambda n: n["number"],
}
#: What a write leaves behind beside its effect.
_BY_THE_WAY = ("sequence", "jobs", "version", "audit_events")
_STAMPS = frozenset(
    {"lastModified", "created", "invitePending", "releasedUntil", "releasedBy", "completeAt", "earlierNumbers"}
)
_REFERENCE = re.compile(r"\{(\w+):([^}]+)\}")
_COLLECTION = {
    "person": "people",
    "workspace": "workspaces",
    "location": "locations",
    "license": "licenses",
    "trunk": "trunks",
    "route_group": "route_groups",
    "pstn_option": "pstn_options",
}
_ID_KIND = {"person": "PEOPLE", "workspace": "PLACE", "pstn_option": "PSTN_CONNECTION_OPTION"}


def by_name(state: State) -> State:
    """`people/ana@example.com` and so on, names in normal form; what reads the same as nothing is left out."""
    found: State = {"org": state["org"], "switches": state["switches"]}
    for collection, records in state.items():
        if not isinstance(records, list) or collection in _BY_THE_WAY:
            continue
        name_of = _NAME.get(collection, lambda record: record.get("name") or record.get("displayName"))
        for record in records:
            path = f"{collection}/{normal(name_of(record))}"
            while path in found:
                path += " again"
            found[path] = quiet(record)
    return found


def normal(text: Any) -> Any:
    """What is one text to a person: composed, and without blanks around it."""
    return unicodedata.normalize("NFC", text).strip() if isinstance(text, str) else text


def differences(before: State, after: State) -> set[str]:
    """Paths of the leaves that differ; an object that came or went counts as one."""
    same = {name for name in before if name not in ("org", "switches") and before[name] == after.get(name)}
    touched = ({name: found for name, found in state.items() if name not in same} for state in (before, after))
    return set(_differences(*map(by_name, touched), ""))


def value_at(state: State, path: str) -> Any:
    """What stands at `people/ana@example.com/calling/extension`; None where nothing does."""
    named = by_name(state)
    collection, name, *rest = path.split("/")
    value = named.get(f"{collection}/{name}")
    for part in rest:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def holds(found: Any, wanted: Any) -> bool:
    """Whether the wanted value is there; of a mapping only what is named."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(holds(found.get(name), value) for name, value in wanted.items())
    return bool(found == wanted) or (found in (None, "") and wanted in (None, ""))


def resolve(value: Any, state: State, *, remote: bool) -> Any:
    """`{person:ana@example.com}` becomes the remote id (for requests) or the uuid (as the state has it)."""
    if isinstance(value, dict):
        return {resolve(n, state, remote=remote): resolve(v, state, remote=remote) for n, v in value.items()}
    if isinstance(value, list):
        return [resolve(item, state, remote=remote) for item in value]
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: _id(state, match[1], match[2], remote), value)
    return value


def _id(state: State, kind: str, name: str, remote: bool) -> str:
    collection = _COLLECTION.get(kind, f"{kind}s")
    name_of = _NAME.get(collection, lambda record: record.get("name") or record.get("displayName"))
    record = next((one for one in state[collection] if name_of(one) == name), None)
    assert record is not None, f"the tenant has no {kind} {name!r}"
    if not remote:
        return str(record["id"])
    if kind == "license":
        return ids.encode("LICENSE", f"{state['org']['id']}:{record['offer']}_{record['id']}")
    return ids.encode(_ID_KIND.get(kind, kind.upper()), record["id"])


def quiet(record: State) -> State:
    """A record without what a write leaves beside its effect, and without what reads the same as nothing."""
    record = {name: value for name, value in record.items() if name not in _STAMPS}
    if record.get("loginEnabled") is True:
        del record["loginEnabled"]
    calling = record.get("calling")
    if not calling:
        return record
    calling = {name: value for name, value in calling.items() if name not in _STAMPS}
    branches = calling.get("forwarding") or {}
    calling["forwarding"] = {name: branch for name, branch in branches.items() if branch["enabled"]} or None
    if calling.get("distinctiveRing") is True:
        del calling["distinctiveRing"]
    if "callingLineId" in calling:
        types = calling.get("outgoingPermission") or {}
        calling["outgoingPermission"] = {
            name: value
            for name, value in types.items()
            if (value["action"], value["transferEnabled"]) != DEFAULTS[name]
        } or None
    elif not (calling.get("outgoingPermission") or {}).get("useCustomEnabled"):
        calling["outgoingPermission"] = None
    return {**record, "calling": calling}


def _differences(before: Any, after: Any, path: str) -> Iterator[str]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() | after.keys():
            yield from _differences(before.get(name), after.get(name), f"{path}/{name}" if path else name)
    elif path.count("/") > 1 and isinstance(before or after, dict):
        yield from _differences(before or {}, after or {}, path)
    elif before != after and (before or None) != (after or None):
        yield path
