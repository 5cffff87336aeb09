"""What a run reads once more at its end, and before it writes (planning/last_look.py says of whom).

What is different then supersedes what the write's own reading back said: a second outcome of the same step, with the
verdict `drifted`. Nothing is put back: that would be no part of the plan. In the journal stand

    before (owner, parts: address → fields or null, unread: address → why)   on the disk before the first write
    outcome (…, end)                                                         what differs at the end
    looked (owner, differs)                                                  so that resume does not look again
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reconciler.applying import attempt
from reconciler.applying.tenant_access import Reach
from reconciler.applying.verdicts import ambiguous, outcome_of
from reconciler.applying.verify import at_the_end
from reconciler.errors import ApiError, AuthError, ReconcileError, TemporaryError
from reconciler.kinds import kind as kind_named
from reconciler.masking import redacted
from reconciler.model.address import owner_address, split_address
from reconciler.model.outcome import Outcome, Verdict
from reconciler.model.plan import Member, Operation
from reconciler.model.snapshot import Current, Fields
from reconciler.planning.last_look import Look, is_due
from reconciler.planning.order import token
from reconciler.planning.renames import rewritten
from reconciler.runs.journal import Journal
from reconciler.runs.known import Standing, Whole

#: Readings at the end before a difference counts: what was seen already may not be seen for a moment (§1.6).
LOOKS = 3
_DIFFERS = "it was as wanted after its write, and at the end of the run it differs"
_LOST = "its write was as wanted, and at the end of the run this differs from before, which nobody describes"


@dataclass
class Looking:
    """Of one run: `looks` by owner, and what is known of how they were before. `renamed`: address that the plan gives
    → the one that the plan says, which is the one before it."""

    looks: Mapping[str, Look]
    reach: Reach
    journal: Journal
    sleep: Callable[[float], Awaitable[None]]
    standing: Standing
    renamed: Mapping[str, str] = field(default_factory=dict)
    _locks: dict[str, asyncio.Lock] = field(default_factory=dict)
    _whole: dict[str, Whole] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._whole |= self.standing.whole

    async def before(self, operation: Operation) -> None:
        """Read whole those of its owners that the plan has not written to yet; any error but what says that there is
        no such setting comes through, for nothing may be written then."""
        owners = dict.fromkeys(owner_address(member.address) for member in operation.members)
        whole = [look for owner in owners if (look := self.looks.get(owner)) and look.before]
        if whole:
            await asyncio.gather(*map(self._before, whole))

    async def _before(self, look: Look) -> None:
        async with self._locks.setdefault(look.owner, asyncio.Lock()):
            if look.owner in self._seen or look.owner in self.standing.begun:
                return
            whole = await self._read(look, end=False)
            self._seen.add(look.owner)
            if look.owner not in self._whole:  # what a run read that this one goes on with is the earlier
                self.journal.record("before", owner=look.owner, parts=whole.parts, unread=whole.unread)
                self._whole[look.owner] = whole

    def due(self, outcomes: Mapping[str, Outcome]) -> list[Look]:
        """Those of whom something was written, nothing is open any more, and who were not looked at since."""
        looked = self.standing.looked
        return [look for look in self.looks.values() if look.owner not in looked and is_due(look, outcomes)]

    async def at_the_end(self, look: Look, outcomes: Mapping[str, Outcome], was: Mapping[str, Fields]) -> list[Outcome]:
        """The outcomes that supersede the former. `was`: documents as their own write read them, by address."""
        found: dict[str, Outcome] = {}
        for number in range(LOOKS):
            if number:
                await self.sleep(attempt.FIRST_PAUSE * 2**number)
            now = await self._read(look, end=True)
            found = self._judged(look, now, outcomes, was)
            if all(outcome.why == _LOST for outcome in found.values()):
                break  # nothing was to set it again, so that waiting does not help
        for outcome in found.values():
            self.journal.record("outcome", **outcome.to_json(), seconds=0.0, end=True)
        self.journal.record("looked", owner=look.owner, differs=bool(found))
        return list(found.values())

    async def _read(self, look: Look, *, end: bool) -> Whole:
        whole = Whole()
        for address in look.parts:
            await self._part(whole, address, self.reach.look(look.reading_of(address)))
        for address in () if end and look.bared else look.rest:
            await self._part(whole, address, self.reach.glance(address, look.remote_id))
        return whole

    async def _part(self, whole: Whole, address: str, reading: Awaitable[Current | None]) -> None:
        try:
            current = await reading
        except (AuthError, TemporaryError):
            raise
        except ReconcileError as error:
            if isinstance(error, ApiError) and error.status >= 500:
                raise
            whole.unread[address] = error.what
            return
        kind = kind_named(split_address(address)[0])
        if current is not None and current.candidates:
            whole.unread[address] = ambiguous(current)
        elif current is None or kind.owner:
            whole.parts[address] = current.fields.get(kind.section) if current is not None else None
        else:
            whole.parts[address] = {**current.fields, **(kind.beside(current) if kind.beside else {})}

    # --- what it says ---

    def _judged(
        self, look: Look, now: Whole, outcomes: Mapping[str, Outcome], was: Mapping[str, Fields]
    ) -> dict[str, Outcome]:
        """By step, the outcomes that are not what they were."""
        before = self._whole.get(look.owner, Whole())
        found: dict[str, Outcome] = {}
        for address, steps in look.parts.items():
            well = [(o, m) for o, m in steps if _verified(outcomes, o, m)]
            open_fields = {name for o, m in steps if (o, m) not in well for name in m.want}
            if not well:
                continue
            if why := now.unread.get(address):
                _add(found, well[-1], why, {"": {"wanted": "to be read", "found": why}})
                continue
            kind = kind_named(split_address(address)[0])
            earlier, there = before.parts.get(address, was.get(address)), now.parts[address]
            there = rewritten(kind, there, self.renamed) if there and self.renamed else there
            wants, rest = [m.want for _, m in well], not look.bared
            differing = at_the_end(kind, wants, earlier, there, rest=rest)
            for name, sides in differing.items():
                if name in open_fields:
                    continue
                step = next((one for one in reversed(well) if name in one[1].want), well[-1])
                _add(found, step, _DIFFERS, {name: sides})
        return self._with_the_rest(look, before, now, outcomes, found)

    def _with_the_rest(
        self, look: Look, before: Whole, now: Whole, outcomes: Mapping[str, Outcome], found: dict[str, Outcome]
    ) -> dict[str, Outcome]:
        every = [look.last, *(step for steps in look.parts.values() for step in steps)]
        answers = next(((o, m) for o, m in every if _verified(outcomes, o, m)), None)
        for address in look.rest if answers and not look.bared else ():
            earlier, kind = before.parts.get(address), kind_named(split_address(address)[0])
            if earlier is None:
                continue
            if why := now.unread.get(address):
                differing = {"": {"wanted": redacted(earlier), "found": why}}
            else:
                differing = at_the_end(kind, [], earlier, now.parts.get(address))
            start = kind.section or kind.name
            named = {f"{start}.{name}" if name else start: sides for name, sides in differing.items()}
            if named and answers:
                _add(found, answers, _LOST, named)
        return found


def _verified(outcomes: Mapping[str, Outcome], operation: Operation, member: Member) -> bool:
    outcome = outcomes.get(token(member.address, operation.step))
    return outcome is not None and outcome.verdict is Verdict.VERIFIED


def _add(found: dict[str, Outcome], step: tuple[Operation, Member], why: str, fields: dict[str, Any]) -> None:
    operation, member = step
    name = token(member.address, operation.step)
    known = found.get(name) or outcome_of(operation, member, Verdict.DRIFTED, why)
    reasons = known.why if why in known.why else f"{known.why}; {why}"
    found[name] = replace(known, wrote=True, fields={**known.fields, **redacted(fields)}, why=reasons)


def unreadable(look: Look, error: ReconcileError) -> Outcome:
    """What is said of an owner who could not be looked at: nobody knows, and resume looks again."""
    operation, member = look.last
    why = f"the end of the run could not be looked at: {error.what}"
    return replace(outcome_of(operation, member, Verdict.UNKNOWN, why), wrote=True, again=True)


def many(looks: Iterable[Look]) -> int:
    """How many documents that is."""
    return sum(len(look.parts) + len(look.rest) for look in looks)
