"""What holds of several kinds is said by the kinds: a list of their names elsewhere is edited with each new one, or
forgotten (house.md G)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reconciler.kinds import kinds
from tests.house.syntax import python_files, string_lists

ROOT = Path(__file__).parents[2]
#: Kinds themselves, safety rules and insights, which are about what they name, and the tenant's other side.
AT_HOME = ("kinds/", "planning/guards/", "insights/rules/", "simulator/")
#: Files that list kinds all the same: in how many places at most, and why. Whoever takes one out takes it out here.
#: OWNERS: people and workspaces are the two that have numbers, extensions and calling, which no declaration says yet.
#: NUMBERED: whose numbers and extensions the tenant lists, by the words of its answers.
OWNERS, NUMBERED = "a kind does not say yet that it owns numbers", "the words of the tenant's lists are no kind's yet"
LISTED = {
    "applying/rejudging.py": (1, OWNERS),
    "cli/demo.py": (1, "what a demo leaves out is no matter of a kind"),
    "insights/directory.py": (4, NUMBERED),
    "insights/forwards.py": (2, "whose rules an insight follows"),
    "inventory/callbacks.py": (2, OWNERS),
    "inventory/changes.py": (1, "the two lists of locations, of which one has the calling"),
    "inventory/counts.py": (2, "what the tenant counts itself"),
    "inventory/holders.py": (2, NUMBERED),
    "inventory/managed.py": (2, "a kind does not say yet what its look-up needs"),
    "inventory/renamed.py": (2, OWNERS),
    "inventory/watching.py": (1, "where somebody new is read by the id that an event gives"),
    "model/claims.py": (2, OWNERS),
    "outputs/odt.py": (3, "the predecessor's layout"),
    "outputs/redaction.py": (1, "whose names are people's"),
    "outputs/views.py": (3, "the predecessor's layout"),
    "planning/incremental/renamed.py": (1, OWNERS),
    "planning/incremental/stored_holders.py": (2, NUMBERED),
    "rehearsal/document.py": (4, "the skeleton of a twin is built by hand"),
    "rehearsal/facts.py": (2, "what a twin begins with, which others need the ids of"),
    "rehearsal/locations.py": (1, "a skeleton has its carriers"),
    "report/inventory.py": (1, "the order in which a report tells them"),
    "report/inventory_resources.py": (1, "the order in which a report tells them"),
    "report/view.py": (1, "what is touched, most important first"),
    "repository/store/referring.py": (2, "what state/ of before refers to"),
    "webex/place.py": (1, NUMBERED),
}


def listed(root: Path, names: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Where a literal outside their home lists two kinds and more: file and line."""
    package = root / "reconciler"
    for file in python_files(package):
        where = file.relative_to(package).as_posix()
        if not where.startswith(AT_HOME):
            yield from ((where, line) for line, words in string_lists(file) if len(words & names) > 1)


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
    )
    file.write_text("\n".join(lines), encoding="utf-8")
    assert [line for _, line in listed(tmp_path, frozenset({"person", "workspace"}))] == [1, 2, 4]
