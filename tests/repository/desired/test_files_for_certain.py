"""Files are read for certain, or refused with the place: encodings, links, kinds of files, sizes, nesting."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconciler import pipeline
from reconciler.cli.app import run as reconcile
from reconciler.errors import InputError, ReconcileError, StaleError
from reconciler.files import textfile
from reconciler.model.plan import Plan
from reconciler.report.html import plan_html
from reconciler.report.markdown import plan_markdown
from reconciler.report.text import plan_text
from reconciler.report.view import plan_view
from reconciler.repository import csvfile, desired, yamlfile
from reconciler.repository.desired import resources
from reconciler.runs.lock import one_run
from tests.support.live import Live, changes_of

HEADER = "email,first_name,last_name\n"
PEOPLE = "ana@example.com,José,Núñez\nbob@example.com,Zoë,Łukasz\n"
LATIN = "ana@example.com,José,Núñez\n"


@pytest.fixture
def table(live: Live) -> Callable[[bytes], Path]:
    """A CSV of people as the only desired file; where it is."""
    (live.root / "desired" / "case.yaml").unlink()

    def write(data: bytes) -> Path:
        path = live.root / "desired" / "people.csv"
        path.write_bytes(data)
        return path

    return write


def names(root: Path) -> set[str]:
    return {str(one.fields["first_name"]) for one in desired.load(root).resources}


@pytest.mark.issue10(4)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "mac"], ids=lambda name: name
)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_what_says_its_encoding_is_read_in_it(
    live: Live, table: Callable[[bytes], Path], encoding: str, end: str
) -> None:
    text = (HEADER + PEOPLE).replace("\n", end)
    data = unicodedata.normalize("NFD", text).encode() if encoding == "mac" else text.encode(encoding)
    table(data)
    assert names(live.root) == {"José", "Zoë"}
    assert desired.load(live.root).notices == ()


@pytest.mark.issue10(4)
def test_one_byte_of_another_encoding_makes_no_mojibake(live: Live, table: Callable[[bytes], Path]) -> None:
    """The names of people whom nobody edited were rewritten; now nothing is read, and the place is told."""
    table((HEADER + PEOPLE).encode() + b"eve@example.com,Ren\xe9,X\n")
    with pytest.raises(InputError) as raised:
        desired.load(live.root)
    assert "desired/people.csv:4:20" in str(raised.value) and "0xE9" in str(raised.value)
    assert "line 2 is written in UTF-8" in str(raised.value)


@pytest.mark.issue10(4)
def test_a_guessed_encoding_is_said_with_the_names_in_validate_and_in_every_view(
    live: Live, table: Callable[[bytes], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    table((HEADER + LATIN).encode("cp1252"))
    assert names(live.root) == {"José"}
    assert reconcile(["validate", "-C", str(live.root)]) == 0
    assert "Windows-1252" in (said := capsys.readouterr().err) and '"José", "Núñez"' in said
    live.remember()
    for plan in (live.plan(), pipeline.plan_offline(live.root), pipeline.plan_offline(live.root)):
        view = plan_view(plan)
        for shown in (plan_text(view, color=False), plan_markdown(view), plan_html(view), plan.dumps()):
            assert "Windows-1252" in shown and "José" in shown
    table((HEADER + LATIN).encode())
    assert pipeline.plan_offline(live.root).notices == []


@pytest.mark.issue10(4)
@pytest.mark.parametrize(
    ("data", "what"),
    [
        (HEADER.encode() + b"ana@example.com,Jos\x81,X\n", "neither UTF-8 nor Windows-1252"),
        (b"\xef\xbb\xbf" + HEADER.encode() + b"ana@example.com,Jos\xe9,X\n", "0xE9"),
        (HEADER.encode() + b"ana@example.com,Jo\0se,X\n", "NUL"),
        ((HEADER + "ana@example.com,A\0B,X\n").encode("utf-16"), "NUL"),
        (b"PK\x03\x04\x14\x00", "spreadsheet"),
        ("\ufeff".encode("utf-32"), "UTF-32"),
        (b"\xff\xfea\x00b", "UTF-16"),
    ],
    ids=["undefined", "after a mark", "nul", "nul in utf-16", "xlsx", "utf-32", "half"],
)
def test_what_is_no_text_for_certain_is_refused(
    live: Live, table: Callable[[bytes], Path], data: bytes, what: str
) -> None:
    table(data)
    with pytest.raises(InputError) as raised:
        desired.load(live.root)
    assert what in str(raised.value) and "desired/people.csv:" in str(raised.value) and "do:" in str(raised.value)


@pytest.mark.issue10(4)
@pytest.mark.parametrize(
    "text", ["sep=;\nname;capacity\nRoom;3\n", '"sep=|"\nname|capacity\nRoom|3\n', "name|capacity\nRoom|3\n",
             "SEP=,\r\nname,capacity\r\nRoom,3\r\n", "sep=\t\nname\tcapacity\nRoom\t3\n"]
)  # fmt: skip
def test_a_separator_that_is_said_or_a_bar_is_read(text: str) -> None:
    found = csvfile.read(text.encode())
    assert found.header == ("name", "capacity") and [row.cells for row in found.rows] == [("Room", "3")]
    assert found.rows[0].line == 3 if text.lower().lstrip('"').startswith("sep") else 2


@pytest.mark.issue10(4)
def test_tenant_yaml_is_read_in_utf_16_too(live: Live) -> None:
    file = live.root / "desired" / "tenant.yaml"
    file.write_bytes(file.read_text().replace("Case", "José").encode("utf-16"))
    assert desired.load_tenant(live.root).org.name == "José"
    file.write_bytes(b"schema_version: 1\norg: {name: Jos\xe9, id: x}\n")
    with pytest.raises(InputError, match=r"desired/tenant\.yaml:2:16"):
        desired.load_tenant(live.root)


@pytest.mark.issue10(29)
@pytest.mark.parametrize("name", ["people.xlsx", "people.yml.bak", "people.json", "more/rooms.yaml~", "people.txt"])
def test_a_file_that_is_not_read_is_refused_by_name(live: Live, name: str) -> None:
    live.describe({"workspaces": [{"name": "Lobby"}]})
    path = live.root / "desired" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    for read in (desired.load, pipeline.plan_offline):
        with pytest.raises(InputError) as raised:
            read(live.root)
        assert f"desired/{name}: a file of a kind that is not read" in str(raised.value)


@pytest.mark.issue10(29)
def test_a_linked_folder_is_refused_by_name_and_words_for_people_may_stand_beside(live: Live) -> None:
    live.describe({"workspaces": [{"name": "Lobby"}]})
    for name in ("README.md", "README", "notes.md", ".gitkeep", "~$people.xlsx", "Thumbs.db"):
        (live.root / "desired" / name).write_text("x")
    assert len(desired.load(live.root).resources) == 1
    (live.root / "shared").mkdir()
    (live.root / "desired" / "shared").symlink_to("../shared")
    with pytest.raises(InputError, match="desired/shared: a link to a folder"):
        desired.load(live.root)


@pytest.mark.issue10(29)
@pytest.mark.parametrize("wrong", [{"time_zone": "Mars"}, {"outgoing_permissions": {"profile": "none"}}])
def test_one_wrong_field_of_a_location_is_one_error(live: Live, wrong: dict[str, object]) -> None:
    """What nests in it cannot be known, which is not the same as missing."""
    numbers = [f"+1212555{n:04d}" for n in range(16)]
    place = {"name": "New Site", **wrong, "numbers": [{"range": [numbers[0], numbers[-1]]}]}
    people = [
        {"email": f"p{n}@example.com", "location": "New Site", "phone_number": one} for n, one in enumerate(numbers)
    ]
    live.describe({"locations": [place], "people": people})
    live.remember()
    assert len(desired.examine(live.root).problems) == 1


@pytest.mark.issue10(33)
def test_a_cell_takes_all_licences_away(live: Live, table: Callable[[bytes], Path]) -> None:
    table(b"email,licenses\nfatima.nunez@example.com,REMOVE\n")
    [one] = desired.load(live.root).resources
    assert one.fields["licenses"] == []
    state = live.state()
    email = next(p["emails"][0] for p in state["people"] if not p.get("calling"))
    table(f"email,licenses\n{email},REMOVE\n".encode())
    assert changes_of(live.plan()) == {f"person/{email}": "update"}
    assert {one.verdict for one in live.apply(live.plan()).outcomes} == {"verified"}
    assert next(p["licenses"] for p in live.state()["people"] if p["emails"][0] == email) == []


DEEP = {
    "brackets": "workspaces: " + "[" * 30_000 + "]" * 30_000 + "\n",
    "open brackets": "workspaces: " + "[" * 30_000 + "\n",
    "mappings": "workspaces: " + "{a: " * 30_000 + "}" * 30_000 + "\n",
    "dashes": "workspaces:\n  " + "- " * 30_000 + "x\n",
    "questions": "? " * 30_000 + "x\n",
    "indented": "\n".join(" " * n + "a:" for n in range(2_000)) + "\n",
    "in an item": "workspaces:\n  - name: a\n    notes: " + "[" * 30_000 + "]" * 30_000 + "\n",
    "aliases": "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12)),
}


@pytest.mark.issue10(33)
@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("file", ["case.yaml", "tenant.yaml", "insights.yaml"])
def test_what_nests_or_swells_without_end_is_an_error_with_its_place(live: Live, name: str, file: str) -> None:
    from reconciler.repository.desired.insights import load_insights

    (live.root / "desired" / file).write_text(DEEP[name])
    with pytest.raises(InputError) as raised:
        (load_insights if file == "insights.yaml" else desired.load)(live.root)
    assert "deep" in str(raised.value) or "aliases" in str(raised.value)
    with pytest.raises(yamlfile.YamlSyntaxError):
        yamlfile.edit(DEEP[name])


@pytest.mark.issue10(33)
def test_brackets_in_texts_are_no_nesting() -> None:
    text = "workspaces:\n" + "".join(f"  - {{name: 'r{n} [ [ {{', capacity: 1}}\n" for n in range(300))
    assert len(yamlfile.load(text)["workspaces"]) == 300


@pytest.mark.issue10(33)
def test_a_table_of_five_thousand_columns_is_one_error(live: Live, table: Callable[[bytes], Path]) -> None:
    table((",".join(f"c{n}" for n in range(5_000)) + "\n" + ",".join("x" * 5_000) + "\n").encode())
    with pytest.raises(InputError) as raised:
        desired.load(live.root)
    assert len(raised.value.problems) == 1 and "5,000 columns" in str(raised.value)


@pytest.mark.issue10(33)
def test_more_numbers_than_any_tenant_has_are_an_error(
    live: Live, table: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.repository.desired.resources.MOST_RESOURCES", 2_000)
    (live.root / "desired" / "numbers.csv").write_text(
        "range,location\n" + "".join(f"+1212{n:03d}0000|+1212{n:03d}0999,London HQ\n" for n in range(200, 700))
    )
    with pytest.raises(InputError, match=r"numbers\.csv:.*more than 2,000 resources"):
        desired.load(live.root)


@pytest.mark.issue10(33)
def test_nested_ranges_are_counted_while_they_are_expanded(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    """One entry alone can describe millions."""
    monkeypatch.setattr("reconciler.repository.desired.resources.MOST_RESOURCES", 2_000)
    ranges = "".join(f'      - {{range: ["+1212{n:03d}0000", "+1212{n:03d}0999"]}}\n' for n in range(200, 700))
    text = f"locations:\n  - name: A\n    numbers:\n{ranges}  - name: B\n    numbers:\n{ranges}"
    (live.root / "desired" / "case.yaml").write_text(text)
    real, made = resources._inner, list[int]()

    def inner(*arguments: Any) -> Any:
        made.append(1)
        return real(*arguments)

    monkeypatch.setattr(resources, "_inner", inner)
    with pytest.raises(InputError, match=r"case\.yaml:.*more than 2,000 resources") as raised:
        desired.load(live.root)
    assert len(raised.value.problems) == 1 and len(made) < 5


MANY = {
    "entries": "workspaces:\n" + "".join(f"  - {{name: r{n}, bogus: 1}}\n" for n in range(150)),
    "keys": f"workspaces:\n  - {{name: x, {', '.join(f'k{n}: 1' for n in range(150))}}}\n",
    "values": f"people:\n  - {{email: a@example.com, licenses: [{', '.join('5' * 150)}]}}\n",
    "nested": "locations:\n  - name: A\n    numbers:\n" + "      - {number: x}\n" * 150,
}


@pytest.mark.issue10(33)
@pytest.mark.parametrize("name", MANY)
def test_what_is_wrong_many_times_is_looked_at_once(live: Live, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file was taken apart anew for each error in it."""
    real, composed = yamlfile._composed, list[int]()
    monkeypatch.setattr(yamlfile, "_composed", lambda text: (composed.append(1), real(text))[1])
    (live.root / "desired" / "case.yaml").write_text(MANY[name])
    with pytest.raises(InputError) as raised:
        desired.load(live.root)
    said = [str(problem) for problem in raised.value.problems]
    assert len(composed) <= (150 if name == "entries" else 1)
    assert len(said) == 150 if name == "entries" else any("50 more things are wrong" in one for one in said)


