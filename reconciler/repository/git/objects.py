"""The objects of a repository, one after the other from one process: a log can be long.

https://git-scm.com/docs/git-cat-file#_batch_output
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import IO, Self

from reconciler.repository.git import command
from reconciler.repository.git.checkout import Checkout


class Objects:
    """Begins when something is asked for; use it as a context manager."""

    def __init__(self, place: Checkout) -> None:
        self._place = place
        self._process: subprocess.Popen[bytes] | None = None
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with us; a pipe that nobody reads could fill up

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            with self._process:
                self._process.terminate()
        self._said.close()

    def find(self, name: str, kind: str) -> bytes | None:
        """The content of the object that a name stands for (`HEAD:path`, an id); None where there is none of that kind.
        GitError where git cannot read it."""
        if "\n" in name or "\0" in name:
            return None
        process = self._started()
        questions, answers = _pipes(process)
        try:
            questions.write(name.encode("utf-8", "surrogateescape") + b"\n")
            questions.flush()
        except OSError:
            raise self._ended(process) from None
        head = answers.readline().rstrip(b"\n")
        if not head:
            raise self._ended(process)
        words = head.rsplit(b" ", 2)
        if len(words) != 3 or not words[2].isdigit():  # `name missing`, or `ambiguous`
            return None
        content = answers.read(int(words[2]) + 1)[:-1]
        if len(content) != int(words[2]):
            raise self._ended(process)
        return content if words[1].decode() == kind else None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            folder = self._place.root
            try:
                self._process = subprocess.Popen(
                    command.arguments(["cat-file", "--batch"]),
                    cwd=folder,
                    env=command.environment(self._place.top.parent),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=self._said,
                )
            except OSError as error:
                raise command.missing(error, Path(folder)) from None
        return self._process

    def _ended(self, process: subprocess.Popen[bytes]) -> command.GitError:
        """Git gave up: what it said. The next question begins anew."""
        self._process = None
        with process:
            process.terminate()
        self._said.seek(0)
        return command.failed("cat-file", process.returncode or 1, self._said.read(), self._place.root)


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None and process.stdout is not None
    return process.stdin, process.stdout
