"""`reconcile kinds`: what can be managed."""

from __future__ import annotations

import json
from typing import Annotated, Literal

from cyclopts import Parameter


def kinds(output: Annotated[Literal["text", "json"], Parameter(name=["-o", "--output"])] = "text") -> int:
    """List the managed kinds, what can be done with each, and the API behind it."""
    from reconciler.kinds import kinds as discovered
    from reconciler.kinds._kind import Kind

    def can(kind: Kind) -> list[str]:
        if kind.owner:
            return ["create, update" if kind.cleared is None else "update, clear"] if kind.write else []
        verbs = ["create"] if kind.create or kind.batch else []
        verbs += ["update"] if kind.update or kind.batch else []
        return verbs + (["delete"] if kind.delete or kind.batch else [])

    rows = [
        {
            "kind": kind.name,
            "list": kind.plural or None,
            "fields": list(kind.model.model_fields),
            "can": ", ".join(can(kind)) or "read only",
            "doc": kind.doc,
            "api": kind.source,
        }
        for kind in discovered().values()
    ]
    if output == "json":
        print(json.dumps(rows, indent=2))
        return 0
    for row in rows:
        print(f"{row['kind']:<30} {row['can']:<24} {row['doc']}")
    return 0