@pytest.mark.issue10(33)
@pytest.mark.parametrize("file", ["tenant.yaml", "insights.yaml"])
def test_settings_too_large_to_be_meant_are_not_read(live: Live, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from reconciler.repository.desired.insights import load_insights

    monkeypatch.setattr("reconciler.repository.desired.settings.LARGEST", 1_000_000)
    (live.root / "desired" / file).write_text("schema_version: 1\norg: {name: " + "x" * 1_100_000 + "}\n")
    with pytest.raises(InputError, match=rf"{file}:1:1: 1\.1 million characters are too many"):
        (load_insights if file == "insights.yaml" else desired.load)(live.root)


@pytest.mark.issue10(30)
@pytest.mark.parametrize("file", ["tenant.yaml", "insights.yaml"])
def test_settings_out_of_a_pipe_are_not_waited_for(live: Live, file: str) -> None:
    from reconciler.repository.desired.insights import load_insights

    path = live.root / "desired" / file
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    with pytest.raises(InputError, match=f"{file}: is not a regular file"):
        (load_insights if file == "insights.yaml" else desired.load)(live.root)


@pytest.mark.issue10(33)
def test_a_row_without_an_end_is_not_taken_apart(
    live: Live, table: Callable[[bytes], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csvfile, "LONGEST_LINE", 1_000)
    table(b"email,display_name\na@example.com,A\nb@example.com," + b"x" * 1_001 + b"\n")
    with pytest.raises(InputError, match=r"people\.csv:3:1: a line of"):
        desired.load(live.root)


LONG = "9" * 5_000


@pytest.mark.issue10(33)
@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("case.yaml", f"workspaces:\n  - {{name: A, capacity: {LONG}}}\n"),
        ("case.yaml", f"workspaces:\n  - {{name: {LONG}}}\n"),
        ("case.yaml", f"workspaces:\n  - {{name: A, capacity: 0x{'f' * 5_000}}}\n"),
        ("case.yaml", f"people: [{LONG}]\n"),
        ("case.yaml", f"x: &a {LONG}\npeople: []\n"),
        ("tenant.yaml", f"schema_version: {LONG}\norg: {{name: A}}\n"),
        ("tenant.yaml", f"schema_version: 1\norg: {{name: A}}\nlimits: {{delete: {{max: {LONG}}}}}\n"),
        ("insights.yaml", f"rules:\n  - {{id: a, kind: person, when: [{{field: email, above: {LONG}}}]}}\n"),
    ],
)
def test_a_number_of_five_thousand_digits_is_an_error_with_its_place(live: Live, file: str, text: str) -> None:
    """Python refuses to write it down, wherever it comes to that."""
    from reconciler.repository.desired.insights import load_insights

    (live.root / "desired" / file).write_text(text)
    with pytest.raises(InputError, match=rf"{file}:\d+:\d+: .*more than 1,000 digits"):
        (load_insights if file == "insights.yaml" else desired.load)(live.root)


