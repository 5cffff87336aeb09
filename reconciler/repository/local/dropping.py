"""What was described and no longer is: nothing becomes of it, and whoever took it out may think otherwise.

Before is what `protect` compares with (protection.py): HEAD, the commit before it, and where the branch left the main
line; without git what was described when this repository was last applied here. Only files that are not as they were
are read again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from reconciler.errors import ReconcileError
from reconciler.kinds import sections_in
from reconciler.model.desired import Wanted
from reconciler.repository import desired, git, local
from reconciler.repository.desired.files import SETTINGS, SUFFIXES
from reconciler.repository.desired.loading import reread

_DESCRIBED = "described.json"


def no_longer_described(root: Path, resources: Callable[[], Iterable[Wanted]]) -> list[str]:
    """The addresses of resources, and of sections of those that stay, which desired/ described and describes no more.
    `resources` is all of desired, asked for only where something may be gone."""
    try:
        before = _in_git(root) if git.head(root) else _applied(root)
    except (ReconcileError, LookupError):
        return []
    if not before:
        return []
    every = list(resources())
    now = addresses(every) | {one.address for one in every if one.absent}
    renamed = {f"{one.kind}/{one.was}" for one in every if one.was}
    before = {one for one in before if _whole(one) not in renamed}
    return sorted(one for one in before - now if _whole(one) in now or _whole(one) == one)


def addresses(resources: Iterable[Wanted]) -> set[str]:
    """Of everything that is described and not to be gone: resources and their sections."""
    found: set[str] = set()
    for one in resources:
        if not one.absent:
            found.add(one.address)
            found |= {f"{one.kind}.{name}/{one.key}" for name in sections_in(one.kind, one.fields) if one.fields[name]}
    return found


def remember(root: Path, resources: Callable[[], Iterable[Wanted]]) -> None:
    """Note what is described now: this repository has been applied. Where git can tell nothing is noted."""
    if not git.head(root):
        told = {"addresses": sorted(addresses(resources()))}
        local.remember(root, _DESCRIBED, desired.load_tenant(root).org.id, told)


def _in_git(root: Path) -> set[str]:
    found: set[str] = set()
    with git.past(root) as past:
        for commit in past.before_head():
            for name in past.differing(commit.id, "desired"):
                if name in SETTINGS or not name.lower().endswith(SUFFIXES):
                    continue
                content = past.read(commit.id, name)
                if content is not None:
                    found |= addresses(reread(root, name, content)[0])
    return found


def _applied(root: Path) -> set[str]:
    told = local.recall(root, _DESCRIBED, desired.load_tenant(root).org.id) or {}
    return {str(one) for one in told.get("addresses", ())}


def _whole(address: str) -> str:
    """The address of the resource that a section is a part of."""
    kind, _, key = address.partition("/")
    return f"{kind.partition('.')[0]}/{key}"
