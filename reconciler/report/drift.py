"""The three-way view of drift as it is shown, and as data: every number, word and line is made here, once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reconciler.drift import NOTHING, Difference, Drift, Field, State
from reconciler.drift.attribution import Attribution
from reconciler.inert import visible
from reconciler.kinds import managed
from reconciler.masking import SECRET, is_secret, redacted
from reconciler.model.wording import counted, moment, number
from reconciler.planning.diff import list_items
from reconciler.report.fields import value_text
from reconciler.report.view import Fact

FORMAT_VERSION = 1
#: Worst first; the order of the report.
ORDER = (State.CONFLICTING, State.DRIFTED, State.BOTH, State.PENDING, State.CANNOT_TELL)
SYMBOLS = {State.CONFLICTING: "x", State.DRIFTED: "~", State.BOTH: "=", State.PENDING: "+", State.CANNOT_TELL: "?"}
MEANINGS = {
    State.CONFLICTING: "changed in git and in the tenant, differently",
    State.DRIFTED: "changed in the tenant",
    State.BOTH: "changed in git and in the tenant",
    State.PENDING: "changed in git",
    State.CANNOT_TELL: "could not be compared",
}
_FEW_NAMES = 4
By = Mapping[tuple[str, str], Attribution]


@dataclass(frozen=True, slots=True)
class About:
    """What a report says beside the differences: whose tenant, how many resources are managed, and when the snapshot
    was taken (None: not known) and how that is known."""

    org: Mapping[str, str]
    managed: int
    since: datetime | None
    how: str


@dataclass(frozen=True, slots=True)
class DriftEntry:
    """One address: `names` are the fields in short, `fields` the same at length, `who` one line per answer."""

    state: State
    address: str
    names: str
    fields: tuple[str, ...]
    who: tuple[str, ...]
    source: str

    @property
    def symbol(self) -> str:
        return SYMBOLS[self.state]

    @property
    def headline(self) -> str:
        return f"{self.symbol} {self.address}  {self.state}: {self.names}"


@dataclass(frozen=True, slots=True)
class DriftView:
    title: str
    verdict: str
    denominator: str
    facts: tuple[Fact, ...]
    banners: tuple[str, ...]
    entries: tuple[DriftEntry, ...]
    last: str


def drift_view(drift: Drift, by: By, about: About) -> DriftView:
    """The view of a comparison."""
    shown = [
        _entry(one, by) for one in sorted(drift.differences, key=lambda one: (ORDER.index(one.state), one.address))
    ]
    name = visible(about.org.get("name", ""))
    org_id = about.org.get("id", "")
    return DriftView(
        title=" · ".join(["reconcile drift", f"{name} (org …{visible(org_id[-4:])})" if org_id else name]),
        verdict=_verdict(drift),
        denominator=f"of {counted(drift.compared, 'resource')} compared",
        facts=tuple(_facts(drift, by, about)),
        banners=tuple(f"incomplete: {visible(kind)}: {visible(why)}" for kind, why in sorted(drift.gaps.items())),
        entries=tuple(shown),
        last=f"next: {_next(drift)}",
    )


def verdict_word(drift: Drift) -> str:
    """One word for machines: the worst of conflicting, drifted, incomplete, both, pending, cannot_tell, same."""
    states = {one.state for one in drift.differences}
    if drift.drifted:
        return "conflicting" if State.CONFLICTING in states else "drifted"
    if drift.gaps:
        return "incomplete"
    return next((str(state).replace(" ", "_") for state in ORDER if state in states), "same")


def drift_json(drift: Drift, by: By, about: About) -> dict[str, Any]:
    """The comparison as data; values that are secret are left out. A side without `desired` is not managed."""
    return {
        "format_version": FORMAT_VERSION,
        "org": dict(about.org),
        "verdict": verdict_word(drift),
        "since": about.since.isoformat(timespec="milliseconds") if about.since else None,
        "since_from": about.how,
        "counts": counts(drift) | {"managed": about.managed, "compared": drift.compared},
        "incomplete": dict(sorted(drift.gaps.items())),
        "differences": [_difference_json(one, by) for one in drift.differences],
    }


def counts(drift: Drift) -> dict[str, int]:
    """How many addresses are in each state."""
    found = Counter(one.state for one in drift.differences)
    return {str(state).replace(" ", "_"): found[state] for state in ORDER}


def field_json(one: Field) -> dict[str, Any]:
    """One field on its sides, without secrets."""
    sides = {"snapshot": one.snapshot, "live": one.live}
    if one.desired is not NOTHING:
        sides = {"desired": one.desired, **sides}
    return {
        "path": one.path,
        "state": str(one.state),
        **{side: redacted(value, one.path) for side, value in sides.items()},
    }


def _difference_json(one: Difference, by: By) -> dict[str, Any]:
    data: dict[str, Any] = {"address": one.address, "state": str(one.state).replace(" ", "_"), "deed": one.deed}
    data |= {name: value for name in ("source", "why") if (value := getattr(one, name))}
    data["fields"] = []
    for each in one.fields:
        known = by.get((one.address, each.path))
        data["fields"].append(field_json(each) | ({"by": _attribution_json(known)} if known else {}))
    return data


def _attribution_json(by: Attribution) -> dict[str, Any]:
    names = ("actor", "name", "email", "at", "ip", "action", "event", "why")
    data: dict[str, Any] = {name: value for name in names if (value := getattr(by, name))}
    return {"known": by.known, **data, **({"among": list(by.among)} if by.among else {})}


def _verdict(drift: Drift) -> str:
    if not drift.differences:
        return "No difference in what could be read" if drift.gaps else "No drift, nothing pending"
    found = Counter(one.state for one in drift.differences)
    return ", ".join(f"{number(found[state])} {state}" for state in ORDER if found[state])


def _facts(drift: Drift, by: By, about: About) -> Iterator[Fact]:
    at = moment(about.since) if about.since else "at a time that is not known"
    yield Fact("snapshot", f"taken {at}" + (f" ({visible(about.how)})" if about.how else ""))
    states = {one.state for one in drift.differences}
    for state in ORDER:
        if state in states:
            yield Fact(f"{SYMBOLS[state]} {state}", MEANINGS[state])
    people = Counter(_person(one) for one in by.values() if one.known)
    if people or by:
        named = [f"{who} ({counted(count, 'field')})" for who, count in people.most_common()]
        unknown = sum(1 for one in by.values() if not one.known)
        named += [f"unknown ({counted(unknown, 'field')})"] if unknown else []
        yield Fact("who", ", ".join(named))


def _entry(one: Difference, by: By) -> DriftEntry:
    answers: dict[Attribution, list[str]] = {}
    for each in one.drifted:
        if (known := by.get((one.address, each.path))) is not None:
            answers.setdefault(known, []).append(each.path)
    who = tuple(_who(known, paths if len(answers) > 1 else []) for known, paths in answers.items())
    source = f"desired in {visible(one.source)}" if one.source else ""
    if not one.fields:
        return DriftEntry(one.state, visible(one.address), visible(one.why), (), who, source)
    names = [visible(each.path) or _came_or_went(each) for each in one.fields]
    more = f" and {len(names) - _FEW_NAMES} more" if len(names) > _FEW_NAMES else ""
    lines = tuple(field_line(each) for each in one.fields)
    return DriftEntry(one.state, visible(one.address), ", ".join(names[:_FEW_NAMES]) + more, lines, who, source)


def field_line(one: Field) -> str:
    """One field on its three sides: `~ extension: "100" -> "200" in the tenant; desired "100"`."""
    symbol = SYMBOLS[one.state]
    if not one.path and all(type(side) is bool for side in (one.snapshot, one.live)):
        desired = {True: "; desired has it", False: "; desired deletes it"}.get(one.desired, "; not managed")
        return f"{symbol} {_came_or_went(one)}{desired if one.state is not State.PENDING else ''}"
    path = visible(one.path) or "(the section)"
    if is_secret(one.path):
        return f"{symbol} {path}: {one.state}, {SECRET}"
    if one.state is State.PENDING:
        return f"{symbol} {path}: {step_text(one.snapshot, one.desired, one.path)} in desired"
    step = f"{symbol} {path}: {step_text(one.snapshot, one.live, one.path)} in the tenant"
    if one.state is State.BOTH:
        return f"{step} and in desired"
    wanted = "not managed" if one.desired is NOTHING else f"desired {_value(one.desired, one.path)}"
    return f"{step}; {wanted}"


def step_text(old: Any, new: Any, path: str) -> str:
    """From what to what; of lists what came and went."""
    if isinstance(old, list) and isinstance(new, list):
        gained, lost = list_items(old, new)
        parts = [f"+ {_value(item, path)}" for item in gained] + [f"- {_value(item, path)}" for item in lost]
        return "  ".join(parts) or "order differs"
    return f"{_value(old, path)} -> {_value(new, path)}"


def _value(value: Any, path: str) -> str:
    return value_text(value, path=path, full=False)


def _came_or_went(one: Field) -> str:
    if one.state is State.PENDING:
        return "to be created" if one.desired else "to be deleted"
    return "came into being" if one.live else "is gone"


def _who(by: Attribution, paths: Iterable[str]) -> str:
    about = ", ".join(visible(path) for path in paths)
    head = f"{about}: " if about else ""
    if not by.known:
        among = f" ({'; '.join(visible(one) for one in by.among)})" if by.among else ""
        return f"{head}by unknown: {visible(by.why)}{among}"
    place = f" from {visible(by.ip)}" if by.ip else ""
    action = f": {visible(by.action)}" if by.action else ""
    return f"{head}by {_person(by)} at {visible(by.at)}{place}{action}"


def _person(by: Attribution) -> str:
    name, email = visible(by.name), visible(by.email)
    return f"{name} <{email}>" if name and email else name or email or visible(by.actor)


def _either_way(drift: Drift) -> str:
    """How to keep what changed, and how to undo it, as far as this tool can: adopt takes what can be managed, apply
    brings back what is described."""
    known = managed()
    adopts = any((kind := known.get(one.kind)) is not None and kind.writable for one in drift.drifted)
    applies = any(field.desired is not NOTHING for one in drift.drifted for field in one.drifted)
    keep = "keep it: reconcile export" + (", reconcile adopt ADDRESS" if adopts else "")
    return f"{keep}; undo it: {'reconcile apply --target ADDRESS' if applies else 'in Control Hub'}"


def _next(drift: Drift) -> str:
    if drift.drifted:
        return _either_way(drift)
    states = {one.state for one in drift.differences}
    if drift.gaps:
        return "see to what could not be read, then reconcile drift again"
    if State.PENDING in states:
        return "reconcile plan"
    return "reconcile export, the snapshot is older than the tenant" if State.BOTH in states else "nothing to do"
