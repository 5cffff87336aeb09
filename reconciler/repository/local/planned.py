"""The plans that were shown lately on this machine, each as one short digest per change: so that a plan that is not the
one that was approved can say what is different. In `.reconcile/plans/`; a convenience, nothing rests on it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from reconciler.files.wholefile import LOCAL, local_folder, private
from reconciler.model.history import short_commit
from reconciler.model.plan import Plan

_FOLDER = "plans"
_KEEP = 8
_SHOWN = 5


def remember(root: Path, plan: Plan) -> None:
    """Note what this plan holds; what cannot be written is left out."""
    try:
        folder = local_folder(root) / _FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / f"{plan.digest}.json"
        partial = path.with_suffix(".partial")
        with open(partial, "w", encoding="utf-8", opener=private) as file:
            json.dump(_outline(plan), file, sort_keys=True)
        partial.replace(path)
        by_age = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        for old in by_age[_KEEP:]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def difference(root: Path, digest: str, plan: Plan) -> list[str]:
    """What is different in a plan from the one whose digest begins so, in words; empty when that one is not known."""
    try:
        found = sorted((root / LOCAL / _FOLDER).glob(f"{digest}*.json"))
        if len(found) != 1:
            return []
        then, now = json.loads(found[0].read_text(encoding="utf-8")), _outline(plan)
        return [*_changes(then["changes"], now["changes"]), *_beside(then, now)]
    except (OSError, ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return []


def _outline(plan: Plan) -> dict[str, Any]:
    body = plan.to_json()
    return {
        "changes": {change["address"]: _short({**change, "source": ""}) for change in body["changes"]},
        "operations": _short(body["operations"]),
        "findings": _short(body["findings"]),
        "overrides": plan.overrides,
        "scope": plan.scope,
        "commit": plan.commit,
        "desired": plan.desired,
        "managed": plan.managed,
        "incomplete": plan.incomplete,
    }


def _changes(then: dict[str, str], now: dict[str, str]) -> list[str]:
    said = [
        ("is new", now.keys() - then.keys()),
        ("is gone", then.keys() - now.keys()),
        ("is another change", {address for address in then.keys() & now.keys() if then[address] != now[address]}),
    ]
    return [f"{address} {what}" for what, addresses in said for address in _some(addresses)]


def _some(addresses: set[str]) -> list[str]:
    listed = sorted(addresses)
    more = len(listed) - _SHOWN
    return listed if more <= 1 else [*listed[:_SHOWN], f"… and {more} more, each of which"]


def _beside(then: dict[str, Any], now: dict[str, Any]) -> list[str]:
    said, commits = [], f"({short_commit(then['commit'])} then, {short_commit(now['commit'])} now)"
    if then["desired"] != now["desired"]:
        said.append(f"the desired files were changed{f' {commits}' if then['commit'] != now['commit'] else ''}")
    elif then["commit"] != now["commit"]:
        said.append(f"it is of another commit {commits}")
    for name, what in (("overrides", "overrides"), ("scope", "selection"), ("incomplete", "gaps of the snapshot")):
        if then[name] != now[name]:
            said.append(f"other {what}")
    return said


def _short(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:12]
