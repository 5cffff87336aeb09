"""Which tenant, and by what right: address, token, and what a new token can be had for (S52).

Order: given on the command line > environment > `.env` beside the repository > OS keyring. The token never
appears in a message, and nothing here logs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.errors import AuthError, UsageError
from reconciler.masking import keep_secret
from reconciler.webex.policy import Policy
from reconciler.webex.renewal import Grant

DEFAULT_URL = "https://webexapis.com/v1"
_SERVICE = "reconciler"
_GRANT = ("WEBEX_CLIENT_ID", "WEBEX_CLIENT_SECRET", "WEBEX_REFRESH_TOKEN")
_NAMES = ("WEBEX_API_URL", "WEBEX_ACCESS_TOKEN", *_GRANT)


@dataclass(frozen=True)
class Credentials:
    """Address of the API (with `/v1`), the bearer token, what a new one can be had for, and how patiently and fast
    the tenant is asked. Without a token but with a grant the first request gets one."""

    url: str
    token: str = field(repr=False)
    grant: Grant | None = None
    policy: Policy = field(default_factory=Policy)


def credentials(root: Path, *, token_file: str = "", token: str = "", policy: Policy | None = None) -> Credentials:
    """What to use, from the first source that has it; AuthError when none has a token or a grant for one."""
    settings = _settings(root)
    url = settings.get("WEBEX_API_URL") or DEFAULT_URL
    if not _is_address(url):
        shown = "…@" + url.rpartition("@")[2] if "@" in url else url  # a password may stand before it
        raise UsageError(f"WEBEX_API_URL is not a web address: {shown!r}", do="give it like https://webexapis.com/v1")
    found = _given(token_file, token) or settings.get("WEBEX_ACCESS_TOKEN") or _from_keyring(url)
    grant = _grant(settings)
    if not found and grant is None:
        raise AuthError(
            "no access token",
            why="looked at --token-file, WEBEX_ACCESS_TOKEN, .env and the OS keyring",
            do="export WEBEX_ACCESS_TOKEN=…, or try it without a tenant: reconcile demo",
        )
    if any(character.isspace() or not character.isprintable() for character in found):
        raise AuthError("the access token has blanks or line breaks in it", do="give the token alone, on one line")
    keep_secret(found, *((grant.client_secret, grant.refresh_token) if grant else ()))
    return Credentials(url.rstrip("/"), found, grant, policy or Policy())


def _grant(settings: Mapping[str, str]) -> Grant | None:
    """All three parts or none: with two of them the run would end at the first 401, hours later."""
    missing = [name for name in _GRANT if not settings.get(name)]
    if len(missing) == len(_GRANT):
        return None
    if missing:
        raise AuthError(
            "the token cannot be renewed with what is given",
            why=f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing",
            do=f"set {', '.join(_GRANT)}, or none of them",
        )
    return Grant(*(settings[name] for name in _GRANT))


def _is_address(url: str) -> bool:
    """Scheme, host and a possible port; no user and password, which would go into messages."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in url and (parts.port or 1) > 0
    except ValueError:
        return False


def _given(token_file: str, token: str) -> str:
    """What was given, never something else in its place: that could be the token of another tenant."""
    if not token_file:
        return token.strip()
    try:
        file = Path(token_file)
        text = (sys.stdin.readline() if sys.stdin else "") if token_file == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else "it is not text"
        raise AuthError(f"cannot read the token file {token_file}", why=why) from None
    if not text.strip():
        raise AuthError(
            f"there is no token in {'standard input' if token_file == '-' else token_file}",
            do="put one there, or leave out --token-file",
        )
    return text.strip()


def _settings(root: Path) -> Mapping[str, str]:
    """The environment over `.env`; an empty variable counts as not set."""
    settings: dict[str, str] = {}
    file = root / ".env"
    if file.is_file():
        from dotenv import dotenv_values

        settings = {name: value for name, value in dotenv_values(file).items() if value}
    return settings | {n: v for n in _NAMES if (v := os.environ.get(n))}


def _from_keyring(url: str) -> str:
    """The token stored for this address, where the `keyring` extra is installed and a backend works."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(_SERVICE, url) or ""
    except KeyringError:
        return ""
