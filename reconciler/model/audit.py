"""What the tenant says of a change that somebody made in it."""

from __future__ import annotations

from dataclasses import dataclass

#: What people do beside changing the configuration: an event of these is about nothing that a kind holds.
NO_CHANGE = frozenset({"LOGINS", "LOGOUT", "COMPLIANCE", "MEETINGS", "MESSAGING"})


@dataclass(frozen=True, slots=True)
class Audited:
    """What the audit log calls a kind: the `categories` under which it files changes of it, and the types of `targets`
    that it names. Empty: nobody knows."""

    categories: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()


NOT_SAID = Audited()


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
