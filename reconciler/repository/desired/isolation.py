"""Desired state without the entries that are refused: what is wrong with one entry is no reason to refuse the others.

of               set aside
---------------  ---------------------------------------------------------------
an entry         itself, with the entries that nest in it
two that clash   both: nobody can tell which of them is meant
a reference      whatever refers to what is neither described (any more) nor in state/

What is wrong with a file, and not with an entry in it, is refused as ever: nobody knows what it would have said.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reconciler.errors import InputError, Problem
from reconciler.kinds import resource
from reconciler.model.desired import Wanted
from reconciler.model.desired_state import Desired
from reconciler.model.plan import Finding
from reconciler.repository import store
from reconciler.repository.desired.checks import lacking, names_in

RULE = "invalid"


def isolated(root: Path, desired: Desired, *, references: bool) -> Desired:
    """`desired`, whose references were not looked at, without what its problems are about: that is `aside`. With
    `references`, those that lead nowhere are a problem too. InputError for problems of files."""
    whole = [problem for problem in desired.problems if not problem.entries]
    if whole:
        raise InputError(whole)
    aside = {name: Finding(RULE, name, *_said(problems), aside=True) for name, problems in _by_entry(desired).items()}
    rest = _without(desired.resources, aside)
    while references and (missing := _missing(root, desired, rest)):
        for wanted in rest:
            if nowhere := missing.intersection(names_in(wanted)[1]):
                why = (
                    f"{wanted.source}: refers to {', '.join(sorted(nowhere))}, which is neither described nor in state/"
                )
                do = "correct the name, or describe it"
                aside[wanted.address] = Finding("references", wanted.address, why, do, aside=True)
        rest = _without(rest, aside)
    said = tuple(aside[name] for name in sorted(aside))
    return Desired(desired.tenant, rest, desired.fingerprint, aside=said, notices=desired.notices)


def _by_entry(desired: Desired) -> dict[str, list[Problem]]:
    found: dict[str, list[Problem]] = {}
    for problem in desired.problems:
        for name in problem.entries:
            found.setdefault(name, []).append(problem)
    return found


def _said(problems: list[Problem]) -> tuple[str, str]:
    """Why, with the places, and what to do."""
    why = "; ".join(f"{problem.file}:{problem.line}:{problem.col}: {problem.what}" for problem in problems)
    return why, "; ".join(dict.fromkeys(problem.do for problem in problems if problem.do)) or "correct the entry"


def _without(resources: Iterable[Wanted], aside: dict[str, Finding]) -> list[Wanted]:
    """The resources that are not set aside, and do not nest in an entry that is."""
    everything = list(resources)
    gone = {(one.kind, one.file, one.line) for one in everything if one.address in aside}
    return [
        one
        for one in everything
        if one.address not in aside and ((resource(one.kind).nested_in or ("",))[0], one.file, one.line) not in gone
    ]


def _missing(root: Path, desired: Desired, rest: list[Wanted]) -> set[str]:
    """The references of these resources that lead nowhere."""
    there: dict[str, list[str]] = {}
    for wanted in rest:
        there.setdefault(wanted.kind, []).append(wanted.key)
    known = {wanted.address for wanted in rest}
    open_ends = {reference for wanted in rest for reference in names_in(wanted)[1]} - known
    folder = root / "state"
    snapshot = store.open(folder, desired.tenant.org.id) if (folder / "manifest.json").exists() else None
    found = lacking(open_ends, {one.kind: () for one in desired.resources}, snapshot) if open_ends else ()
    return {f"{kind}/{key}" for kind, keys, _ in found for key in keys}
