"""Results as plain data (tuples, text, numbers), for the cache and for the pipes between processes; and back."""

from __future__ import annotations

from typing import Any

from reconciler.model.plan import Change
from reconciler.offline.facts import Facts
from reconciler.offline.verdicts import FileResult, Verdict

_CHANGE: tuple[str, ...] = tuple(Change.__dataclass_fields__)


def plain_change(change: Change) -> dict[str, Any]:
    """A change without what is empty."""
    return {name: value for name in _CHANGE if (value := getattr(change, name))}


def plain_facts(facts: Facts) -> tuple[Any, ...]:
    return facts.addresses, facts.claims, sorted(facts.references)


def facts_of(data: Any) -> Facts:
    return Facts(data[0], data[1], set(data[2]))


def plain_verdict(digest: bytes, verdict: Verdict) -> tuple[Any, ...]:
    changes = [plain_change(change) for change in verdict.changes]
    return digest, verdict.managed, verdict.same, changes, plain_facts(verdict.facts), verdict.rests_on


def verdict_of(data: Any) -> Verdict:
    _, managed, same, changes, facts, rests_on = data
    return Verdict(managed, same, [Change(**change) for change in changes], facts_of(facts), rests_on)


def packed(result: FileResult) -> tuple[Any, ...]:
    """A whole result."""
    return (
        result.digest,
        result.managed,
        result.same,
        [plain_change(change) for change in result.changes],
        plain_facts(result.facts),
        [plain_verdict(digest, verdict) for digest, verdict in result.verdicts.items()],
        sorted(result.files),
        sorted(result.kinds),
    )


def unpacked(data: Any) -> FileResult:
    digest, managed, same, changes, facts, verdicts, files, kinds = data
    found = [Change(**change) for change in changes]
    by_digest = {verdict[0]: verdict_of(verdict) for verdict in verdicts}
    return FileResult(digest, managed, same, found, facts_of(facts), by_digest, set(files), set(kinds))
