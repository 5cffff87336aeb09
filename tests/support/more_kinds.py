"""Kinds beside those of the program, for tests of what none of its own has: the modules in a folder of
`tests/support/kinds/` are found as its own are. Their twin is what the simulator serves."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import reconciler.kinds

FOLDER = Path(__file__).parent / "kinds"


@contextmanager
def more_kinds(*folders: str) -> Iterator[None]:
    """The modules in these folders are kinds, until it ends."""
    paths, before = [str(FOLDER / folder) for folder in folders], set(sys.modules)
    reconciler.kinds.__path__.extend(paths)
    _forget()
    try:
        yield
    finally:
        for path in paths:
            reconciler.kinds.__path__.remove(path)
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(FOLDER)):
                del sys.modules[name]
        _forget()


def _forget() -> None:
    """Everything that the program has remembered of its kinds."""
    for name, module in list(sys.modules.items()):
        if name.startswith("reconciler."):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
