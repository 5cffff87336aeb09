"""The command at a real terminal: a process of its own behind a pseudo-terminal, typed to and read from."""

from __future__ import annotations

import codecs
import functools
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

PATIENCE = 60.0


class Terminal:
    """`with Terminal(root, environment, "apply") as terminal:`; what is shown has plain line ends."""

    def __init__(self, root: Path, environment: Mapping[str, str], verb: str, *arguments: str) -> None:
        self.shown = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()  # a read may end in the middle of a character
        self._master, slave = pty.openpty()
        command = [sys.executable, "-m", "reconciler", verb, "-C", str(root), *arguments]
        # its controlling terminal, so that Ctrl-C reaches it as it does everywhere
        self._process = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            pass_fds=[slave],
            preexec_fn=functools.partial(os.login_tty, slave),
        )
        os.close(slave)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    def until(self, text: str) -> str:
        """What is shown up to this text, since the last time."""
        start = len(self.shown)
        while text not in self.shown[start:]:
            assert self._more(), f"it ended without {text!r}: {self.shown[start:]}"
        return self.shown[start:]

    def type(self, line: str) -> None:
        os.write(self._master, f"{line}\n".encode())

    def press(self, key: bytes) -> None:
        """A key without a line end, like Ctrl-C (b"\\x03")."""
        os.write(self._master, key)

    def end(self) -> tuple[int, str]:
        """The exit code, and the rest of what is shown."""
        start = len(self.shown)
        while self._more():
            pass
        return self._process.wait(PATIENCE), self.shown[start:]

    def _more(self) -> bool:
        """Read what is there; False when there is nothing more to come."""
        deadline = time.monotonic() + PATIENCE
        while not select.select([self._master], [], [], 1.0)[0]:
            assert time.monotonic() < deadline, f"nothing more is shown after: {self.shown[-500:]}"
        try:
            read = os.read(self._master, 65536)
        except OSError:  # the other side is closed
            return False
        self.shown += self._decoder.decode(read).replace("\r\n", "\n")
        return bool(read)
