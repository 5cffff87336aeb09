"""What the environment and `.env` say of a tenant, and which of it is secret. Light, because every verb keeps the
secrets of this machine out of what it shows, whether it asks a tenant or not.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from reconciler.errors import ReconcileError, UsageError
from reconciler.files import links

FILE = ".env"
SCOPES = "WEBEX_SCOPES"
GRANT = ("WEBEX_CLIENT_ID", "WEBEX_CLIENT_SECRET", "WEBEX_REFRESH_TOKEN")
#: What decides where a token goes, and which.
NAMES = ("WEBEX_API_URL", "WEBEX_ACCESS_TOKEN", *GRANT)
_SECRETS = ("WEBEX_ACCESS_TOKEN", *GRANT[1:])


def environment() -> dict[str, str]:
    """An empty variable counts as not set."""
    return {name: value for name in (*NAMES, SCOPES) if (value := os.environ.get(name))}


def dotenv(root: Path) -> dict[str, str]:
    """What `.env` beside the repository says, word for word: were `${…}` filled in, a token out of the environment
    would pass for one out of the file."""
    file = links.within(root, root / FILE)
    if not file.is_file():
        return {}
    from io import StringIO

    from dotenv import dotenv_values

    from reconciler.files import textfile

    try:
        with open(links.opened(file, os.O_RDONLY), "rb") as stream:
            text = textfile.decoded(stream.read()).text
    except textfile.TextError as error:
        raise UsageError(f"cannot read {FILE}", where=f"{file}:{error.line}", why=error.what, do=error.do) from None
    except OSError as error:
        raise UsageError(f"cannot read {FILE}", where=str(file), why=error.strerror or "") from None
    found = dotenv_values(stream=StringIO(text), interpolate=False)
    return {name: value for name, value in found.items() if value}


def keep_known(root: Path) -> None:
    """From now on the secrets of this machine are masked, also for who asks no tenant: somebody may have planted one in
    a file of the repository, to have it printed or kept."""
    found = list(environment().items())
    with suppress(ReconcileError):  # whoever needs what `.env` says is told
        found += dotenv(root).items()
    if secrets := [value for name, value in found if name in _SECRETS]:
        from reconciler.masking import keep_secret

        keep_secret(*secrets)
