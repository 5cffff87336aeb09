"""Options that several verbs share, and what they make of them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

if TYPE_CHECKING:
    from reconciler.webex.connection import Connection
    from reconciler.webex.policy import Policy

WORKERS = 8
#: More would only wait for each other, and a slip of the finger would fill the memory.
_MOST_WORKERS = 1000


@Parameter(name="*")
@dataclass(frozen=True)
class Repository:
    """Where the repository is."""

    directory: Annotated[Path | None, Parameter(name=["-C", "--directory"])] = None
    "Work in this repository; default: the nearest folder upwards with desired/tenant.yaml."

    def root(self) -> Path:
        """The repository: exactly the folder that was named, else the nearest one upwards."""
        from reconciler.errors import ReconcileError
        from reconciler.repository.desired import find_root

        if self.directory is None:
            return _safe(find_root(None))
        root = self.root_or_here()
        if not (root / "desired" / "tenant.yaml").is_file():
            raise ReconcileError(
                "there is no desired/tenant.yaml here",
                where=str(root),
                do="write one with `reconcile export` and `reconcile adopt`, or name the repository with -C DIR",
            )
        return root

    def root_or_here(self) -> Path:
        """For verbs that begin a repository: the folder that was named, the nearest repository, or here."""
        from reconciler.errors import ReconcileError, RefusedError, UsageError
        from reconciler.repository.desired import find_root

        if self.directory is not None:
            if not self.directory.is_dir():
                raise UsageError(f"{self.directory} is not a folder", do="make it first, or correct -C")
            return _safe(self.directory)
        try:
            return _safe(find_root(None))
        except RefusedError:
            raise
        except ReconcileError:
            return _safe(Path.cwd())


def _safe(root: Path) -> Path:
    """The same; from here on no secret of this machine is shown. RefusedError where something in it leads out of it."""
    from reconciler.files import links
    from reconciler.webex.variables import keep_known

    links.refuse_out(root)
    keep_known(root)
    return root


@Parameter(name="*")
@dataclass(frozen=True)
class Access:
    """How to reach the tenant."""

    token_file: Annotated[str, Parameter(name="--token-file", allow_leading_hyphen=True)] = ""
    "Read the access token from this file; - reads standard input."
    token: Annotated[str, Parameter(name="--token", show=False)] = ""
    "The access token itself. It stays in the shell's history: prefer --token-file."
    allow_host: Annotated[
        list[str] | None, Parameter(name="--allow-host", env_var="RECONCILE_ALLOW_HOST", negative="")
    ] = None
    "A host, other than Webex's and this machine, that WEBEX_API_URL in .env may name (repeatable)."
    workers: Annotated[int, Parameter(name="--workers")] = WORKERS
    "How many requests may be under way at once."
    rate: Annotated[str, Parameter(name="--rate", env_var="RECONCILE_RATE")] = ""
    "Never ask faster than this, like 300/60s; default: learn what the tenant can stand."
    share: Annotated[float, Parameter(name="--share", env_var="RECONCILE_SHARE")] = 1.0
    "The part of each rate limit to use, like 0.5; the rest is left to other clients."
    min_interval_ms: Annotated[float, Parameter(name="--min-interval-ms", env_var="RECONCILE_MIN_INTERVAL_MS")] = 0.0
    "Milliseconds between any two requests."
    retries: Annotated[int, Parameter(name="--retries", env_var="RECONCILE_RETRIES")] = 12
    "How often a request may be repeated."
    longest_sleep: Annotated[float, Parameter(name="--longest-sleep", env_var="RECONCILE_SLEEP")] = 300.0
    "Seconds that one wait may take."
    longest_call: Annotated[float, Parameter(name="--longest-call", env_var="RECONCILE_CALL")] = 1800.0
    "Seconds that a request may take with all its repeats."
    call_timeout: Annotated[float, Parameter(name="--call-timeout", env_var="RECONCILE_CALL_TIMEOUT")] = 120.0
    "Seconds that an answer may take."
    log_file: Annotated[list[Path] | None, Parameter(name="--log-file", negative="")] = None
    "Log what happens into this file (repeatable): JSON lines (.jsonl), all requests (.har), else text. No secrets."
    log_format: Annotated[Literal["jsonl", "text", "har"] | None, Parameter(name="--log-format")] = None
    "What --log-file is, whatever its name."
    metrics_file: Annotated[Path | None, Parameter(name="--metrics-file")] = None
    "Keep metrics in this file, for Prometheus' textfile collector."

    def tenant(self, root: Path) -> Connection:
        from reconciler.cli import watching
        from reconciler.errors import UsageError
        from reconciler.telemetry import tracing
        from reconciler.webex.connection import Connection
        from reconciler.webex.credentials import credentials

        if not 1 <= self.workers <= _MOST_WORKERS:
            raise UsageError(f"--workers must be from 1 to {_MOST_WORKERS:,}")
        if self.token:
            print("warning: --token shows the token to others on this machine; use --token-file", file=sys.stderr)
        found = credentials(
            root,
            token_file=self.token_file,
            token=self.token,
            policy=self.policy(root),
            allow_hosts=self.allow_host or (),
        )
        if self.log_file or self.metrics_file or tracing.wanted():
            watching.begin(self.log_file or [], self.log_format, self.metrics_file)
        return Connection(found, waiting, self.workers)

    def policy(self, root: Path) -> Policy:
        """How patiently and how fast; UsageError where that makes no sense."""
        import math

        from reconciler.errors import UsageError
        from reconciler.webex.pacing import Pace
        from reconciler.webex.policy import Policy, rate_of

        if not 0 < self.share <= 1:
            raise UsageError("--share must be above 0 and at most 1", do="use 0.5 to leave half to others")
        least = {"--retries": self.retries, "--min-interval-ms": self.min_interval_ms}
        above = {
            "--longest-sleep": self.longest_sleep,
            "--longest-call": self.longest_call,
            "--call-timeout": self.call_timeout,
        }
        for name, value in (least | above).items():
            if not 0 <= value < math.inf or (name in above and value == 0):
                raise UsageError(f"{name} must be {'above' if name in above else 'at least'} 0")
        pace = Pace(self.share, rate_of(self.rate) if self.rate else math.inf, self.min_interval_ms / 1000)
        return Policy(self.retries, self.longest_sleep, self.longest_call, self.call_timeout, pace, root)


def waiting(seconds: float, status: int, path: str) -> None:
    """Say on stderr what is waited for, and until when."""
    from datetime import datetime, timedelta

    if seconds >= 1:
        until = datetime.now() + timedelta(seconds=seconds)
        print(f"waiting {seconds:.0f}s: {status} on {path}, resumes {until:%H:%M:%S}", file=sys.stderr)


def colored(stream: object) -> bool:
    """Whether to colour: NO_COLOR and a dumb terminal win over a forced colour, that over being a terminal."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return bool(getattr(stream, "isatty", lambda: False)())
