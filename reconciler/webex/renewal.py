"""A new access token for an old one, when the refresh grant's three parts are given (webex-behaviour.md §1.1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from reconciler.errors import AuthError
from reconciler.webex.scopes import parsed


@dataclass(frozen=True)
class Grant:
    """The parts of the refresh grant: secrets, all but the id."""

    client_id: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(repr=False)

    def form(self) -> dict[str, str]:
        """The body of `POST /access_token`."""
        return {
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
        }


#: Sends the form to the configured host; gives status and JSON body.
Post = Callable[[dict[str, str]], Awaitable[tuple[int, object]]]


async def renewed(grant: Grant, post: Post) -> tuple[str, Grant, frozenset[str] | None]:
    """The new access token, the grant for the next time, and the scopes where the answer says them. AuthError when it
    is refused; nothing of the answer goes into the message, for it could hold a token."""
    status, body = await post(grant.form())
    token = body.get("access_token") if isinstance(body, dict) else None
    if status != 200 or not isinstance(token, str) or not token or not token.isprintable():
        raise AuthError(
            "the access token has expired, and a new one was refused",
            where="POST /access_token",
            why=f"HTTP {status}" if status != 200 else "the answer holds no token",
            do="check WEBEX_CLIENT_ID, WEBEX_CLIENT_SECRET and WEBEX_REFRESH_TOKEN, or give a fresh access token",
        )
    later = body.get("refresh_token") if isinstance(body, dict) else None
    again = replace(grant, refresh_token=later) if isinstance(later, str) and later else grant
    return token, again, parsed(body.get("scope") if isinstance(body, dict) else None)
