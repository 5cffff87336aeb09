"""The classes by name; each module declares `ITEM`, the item of issue 10, and `play(desk, chance) -> Played`."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType


def classes() -> dict[str, ModuleType]:
    """In the order of their items."""
    found = [importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)]
    found.sort(key=lambda module: module.ITEM)
    return {module.__name__.rpartition(".")[2]: module for module in found}