@pytest.mark.issue10(33)
def test_a_long_text_of_digits_is_no_number() -> None:
    text = f"workspaces:\n  - {{name: A, notes: '{'1' * 3_000}', capacity: 1}}\n"
    assert yamlfile.load(text)["workspaces"][0]["notes"] == "1" * 3_000


@pytest.mark.issue10("C")
def test_a_table_in_a_merge_conflict_is_said_to_be_one(live: Live, table: Callable[[bytes], Path]) -> None:
    row = b"a@example.com,%s\n"
    table(b"email,display_name\n<<<<<<< HEAD\n" + row % b"A" + b"=======\n" + row % b"B" + b">>>>>>> theirs\n")
    with pytest.raises(InputError, match=r"people\.csv:2:1: a merge conflict of git begins here") as raised:
        desired.load(live.root)
    assert len(raised.value.problems) == 1


@pytest.mark.issue10(30)
def test_a_pipe_in_the_place_of_the_lock_is_not_waited_for(live: Live) -> None:
    (live.root / ".reconcile").mkdir(exist_ok=True)
    os.mkfifo(live.root / ".reconcile" / "lock")
    with pytest.raises(ReconcileError, match="cannot take the lock"), one_run(live.root, "run"):
        pass


@pytest.mark.issue10(33)
@pytest.mark.parametrize("scalar", ["one line", "block", "whole"])
def test_a_text_that_does_not_end_is_an_error(live: Live, scalar: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reconciler.repository.desired.documents.LARGEST_WHOLE", 2_000_000)
    text = "workspaces:\n  - name: Lobby\n    notes: "
    text += "x" * 3_000_000 if scalar != "block" else "|\n" + "      xxxxxxxxx\n" * 200_000
    if scalar == "whole":
        text = "workspaces: [{name: Lobby, notes: " + "x" * 3_000_000 + "}]\n"
    (live.root / "desired" / "case.yaml").write_text(text)
    with pytest.raises(InputError, match="million characters are too many"):
        desired.load(live.root)


@pytest.mark.issue10(33)
def test_a_file_too_large_to_hold_is_not_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textfile, "LARGEST", 10)
    with pytest.raises(textfile.TextError, match="too large"):
        textfile.decoded(b"x" * 11)


@pytest.mark.issue10(33)
@pytest.mark.parametrize(
    "file", ["plan.json", "state/manifest.json", "state/person/x.jsonl", ".reconcile/state-rows.json"]
)
def test_json_that_nests_without_end_is_an_error_of_its_own(
    live: Live, file: str, capsys: pytest.CaptureFixture[str]
) -> None:
    live.describe({"people": [{"email": "amelia.ashford@example.com"}]})
    live.remember()
    path = (
        next((live.root / "state" / "person").glob("*.jsonl")) if file.startswith("state/person") else live.root / file
    )
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"a":' * 100_000)
    if file == "plan.json":
        with pytest.raises(StaleError):
            Plan.loads(path.read_text(), file)
        return
    assert reconcile(["plan", "--offline", "-C", str(live.root)]) == (0 if file.startswith(".rec") else 1)
    assert "internal error" not in capsys.readouterr().err


@pytest.mark.issue10(33)
@pytest.mark.parametrize(("status", "code"), [(503, 75), (429, 75), (502, 75), (400, 1)])
def test_what_is_down_for_good_ends_with_the_code_for_later(status: int, code: int) -> None:
    from reconciler.errors import ApiError

    assert ApiError(status, "no").exit_code == code
