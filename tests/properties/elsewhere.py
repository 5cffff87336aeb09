"""The product of another checkout against the simulator of this one: is found what an older product did wrong?

    from tests.properties import elsewhere
    elsewhere.given(sys.argv)  # takes `--product FOLDER` out; before anything of `reconciler` is imported

The simulator imports nothing of the rest, so it can be put beside any product.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

_OURS = Path(__file__).parents[2] / "reconciler"


class _Finder:
    """Answers for these packages only; what is below them is found by their search path."""

    def __init__(self, places: dict[str, Path]) -> None:
        self._places = places

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if (place := self._places.get(name)) is None:
            return None
        return importlib.util.spec_from_file_location(
            name, place / "__init__.py", submodule_search_locations=[str(place)]
        )


def given(arguments: list[str]) -> None:
    """Take `--product FOLDER` out of the arguments and use the `reconciler` that lies in that folder."""
    if "--product" not in arguments:
        return
    at = arguments.index("--product")
    use(Path(arguments[at + 1]))
    del arguments[at : at + 2]


def use(checkout: Path) -> None:
    assert not any(name.partition(".")[0] == "reconciler" for name in sys.modules), "it is imported already"
    product = checkout / "reconciler"
    assert (product / "__init__.py").is_file(), f"no product in {checkout}"
    sys.meta_path.insert(0, _Finder({"reconciler": product, "reconciler.simulator": _OURS / "simulator"}))  # type: ignore[arg-type]
