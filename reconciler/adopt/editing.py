"""Fields of resources that are described already, set in their files: comments, order and look of the rest stay.

In YAML one piece of text can describe several resources (anchors, aliases, merge keys). Nobody is changed but who is
adopted: what an entry shares is copied into it, and an entry that others take values from is left alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reconciler.adopt.adopted import Adopted
from reconciler.adopt.texts import Texts
from reconciler.kinds import by_label
from reconciler.kinds import kind as kind_named
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.snapshot import Fields
from reconciler.repository import yamlfile
from reconciler.repository.desired.keys import key_as_written
from reconciler.repository.desired.loading import reread

Edit = tuple[Wanted, Change]


def edit(texts: Texts, file: str, edits: list[Edit], done: Adopted) -> None:
    """Set the fields that differ in the entries that describe them; nothing else in the file changes."""
    if file.lower().endswith(".csv"):
        done.left += [f"{w.source}: {c.address} is described in CSV: {_said(c)}" for w, c in edits]
        return
    before = texts.get(file) or ""
    text = _carried(texts.root, file, before, edits, done)
    if text != before:
        texts.put(file, text)


def _carried(root: Path, file: str, text: str, edits: list[Edit], done: Adopted) -> str:
    """The text with these edits. Where somebody else would change too they are tried in halves, so that only the ones
    that do it are left out."""
    document = yamlfile.edit(text)
    uses, made = yamlfile.uses(document), []
    for wanted, change in edits:
        if why := _change(document, uses, wanted, change):
            done.left.append(f"{wanted.source}: {change.address} {why}: {_said(change)}")
        else:
            made.append((wanted, change))
    if not made:
        return text
    changed = yamlfile.edited(document, text)
    if _only_these(root, file, text, changed, made):
        done.edited += [f"{wanted.source} {change.address} {', '.join(change.want)}" for wanted, change in made]
        return changed
    if len(made) == 1:
        wanted, change = made[0]
        done.left.append(f"{wanted.source}: {change.address} would change others in that file too: {_said(change)}")
        return text
    half = len(made) // 2
    return _carried(root, file, _carried(root, file, text, made[:half], done), made[half:], done)


def _change(document: Any, uses: Counter[int], wanted: Wanted, change: Change) -> str:
    """Set the fields of one change; or why that cannot be done here, and then nothing is changed."""
    target = next((entry for entry in _entries(document, wanted.kind) if _describes(entry, wanted)), None)
    if target is None:
        return "is part of a range or nested"
    if uses[id(target)] > 1:
        return "is described by what others take values from (an anchor)"
    if section := kind_named(change.kind).section:
        target = _own(target, section, uses)
    _set(target, change.want, change.before, uses)
    return ""


def _entries(document: Any, kind: str) -> Iterator[Any]:
    for label, entries in document.items():
        of = by_label().get(str(label).lower())
        if of is not None and of.name == kind:
            yield from entries or ()


def _describes(entry: Any, wanted: Wanted) -> bool:
    kind = kind_named(wanted.kind)
    said = key_as_written(kind, entry) if isinstance(entry, dict) else ""
    return said.strip().casefold() == wanted.key.casefold()


def _own(target: Any, name: str, uses: Counter[int]) -> Any:
    """The mapping of that name in a mapping, to be changed: one of its own, where it shares that with others."""
    inner = target.get(name)
    if not isinstance(inner, dict):
        target[name] = yamlfile.styled({})
    elif name not in yamlfile.own(target) or uses[id(inner)] > 1:
        target[name] = yamlfile.copied(inner)
    return target[name]


def _set(target: Any, want: Fields, current: Fields, uses: Counter[int]) -> None:
    """Only what differs, as deep as it differs, so that the rest of the entry keeps its look."""
    for name, wanted in want.items():
        value = current.get(name)
        if isinstance(wanted, dict) and isinstance(value, dict) and isinstance(target.get(name), dict):
            differs = {leaf: w for leaf, w in wanted.items() if value.get(leaf) != w}
            _set(_own(target, name, uses), differs, value, uses)
        else:
            target[name] = yamlfile.styled(value)


def _only_these(root: Path, file: str, before: str, after: str, edits: list[Edit]) -> bool:
    """Whether the changed text describes everybody else as before, and holds nothing that is refused."""
    was, _ = reread(root, file, before.encode())
    now, problems = reread(root, file, after.encode())
    meant = {wanted.address for wanted, _ in edits}
    others = [{one.address: one.fields for one in some if one.address not in meant} for some in (was, now)]
    return not problems and others[0] == others[1]


def _said(change: Change) -> str:
    return "; ".join(f"{name} is {change.before.get(name)!r} in the tenant" for name in change.want)
