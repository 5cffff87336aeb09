"""One class, one name: who reads a name in two rooms need not ask which of the two is meant."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.house.syntax import python_files

ROOT = Path(__file__).parents[2]
#: Sections of tenant.yaml and of summary.json, whose schemas say the names of their models.
SCHEMAS = {"Org"}


def shared_names(root: Path) -> Iterator[str]:
    """Public classes of the client that have their name from two modules; the simulator shares no code with it."""
    homes: dict[str, list[str]] = defaultdict(list)
    for file in python_files(root / "reconciler"):
        if "simulator" in file.relative_to(root).parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes[node.name].append(file.relative_to(root).as_posix())
    return (f"{name}: {' and '.join(files)}" for name, files in sorted(homes.items()) if len(files) > 1)


def test_no_two_classes_have_one_name() -> None:
    assert [found for found in shared_names(ROOT) if found.partition(":")[0] not in SCHEMAS] == []


def test_two_classes_of_one_name_are_found(tmp_path: Path) -> None:
    for file in ("a.py", "simulator/a.py", "b.py"):
        path = tmp_path / "reconciler" / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("class One: ...\nclass _Own: ...\n", encoding="utf-8")
    assert list(shared_names(tmp_path)) == ["One: reconciler/a.py and reconciler/b.py"]
