"""A command of the user's that is told how an export or a drift check ended.

It is started without a shell, in the repository, and gets one JSON document on standard input: a place where no length
limit and no process list is in the way. No token or key of ours is in its environment. What it does cannot change the
verdict. It has a process group of its own: one that takes too long, or is interrupted, is ended with all that it began.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from reconciler.errors import UsageError

SECONDS = 60.0
#: Seconds to tidy up in, between being asked to end and being ended.
GRACE = 2.0
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
        hook = subprocess.Popen(
            words,
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:  # ValueError: a word with a NUL in it
        return f"the hook {words[0]} cannot be run: {getattr(error, 'strerror', None) or error}"
    with hook:
        try:
            output, _ = hook.communicate(text.encode("utf-8", "surrogatepass"), timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(hook)
            return f"the hook {words[0]} did not end within {seconds:g} s and was stopped"
        except BaseException:
            _end(hook)
            raise
    if hook.returncode:
        said = output.decode("utf-8", "replace").strip()[:_LONGEST]
        return f"the hook {words[0]} ended with {hook.returncode}" + (f": {said}" if said else "")
    return ""


def _end(hook: subprocess.Popen[bytes]) -> None:
    """End the command and everything that it began: ask all of them, wait until nobody holds its output any more, and
    end those that are left. It leads its group, which has its number."""
    for what in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(hook.pid, what)
        with suppress(subprocess.TimeoutExpired):
            hook.communicate(timeout=GRACE)
