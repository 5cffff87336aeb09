"""What holds of several kinds is said by the kinds: a list of their names elsewhere is edited with each new one, or
forgotten (house.md G)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reconciler.kinds import kinds
from tests.house.syntax import python_files, string_lists

ROOT = Path(__file__).parents[2]
#: Kinds themselves, safety rules, insights, which are about what they name, the predecessor's layout, and the tenant's
#: other side.
AT_HOME = ("kinds/", "planning/guards/", "insights/", "outputs/odt.py", "outputs/views.py", "simulator/")
#: Files that list kinds all the same: in how many places at most, and why. Whoever takes one out takes it out here.
LISTED = {
    "inventory/changes.py": (1, "the two lists of locations, of which one has the calling"),
    "report/inventory.py": (1, "the order in which a report tells them; any other kind follows"),
    "report/inventory_resources.py": (1, "the order in which a report tells them; any other kind follows"),
    "report/view.py": (1, "what is touched, most important first; any other kind follows"),
}
#: Kinds whose names are fields of others, too.
FIELDS = frozenset({"license", "location", "number"})


def listed(root: Path, names: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Where a literal outside their home lists two kinds and more: file and line. A mapping with fields of its own is
    none."""
    package = root / "reconciler"
    for file in python_files(package):
        where = file.relative_to(package).as_posix()
        if not where.startswith(AT_HOME):
            for line, words in string_lists(file):
                if len(found := words & names) > 1 and (words <= names or not found <= FIELDS):
                    yield where, line


def test_no_list_of_kinds_stands_elsewhere_but_with_a_reason() -> None:
    found: dict[str, list[int]] = {}
    for file, line in listed(ROOT, frozenset(kinds())):
        found.setdefault(file, []).append(line)
    more = {file: lines for file, lines in found.items() if len(lines) > LISTED.get(file, (0, ""))[0]}
    assert more == {}, "a kind says it itself; a table of kinds elsewhere is edited with each new one"


def test_a_list_of_kinds_is_found_in_every_form(tmp_path: Path) -> None:
    file = tmp_path / "reconciler" / "a.py"
    file.parent.mkdir()
    lines = (
        '("person", "workspace")',
        '{"person": 1, "workspace": 2}',
        'match x:\n    case "person" | "workspace": 1',
        '["person", "email"]',
        '{"number": 1, "location": 2, "state": 3}',
    )
    file.write_text("\n".join(lines), encoding="utf-8")
    assert [line for _, line in listed(tmp_path, frozenset({"person", "workspace"}))] == [1, 2, 4]
