"""A command of the user's that is told how an export or a drift check ended.

It is started without a shell, in the repository, and gets one JSON document on standard input: a place where no length
limit and no process list is in the way. No token or key of ours is in its environment. What it does cannot change the
verdict.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reconciler.errors import UsageError

SECONDS = 60.0
#: Variables that open something: tokens, the secret of an integration, the key of masks.
_SECRET = re.compile(r"WEBEX_.*(TOKEN|SECRET|PASSWORD).*|RECONCILE_.*KEY.*")
_LONGEST = 2_000


def parse(command: str) -> list[str]:
    """The words of a command line, quoted as in a shell; UsageError when they are none."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise UsageError(f"--hook: {error}", do="quote it as in a shell") from None
    if not words:
        raise UsageError("--hook names no command")
    return words


def run(words: list[str], root: Path, told: Mapping[str, Any], *, seconds: float = SECONDS) -> str:
    """Run the command and wait for its end; empty when it succeeded, else what went wrong, in one line."""
    environment = {name: value for name, value in os.environ.items() if not _SECRET.fullmatch(name)}
    text = json.dumps(told, sort_keys=True, ensure_ascii=False) + "\n"
    try:
        done = subprocess.run(
            words,
            cwd=root,
            env=environment,
            input=text.encode("utf-8", "surrogatepass"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"the hook {words[0]} did not end within {seconds:g} s and was stopped"
    except OSError as error:
        return f"the hook {words[0]} cannot be run: {error.strerror}"
    if done.returncode:
        said = done.stdout.decode("utf-8", "replace").strip()[:_LONGEST]
        return f"the hook {words[0]} ended with {done.returncode}" + (f": {said}" if said else "")
    return ""
