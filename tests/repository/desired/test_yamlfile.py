"""The fast reader says what ruamel says, for whatever text; positions and writing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from reconciler.repository import yamlfile

_PIECES = st.sampled_from(
    [
        *"abx_01.:-?,[]{}#&*!|>'\"%@`=~+ \n",
        *(
            "a: ",
            "- ",
            "\n  ",
            "\n- ",
            "\nb: ",
            "<<: ",
            "&x ",
            "*x",
            "!!str ",
            "---",
            "...",
            "null",
            "true",
            "yes",
            "~",
        ),
        *("0042", "0x1F", "0o17", "1_000", "_1", "1e3", ".5", "+34910000000", "12:30:45", "2020-01-01", "0X1F", ".inf"),
        *("2020-01-01T10:00:00Z", "é", "\t", "\x85", "\u2028", "\ufeff", "\r\n", "\r", "# c", "''", '""', "|\n   x\n"),
        *(
            '"\\u00e9"',
            "[1, 2]",
            "{a: 1}",
            "{a: b, c: [d]}",
            ">-\n  x\n\n  y\n",
            "on",
            "=",
            "yes",
            "~",
            "1__0",
            "-1",
            "0b11",
        ),
    ]
)


_REFUSED = object()
#: Numbers that ruamel begins to read as such and then fails at (`._`): not YAML 1.2's, nor ours to repair.
_RUAMEL_FAILS = re.compile(r"[-+.]_|0x_")


def _read(reader: Any, text: str) -> Any:
    try:
        value = reader(text)
    except yamlfile.YamlSyntaxError:
        return _REFUSED
    return _REFUSED if "frozenset" in repr(value) else value  # a mapping as a key: no model takes that


def _agree(fast: Any, slow: Any) -> bool:
    """Equal in value and type, but for numbers that only yaml-rs takes for such; see `yamlfile.plain`."""
    if isinstance(fast, (int, float)) and not isinstance(fast, bool) and isinstance(slow, str):
        return bool(re.fullmatch(r"[-+.\w]*\d[-+.\w]*", slow))
    if isinstance(fast, dict) and isinstance(slow, dict):
        return (
            len(fast) == len(slow) and all(map(_agree, fast, slow)) and all(map(_agree, fast.values(), slow.values()))
        )
    if isinstance(fast, list) and isinstance(slow, list):
        return len(fast) == len(slow) and all(map(_agree, fast, slow))
    return type(fast) is type(slow) and repr(fast) == repr(slow)


@settings(max_examples=700, deadline=None, derandomize=True)
@given(st.lists(_PIECES, max_size=14).map("".join))
def test_fast_is_ruamel_on_any_text(text: str) -> None:
    assume(not _RUAMEL_FAILS.search(text))
    assert _agree(_read(yamlfile.load, text), _read(yamlfile.load_carefully, text))


_SCALAR = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-99, 10**12),
    st.text(max_size=12),
    _PIECES.map(str.strip),
    st.from_regex(r"[+]?[0-9_.:xe-]{1,8}", fullmatch=True),
)
_VALUE = st.recursive(_SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_PIECES, inner, max_size=3))


@settings(max_examples=50, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["people", "locations"]), st.lists(st.dictionaries(_PIECES, _VALUE, max_size=4)))
)
def test_what_is_dumped_is_read_again_by_both(data: dict[str, Any]) -> None:
    text = yamlfile.dump(data)
    assert yamlfile.load_carefully(text) == data
    assert yamlfile.load(text) == data


@pytest.mark.parametrize("text", ["2020-01-01", "12:30:45", "2020-01-01T10:00:00Z", "yes", "on", "="])
def test_yaml_1_2_core_knows_no_dates_and_no_yes(text: str) -> None:
    assert yamlfile.load(f"a: {text}\n") == {"a": text}


def test_without_the_fast_reader_the_values_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'people:\n  - {email: a@b.cc, extension: "0042", when: 2020-01-01}\n'
    fast = yamlfile.load(text)
    monkeypatch.setattr(yamlfile, "fast_reader", None)
    assert yamlfile.load(text) == fast
    assert yamlfile.load_items("- a\n") is None


@pytest.mark.parametrize(
    ("text", "line", "col", "what"),
    [
        ("a: 1\nb: [1\n", 3, 1, "not valid YAML"),
        ("a: 1\nb: 2\na: 3\n", 3, 1, "a is written twice"),
        ("a: 1\n---\nb: 2\n", 2, 1, "a second document"),
        ("a: *x\n", 1, 4, "undefined alias"),
        ("a: !!python/object:os.system x\n", 1, 4, "not valid YAML"),
    ],
)
def test_syntax_errors_say_where(text: str, line: int, col: int, what: str) -> None:
    with pytest.raises(yamlfile.YamlSyntaxError) as error:
        yamlfile.load(text)
    assert (error.value.line, error.value.col) == (line, col)
    assert what in error.value.what


def test_positions() -> None:
    found = yamlfile.Positions("a:\n  - b: {c: 0042}\n    d: [x, y]\n")
    assert found.key(("a", 0, "b", "c")) == (2, 9)
    assert found.value(("a", 0, "b", "c")) == (2, 12)
    assert found.raw(("a", 0, "b", "c")) == "0042"
    assert found.value(("a", 0, "d", 1)) == (3, 12)
    assert found.value(("a", 0, "nothing")) == (2, 5)
    assert yamlfile.Positions("a: [").value(("a",)) == (1, 1)


def test_edits_keep_comments_order_and_quotes() -> None:
    text = "# head\npeople:\n  # first\n  - email: a@b.cc  # note\n    extension: '0042'\n    first_name: Ann\n"
    document = yamlfile.edit(text)
    document["people"][0]["first_name"] = yamlfile.styled("0042")
    document["people"][0]["numbers"] = yamlfile.styled({"secondary": ["+34910000000"]})
    assert yamlfile.edited(yamlfile.edit(text)) == text
    assert yamlfile.edited(document) == (
        "# head\npeople:\n  # first\n  - email: a@b.cc  # note\n    extension: '0042'\n"
        '    first_name: "0042"\n    numbers:\n      secondary: ["+34910000000"]\n'
    )


def test_canonical_style() -> None:
    data = {
        "locations": [
            {
                "name": "Madrid HQ",
                "address": {"address1": "Gran Via 1", "postal_code": "28013", "address2": None},
                "numbers": [{"range": ["+34910000000", "+34910000099"], "state": "inactive"}],
                "empty": [],
            }
        ]
    }
    assert yamlfile.dump(data) == (
        "locations:\n"
        "  - name: Madrid HQ\n"
        '    address: {address1: Gran Via 1, postal_code: "28013", address2: null}\n'
        "    numbers:\n"
        '      - {range: ["+34910000000", "+34910000099"], state: inactive}\n'
        "    empty: []\n"
    )


@pytest.mark.parametrize("begin", range(9))
def test_what_nests_too_deeply_is_seen_wherever_it_begins(begin: int) -> None:
    start = f"x{'x' * begin}: "
    for text in (f"{start}\n  {'- ' * 110}a\n", f"{start}1\ny:\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 110))):
        with pytest.raises(yamlfile.YamlSyntaxError, match="nested more than 100 deep"):
            yamlfile.load(text)
    with pytest.raises(yamlfile.YamlSyntaxError, match="more than 1,000 digits"):
        yamlfile.load(f"{start}{'9' * 1_001}\n")
