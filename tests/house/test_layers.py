"""A module imports only from its own row and the rows below it, in no circle, and nothing private of another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.house.syntax import imports, late_imports, python_files, within

ROOT = Path(__file__).parents[2]

# A part of a room that stands in another row than the room is named with a dot.
ROWS = (
    "__main__ cli web",
    "pipeline",
    "applying rehearsal",
    "inventory outputs adopt repository files runs webex history telemetry planning.incremental planning.compare "
    "planning.facts planning.make planning.referring planning.write_scopes planning.estimate "
    "drift.asking drift.reading",
    "planning actions insights report drift",
    "kinds",
    "model masking inert telemetry.events",
    "errors",
)
ROW = {module: number for number, row in enumerate(ROWS) for module in row.split()}

# Stands beside the rows: it imports nothing of reconciler, and only the command line serves it.
SIMULATOR = "simulator"
MAY_IMPORT_SIMULATOR = {"cli"}


def layer_findings(root: Path) -> Iterator[str]:
    package = root / "reconciler"
    modules = {_top(file, package) for file in python_files(package)} - {"__init__"}
    for module in sorted(modules - {name.partition(".")[0] for name in ROW} - {SIMULATOR}):
        yield (
            f"reconciler/{module} has no row. Add it to ROWS in tests/house/test_layers.py, in the lowest row that"
            " lets it import what it needs, and to the layout in .github/CONTRIBUTING.md."
        )
    for file in python_files(package):
        importer = _in_row(file.relative_to(package).with_suffix("").parts)
        for name, where in imports(file, root):
            target = _target(name, modules)
            if target and target != importer and (why := _objection(importer, target)):
                yield f"{where}: {importer} imports {target}: {why}"


def circles(root: Path, level: int | None) -> list[list[str]]:
    """Modules that import one another, directly or by way of others, sorted; `level` 1: packages. An import in a
    function counts as any other: it hides the circle and does not open it."""
    package = root / "reconciler"
    files = [file for file in python_files(package) if file.relative_to(package).parts[0] != SIMULATOR]
    modules = {_dotted(file, root): file for file in files}
    edges: dict[str, set[str]] = {}
    for name, file in modules.items():
        importer = _shortened(name, level)
        for imported in imports(file, root):
            target = next((one for one in _prefixes(imported.name) if one in modules), None)
            if target and target != "reconciler" and _shortened(target, level) != importer:
                edges.setdefault(importer, set()).add(_shortened(target, level))
    return sorted(_strongly_connected(edges))


def _dotted(file: Path, root: Path) -> str:
    return ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def _shortened(name: str, level: int | None) -> str:
    return name if level is None else ".".join(name.split(".")[: level + 1])


def _prefixes(name: str) -> Iterator[str]:
    """`a.b.c`, `a.b`, `a`."""
    while name:
        yield name
        name = name.rpartition(".")[0]


def _strongly_connected(edges: dict[str, set[str]]) -> Iterator[list[str]]:
    """Sets of nodes that all reach one another, of two and more: ends are taken off, the rest is divided by reach."""
    left = {node: set(to) for node, to in edges.items()}
    while ends := [node for node in left if not left[node] & left.keys()]:
        for node in ends:
            del left[node]
    reach = {node: _reached(node, left) for node in left}
    seen: set[str] = set()
    for node in sorted(left):
        together = sorted(other for other in reach[node] & left.keys() if node in reach[other])
        if node not in seen and len(together) > 1:
            yield together
        seen.update(together)


def _reached(node: str, edges: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    todo = [node]
    while todo:
        new = edges.get(todo.pop(), set()) - found
        found |= new
        todo += new
    return found


def private_findings(root: Path) -> Iterator[str]:
    """Private modules and names that another package imports."""
    package = root / "reconciler"
    for file in python_files(package):
        importer = _top(file, package)
        for name, where in imports(file, root):
            parts = name.split(".")[1:] if within(name, "reconciler") else []
            if parts and parts[0] != importer and any(p.startswith("_") and not p.startswith("__") for p in parts):
                yield f"{where}: {name} is private to reconciler/{parts[0]}: make it public there, or do without"


# What a function may import itself, and what a start is spared by it. Whoever stands here must do so.
LATE_LIBRARIES = {
    "asyncio": "40 ms with TLS, and an offline plan waits for nobody",
    "deepdiff": "80 ms, and only lists that are shown are explained",
    "dotenv": "only where there is an `.env`",
    "jinja2": "only reports in HTML",
    "keyring": "an extra, and only where the token is kept there",
    "opentelemetry": "an extra, and only where traces are asked for",
    "phonenumbers": "numbers in international form need none of its tables",
    "pyarrow": "an extra, and only tables in its formats",
    "pydantic": "a plan that is known asks before any model is there",
    "re2": "only rules with a pattern",
    "ruamel": "the fast reader does for values; this one is for positions and edits",
    "zoneinfo": "reads a folder of the machine, for a name that is wrong",
    "io": "with dotenv",
    "importlib": "parts of a package by name, as they are used",
}
LATE_MODULES = {
    ("cli", "*"): "the overview imports nothing of others, and the warm plan next to nothing",
    ("pipeline.py", "*"): "a verb imports what it needs: a plan without the tenant pays for no transport",
    ("runs/lease.py", "reconciler.repository.git.refs"): "only where the lock is kept in git",
    ("webex/connection.py", "reconciler.webex"): "the SDK, of which no offline plan pays",
    ("webex/variables.py", "reconciler.files"): "only where there is an `.env`",
    ("webex/variables.py", "reconciler.masking"): "only where there is a secret to mask",
}


def late_findings(root: Path) -> Iterator[str]:
    """Imports in functions for which no start is said to be faster, and reasons that nobody needs any more."""
    package, used = root / "reconciler", set[object]()
    for file in python_files(package):
        where = file.relative_to(package)
        if where.parts[0] == SIMULATOR:
            continue
        for module, line in late_imports(file):
            own = [(place, name) for place, name in LATE_MODULES if _stands_in(where, place) and name in ("*", module)]
            library = module.partition(".")[0]
            used |= {*own, library}
            if not own and library not in LATE_LIBRARIES:
                yield f"{where}:{line}: {module} in a function: import it above, or say in LATE_… what start is spared"
    for reason in {*LATE_LIBRARIES, *LATE_MODULES} - used:
        yield f"{reason} is imported in no function any more: take it out of LATE_…"


def _stands_in(where: Path, place: str) -> bool:
    return where.as_posix() == place or where.parts[0] == place


def _top(file: Path, package: Path) -> str:
    """The module of the first level that a file belongs to: `diff.py` and `kinds/person.py` are `diff` and `kinds`."""
    return file.relative_to(package).parts[0].removesuffix(".py")


def _in_row(parts: Sequence[str]) -> str:
    """The module of the first level, or the part of it that has a row of its own."""
    return next((name for length in (2, 1) if (name := ".".join(parts[:length])) in ROW), parts[0])


def _target(name: str, modules: set[str]) -> str | None:
    """The module of the first level that an imported name reaches; `__init__` for the package's own names."""
    if not within(name, "reconciler"):
        return None
    parts = name.split(".")[1:]
    return _in_row(parts) if parts and parts[0] in modules else "__init__"


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


