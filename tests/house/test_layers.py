"""A module imports only from its own row and the rows below it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.syntax import imports, python_files, within

ROOT = Path(__file__).parents[2]

ROWS = (
    "__main__ cli web",
    "pipeline workflows",
    "applier twin verify",
    "inventory outputs desired store yamlfile yamlbounds csvfile textfile wholefile links conflicts git offline adopt "
    "runs webex history hook remembered evidence observing",
    "diff planner guard actions insights report drift masking",
    "kinds",
    "model events",
    "errors",
)
ROW = {module: number for number, row in enumerate(ROWS) for module in row.split()}

# Stands beside the rows: it imports nothing of reconciler, and only the command line serves it.
SIMULATOR = "simulator"
MAY_IMPORT_SIMULATOR = {"cli"}


def layer_findings(root: Path) -> Iterator[str]:
    package = root / "reconciler"
    modules = {_top(file, package) for file in python_files(package)} - {"__init__"}
    for module in sorted(modules - ROW.keys() - {SIMULATOR}):
        yield (
            f"reconciler/{module} has no row. Add it to ROWS in tests/house/test_layers.py, in the lowest row that"
            " lets it import what it needs, and to the layout in .github/CONTRIBUTING.md."
        )
    for file in python_files(package):
        importer = _top(file, package)
        for name, where in imports(file, root):
            target = _target(name, modules)
            if target and target != importer and (why := _objection(importer, target)):
                yield f"{where}: {importer} imports {target}: {why}"


def _top(file: Path, package: Path) -> str:
    """The module of the first level that a file belongs to: `diff.py` and `kinds/person.py` are `diff` and `kinds`."""
    return file.relative_to(package).parts[0].removesuffix(".py")


def _target(name: str, modules: set[str]) -> str | None:
    """The module of the first level that an imported name reaches; `__init__` for the package's own names."""
    if not within(name, "reconciler"):
        return None
    return next((part for part in name.split(".")[1:2] if part in modules), "__init__")


def _objection(importer: str, target: str) -> str | None:
    if importer == SIMULATOR:
        return "the simulator shares no code with the client"
    if target == SIMULATOR:
        return None if importer in MAY_IMPORT_SIMULATOR else "only cli imports the simulator"
    if target == "__init__":
        return None  # `__version__` and its like, which every row may read
    if importer == "__init__":
        return "the package itself imports nothing, so that every row may import it"
    if importer in ROW and target in ROW and ROW[target] < ROW[importer]:
        return f"{target} stands in a higher row (see ROWS); move the shared part down, or pass it in"
    return None


def test_modules_import_only_from_lower_rows() -> None:
    assert list(layer_findings(ROOT)) == []


@pytest.mark.parametrize(
    ("file", "text", "finding"),
    [
        ("model/a.py", "import reconciler.errors\nfrom reconciler import kinds", "a.py:2: model imports kinds"),
        ("diff.py", "def f():\n    from reconciler.cli.plan import run", "diff.py:2: diff imports cli"),
        ("kinds/a.py", "if TYPE_CHECKING:\n    from ..webex import Session", "a.py:2: kinds imports webex"),
        ("kinds/deep/a.py", "from ... import webex", "a.py:1: kinds imports webex"),
        ("errors.py", "from . import model", "errors.py:1: errors imports model"),
        ("store.py", "import_module('reconciler.pipeline')", "store.py:1: store imports pipeline"),
        ("store.py", "importlib.import_module('reconciler.cli', None)", "store.py:1: store imports cli"),
        ("__init__.py", "from reconciler.cli import main", "__init__.py:1: __init__ imports cli"),
        ("web/a.py", "from reconciler.simulator import serve", "only cli imports the simulator"),
        ("simulator/a.py", "from reconciler.errors import Exit", "shares no code with the client"),
        ("simulator/a.py", "from reconciler import __version__", "shares no code with the client"),
        ("novelty.py", "", "reconciler/novelty has no row. Add it to ROWS"),
        ("novelty/a.py", "", "reconciler/novelty has no row. Add it to ROWS"),
    ],
)
def test_a_wrong_import_is_found(house: Path, file: str, text: str, finding: str) -> None:
    _write(house, file, text)
    (found,) = layer_findings(house)
    assert finding in found


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("cli/a.py", "from reconciler import pipeline, simulator, __version__"),
        ("diff.py", "from reconciler.report import view"),
        ("kinds/a.py", "from . import b\nfrom .b import c\nfrom reconciler import model"),
        ("simulator/a.py", "from .ids import new\nfrom reconciler.simulator import ids\nimport aiohttp"),
        ("errors.py", "import reconciler_other.cli\nfrom git import Repo"),
    ],
)
def test_a_right_import_is_not(house: Path, file: str, text: str) -> None:
    _write(house, file, text)
    assert list(layer_findings(house)) == []


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A package with every module of ROWS, empty."""
    for module in [*ROW, SIMULATOR]:
        _write(tmp_path, f"{module}/__init__.py" if module in ("cli", "web", SIMULATOR) else f"{module}.py", "")
    _write(tmp_path, "__init__.py", "")
    return tmp_path


def _write(root: Path, file: str, text: str) -> None:
    path = root / "reconciler" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
