"""A plan as it is shown: every number, word and line of every rendering is computed here, once.

Order of a plan that is read from the top: verdict, counts with their denominator, what is blocked and by
which rule, what is touched, what it costs, then each change with its reason, last the digest and the next
command. All text in a view is inert on a terminal already (`inert.visible`); markdown and HTML escape further.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.inert import visible
from reconciler.model.address import matches, owner_address
from reconciler.model.plan import Change, Finding, Operation, Plan
from reconciler.model.wording import counted, number
from reconciler.planning.consent import category
from reconciler.report.commands import carrying_out
from reconciler.report.costs import cost_lines
from reconciler.report.entries import SYMBOLS, WORDS, Entry, Group, Objection, groups, objection, rule_of, status_of
from reconciler.report.rehearsals import rehearsal_facts
from reconciler.report.remarks import Remark, lasting, noted
from reconciler.report.risks import Risk, risks
from reconciler.report.watch import watch_lines

_MOST_REASONS = 5
_FEW = 5
_MOST_DROPPED = 10
_KINDS_FIRST = ("person", "number", "location", "workspace")


@dataclass(frozen=True, slots=True)
class Count:
    """How many changes of one action, and how many of those are blocked: `- delete 3 (1 blocked)`."""

    symbol: str
    word: str
    count: int
    blocked: int

    @property
    def amount(self) -> str:
        return number(self.count) + (f" ({number(self.blocked)} blocked)" if self.blocked else "")


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled line under the counts: `touches   4 people, 42 numbers`."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Stop:
    """A finding about no change of the plan: it stops the whole of it, or what it is about is set `aside`. `address` is
    what it is about."""

    address: str
    objection: Objection
    aside: bool = False

    @property
    def headline(self) -> str:
        if self.aside:
            return f"{SYMBOLS['blocked']} {self.address}  SET ASIDE by {self.objection.rule}"
        return f"{SYMBOLS['blocked']} {self.address}  the plan is STOPPED by {self.objection.rule}"


@dataclass(frozen=True, slots=True)
class PlanView:
    """`modified` is the commit where desired/ was not as it has it, else empty; `denominator` belongs to the counts;
    `banners` say what the plan does not cover; `in_part`: how many changes cannot be taken back whole, `lasting` why,
    where the entries only mark it; `risks` are for whoever judges it in a minute; it is `refused` where something
    has to be resolved or lifted first; `last` is the last line."""

    title: str
    org_name: str
    org_id: str
    modified: str
    digest: str
    verdict: str
    denominator: str
    banners: tuple[str, ...]
    counts: tuple[Count, ...]
    facts: tuple[Fact, ...]
    waves: tuple[Fact, ...]
    stops: tuple[Stop, ...]
    remarks: tuple[Remark, ...]
    in_part: int
    lasting: tuple[Remark, ...]
    risks: tuple[Risk, ...]
    refused: bool
    legend: str
    groups: tuple[Group, ...]
    total: int
    last: str

    @property
    def empty(self) -> bool:
        return self.total == 0

    @property
    def short_digest(self) -> str:
        return self.digest[:12]

    @property
    def entries(self) -> list[Entry]:
        return [entry for group in self.groups for entry in group.entries]


def plan_view(plan: Plan, *, full: bool = False, saved: str = "", applying: bool = False) -> PlanView:
    """The view of a plan; `full` collapses and cuts nothing; `saved` is the path of the plan file, if there is one;
    while it is `applying` there is no next command to name, unless something is in the way."""
    against = _findings_that_block(plan)
    stops = _stops(plan, against)
    refused = [change for change in plan.changes if change.blocked]
    apart = Counter(f.rule for f in plan.findings if f.aside)
    aside = {finding.address for finding in plan.findings if finding.aside}
    blocked = Counter(rule_of(c, against.get(c.address, ())) for c in refused if c.address not in aside)
    applied = [change for change in plan.changes if status_of(change) not in ("blocked", "cannot_tell")]
    shown, remarks = noted(plan, groups(plan.changes, against, full=full, places=plan.places), full=full)
    shown, stays = lasting(shown, full=full)
    standing = [stop for stop in stops if not stop.aside]
    verdict = _verdict(plan, len(applied), sum(blocked.values()), len(standing), len(aside))
    digest = plan.digest
    # suppressed deletes do not stop the others
    stopped = bool(standing) or any(rule != "incomplete-snapshot" for rule in blocked)
    return PlanView(
        title=_title(plan),
        org_name=visible(plan.org_name),
        modified=visible(plan.origin) if "+" in plan.commit else "",
        org_id=visible(plan.org_id),
        digest=digest,
        verdict=verdict,
        denominator=f"of {counted(plan.managed, 'managed resource')}",
        banners=tuple(_banners(plan)),
        counts=tuple(_counts(plan.changes)),
        facts=tuple(_facts(plan, blocked, apart, applied, sum(remark.count for remark in remarks))),
        waves=tuple(_waves(plan.operations)),
        stops=tuple(stops),
        remarks=tuple(remarks),
        in_part=sum(1 for change in applied if change.irreversible),
        lasting=tuple(stays),
        risks=tuple(risks(plan)),
        refused=stopped,
        legend=_legend(shown),
        groups=tuple(shown),
        total=len(plan.changes),
        last=_last(plan, "" if applying and applied and not stopped else _next(plan, saved, bool(applied), stopped))
        if plan.changes or stops
        else verdict,
    )


def _title(plan: Plan) -> str:
    org = visible(plan.org_name)
    if plan.org_id:
        org += f" (org …{visible(plan.org_id[-4:])})"
    return " · ".join(["reconcile plan", org, *([f"desired {visible(plan.origin)}"] if plan.commit else [])])


def _verdict(plan: Plan, applied: int, blocked: int, stops: int, aside: int) -> str:
    total = len(plan.changes)
    apart = f", {number(aside)} set aside" if aside else ""
    if not total and plan.scope.get("only"):
        return "Nothing of this plan is safe" + (f", and {counted(stops, 'requirement')} not met." if stops else ".")
    if not total:
        start = "No changes in what could be read." if plan.incomplete else "No changes."
        match = f"{start} {counted(plan.same, 'managed resource')} match{'es' if plan.same == 1 else ''}."
        match += f" {number(aside)} set aside." if aside else ""
        return f"{match} {counted(stops, 'requirement')} not met." if stops else match
    if applied == total and not stops:
        return f"{counted(total, 'change')} to apply{apart}"
    untold = sum(change.action == "cannot_tell" and not change.blocked for change in plan.changes)
    parts = [f"{number(applied)} of {counted(total, 'change')} can be applied"]
    parts += [f"{number(blocked)} blocked"] if blocked else []
    parts += [f"{number(untold)} cannot tell"] if untold else []
    parts += [f"{number(aside)} set aside"] if aside else []
    parts += [f"the plan STOPPED by {counted(stops, 'finding')}"] if stops else []
    return ", ".join(parts)


_DELETE_OR_CLEAR = "to delete it write `state: absent`, to clear a section null"


def _banners(plan: Plan) -> Iterable[str]:
    if "retry" in plan.scope:
        yield f"does again what failed in run {', '.join(map(visible, plan.scope['retry']))}, and nothing else"
    if "undo" in plan.scope:
        yield f"takes back run {', '.join(map(visible, plan.scope['undo']))}, from the pre-images in its journal"
    if plan.scope:
        said = "; ".join(
            f"{visible(k)} {', '.join(map(visible, v))}"
            for k, v in sorted(plan.scope.items())
            if v and k not in ("undo", "retry", "isolate")
        )
        if said:
            yield f"partial plan: {said}"
    if brought := _brought(plan):
        more = f" and {number(len(brought) - _FEW)} more" if len(brought) > _FEW else ""
        yield f"brought along, because what --target names rests on it: {', '.join(brought[:_FEW])}{more}"
    if "isolate" in plan.scope:
        yield "what is refused is set aside, with what rests on it; the rest is carried out"
    if plan.dropped:
        some = ", ".join(map(visible, plan.dropped[:_MOST_DROPPED]))
        more = f", … {number(len(plan.dropped))} in all" if len(plan.dropped) > _MOST_DROPPED else ""
        sections = all("." in one.partition("/")[0] for one in plan.dropped)
        do = "to clear a section write null" if sections else _DELETE_OR_CLEAR
        yield f"{number(len(plan.dropped))} no longer described: {some}{more}: what is there stays as it is ({do})"
    yield from (visible(notice) for notice in plan.notices[:_MOST_DROPPED])
    if len(plan.notices) > _MOST_DROPPED:
        yield f"{number(len(plan.notices) - _MOST_DROPPED)} more such notices: reconcile validate"
    if plan.watch:
        yield from watch_lines(plan.watch)
    for gap in plan.incomplete:
        # a section is never deleted by itself, and its owner's delete does not rest on it
        suppressed = "" if "." in gap.partition(":")[0] else ", deletes suppressed"
        yield f"snapshot incomplete{suppressed}: {visible(gap)}"


def _brought(plan: Plan) -> list[str]:
    """The addresses that are in the plan though no pattern of --target names them."""
    named = plan.scope.get("target", ())
    return [
        visible(change.address)
        for change in plan.changes
        if named and not any(matches(pattern, change.address) for pattern in named)
    ]


def _counts(changes: Sequence[Change]) -> Iterable[Count]:
    all_of, blocked = Counter(c.action for c in changes), Counter(c.action for c in changes if c.blocked)
    for action in ("update", "create", "delete", "cannot_tell"):
        if all_of[action]:
            yield Count(SYMBOLS[action], WORDS[action], all_of[action], blocked[action])


def _facts(
    plan: Plan, blocked: Counter[str], aside: Counter[str], applied: Sequence[Change], remarks: int
) -> Iterable[Fact]:
    for label, rules in (("blocked", blocked), ("set aside", aside)):
        if rules:
            by_rule = ", ".join(f"{visible(rule)} {number(count)}" for rule, count in sorted(rules.items()))
            yield Fact(label, f"{number(sum(rules.values()))}: {by_rule}")
    untold = Counter(visible(c.reason) for c in plan.changes if status_of(c) == "cannot_tell")
    if untold:
        often = untold.most_common(_MOST_REASONS)
        by_reason = "; ".join(reason + (f" ×{number(count)}" if count > 1 else "") for reason, count in often)
        others = f"; {counted(len(untold) - len(often), 'other reason')}" if len(untold) > len(often) else ""
        yield Fact("cannot tell", f"{number(sum(untold.values()))}: {by_reason}{others}")
    if plan.overrides:
        yield Fact("overridden", f"{number(len(plan.overrides))}: {', '.join(map(visible, plan.overrides))}")
    if stays := sum(1 for change in applied if change.irreversible):
        yield Fact("undo", f"{counted(stays, 'change')} cannot be taken back, or only in part")
    if asked := Counter(words for change in applied for words in dict.fromkeys(map(category, change.explicit))):
        told = ", ".join(f"{visible(words)} {number(count)}" for words, count in sorted(asked.items()))
        yield Fact("approve", f"--yes does not approve what {told}")
    if remarks:
        yield Fact("warnings", f"{number(remarks)} (marked !)")
    if plan.rehearsal:
        yield from (Fact(label, text) for label, text in rehearsal_facts(plan.rehearsal))
    if applied:
        yield Fact("touches", _touched(applied))
    if plan.operations:
        yield from (Fact(label, text) for label, text in cost_lines(plan))


def _touched(changes: Iterable[Change]) -> str:
    """How many owners of each kind; a person whose forwarding changes is one person."""
    kinds = Counter(owner.partition("/")[0] for owner in {owner_address(change.address) for change in changes})
    first = [kind for kind in _KINDS_FIRST if kind in kinds]
    return ", ".join(counted(kinds[kind], visible(kind)) for kind in [*first, *sorted(kinds.keys() - set(first))])


def _waves(operations: Sequence[Operation]) -> Iterable[Fact]:
    """What runs in which order: `wave 1 · 2 location create, 1 number create (40 resources)`."""
    kinds: dict[int, dict[tuple[str, str, str], list[int]]] = {}
    for operation in operations:
        of_wave = kinds.setdefault(operation.wave, {})
        of_wave.setdefault((operation.kind, operation.action, operation.step), []).append(len(operation.members))
    for place, wave in enumerate(sorted(kinds), start=1):
        parts = []
        for (kind, action, step), sizes in kinds[wave].items():
            words = " ".join(visible(word) for word in (kind, action, f"({step})" if step else "") if word)
            resources = f" ({counted(sum(sizes), 'resource')})" if sum(sizes) > len(sizes) else ""
            parts.append(f"{number(len(sizes))} {words}{resources}")
        yield Fact(f"wave {place}", ", ".join(parts))


def _findings_that_block(plan: Plan) -> dict[str, list[Finding]]:
    """For each blocked address, the findings on it, or the plan-wide one of the rule that it names."""
    on_address: dict[str, list[Finding]] = {}
    standing = [finding for finding in plan.findings if not finding.lifted]
    for finding in standing:
        on_address.setdefault(finding.address, []).append(finding)
    by_rule = {finding.rule: finding for finding in standing}
    found = {}
    for change in plan.changes:
        if change.blocked:
            wide = [by_rule[change.blocked]] if change.blocked in by_rule else []
            if here := on_address.get(change.address, wide):
                found[change.address] = here
    return found


def _stops(plan: Plan, against: dict[str, list[Finding]]) -> list[Stop]:
    """Findings that stand and are about no blocked change."""
    told = {id(finding) for findings in against.values() for finding in findings}
    return [
        Stop(visible(f.address), objection(f), f.aside) for f in plan.findings if not f.lifted and id(f) not in told
    ]


def _legend(shown: Iterable[Group]) -> str:
    entries = [entry for group in shown for entry in group.entries]
    used = {entry.status for entry in entries}
    signs = [f"{SYMBOLS[status]} {WORDS[status]}" for status in SYMBOLS if status in used]
    return "  ".join([*signs, *(["! warning"] if any(entry.notes for entry in entries) else [])])


def _last(plan: Plan, next_: str) -> str:
    return f"plan {plan.digest[:12]}" + (f" · next: {next_}" if next_ else "")


def _next(plan: Plan, saved: str, applicable: bool, stopped: bool) -> str:
    if stopped:
        return "resolve what is blocked, lift it with --override NAME, or plan without it: --exclude ADDRESS"
    if not applicable:
        return "reconcile plan"
    if plan.rehearsal and plan.rehearsal.refusals:
        return "resolve what the rehearsal met, or plan without it: --exclude ADDRESS"
    return carrying_out(plan, saved) + ("" if saved else f" --approve {plan.digest[:12]}")
