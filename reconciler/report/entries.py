"""Changes as entries to show: in order of risk, by owner, with those that are alike in one entry (folding.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from reconciler.inert import visible
from reconciler.model.address import owner_address
from reconciler.model.plan import Change, Finding
from reconciler.model.wording import noun_of, number
from reconciler.report.commands import lifting
from reconciler.report.fields import FieldLine, field_lines
from reconciler.report.folding import OWN, Against, alike, folds, names_of, sources_of

#: Symbol and word of what happens, in the order in which it is shown.
SYMBOLS = {"blocked": "x", "delete": "-", "update": "~", "create": "+", "cannot_tell": "?"}
WORDS = {"blocked": "blocked", "delete": "delete", "update": "update", "create": "create", "cannot_tell": "cannot tell"}
_RANKS = {status: rank for rank, status in enumerate(SYMBOLS)}
#: So many entries say in full what blocks them, where it is the same.
_SAID = 3


@dataclass(frozen=True, slots=True)
class Objection:
    """Why a change is blocked: the rule, the reason, what to do (may be empty), and what lifts it."""

    rule: str
    why: str
    do: str
    lift: str = ""

    @property
    def lines(self) -> list[str]:
        said = (("why", self.why), ("do", self.do), ("lift", self.lift))
        return [f"{label}: {text}" for label, text in said if text.strip()]


@dataclass(frozen=True, slots=True)
class Entry:
    """One change to show, or `count` changes that are alike (folding.py).

    `status` is a key of SYMBOLS; `address` may be a range; `members` are lines of ranges when there are
    several, or of names; `what` says the action ("delete BLOCKED by main-number", "create ×40").
    """

    status: str
    symbol: str
    address: str
    what: str
    count: int
    reason: str
    source: str
    members: tuple[str, ...]
    fields: tuple[FieldLine, ...]
    notes: tuple[str, ...]
    objections: tuple[Objection, ...]
    lasting: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        where = f"  ({self.source})" if self.source else ""
        return f"{self.symbol} {self.address}  {self.what}  {self.reason}{where}"

    @property
    def detail(self) -> list[str]:
        """The lines under the headline, not indented."""
        return [
            *self.members,
            *(line for objection in self.objections for line in objection.lines),
            *(field.line for field in self.fields),
            *self.lasting,
            *(f"! {note}" for note in self.notes),
        ]


@dataclass(frozen=True, slots=True)
class Group:
    """The entries of one owner: a resource and its sections. `place` is its location, or its kind in words."""

    owner: str
    place: str
    status: str
    entries: tuple[Entry, ...]

    @property
    def count(self) -> int:
        return sum(entry.count for entry in self.entries)

    @property
    def risky(self) -> bool:
        return self.status in ("blocked", "delete")


def status_of(change: Change) -> str:
    return "blocked" if change.blocked else change.action


def rule_of(change: Change, findings: Sequence[Finding]) -> str:
    """The rule that blocks a change: a guard's (`blocked` is `rule` or `rule: why`), or that of its kind."""
    named = next((f.rule for f in findings if f"{change.blocked}:".startswith(f"{f.rule}:")), "")
    return visible(named or (findings[0].rule if findings else f"{change.kind} rule"))


def groups(changes: Iterable[Change], findings: Against, *, full: bool, places: Mapping[str, str]) -> list[Group]:
    """Owners in order of their riskiest change, then of address; `findings` are those that block, by address, `places`
    the locations of whom no change names one (model/plan.py)."""
    owners: dict[str, list[Change]] = {}
    for change in changes:
        owners.setdefault(owner_address(change.address), []).append(change)
    batches: dict[tuple[object, ...], list[list[Change]]] = {}
    shown: list[tuple[int, str, Group]] = []
    for owner, members in owners.items():
        members.sort(key=lambda change: (_RANKS[status_of(change)], change.kind))
        place = place_of(members, places)
        key = None if full else alike(members, place, findings)
        batches.setdefault((owner,) if key is None else key, []).append(members)
    for batch in batches.values():
        batch.sort(key=lambda members: members[0].address)
        for some in [batch] if folds(batch) else [[members] for members in batch]:
            rows = [list(row) for row in zip(*some, strict=True)]
            shown.append(_group(some[0], place_of(some[0], places), rows, findings, full))
    ordered = [group for _, _, group in sorted(shown, key=lambda item: item[:2])]
    return ordered if full else list(_said_once(ordered))


