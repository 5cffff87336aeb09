"""Desired against current, one resource at a time: pure, and fast where nothing differs.

    desired   current   verdict
    -------   -------   ---------------------------------------------
    fields    none      create, and its sections after it
    fields    equal     same: no change at all
    fields    differ    update of what differs, per section
    fields    unread    cannot tell: licence tier, rights, no calling; same if it is to be off and is not there
    absent    some      delete
    absent    none      same

Absent fields are not managed and never looked at; only what `want` names is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from reconciler.kinds import heirs, sections_in, sections_of
from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.marks import NAMES, claims, marks_of, references
from reconciler.model.desired import Wanted
from reconciler.model.plan import Change
from reconciler.model.snapshot import LACKING, NO_CALLING, NOT_ASKED, NOT_THERE, Current, Fields, not_entitled
from reconciler.planning.taking import loses_calling, moves


def covers(have: Fields, want: Fields) -> bool:
    """Whether every value in `want` is in `have`, at any depth; what only `have` knows does not matter."""
    for name, value in want.items():
        other = have.get(name)
        if other != value and not matches(other, value):
            return False
    return True


def matches(have: Any, want: Any) -> bool:
    """Whether one value is what is wanted of it; of a mapping, whether it covers the other."""
    return bool(have == want) or (type(have) is dict and type(want) is dict and covers(have, want))


def compare(wanted: Wanted, current: Current | None) -> list[Change]:
    """The changes that lead from `current` to `wanted`; empty when nothing managed differs."""
    if wanted.clash:
        return [refused(wanted, wanted.clash)]
    there = current is not None and not current.unknown and not wanted.absent and not wanted.becomes
    if current is not None and there and covers(current.fields, wanted.fields):
        return []
    if wanted.absent:
        return [_delete(wanted, current)] if current is not None else []
    owner = kind_named(wanted.kind)
    sections = sections_in(wanted.kind, wanted.fields)
    own = {name: value for name, value in wanted.fields.items() if name not in sections}
    changes = list(_own_change(owner, wanted, own, current))
    for name, section in sections.items():
        changes += _section_change(section, wanted, wanted.fields[name], current, changes)
    return _after_move(wanted, current, changes) if current is not None and any(map(moves, changes)) else changes


def _own_change(kind: Kind, wanted: Wanted, own: Fields, current: Current | None) -> Iterator[Change]:
    if current is None:
        yield _change(kind, wanted, "create", "not in the tenant", want=kind.rules.settle(own, {}), before={})
        return
    unread = {name: current.unknown[name] for name in own if name in current.unknown}
    own = {name: value for name, value in own.items() if name not in unread}
    want = _differing(kind, own, current.fields) | (_new_name(kind, wanted) if wanted.becomes else {})
    if unread and not want:
        kept = {name: wanted.fields[name] for name in unread}
        yield _change(kind, wanted, "cannot_tell", "; ".join(sorted(set(unread.values()))), kept, {}, current)
    if want:
        for name, claim in marks_of(kind).own_claims:
            # What is unique per location is said again when the location changes: the move states what it keeps.
            if claim.per in want and name not in want and current.fields.get(name):
                want[name] = current.fields[name]
        before = {name: current.fields.get(name) for name in want}
        change = _change(kind, wanted, "update", "differs from desired", want, before, current, _own(kind, current))
        clash = kind.rules.clash(own, current) if kind.rules.clash else ""
        along = references(kind, _kept(kind, current, want)) if moves(change) else []
        yield replace(
            change,
            blocked=clash or change.blocked or _renamed(kind, want) or _fixed(kind, want, current.fields),
            carries=[one.address for one in along if one.kind == "number"],
            notes=[*change.notes, *(f"{name}: cannot tell: {why}" for name, why in unread.items())],
        )


def _new_name(kind: Kind, wanted: Wanted) -> Fields:
    """The fields of the key that are to change."""
    now = kind.named(wanted.key)
    return {name: value for name, value in kind.named(wanted.becomes).items() if value != now[name]}


def _renamed(kind: Kind, want: Fields) -> str:
    """Why the name that is wanted cannot be given; empty where it can, or stays."""
    if all(name in kind.renames for name in kind.key_fields if name in want):
        return ""
    what = kind.name.replace("_", " ")
    return f"`was`: the {' and '.join(kind.key_fields)} of a {what} cannot be changed here: {_RENAME_BY_HAND}"


_RENAME_BY_HAND = "change it in Control Hub, export, and take `was` out"


def _fixed(kind: Kind, want: Fields, have: Fields) -> str:
    """Why what is wanted cannot change any more; empty where it can."""
    for name, mark in marks_of(kind).fixed.items():
        if name in want and not (mark.once and want[name] and have.get(name) is None):
            return f"{name} cannot change after creation: {mark.why}"
    return ""


def _kept(kind: Kind, current: Current, want: Fields) -> Fields:
    return {name: value for name, value in _own(kind, current).items() if name not in want}


def _own(kind: Kind, current: Current) -> Fields:
    """What an object has itself: not its sections, of which each may lie in a file that nobody has opened."""
    names = kind.model.model_fields if kind.model is not None else ()
    return {name: current.fields[name] for name in names if name in current.fields}


def _section_change(
    kind: Kind, wanted: Wanted, want: Fields | None, current: Current | None, beside: Sequence[Change]
) -> list[Change]:
    """The changes of one section; `beside` are those of its owner and of the sections before it."""
    if want is None:
        if kind.cleared is None:
            gone = current is None or not current.fields.get(kind.section)
            return [] if gone else [_refused_clear(kind, wanted, current)]
        want = kind.cleared
    if current is None or kind.section in current.unknown:
        return _blind_change(kind, wanted, want, current, beside)
    if kind_named(kind.owner).entitles and any(map(loses_calling, beside)) and not _is_cleared(kind, want):
        return [
            _change(kind, wanted, "cannot_tell", f"this {kind.owner} {NO_CALLING} after this plan", want, {}, current)
        ]
    have = current.fields.get(kind.section)
    if have is None and kind.section not in current.fields and not kind.always:
        return [_change(kind, wanted, "cannot_tell", f"{kind.name} {NOT_ASKED}", want, {}, current)]
    if have is None:
        return [_change(kind, wanted, "create", "not in the tenant", want, {}, current)]
    differing = _differing(kind, want, have)
    if not differing:
        return []
    before = {name: have.get(name) for name in differing}
    return [_change(kind, wanted, "update", "differs from desired", differing, before, current, have)]


def _blind_change(
    kind: Kind, wanted: Wanted, want: Fields, current: Current | None, beside: Sequence[Change]
) -> list[Change]:
    """The change of a section of which nothing was read. Without what it needs it cannot be set, whatever else changes
    beside it; and nothing of it is left to be taken away."""
    why = current.unknown[kind.section] if current else ""
    if _is_cleared(kind, want) and (not current or not_entitled(why)):
        return []
    lacking = _lacking(kind, current, beside)
    if lacking or (current and not not_entitled(why)):
        return [_change(kind, wanted, "cannot_tell", why or lacking, want, {}, current)]
    reason = "could not be read before its owner changes" if current else "its owner is new"
    return [_change(kind, wanted, "update", reason, want, {}, current)]


def _is_cleared(kind: Kind, want: Fields) -> bool:
    return kind.cleared is not None and covers(kind.cleared, want)


def _lacking(kind: Kind, current: Current | None, beside: Sequence[Change]) -> str:
    """What a section needs that neither is there nor is given by the changes beside it; empty where it has all."""
    given = {change.kind: change for change in beside if change.action != "cannot_tell"}
    if missing := next((name for name in kind.requires if name not in given), ""):
        return f"{missing} {NOT_THERE}"
    entitles, owner = kind_named(kind.owner).entitles, given.get(kind.owner)
    if entitles is None or kind.requires:
        return ""
    before = _own(kind_named(kind.owner), current) if current else {}
    gained = entitles({**before, **owner.want}) - entitles(before) if owner else frozenset()
    return "" if gained else f"this {kind.owner} {NO_CALLING}"


def _refused_clear(kind: Kind, wanted: Wanted, current: Current | None) -> Change:
    change = _change(kind, wanted, "delete", "null clears it", {}, {}, current)
    return change.stopped(change.blocked or "this section can be changed, but the API has no way to clear it")


def _after_move(wanted: Wanted, current: Current, changes: list[Change]) -> list[Change]:
    """The changes with what a move may lose: every managed section is set again after it, if it then differs."""
    changed = {change.kind for change in changes}
    sections = sections_in(wanted.kind, wanted.fields)
    names = {section.name: name for name, section in sections.items()}
    again = [_whole(one, wanted, current, names[one.kind]) if one.kind in names else one for one in changes]
    return again + [
        _change(section, wanted, "update", "the move of its owner may lose it", want, have, current, reset=True)
        for name, section in sections.items()
        if section.name not in changed and (want := wanted.fields.get(name)) and name in current.fields
        for have in [{field: current.fields[name].get(field) for field in want}]
    ]


def _whole(change: Change, wanted: Wanted, current: Current, section: str) -> Change:
    """The change of a section after a move: what was as wanted before it may be lost with the rest."""
    have = current.fields.get(section) or {}
    want = {**(wanted.fields.get(section) or {}), **change.want}
    return replace(change, reset=True, want=want, before={field: have.get(field) for field in want})


def inherited(
    changes: list[Change], resources: Callable[[], Iterable[Wanted]], get: Callable[[str, str], Current | None]
) -> list[Change]:
    """The changes, with those that only another change makes necessary.

    Who inherits from the location shows its values (behaviour row 19). When those change in the same plan, what is
    described and was the same by inheritance has to be set, after the location and if it then differs.
    """
    sources = {change.address: change for change in changes if change.action in ("create", "update")}
    by_address = {change.address: change for change in changes}
    added = []
    for wanted in resources() if any(map(heirs, {change.kind for change in sources.values()})) else ():
        current = get(wanted.kind, wanted.key)
        for name, section in sections_in(wanted.kind, wanted.fields).items():
            want, have = wanted.fields[name], current.fields.get(name) if current else None
            if not (section.inherits and want and have and section.cleared and covers(have, section.cleared)):
                continue
            place = wanted.fields.get("location") or (current.fields.get("location") if current else None)
            source = sources.get(f"{section.inherits}/{place}")
            known = by_address.get(f"{section.name}/{wanted.key}")
            if source is None or not (known or _differing(section, want, {**have, **source.want})):
                continue
            reason = "its location's own are changed by this plan"
            again = _change(
                section, wanted, "update", reason, want, {n: have.get(n) for n in want}, current, reset=True
            )
            added.append(replace(again, refs=sorted({*again.refs, source.address})))
    replaced = {change.address for change in added}
    return [change for change in changes if change.address not in replaced] + added


def _delete(wanted: Wanted, current: Current | None) -> Change:
    change = _change(kind_named(wanted.kind), wanted, "delete", "state: absent", {}, {}, current)
    if current is None:
        return change
    held = {kind_named(wanted.kind): current.fields}
    held |= {s: current.fields.get(n) or {} for n, s in sections_of(wanted.kind).items()}
    return replace(
        change,
        facts=current.facts,
        frees=sorted(set().union(*(claims(kind, fields) for kind, fields in held.items()))),
        was_refs=sorted({one.address for k, f in held.items() for one in references(k, f)}),
        before={n: v for n, v in current.fields.items() if n not in sections_of(wanted.kind)},
    )


def _differing(kind: Kind, want: Fields, have: Fields) -> Fields:
    skip = marks_of(kind).uncompared
    return {
        name: value
        for name, value in kind.rules.settle(want, have).items()
        if name not in skip and not matches(have.get(name), value)
    }


def _change(
    kind: Kind,
    wanted: Wanted,
    action: Any,
    reason: str,
    want: Fields,
    before: Fields,
    current: Current | None = None,
    have: Fields | None = None,
    *,
    reset: bool = False,
) -> Change:
    """A change with everything that order, guards and the reader need to know of it."""
    have = have or {}
    full = {**have, **want}
    refs, was = references(kind, want), references(kind, before)
    taken, held = claims(kind, full), claims(kind, have) if have else claims(kind, before)
    change = Change(
        address=f"{kind.name}/{wanted.key}",
        kind=kind.name,
        key=wanted.key,
        action=action,
        reason=reason,
        source=wanted.source,
        want=want,
        before=before,
        id=current.id if current else "",
        reset=reset,
        facts=_facts(kind, current) | _names(kind, have, want),
        refs=sorted({address for one in refs for address in one.needed(full)}),
        was_refs=sorted({one.address for one in was} - {one.address for one in refs}),
        takes=sorted(taken - held),
        frees=sorted(held - taken),
    )
    if action == "cannot_tell":
        return change
    rules = kind.rules
    notes, blocked = rules.warn(change) if rules.warn else (), rules.refuse(change) if rules.refuse else ""
    return replace(change, notes=notes, blocked=blocked) if notes or blocked else change


def _facts(kind: Kind, current: Current | None) -> Fields:
    """What guards and order need of a change beside its fields."""
    if current is None:
        return {}
    if not kind.owner and kind.batch:
        return current.facts
    told = {"aliases": current.facts["aliases"]} if "aliases" in current.facts else {}
    return told | {name: False for name in LACKING if kind.entitles and current.facts.get(name) is False}


def _names(kind: Kind, have: Fields, want: Fields) -> Fields:
    """The kinds whose lists a reading of a document looks through for what it refers to beside what is wanted of it."""
    said = {*want, *kind.key_fields}
    beside = {name: value for name, value in have.items() if name not in said} if kind.owner or kind.detail else {}
    found = dict.fromkeys(name for one in references(kind, beside) for name in one.looked_through)
    names = [name for name in found if not kind_named(name).named_by_key]
    return {NAMES: names} if names else {}


def aliased(wanted: Wanted, current: Current) -> Change:
    """The change of a resource that is described under a name that somebody else's key stands beside: it names whom,
    and does nothing (planning/guards/aliases.py)."""
    kind = kind_named(wanted.kind)
    names = (kind.named(wanted.key), kind.named(current.key))
    change = Change(wanted.address, wanted.kind, wanted.key, "update", "an alias", wanted.source, *names, current.id)
    return replace(change, facts={**current.facts, "alias_of": current.key})


def unread(wanted: Wanted, why: str) -> Change:
    """The change of a resource of which nothing is known."""
    return Change(wanted.address, wanted.kind, wanted.key, "cannot_tell", why, wanted.source)


def refused(wanted: Wanted, why: str) -> Change:
    """The change of a resource that cannot be compared, which is its own fault."""
    change = Change(wanted.address, wanted.kind, wanted.key, "update", "cannot be compared", wanted.source)
    return change.stopped(why)


def list_items(before: list[Any], after: list[Any]) -> tuple[list[Any], list[Any]]:
    """What a list gains and loses, as DeepDiff explains it. Only for lists that are shown: it is slow to import
    and to run (performance.md §0.2). Items become keys first, or it would pair a gain with a loss as a change."""
    from deepdiff import DeepDiff

    old, new = {repr(item): item for item in before}, {repr(item): item for item in after}
    tree = DeepDiff(old, new, view="tree", threshold_to_diff_deeper=0)
    gained = [node.t2 for node in tree.get("dictionary_item_added", ())]
    lost = [node.t1 for node in tree.get("dictionary_item_removed", ())]
    return sorted(gained, key=after.index), sorted(lost, key=before.index)
