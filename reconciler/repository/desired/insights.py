"""`desired/insights.yaml`: the user's own rules and changes to ours, checked against their model and the kinds."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from reconciler.errors import InputError, Problem
from reconciler.insights import known_rules
from reconciler.insights.custom import NOTHING, Tuning
from reconciler.kinds import managed, nested, observed, sections_of
from reconciler.repository import yamlfile
from reconciler.repository.desired import settings
from reconciler.repository.desired.entries import did_you_mean
from reconciler.repository.desired.messages import MOST_PROBLEMS, at, in_plain_english
from reconciler.repository.desired.roots import FOLDER

FILE = f"{FOLDER}/insights.yaml"


def load_insights(root: Path) -> Tuning:
    """What the file says; nothing when there is none. InputError with every problem in it."""
    problems: list[Problem] = []
    tuning = _read(root, problems)
    if problems:
        raise InputError(sorted(problems, key=Problem.order))
    return tuning


def _read(root: Path, problems: list[Problem]) -> Tuning:
    try:
        found = settings.read(root, FILE, problems)
    except FileNotFoundError:
        return NOTHING
    if found is None:
        return NOTHING
    text, content = found
    if content is None:
        return NOTHING
    try:
        tuning = Tuning.model_validate(content)
    except ValidationError as error:
        positions = yamlfile.positions(text)
        problems.extend(in_plain_english(FILE, Tuning, "entry", content, error, at(positions)))
        return NOTHING
    problems.extend(islice(_names(tuning, text), MOST_PROBLEMS))
    return tuning


def _names(tuning: Tuning, text: str) -> Iterable[Problem]:
    """Kinds that do not exist, rules that do not exist, and rules that exist twice."""
    positions: yamlfile.Positions | None = None

    def problem(path: yamlfile.Path, what: str, do: str, *, key: bool = False) -> Problem:
        nonlocal positions
        positions = positions or yamlfile.positions(text)
        return Problem(FILE, *(positions.key(path) if key else positions.value(path)), what, do)

    own = [rule.id for rule in tuning.rules]
    known = [*known_rules(), *own]
    listed = "`reconcile insights -o json` names them"
    for number, name in enumerate(tuning.disable):
        if name not in known:
            yield problem(("disable", number), f"disable: there is no rule {name}", did_you_mean(name, known) or listed)
    for name in tuning.severity:
        if name not in known:
            what = f"severity.{name}: there is no such rule"
            yield problem(("severity", name), what, did_you_mean(name, known) or listed, key=True)
    for number, rule in enumerate(tuning.rules):
        if rule.id in known_rules() or rule.id in own[:number]:
            yield problem(("rules", number, "id"), f"rules.id: there is a rule {rule.id} already", "call it otherwise")
        if rule.kind not in managed() and rule.kind not in observed():
            names = [*managed(), *observed()]
            do = did_you_mean(rule.kind, names) or "`reconcile kinds` names the kinds"
            yield problem(("rules", number, "kind"), f'rules.kind: there is no kind "{rule.kind}"', do)
        elif nested(rule.kind):
            kind = managed()[rule.kind]
            do = f"write kind: {kind.owner}, and fields like {kind.section}.…"
            yield problem(("rules", number, "kind"), f"rules.kind: {rule.kind} is a section of {kind.owner}", do)
        elif rule.kind in managed() and rule.kind not in observed():
            fields = [*managed()[rule.kind].managed.model_fields, *sections_of(rule.kind), "key", "facts"]
            for place, condition in enumerate(rule.when):
                name = condition.field.partition(".")[0]
                if name not in fields:  # of artefacts the API decides which fields there are
                    path = ("rules", number, "when", place, "field")
                    do = did_you_mean(name, fields) or f"`reconcile kinds {rule.kind}` names the fields"
                    yield problem(path, f"rules.when.field: {rule.kind} has no field {name}", do)