def _said_once(shown: Iterable[Group]) -> Iterator[Group]:
    """The same groups; what blocks many of their entries for one and the same reason is said with the first few."""
    said: dict[tuple[Objection, ...], list[str]] = {}
    for group in shown:
        entries = []
        for entry in group.entries:
            before = said.setdefault(entry.objections, [])
            before.append(entry.address)
            if entry.objections and len(before) > _SAID:
                entry = replace(entry, objections=(Objection(entry.objections[0].rule, f"as for {before[0]}", ""),))
            entries.append(entry)
        yield replace(group, entries=tuple(entries))


def _group(
    members: list[Change], place: str, rows: list[list[Change]], findings: Against, full: bool
) -> tuple[int, str, Group]:
    """With what it is sorted by. `members` are the changes of one owner, each the first of its row."""
    owner = owner_address(members[0].address)
    naming = next((place for place, member in enumerate(members) if member.address == owner), 0)
    entries = tuple(_entry(row, findings, full, named=place != naming) for place, row in enumerate(rows))
    status = entries[0].status
    return _RANKS[status], owner, Group(visible(owner), place, status, entries)


def _entry(changes: list[Change], findings: Against, full: bool, *, named: bool) -> Entry:
    """One entry of one change, or of several that are alike, whom another one of the group may have `named`."""
    first, count = changes[0], len(changes)
    status, against = status_of(first), findings.get(first.address, ())
    address, members = names_of(changes, named=named) if count > 1 else (visible(first.address), ())
    lines = field_lines(first, full=full)
    return Entry(
        status=status,
        symbol=SYMBOLS[status],
        address=address,
        what=_what(first, against, count),
        count=count,
        reason=visible(first.reason) or "no reason given",
        source=sources_of(changes),
        members=members,
        fields=tuple(line for line in lines if not (members and line.path in OWN)),
        notes=_notes(first),
        objections=tuple(_objections(first, against, count)),
        lasting=tuple(visible(reason) for reason in first.irreversible if reason not in first.notes),
    )


def _what(change: Change, against: Sequence[Finding], count: int) -> str:
    words = WORDS[change.action] + (f" ×{number(count)}" if count > 1 else "")
    done = "SET ASIDE" if any(finding.aside for finding in against) else "BLOCKED"
    return f"{words} {done} by {rule_of(change, against)}" if change.blocked else words


def _objections(change: Change, against: Sequence[Finding], count: int = 1) -> list[Objection]:
    if not change.blocked:
        return []
    if against:
        return [objection(finding, count) for finding in against if not finding.lifted]
    return [Objection(rule_of(change, ()), visible(change.blocked), "")]


def objection(finding: Finding, count: int = 1) -> Objection:
    """What a guard says, and the name that lifts it; `count` addresses that say the same."""
    lift = " ".join(lifting([finding.override])) if finding.override else "nothing lifts this"
    if count > 1 and finding.address in finding.override:
        lift += f" (and one like it for each of the {number(count)})"
    return Objection(visible(finding.rule), visible(finding.why), visible(finding.do), visible(lift))


def _notes(change: Change) -> tuple[str, ...]:
    notes = [visible(note) for note in (*change.notes, *change.explicit)]
    if change.reset:
        notes.append("set again after the move of its owner, which may lose it")
    return tuple(notes)


def place_of(changes: list[Change], places: Mapping[str, str]) -> str:
    """The location of an owner, else its kind in words (`people`)."""
    owner = owner_address(changes[0].address)
    kind, _, key = owner.partition("/")
    if kind == "location":
        return visible(key)
    for change in changes:
        for fields in (change.want, change.before, change.facts):
            if isinstance(name := fields.get("location"), str) and name:
                return visible(name)
    return visible(places.get(owner) or noun_of(2, kind))
