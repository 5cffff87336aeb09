"""The command line: one file per verb; nothing heavy is imported before a verb runs.

The overview and the version are answered here, without the argument parser: its import alone takes longer than
everything else that `reconcile --help` does (benchmark: tests/benchmarks).
"""

from __future__ import annotations

import os
import sys

from reconciler.cli.verbs import overview


def main() -> None:
    """The `reconcile` command."""
    arguments = sys.argv[1:]
    if not arguments or arguments in (["-h"], ["--help"], ["help"]):
        print(overview())
        sys.exit(0)
    if arguments in (["--version"], ["version"]):
        from reconciler import __version__

        print(f"reconcile {__version__}")
        sys.exit(0)
    # We use no plugins of pydantic's, and looking for them in everything that is installed takes 13 ms.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from reconciler.cli.app import run

    sys.exit(run(arguments))


def entry() -> None:
    """`main` as a process of its own: it ends at once, because taking everything apart first serves nobody."""
    code = 0
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else 0
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:  # nobody reads the results: no success; nobody hears of the progress: that is their choice
            code = code or int(stream is sys.stdout)
    os._exit(code)
