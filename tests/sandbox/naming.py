"""Which tenant the suite runs on: the simulator, or the sandbox that one variable names."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

VARIABLE = "RECONCILE_SANDBOX"
NAMED = os.environ.get(VARIABLE, "")  # now: each test gets an environment without it
PREFIX = "zz-reconcile-"  # of everything that the suite makes
_MARK = "SANDBOX_ORG_ID"


class NoSandbox(Exception):
    """The variable names something that the suite must not run on; the text says why, and what to do."""


@dataclass(frozen=True)
class Sandbox:
    """`file` is the .env of the sandbox; empty: the simulator. `org_id` marks that tenant as a sandbox. `location` is
    where things are made, empty: nothing is written."""

    file: Path | None
    url: str
    org_id: str
    location: str = ""
    domain: str = "example.com"
    license: str = "Webex Calling - Professional"
    extension: int = 5900

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


def load(named: str) -> Sandbox:
    """The sandbox of a folder with a `.env`, or of such a file."""
    file = Path(named).expanduser()
    file = file / ".env" if file.is_dir() else file
    if not file.is_file():
        raise NoSandbox(f"{VARIABLE}: there is no {file}; name a folder with a .env, or such a file")
    found = {name: value for name, value in dotenv_values(file).items() if value}
    org_id = found.get(_MARK, "")
    if not org_id:
        raise NoSandbox(
            f"{file} does not say that its tenant is a sandbox: add {_MARK}=<the id of its organisation>, as "
            "`reconcile export` in an empty folder writes it into state/manifest.json"
        )
    writes = found.get("SANDBOX_WRITES", "no").lower()
    if writes not in ("yes", "no"):
        raise NoSandbox(f"{file}: SANDBOX_WRITES is yes or no")
    location, domain = found.get("SANDBOX_LOCATION", ""), found.get("SANDBOX_EMAIL_DOMAIN", "")
    if writes == "yes" and not (location and domain):
        raise NoSandbox(f"{file}: SANDBOX_WRITES=yes wants SANDBOX_LOCATION and SANDBOX_EMAIL_DOMAIN beside it")
    return Sandbox(
        file,
        found.get("WEBEX_API_URL", "https://webexapis.com/v1"),
        org_id,
        location if writes == "yes" else "",
        domain,
        found.get("SANDBOX_LICENSE", Sandbox.license),
        int(found.get("SANDBOX_EXTENSION", Sandbox.extension)),
    )
