"""Access tokens and the refresh grant (webex-behaviour.md §1.1; developer.webex.com "Integrations & Authorization")."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from . import errors, scopes

Json = dict[str, Any]
_ACCESS, _REFRESH = 1_209_600, 7_776_000  # 14 and 90 days, in seconds


class Tokens:
    """The first token lives until it is expired by command; refreshed ones live 14 days. Using the refresh grant
    starts the 90 days of the refresh token again, using an access token does not."""

    def __init__(self, first: str, now: Callable[[], float]) -> None:
        self._now = now
        self._access: dict[str, float] = {first: float("inf")}
        self._scopes: dict[str, frozenset[str]] = {}
        self.granted: frozenset[str] | None = None
        self.refresh = f"refresh-{secrets.token_hex(16)}"
        self.client_id = f"C{secrets.token_hex(16)}"
        self.client_secret = secrets.token_hex(32)
        self._refresh_until = now() + _REFRESH

    def accepts(self, header: str | None) -> str | None:
        """The token of an Authorization header, None when it is missing, unknown or expired."""
        scheme, _, token = (header or "").partition(" ")
        known = scheme.lower() == "bearer" and self._now() < self._access.get(token, 0)
        return token if known else None

    def add(self, token: str, scopes: frozenset[str] | None = None) -> None:
        """Another valid token of the same organisation, with limits of its own; without `scopes` it may do all."""
        self._access[token] = float("inf")
        if scopes is not None:
            self._scopes[token] = scopes

    def grant_only(self, granted: frozenset[str]) -> None:
        """What the refresh grant gives from now on is for these scopes only."""
        self.granted = granted

    def reaches(self, token: str, scope: str) -> bool:
        """Whether the token has a scope; "" is what every token has."""
        return not scope or scope in self._scopes.get(token, {scope})

    def expire(self) -> None:
        """Every access token is void from now on; the refresh token is not."""
        self._access.clear()

    def grant(self, form: Any) -> Json:
        """`POST /access_token` with grant_type=refresh_token; 400 for a wrong client or refresh token."""
        asked = form if isinstance(form, dict) else {}
        if asked.get("grant_type") != "refresh_token":
            raise errors.platform(400, "unsupported grant_type", prefix="ROUTER")
        if (asked.get("client_id"), asked.get("client_secret")) != (self.client_id, self.client_secret):
            raise errors.platform(401, "client authentication failed", prefix="ROUTER")
        if asked.get("refresh_token") != self.refresh or self._now() >= self._refresh_until:
            raise errors.platform(400, "The refresh token provided is expired, revoked, malformed, or invalid.",
                                  prefix="ROUTER")  # fmt: skip
        token = f"simulated-{secrets.token_hex(16)}"
        self._access[token] = self._now() + _ACCESS
        if self.granted is not None:
            self._scopes[token] = self.granted
        self._refresh_until = self._now() + _REFRESH
        return {
            "scope": " ".join(sorted(scopes.EVERY if self.granted is None else self.granted)),
            "access_token": token,
            "expires_in": _ACCESS,
            "refresh_token": self.refresh,
            "refresh_token_expires_in": _REFRESH,
            "token_type": "Bearer",
        }
