"""`reconcile schema`: the JSON Schemas of what is written by hand, and of what is written by this tool."""

from __future__ import annotations

import json
from typing import Any, Literal

Of = Literal["desired", "summary", "log"]


def schema(of: Of = "desired") -> int:
    """Print a JSON Schema: of desired files, for editors and pre-commit; of a run's summary.json; of a line of a log.

    Put the first one beside the repository and name it in the first line of a file:
    `# yaml-language-server: $schema=./desired.schema.json`.
    Exit codes: 0 printed, 64 there is no such schema.

    Parameters
    ----------
    of
        desired, summary, or log.
    """
    print(json.dumps(_schema(of), indent=2, ensure_ascii=False))
    return 0


def _schema(of: Of) -> dict[str, Any]:
    if of == "summary":
        from reconciler.model.summary import Summary

        return Summary.model_json_schema()
    if of == "log":
        from reconciler.model.logged import LogLine

        return LogLine.model_json_schema()
    from reconciler.repository.desired import schema as schema_of

    return schema_of()
