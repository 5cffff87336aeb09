"""`reconcile schema`: the JSON Schema of desired files."""

from __future__ import annotations

import json


def schema() -> int:
    """Print the JSON Schema of desired files, for editors and pre-commit.

    Put it beside the repository and name it in the first line of a file:
    # yaml-language-server: $schema=./desired.schema.json
    """
    from reconciler.desired import schema as schema_of

    print(json.dumps(schema_of(), indent=2, ensure_ascii=False))
    return 0
