"""What the tenant says of a change that somebody made in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One admin audit event. `at` is its time as the API writes it (UTC, so that texts sort), `target` the uuid of the
    object, `fields` the fields that it names in our spelling, empty when it names none; `kind` and `category` are
    the API's words for what was changed."""

    id: str
    at: str
    actor: str
    name: str = ""
    email: str = ""
    ip: str = ""
    text: str = ""
    description: str = ""
    target: str = ""
    target_name: str = ""
    fields: frozenset[str] = frozenset()
    kind: str = ""
    category: str = ""
