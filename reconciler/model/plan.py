"""Changes, operations and the plan: frozen data, canonical JSON, one digest.

What is to be different is another one (`replace`): whoever holds one knows that it stays as it is.

`apply` takes a plan and nothing else; text, markdown and HTML are views of it (design §4.10).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, Self

from reconciler import __version__
from reconciler.errors import StaleError
from reconciler.model.budget import Budget
from reconciler.model.history import short_commit
from reconciler.model.rehearsal import Rehearsal
from reconciler.model.snapshot import Fields
from reconciler.model.watch import Watch

FORMAT_VERSION = 1
_OPTIONAL = (
    *("want", "before", "id", "notes", "blocked", "reset", "facts", "refs", "was_refs", "takes", "frees", "carries"),
    "irreversible",
    "explicit",
    "park",
)
_MEMBER = ("want", "before", "id", "needs", "facts")
#: What the digest of a plan leaves out.
_BESIDE = frozenset({"made_at", "version", "signature", "budget", "dropped", "watch", "rehearsal", "places", "notices"})
Action = Literal["create", "update", "delete", "cannot_tell"]


@dataclass(frozen=True, slots=True)
class Change:
    """What is to happen to one address, and why.

    `want` holds the fields to set (all of them for a create, the differing ones for an update); `before`
    the current values of those same fields. `source` is `file:line`. `reset` marks a section that a move of
    its owner may lose: its pre-image is not known before the move. `carries` are numbers that move along with it.
    `park` are the values that it gets for a while if others wait for what it has (planning/parking.py).
    `irreversible` says what `undo` could not bring back (planning/reversal.py), `explicit` what `--yes` does not
    approve (planning/consent.py).
    """

    address: str
    kind: str
    key: str
    action: Action
    reason: str
    source: str = ""
    want: Fields = field(default_factory=dict)
    before: Fields = field(default_factory=dict)
    id: str = ""
    notes: Sequence[str] = ()
    blocked: str = ""
    reset: bool = False
    facts: Fields = field(default_factory=dict)
    refs: Sequence[str] = ()
    was_refs: Sequence[str] = ()
    takes: Sequence[str] = ()
    frees: Sequence[str] = ()
    carries: Sequence[str] = ()
    irreversible: Sequence[str] = ()
    explicit: Sequence[str] = ()
    park: Fields = field(default_factory=dict)

    def noted(self, notes: Iterable[str]) -> Change:
        """The same with something more to know about it."""
        return replace(self, notes=[*self.notes, *notes])

    def stopped(self, why: str) -> Change:
        """The same, which is not carried out."""
        return replace(self, blocked=why)

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "address": self.address,
            "action": self.action,
            "reason": self.reason,
            "source": self.source,
        }
        for name in _OPTIONAL:
            if value := getattr(self, name):
                data[name] = value
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Change:
        kind, _, key = data["address"].partition("/")
        return cls(kind=kind, key=key, **data)


@dataclass(frozen=True, slots=True)
class Member:
    """One resource in an operation: what to set, and what it was; what only it `needs`, and not those beside it; the
    `facts` that decide what a reading of it costs."""

    address: str
    want: Fields
    before: Fields
    id: str = ""
    needs: Sequence[str] = ()
    facts: Fields = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        data = {name: value for name in _MEMBER if (value := getattr(self, name))}
        return {"address": self.address, **data}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Member:
        want, before, facts = (data.get(name, {}) for name in ("want", "before", "facts"))
        return cls(data["address"], want, before, data.get("id", ""), data.get("needs", ()), facts)


@dataclass(frozen=True, slots=True)
class Operation:
    """One write to the API (several resources where the endpoint takes several), after the operations that all of them
    need.

    `step` names one of several writes that a single change takes (`move`, `late`, `park`), else empty.
    """

    id: str
    kind: str
    action: str
    members: Sequence[Member]
    needs: Sequence[str]
    wave: int = 0
    step: str = ""
    blind: bool = False

    def needs_of(self, member: Member) -> list[str]:
        """What one of its members needs."""
        return [*self.needs, *member.needs]

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {
            "id": self.id,
            "kind": self.kind,
            "action": self.action,
            "wave": self.wave,
            "members": [member.to_json() for member in self.members],
        }
        for name in ("needs", "step", "blind"):
            if value := getattr(self, name):
                data[name] = value
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Operation:
        members = [Member.from_json(member) for member in data["members"]]
        return cls(
            data["id"],
            data["kind"],
            data["action"],
            members,
            data.get("needs", ()),
            data["wave"],
            data.get("step", ""),
            data.get("blind", False),
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """What a guard objects to: the rule, the address, why, and what to do.

    It blocks the change of that address, and the whole plan where there is none. `override` is the name that lifts it
    (`rule:subject`), empty when nothing does; `lifted`: that name was given, so it blocks no more; `aside`: what it is
    about is set aside, with all that rests on it, and the rest is carried out (--isolate).
    """

    rule: str
    address: str
    why: str
    do: str
    override: str = ""
    lifted: bool = False
    aside: bool = False

    def to_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"rule": self.rule, "address": self.address, "why": self.why, "do": self.do}
        return data | {name: value for name in ("override", "lifted", "aside") if (value := getattr(self, name))}


@dataclass(frozen=True)
class Plan:
    """Immutable, ordered, digested operations, with the changes that they carry out and what was left out.

    `overrides` are the findings that were lifted by name: part of what is approved. `made_at` (ISO 8601, UTC) is when
    it was saved, by which `version` and with whose `signature` (sealing.py); the digest leaves it out, because the same
    plan made later is the same plan, but a seal covers both.
    `dropped` was described before the change that is planned, and is not any more: nothing becomes of it.
    `budget` is an estimate of what carrying it out costs, which changes with what is known of the tenant: beside it. So
    is `rehearsal`, what a twin of the tenant made of it. So are `places`: the location, by owner address, of whom a
    change says nothing of it; only who shows the plan asks. `notices` say what is to be known of how desired was read,
    and of the token.
    """

    org_id: str
    org_name: str
    commit: str
    desired: str
    changes: Sequence[Change]
    operations: Sequence[Operation]
    findings: Sequence[Finding]
    same: int
    managed: int
    scope: dict[str, list[str]] = field(default_factory=dict)
    incomplete: Sequence[str] = ()
    overrides: Sequence[str] = ()
    made_at: str = ""
    version: str = ""
    signature: str = ""
    budget: Budget | None = None
    dropped: Sequence[str] = ()
    watch: Watch | None = None
    rehearsal: Rehearsal | None = None
    places: dict[str, str] = field(default_factory=dict)
    notices: Sequence[str] = ()

    @property
    def snapshot(self) -> str:
        """Fingerprint of the part of the current state that this plan rests on: its pre-images."""
        return _sha256([[c.address, c.id, c.before] for c in self.changes])

    @cached_property
    def digest(self) -> str:
        """Of what is approved, taken once: all but what stands beside it."""
        return _sha256(self._body())

    def beside(self, **said: Any) -> Self:
        """The same plan with something else said beside it (`_BESIDE`): what it does is the same, and so its digest."""
        assert said.keys() <= _BESIDE, sorted(said)
        other = replace(self, **said)
        if "digest" in self.__dict__:
            other.__dict__["digest"] = self.digest
        return other

    @property
    def origin(self) -> str:
        """The commit, short, and whether the files were as it has them: `a6a57e3+modified`."""
        return short_commit(self.commit)

    @property
    def left_out(self) -> dict[str, str]:
        """What this plan does not bring about although nothing stops it, by address, with the reason: what nobody can
        tell, and what is set aside."""
        untold = {change.address: change.reason for change in self.changes if change.action == "cannot_tell"}
        return untold | {finding.address: finding.why for finding in self.findings if finding.aside}

    def counts(self) -> dict[str, int]:
        counts = dict.fromkeys(("create", "update", "delete", "cannot_tell"), 0)
        for change in self.changes:
            counts[change.action] += 1
        counts["blocked"] = sum(1 for change in self.changes if change.blocked)
        counts["same"] = self.same
        counts["managed"] = self.managed
        return counts

    def _body(self) -> dict[str, Any]:
        return {
            "format_version": FORMAT_VERSION,
            "org": {"id": self.org_id, "name": self.org_name},
            "desired": {"commit": self.commit, "fingerprint": self.desired},
            "snapshot": {"fingerprint": self.snapshot},
            "scope": self.scope,
            "summary": self.counts(),
            "incomplete": self.incomplete,
            "findings": [finding.to_json() for finding in self.findings],
            "changes": [change.to_json() for change in self.changes],
            "operations": [operation.to_json() for operation in self.operations],
            **({"overrides": self.overrides} if self.overrides else {}),
        }

    def to_json(self) -> dict[str, Any]:
        digest = self.digest
        beside: dict[str, Any] = {"budget": self.budget.to_json()} if self.budget else {}
        beside |= {"no_longer_described": self.dropped} if self.dropped else {}
        beside |= {"watch": self.watch.to_json()} if self.watch else {}
        beside |= {"rehearsal": self.rehearsal.to_json()} if self.rehearsal else {}
        beside |= {"places": self.places} if self.places else {}
        beside |= {"notices": self.notices} if self.notices else {}
        if self.made_at:
            said = {name: value for name in ("version", "signature") if (value := getattr(self, name))}
            beside["made"] = {"at": self.made_at, "seal": _sha256([digest, self.made_at, beside]), **said}
        return {**self._body(), "digest": digest, **beside}

    def dumps(self) -> str:
        """The text of the plan file: the same plan with the same budget gives the same bytes. Fields stay in the order
        in which they are shown; the digest is of the content in canonical form, whatever its order here."""
        return json.dumps(self.to_json(), indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def loads(cls, text: str, where: str) -> Plan:
        """The plan in a file's text; StaleError when it was edited or is none."""
        try:
            data = json.loads(text)
            version = data["format_version"]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise StaleError(
                "this is not a plan file", where=where, do="write one with: reconcile plan --out plan.json"
            ) from None
        if version != FORMAT_VERSION:
            raise StaleError(
                f"plan format {version} is not format {FORMAT_VERSION} of this version", where=where, do="plan again"
            )
        try:
            plan = cls.from_json(data)
            intact = plan.digest == data.get("digest") and plan.to_json() == data
            intact = intact and all(operation.members for operation in plan.operations)
        except (KeyError, TypeError, AttributeError, ValueError, RecursionError):
            intact = False
        if not intact:
            raise StaleError(
                f"the plan was changed after it was made{_by_another(data)}: its digest does not match its content",
                where=where,
                why="an approval binds to the digest",
                do="plan again with: reconcile plan --out plan.json",
            )
        return plan

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Plan:
        return cls(
            org_id=data["org"]["id"],
            org_name=data["org"]["name"],
            commit=data["desired"]["commit"],
            desired=data["desired"]["fingerprint"],
            changes=[Change.from_json(change) for change in data["changes"]],
            operations=[Operation.from_json(operation) for operation in data["operations"]],
            findings=[Finding(**finding) for finding in data["findings"]],
            same=data["summary"]["same"],
            managed=data["summary"]["managed"],
            scope=data["scope"],
            incomplete=data["incomplete"],
            overrides=data.get("overrides", ()),
            made_at=data.get("made", {}).get("at", ""),
            version=data.get("made", {}).get("version", ""),
            signature=data.get("made", {}).get("signature", ""),
            budget=Budget.from_json(data["budget"]) if "budget" in data else None,
            dropped=data.get("no_longer_described", ()),
            watch=Watch.from_json(data["watch"]) if "watch" in data else None,
            rehearsal=Rehearsal.from_json(data["rehearsal"]) if "rehearsal" in data else None,
            places=data.get("places", {}),
            notices=data.get("notices", ()),
        )


def amended(changes: Iterable[Change], what: Mapping[str, Mapping[str, Any]]) -> list[Change]:
    """The same changes; those of these addresses with other values of these attributes."""
    return [replace(change, **what[change.address]) if change.address in what else change for change in changes]


def _by_another(data: Any) -> str:
    """Says so of a plan of another version, which may know fields that this one does not."""
    made = data.get("made") if isinstance(data, dict) else None
    version = made.get("version", __version__) if isinstance(made, dict) else __version__
    return "" if version == __version__ else f", or version {version} made it and this is {__version__}"


def _sha256(data: Any) -> str:
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
