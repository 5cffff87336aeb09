"""What the marks of a kind promise holds for each of them: who is referred to is somebody, what is claimed is claimed
once, and a section waits for its owner."""

from __future__ import annotations

from typing import Any, get_args, get_origin

import pytest

from reconciler.errors import InputError
from reconciler.kinds import kind, managed
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.marks import EACH, marks_of
from reconciler.model.address import joined_key
from reconciler.model.marks import Claim, Ref
from reconciler.model.plan import Change
from reconciler.planning.order import LATE, operations
from reconciler.repository import desired
from tests.support.generated.tenant import LIKELY
from tests.support.live import Live

NOBODY = {"person": "nobody@example.com", "number": "+442079469999"}
#: Texts that claims take: an extension, a number.
CLAIMED = ("6001", "+442079460088")
WRITABLE = {name: found for name, found in managed().items() if found.writable}
REFS = [(name, ".".join(path), ref) for name, found in WRITABLE.items() for path, ref in marks_of(found).refs]
CLAIMS = [(name, path[0], claim) for name, found in WRITABLE.items() for path, claim in marks_of(found).claims]


@pytest.mark.parametrize(("name", "path", "ref"), REFS, ids=lambda value: value if isinstance(value, str) else "")
def test_who_is_nobody_is_told_where_it_is_written(name: str, path: str, ref: Ref, live: Live) -> None:
    live.remember()  # so that it is known who there is
    nobody = NOBODY.get(ref.kinds[0], "Nobody")
    text = nobody if len(ref.kinds) == 1 else f"{ref.kinds[0]}/{nobody}"
    live.describe(_described(kind(name), _nested(path.split("."), text), name))
    with pytest.raises(InputError) as told:
        desired.load(live.root)
    assert any(nobody in problem.what and problem.line for problem in told.value.problems), str(told.value)


@pytest.mark.parametrize(("name", "field", "claim"), CLAIMS, ids=lambda value: value if isinstance(value, str) else "")
def test_what_is_claimed_twice_is_told(name: str, field: str, claim: Claim, live: Live) -> None:
    value = CLAIMED[claim.space == "number"]
    fields: dict[str, Any] = {field: [value] if _is_list(kind(name), field) else value}
    if claim.per:
        fields[claim.per] = "London HQ"
    live.describe(_described(kind(name), fields, "first", "second"))
    with pytest.raises(InputError) as told:
        desired.load(live.root, references=False)
    assert any(value in problem.what for problem in told.value.problems), str(told.value)


@pytest.mark.parametrize("name", [name for name, found in managed().items() if found.owner])
def test_a_section_waits_for_every_step_of_its_owner(name: str) -> None:
    section, owner = kind(name), kind(kind(name).owner)
    new, old = ({field: _some(owner, field, word) for field in owner.managed.model_fields} for word in ("new", "old"))
    names = owner.key_fields
    want, before = ({field: value for field, value in side.items() if field not in names} for side in (new, old))
    whole = Change(f"{owner.name}/one", owner.name, "one", "update", "", "x.yaml:1", want, before, "id")
    part = Change(f"{name}/one", name, "one", "update", "", "x.yaml:1", {"any": 1}, {}, "id")
    found = operations([whole, part])
    steps = [one.wave for one in found if one.kind == owner.name and one.step != LATE]
    (own,) = {one.wave for one in found if one.kind == section.name}
    assert own > max(steps), f"{name} is written before the last of {len(steps)} steps of its {owner.name}"


def _described(found: Kind, fields: Any, *words: str) -> dict[str, Any]:
    """A desired file in which so many resources have these fields, or the section of that kind has."""
    owner = kind(found.owner) if found.owner else found
    names = (owner.named(_key(owner, word)) for word in words)
    return {owner.plural: [one | ({found.section: fields} if found.owner else fields) for one in names]}


def _key(owner: Kind, word: str) -> str:
    if owner.name == "number":
        return "+442079460089"
    text = f"{word}@example.com" if "@" in LIKELY.get(owner.name, "") else word.replace(".", " ")
    return text if isinstance(owner.key, str) else joined_key("London HQ", text)


def _nested(path: list[str], value: Any) -> Any:
    if not path:
        return value
    below = _nested(path[1:], value)
    return [below] if path[0] == EACH else {path[0]: below}


def _is_list(found: Kind, field: str) -> bool:
    annotation: Any = found.managed.model_fields[field].annotation
    return any(get_origin(part) is list for part in (annotation, *get_args(annotation)))


def _some(found: Kind, field: str, word: str) -> Any:
    return [word] if _is_list(found, field) else word
