"""Several processes on one evaluation: each takes a part of the files and hands back plain results.

Only where there is enough to do for a fork to pay, and only for files of which nothing is known yet. A child that
finds anything wrong says just that: the exact check, in one process, then finds it again and tells.
"""

from __future__ import annotations

import gc
import marshal
import os
import selectors
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.offline.comparing import Comparing
from reconciler.offline.verdicts import FileResult, packed, unpacked

#: Text that takes about 0.3 s, against some 20 ms for a fork.
WORTH_IT = 4_000_000
_MOST = 4


@dataclass(frozen=True)
class Found:
    """A child's result of one file; None when the file has problems."""

    name: str
    result: FileResult | None


def workers(sizes: Sequence[int]) -> int:
    """Into how many processes to split that much text; 1 where forks do not exist or do not pay."""
    if not hasattr(os, "fork"):
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _MOST, sum(sizes) // WORTH_IT))


def results(comparing: Comparing, names: Sequence[str], sizes: Sequence[int]) -> Iterator[Found]:
    """The results of these files, by as many processes as pay. Each file is read by one of them."""
    count = workers(sizes)
    if count == 1:
        for name in names:
            yield _one(comparing, name)
        return
    children: list[_Child] = []
    try:
        for part in _parts(names, sizes, count):
            children.append(_Child(comparing, part))
        with selectors.DefaultSelector() as ready:
            for child in children:
                ready.register(child.pipe, selectors.EVENT_READ, child)
            while ready.get_map():
                for key, _ in ready.select():
                    yield from key.data.found()
                    if key.data.ended:
                        ready.unregister(key.fileobj)
        for child in children:
            yield from (Found(name, None) for name in child.names)
    finally:
        for child in children:
            child.end()


def _one(comparing: Comparing, name: str) -> Found:
    before = comparing.trouble
    result = comparing.file(name, comparing.loading.read(name), {})
    return Found(name, result if comparing.trouble == before else None)


def _parts(names: Sequence[str], sizes: Sequence[int], count: int) -> list[list[str]]:
    """The names in `count` runs of about the same size, in order: neighbours rest on the same snapshot files."""
    parts: list[list[str]] = [[] for _ in range(count)]
    total, done = max(1, sum(sizes)), 0
    for name, size in zip(names, sizes, strict=True):
        parts[min(count - 1, done * count // total)].append(name)
        done += size
    return parts


class _Child:
    """A fork that works through its files and writes each result, sized, into a pipe."""

    def __init__(self, comparing: Comparing, names: list[str]) -> None:
        self.names = list(names)
        self.ended = False
        self._bytes = bytearray()
        read, write = os.pipe()
        self._process = os.fork()
        if self._process == 0:
            os.close(read)
            code = 1
            try:
                gc.disable()
                with os.fdopen(write, "wb") as pipe:
                    for name in names:
                        found = _one(comparing, name)
                        blob = marshal.dumps(packed(found.result) if found.result else None)
                        pipe.write(len(blob).to_bytes(8, "big") + blob)
                code = 0
            finally:
                os._exit(code)
        os.close(write)
        self.pipe = read

    def found(self) -> Iterator[Found]:
        """What the child has found meanwhile. `names` are left with what it did not come to."""
        chunk = os.read(self.pipe, 1 << 20)
        self.ended = not chunk
        self._bytes += chunk
        while len(self._bytes) >= 8 and len(self._bytes) >= (end := 8 + int.from_bytes(self._bytes[:8], "big")):
            data = marshal.loads(bytes(self._bytes[8:end]))
            del self._bytes[:end]
            yield Found(self.names.pop(0), unpacked(data) if data is not None else None)

    def end(self) -> None:
        os.close(self.pipe)
        os.waitpid(self._process, 0)
