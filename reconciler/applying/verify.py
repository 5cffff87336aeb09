"""Reading back: is what was wanted there?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from reconciler.kinds import kind as kind_named
from reconciler.kinds.contract.kind import Kind
from reconciler.kinds.contract.marks import marks_of
from reconciler.model.plan import Member, Operation
from reconciler.model.snapshot import Fields
from reconciler.planning.diff import covers, matches
from reconciler.planning.order import RENAME


def compared(operation: Operation, fields: Fields) -> Fields:
    """The fields that can be read back: not the key, unless that is what changes, and not what only says how to do
    it."""
    if operation.step == RENAME:
        return fields
    skip = marks_of(kind_named(operation.kind)).uncompared
    return {name: value for name, value in fields.items() if name not in skip}


def satisfied(operation: Operation, member: Member, have: Fields | None) -> bool:
    """Whether the current fields (None: it does not exist) are what the operation is to bring about."""
    if operation.action == "delete":
        return have is None
    return have is not None and covers(have, settled(operation, member, have))


def settled(operation: Operation, member: Member, have: Fields) -> Fields:
    """What is wanted, in terms of what is there (a mapping of licences becomes a list)."""
    return kind_named(operation.kind).rules.settle(compared(operation, member.want), have)


def stale(operation: Operation, member: Member, have: Fields | None) -> list[str]:
    """The fields that are no longer what the plan saw; empty when the plan still holds."""
    if operation.blind:
        return []
    if operation.action == "create":
        return ["it exists now"] if have is not None else []
    if have is None:
        return ["it is gone"]
    before = compared(operation, member.before)
    return [
        f"{name}: the plan saw {_text(value)}, now it is {_text(have.get(name))}"
        for name, value in before.items()
        if name in have and have[name] != value and not matches(have[name], value)
    ]


def foreign(operation: Operation, member: Member, have: Fields | None, before: Fields) -> list[str]:
    """The fields that somebody else has set since a write of ours of which nobody knows whether it arrived: they are
    neither what was there `before` it, nor what was wanted, nor between the two."""
    if operation.action == "delete":
        return stale(operation, member, have)
    if have is None:
        return [] if operation.action == "create" else ["it is gone"]
    return [
        f"{name}: before our write it was {_text(before.get(name))}, now it is {_text(have.get(name))}"
        for name, value in settled(operation, member, have).items()
        if not _between(before.get(name), value, have.get(name), created=operation.action == "create")
    ]


def _between(before: Any, want: Any, have: Any, *, created: bool) -> bool:
    """Whether a value is one that our write alone can explain; what is created may not have all of it yet."""
    if have in (before, want) or (created and have in (None, "", [], {})):
        return True
    if isinstance(have, dict) and isinstance(want, dict):
        old = before if isinstance(before, dict) else {}
        return all(_between(old.get(name), value, have.get(name), created=created) for name, value in want.items())
    if isinstance(have, list) and isinstance(want, list):
        return all(item in want or item in (before or ()) for item in have)
    return False


def differing(operation: Operation, member: Member, have: Fields | None) -> dict[str, Any]:
    """The fields that are not as wanted after a write: `{name: {"wanted": …, "found": …}}`."""
    if operation.action == "delete":
        return {"": {"wanted": None, "found": "still there"}}
    want = settled(operation, member, have or {})
    return {
        name: {"wanted": value, "found": (have or {}).get(name)}
        for name, value in want.items()
        if not matches((have or {}).get(name), value)
    }


def at_the_end(
    kind: Kind, wants: Sequence[Fields], before: Fields | None, after: Fields | None, *, rest: bool = True
) -> dict[str, Any]:
    """What of a resource or section is not as all its writes together are to leave it (`wants`, in their order), and
    with `rest` what none of them names and is not as `before`: `{name: {"wanted": …, "found": …}}`. `before` None:
    nothing is known of that."""
    skip = marks_of(kind).uncompared
    want = {name: value for one in wants for name, value in one.items() if name not in skip}
    if want:
        want = kind.rules.settle(want, after or {} if before is None else before)
    inherits = kind.inherits and kind.cleared is not None and want and covers(want, kind.cleared)
    expected = _overlaid(_own(kind, before, skip) if rest and not inherits else {}, want)
    have = after or {}
    return {
        name: {"wanted": value, "found": have.get(name)}
        for name, value in expected.items()
        if not matches(have.get(name), value)
    }


def _own(kind: Kind, before: Fields | None, skip: Collection[str]) -> Fields:
    """What was there of its own: who inherits shows what is another's, which may change."""
    if before is None:
        return {}
    if kind.inherits and kind.cleared is not None and covers(before, kind.cleared):
        return dict(kind.cleared)
    return {name: value for name, value in before.items() if name not in skip}


def _overlaid(under: Any, over: Any) -> Any:
    """The one with the other over it, at any depth of mappings."""
    if not (isinstance(under, dict) and isinstance(over, dict)):
        return over
    return {**under, **{name: _overlaid(under.get(name), value) for name, value in over.items()}}


def field_by_field(operation: Operation, member: Member, have: Fields | None) -> dict[str, bool]:
    """For each field that was to be written whether it is there as wanted; what cannot be read back is not in it."""
    if operation.action == "delete":
        return {}
    return {
        name: have is not None and matches(have.get(name), value)
        for name, value in settled(operation, member, have or {}).items()
    }


def in_part(differing: dict[str, Any]) -> str:
    """Of lists that came about in part, the items: `licenses: 1 of 2 are there, without Messaging`; else empty."""
    told = []
    for name, sides in differing.items():
        wanted, found = sides["wanted"], sides["found"]
        if isinstance(wanted, list) and isinstance(found, list):
            missing, more = [i for i in wanted if i not in found], [i for i in found if i not in wanted]
            words = f"{len(wanted) - len(missing)} of {len(wanted)} are there"
            words += f", without {', '.join(map(str, missing))}" if missing else ""
            told.append(f"{name}: {words}" + (f", and beside them {', '.join(map(str, more))}" if more else ""))
    return "; ".join(told)


def beside(operation: Operation, member: Member, before: Fields | None, after: Fields | None) -> dict[str, Any]:
    """What else is different after a write: `{name: {"before": …, "after": …}}`. A side effect of the API, or somebody
    else's change in between; both readings are made anyway."""
    if operation.action == "delete" or before is None or after is None:
        return {}
    ours = compared(operation, member.want).keys() | settled(operation, member, before).keys()
    return {
        name: {"before": before.get(name), "after": after.get(name)}
        for name in sorted(before.keys() | after.keys())
        if name not in ours and before.get(name) != after.get(name)
    }


def lost(operation: Operation, also: dict[str, Any]) -> dict[str, Any]:
    """Of what changed beside a write, the values that are gone without the write being one that takes them along:
    `{name: {"wanted": …, "found": …}}`. A PUT says all of an object, and the API may take only a part of it (§9)."""
    bares = kind_named(operation.kind).calls.bares
    if operation.action != "update" or (bares is not None and bares(operation)):
        return {}
    return {
        name: {"wanted": sides["before"], "found": sides["after"]}
        for name, sides in also.items()
        if _gone(sides["before"], sides["after"])
    }


def _gone(before: Any, after: Any) -> bool:
    if isinstance(before, list) and isinstance(after, list):
        return any(item not in after for item in before)
    return before not in (None, "", [], {}) and after in (None, "", [], {})


def _text(value: Any) -> str:
    return "nothing" if value in (None, "", [], {}) else repr(value)
