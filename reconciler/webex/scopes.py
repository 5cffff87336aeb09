"""Which scope a request needs, and whether the token is known to have it (webex-behaviour.md §1.1; S32).

The API never says what a token may do: not `GET /people/me`, and a 403 names nothing. What is known is what the answer
to the refresh grant says (`scope`), or what the operator says in WEBEX_SCOPES; else it is not known, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.errors import AuthError
from reconciler.model.wording import counted

#: The first prefix decides; the scope of the writes. Reading has a scope of its own, which a write does not need.
_WRITES = (
    ("/identity/scim/", "identity:people_rw"),
    ("/telephony/pstn/", "spark-admin:telephony_pstn_write"),
    ("/telephony/config/", "spark-admin:telephony_config_write"),
    ("/people", "spark-admin:people_write"),
    ("/locations", "spark-admin:locations_write"),
    ("/licenses", "spark-admin:people_write"),
    ("/workspaces", "spark-admin:workspaces_write"),
    ("/devices", "spark-admin:devices_write"),
    ("/groups", "identity:groups_rw"),
)
_SHOWN = 3


def parsed(text: object) -> frozenset[str] | None:
    """The scopes of a text like that in an OAuth answer; None where it says nothing."""
    found = frozenset(text.replace(",", " ").split()) if isinstance(text, str) else frozenset()
    return found or None


def of_write(request: str) -> str:
    """The scope that `PUT /people/{personId}` needs; empty for what only asks."""
    method, _, path = request.partition(" ")
    if method == "GET" or path.endswith("/invoke"):
        return ""
    return next((scope for prefix, scope in _WRITES if path.startswith(prefix)), "")


def missing(needs: Iterable[tuple[str, Iterable[str]]], held: frozenset[str]) -> dict[str, list[str]]:
    """By scope that is not among those held: the operations that need it, of (operation, requests)."""
    found: dict[str, list[str]] = {}
    for operation, requests in needs:
        for scope in dict.fromkeys(filter(None, map(of_write, requests))):
            if scope not in held:
                found.setdefault(scope, []).append(operation)
    return found


def warnings(lacking: Mapping[str, list[str]]) -> list[str]:
    """What is said of each scope before anybody applies."""
    return [
        f"warning: the token that this was planned with lacks {scope}, and apply refuses with it:"
        f" needed by {_named(operations)}"
        for scope, operations in sorted(lacking.items())
    ]


def refusal(lacking: Mapping[str, list[str]]) -> AuthError:
    """What a run ends with before its first write."""
    words = [f"{scope}: {_named(operations)}" for scope, operations in sorted(lacking.items())]
    return AuthError(
        f"the token lacks {counted(len(words), 'scope')} that this plan needs, so nothing is written",
        why="; ".join(words),
        do="give the integration these scopes and authorize it again, or use another token",
    )


def _named(operations: list[str]) -> str:
    rest = len(operations) - _SHOWN
    return ", ".join(operations[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
