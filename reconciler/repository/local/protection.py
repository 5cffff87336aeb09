"""What `protect` and `require` held before the change that is being planned.

An entry is lifted by a change of its own, not by the one that takes the resource away. So what counts beside the
tenant.yaml that is there now is the one

    in HEAD                                         of whoever has not committed yet
    in the commit before HEAD                       after a merge, and on the merge that GitHub checks a pull request on
    where the branch left the main line             on a branch with several commits
    as it was when this repository was last applied where git cannot tell: no repository, a clone too shallow

A merge that puts a pull request's commits one by one on the main line shows the last of them only: its plan was blocked
on the pull request. The last apply is remembered in `.reconcile/applied.json`, on this machine.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reconciler.errors import ReconcileError, RefusedError
from reconciler.files import textfile
from reconciler.model.tenant import EarlierProtection
from reconciler.repository import desired, git, local, yamlfile
from reconciler.repository.desired.roots import TENANT

_NAMES = ("protect", "require")
_APPLIED = "applied.json"
#: How many changes of the file to go back, at most, to one that can be read.
_BACK = 20


def earlier(root: Path) -> EarlierProtection:
    """What was protected and required before; `unknown` where neither git nor the last apply tells."""
    unknown = ""
    if git.head(root):
        try:
            return _in_git(root)
        except LookupError as error:
            unknown = str(error)
        except RefusedError:  # not for want of history: this repository is not to be asked at all
            raise
        except ReconcileError as error:
            unknown = error.what
    applied = _applied(root)
    return _as_earlier([applied]) if applied else EarlierProtection(unknown=unknown)


def remember(root: Path, *, whole: bool = True) -> None:
    """Note what protects now: this repository has been applied. Nothing rests on it where git can tell. Only in part:
    what protected before goes on protecting, because what was left out has not been applied without it."""
    settings = desired.load_tenant(root)
    facts: dict[str, Any] = {name: list(getattr(settings, name)) for name in _NAMES}
    if not whole:
        before = local.recall(root, _APPLIED, settings.org.id)
        facts = {name: list(dict.fromkeys([*facts[name], *_listed(before, name)])) for name in _NAMES}
    local.remember(root, _APPLIED, settings.org.id, {**facts, "at": f"{datetime.now(UTC):%FT%TZ}"})


def _in_git(root: Path) -> EarlierProtection:
    with git.past(root) as past:
        found = []
        for commit in past.before_head():
            # what nobody could plan with lifts nothing: the one before it counts
            for change in past.log(TENANT, most=_BACK, since=commit.id):
                settings = _parsed(past.read(change.id, TENANT) or b"")
                if isinstance(settings, dict):
                    found.append((f"{TENANT} of commit {change.id[:7]}", settings))
                    break
        return _as_earlier(found)


def _parsed(content: bytes) -> Any:
    try:
        text = textfile.decoded(content).text
        return textfile.unescaped(text, yamlfile.load(text))
    except (yamlfile.YamlSyntaxError, textfile.TextError):
        return None


def _as_earlier(found: list[tuple[str, dict[str, Any]]]) -> EarlierProtection:
    entries: dict[str, dict[str, str]] = {name: {} for name in _NAMES}
    for where, settings in found:
        for name in _NAMES:
            for entry in _listed(settings, name):
                entries[name].setdefault(entry, where)
    return EarlierProtection(entries["protect"], entries["require"])


def _listed(settings: dict[str, Any], name: str) -> list[str]:
    listed = settings.get(name)
    return [str(entry) for entry in listed] if isinstance(listed, list) else []


def _applied(root: Path) -> tuple[str, dict[str, Any]] | None:
    told = local.recall(root, _APPLIED, desired.load_tenant(root).org.id)
    return (f"{TENANT} as last applied here ({told.get('at', '?')})", told) if told else None
