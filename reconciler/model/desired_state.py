"""All of desired, as it was read."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.errors import Problem
from reconciler.model.desired import Wanted
from reconciler.model.plan import Finding
from reconciler.model.tenant import Tenant


@dataclass(frozen=True)
class Desired:
    """Desired state in normal form: resources sorted by address, sections nested, ranges expanded.

    `fingerprint` is a digest over the names and contents of all desired files; `aside` are the entries that are set
    aside, where that was asked for (repository/desired/isolation.py); `notices` say what is to be known of how the
    files were read.
    """

    tenant: Tenant
    resources: list[Wanted]
    fingerprint: str
    problems: tuple[Problem, ...] = ()
    aside: tuple[Finding, ...] = ()
    notices: tuple[str, ...] = ()
