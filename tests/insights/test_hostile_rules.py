"""Rules that come with anybody's pull request: they cannot hold an export up, and cannot be silently wrong."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from reconciler.errors import InputError
from reconciler.insights import judge
from reconciler.insights.patterns import found
from reconciler.repository.desired.insights import load_insights
from tests.insights.conftest import ANA, World
from tests.insights.test_custom import write

RULE = "rules:\n  - {{id: own, kind: {kind}, when: [{{{when}}}], why: w, fix: f}}\n"


@pytest.mark.parametrize("pattern", ["([a-z]+)+!", "(a|a)*!", "(.*a){25}!", r"^(\\w+\\s?)*!$"])
def test_no_pattern_takes_longer_than_its_text(world: World, tmp_path: Path, pattern: str) -> None:
    """Each of these keeps Python's `re` busy for longer than this suite may take."""
    world.edit("person", ANA, display_name="a" * 256)
    tuning = load_insights(
        write(tmp_path, RULE.format(kind="person", when=f'field: display_name, matches: "{pattern}"'))
    )
    begun = time.process_time()
    assert not [one for one in judge(world.snapshot, tuning).insights if one.rule == "own"]
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("^b", "bo", True),
        ("o$", "bo", True),
        ("(?i)BO", "xbox", True),
        ("é", "caf\u00e9", True),
        ("a.c", "a\ud83dc", True),
    ],
)
def test_patterns_match_as_they_read(pattern: str, text: str, expected: bool) -> None:
    assert found(pattern, text) is expected
    assert not found(pattern, "other")


@pytest.mark.parametrize(
    ("kind", "when", "words"),
    [
        ("person", "field: displayname, missing: true", "person has no field displayname"),
        ("person", "field: forwading.always, missing: true", "did you mean forwarding?"),
        ("person", 'field: email, matches: "(?=a)"', "not a regular expression of RE2"),
        ("license", "field: total, more_than: .nan", "rules.when.more_than"),
        ("license", "field: total, less_than: .inf", "rules.when.less_than"),
    ],
)
def test_a_rule_that_could_never_say_what_it_means_is_refused(tmp_path: Path, kind: str, when: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        load_insights(write(tmp_path, RULE.format(kind=kind, when=when)))
    assert words in str(caught.value)


@pytest.mark.parametrize("field", ["key", "facts.calling", "forwarding.always", "display_name"])
def test_the_fields_that_there_are(tmp_path: Path, field: str) -> None:
    load_insights(write(tmp_path, RULE.format(kind="person", when=f"field: {field}, missing: true")))


def test_the_fields_of_an_artefact_are_the_apis(tmp_path: Path) -> None:
    load_insights(write(tmp_path, RULE.format(kind="hunt_group", when="field: brand_new, missing: true")))
