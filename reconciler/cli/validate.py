"""`reconcile validate`: everything that needs no tenant."""

from __future__ import annotations

from reconciler.cli.options import Repository


def validate(repository: Repository = Repository()) -> int:
    """Check fields, types, references, duplicates, numbers, extensions, time zones and languages in desired/.

    Prints file:line:col for every error, all of them in one run.
    Exit codes: 0 all of it is valid, 1 there are errors, 4 state/ is of another organisation.
    """
    from reconciler import desired
    from reconciler.desired.insights import load_insights

    root = repository.root()
    loaded = desired.load(root)
    load_insights(root)
    files = len({resource.file for resource in loaded.resources})
    print(f"{len(loaded.resources)} resources in {files} files are valid")
    return 0