def test_the_listing_for_contributors_has_each_module_of_the_first_level_in_one_line_row_by_row() -> None:
    page = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [{line.split()[0] for line in row.splitlines()} for row in page.split("```")[1].strip().split("\n\n")]
    there = {_top(file, ROOT / "reconciler") for file in python_files(ROOT / "reconciler")} - {"__init__", "__main__"}
    assert rows == [set(row.split()) & there for row in ROWS] + [{SIMULATOR}]


def test_no_packages_import_one_another() -> None:
    assert circles(ROOT, 1) == []


def test_no_modules_import_one_another() -> None:
    assert circles(ROOT, None) == []


def test_imports_in_functions_have_a_start_as_their_reason() -> None:
    assert list(late_findings(ROOT)) == []


def test_no_private_name_is_imported_across_packages() -> None:
    assert list(private_findings(ROOT)) == []


def test_a_circle_is_found_also_through_a_third_and_in_a_function(house: Path) -> None:
    _write(house, "files.py", "def f():\n    from reconciler.webex import g")
    _write(house, "webex.py", "from reconciler.history import g")
    _write(house, "history.py", "from reconciler import files\nfrom reconciler import errors")
    assert circles(house, 1) == [["reconciler.files", "reconciler.history", "reconciler.webex"]]


def test_an_import_in_a_function_is_found(house: Path) -> None:
    _write(
        house,
        "drift.py",
        "import json\ndef f():\n    def g():\n        from reconciler import errors\n    import jinja2",
    )
    (found, *stale) = late_findings(house)
    assert "drift.py:4: reconciler in a function" in found and all("no function any more" in one for one in stale)


def test_a_circle_within_a_package_is_found(house: Path) -> None:
    _write(house, "web/a.py", "from reconciler.web.b import c")
    _write(house, "web/b.py", "if TYPE_CHECKING:\n    from reconciler.web.a import d")
    assert circles(house, 1) == []
    assert circles(house, None) == [["reconciler.web.a", "reconciler.web.b"]]


def test_a_private_name_of_another_package_is_found_and_of_the_own_is_not(house: Path) -> None:
    _write(
        house,
        "web/a.py",
        "from reconciler.cli._b import c\nfrom reconciler.web._d import e\nfrom reconciler import __version__",
    )
    (found,) = private_findings(house)
    assert "a.py:1: reconciler.cli._b.c is private to reconciler/cli" in found


@pytest.mark.parametrize(
    ("file", "text", "finding"),
    [
        ("model/a.py", "import reconciler.errors\nfrom reconciler import kinds", "a.py:2: model imports kinds"),
        ("drift.py", "def f():\n    from reconciler.cli.plan import run", "drift.py:2: drift imports cli"),
        ("kinds/a.py", "if TYPE_CHECKING:\n    from ..webex import Session", "a.py:2: kinds imports webex"),
        ("kinds/deep/a.py", "from ... import webex", "a.py:1: kinds imports webex"),
        ("errors.py", "from . import model", "errors.py:1: errors imports model"),
        ("files.py", "import_module('reconciler.pipeline')", "files.py:1: files imports pipeline"),
        ("files.py", "importlib.import_module('reconciler.cli', None)", "files.py:1: files imports cli"),
        ("planning/a.py", "from reconciler import repository", "a.py:1: planning imports repository"),
        ("planning/a.py", "from reconciler.planning.incremental import b", "planning imports planning.incremental"),
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
        ("drift.py", "from reconciler.report import view"),
        ("planning/incremental/a.py", "from reconciler import repository\nfrom reconciler.planning import b"),
        ("model/a.py", "from reconciler.telemetry.events import b"),
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
        folder = any(part.startswith(f"{module}.") for part in ROW) or module in ("cli", "web", SIMULATOR)
        _write(tmp_path, f"{module}/__init__.py" if folder else f"{module.replace('.', '/')}.py", "")
    _write(tmp_path, "__init__.py", "")
    return tmp_path


def _write(root: Path, file: str, text: str) -> None:
    path = root / "reconciler" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
