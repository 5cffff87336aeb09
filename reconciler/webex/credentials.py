"""Which tenant, and by what right: address, token, and what a new token can be had for (S52).

Order: given on the command line > environment > `.env` beside the repository > OS keyring. The token never
appears in a message, and nothing here logs.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from reconciler.errors import AuthError, RefusedError, UsageError
from reconciler.files import textfile
from reconciler.masking import keep_secret
from reconciler.webex.endpoint import DEFAULT_URL, is_default, refuse_open, refuse_stranger, spelled
from reconciler.webex.policy import Policy
from reconciler.webex.renewal import Grant
from reconciler.webex.scopes import parsed
from reconciler.webex.variables import FILE, GRANT, NAMES, SCOPES, dotenv, environment

_SERVICE = "reconciler"
#: In bytes: of what is longer nobody means the first line.
_LONGEST = 64 * 1024
_SOURCES = "WEBEX_ACCESS_TOKEN, .env and the OS keyring"


@dataclass(frozen=True)
class Credentials:
    """Address of the API (with `/v1`), the bearer token, what a new one can be had for, and how patiently and fast
    the tenant is asked; `scopes` are what the operator says the token has. Without a token but with a grant the first
    request gets one."""

    url: str
    token: str = field(repr=False)
    grant: Grant | None = None
    policy: Policy = field(default_factory=Policy)
    scopes: frozenset[str] | None = None


def credentials(
    root: Path,
    *,
    token_file: str = "",
    token: str = "",
    policy: Policy | None = None,
    allow_hosts: Collection[str] = (),
) -> Credentials:
    """What to use, from the first source that has it; AuthError when none has a token or a grant for one. RefusedError
    when an address would take a token where nobody who may say so has sent it (endpoint.py): one out of `.env` counts
    only with a token out of the same file. `allow_hosts` are other hosts that such an address may name."""
    here, file = environment(), dotenv(root)
    settings = {**file, **here}
    url = spelled(settings.get("WEBEX_API_URL") or DEFAULT_URL)
    if not urlsplit(url).path:
        raise UsageError(f"WEBEX_API_URL names no version of the API: {url}", do=f"give it with /v1: {url}/v1")
    refuse_open(url)
    committed = "WEBEX_API_URL" in file and "WEBEX_API_URL" not in here and not is_default(url)
    given = _given(token_file, token)
    if committed:
        _refuse_mixed(url, root, given, here)
        refuse_stranger(url, str(root / FILE), allow_hosts)
    found = given or settings.get("WEBEX_ACCESS_TOKEN") or ("" if committed else _from_keyring(url))
    grant = _grant(settings)
    if not found and grant is None:
        looked = "WEBEX_ACCESS_TOKEN and .env, which names the address" if committed else _SOURCES
        raise AuthError(
            "no access token",
            why=f"looked at --token-file, {looked}",
            do="export WEBEX_ACCESS_TOKEN=…, or try it without a tenant: reconcile demo",
        )
    if any(character.isspace() or not character.isprintable() for character in found):
        raise AuthError("the access token has blanks or line breaks in it", do="give the token alone, on one line")
    keep_secret(found, *((grant.client_secret, grant.refresh_token) if grant else ()))
    return Credentials(url, found, grant, policy or Policy(), parsed(settings.get(SCOPES)))


def _refuse_mixed(url: str, root: Path, given: str, here: Mapping[str, str]) -> None:
    """RefusedError where an address out of `.env` meets a secret that does not come from there: whoever wrote the file
    would get what he never had."""
    foreign = ["--token-file or --token"] if given else []
    foreign += [name for name in NAMES if name in here]
    if foreign:
        are = "is" if len(foreign) == 1 else "are"
        raise RefusedError(
            f"refusing to send the token to {urlsplit(url).netloc}",
            where=str(root / FILE),
            why=f"WEBEX_API_URL is out of this file, and {', '.join(foreign)} {are} not:"
            " an address out of a file counts only with a token out of the same file",
            do="take WEBEX_API_URL out of the file, or give it in the environment if you trust it",
        )


def _grant(settings: Mapping[str, str]) -> Grant | None:
    """All three parts or none: with two of them the run would end at the first 401, hours later."""
    missing = [name for name in GRANT if not settings.get(name)]
    if len(missing) == len(GRANT):
        return None
    if missing:
        raise AuthError(
            "the token cannot be renewed with what is given",
            why=f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing",
            do=f"set {', '.join(GRANT)}, or none of them",
        )
    return Grant(*(settings[name] for name in GRANT))


def _given(token_file: str, token: str) -> str:
    """What was given, never something else in its place: that could be the token of another tenant."""
    if not token_file:
        return token.strip()
    try:
        if token_file == "-":
            text = (sys.stdin.readline() if sys.stdin else "").removeprefix("\ufeff")
        else:
            text = _token_in(Path(token_file))
    except (OSError, UnicodeDecodeError, textfile.TextError) as error:
        why = (error.strerror or "") if isinstance(error, OSError) else getattr(error, "what", "it is not text")
        raise AuthError(f"cannot read the token file {token_file}", why=why) from None
    if not text.strip():
        raise AuthError(
            f"there is no token in {'standard input' if token_file == '-' else token_file}",
            do="put one there, or leave out --token-file",
        )
    return text.strip()


def _token_in(file: Path) -> str:
    """The text of a token file, also as PowerShell writes it (UTF-16)."""
    with open(file, "rb") as stream:
        data = stream.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise textfile.TextError("too long for a token")
    return textfile.decoded(data).text


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
