"""Several processes on one evaluation: each takes a part of the files and hands back plain results.

Only where there is enough to do for a fork to pay. A child that finds anything wrong says just that: the exact check,
in one process, then finds it again and tells.
"""

from __future__ import annotations

import gc
import marshal
import os
import selectors
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reconciler.planning.incremental.comparing import Comparing
from reconciler.planning.incremental.results import FileResult, UnitResult, comparable, packed, unpacked, unsealed
from reconciler.repository.store import relied_on

#: Text that takes about 0.3 s, against some 20 ms for a fork.
WORTH_IT = 4_000_000
_MOST = 4
#: How many files are evaluated before the fork.
_FEW = 4


@dataclass(frozen=True)
class Job:
    """A file to evaluate. `earlier` is what came of its units before, sealed; `certain`: the snapshot is as it was."""

    name: str
    size: int
    earlier: bytes = b""
    certain: bool = False


@dataclass(frozen=True)
class Found:
    """The result of one file, None when it has problems; `stirred`: its names are not those of before."""

    name: str
    result: FileResult | None
    stirred: bool = True


def workers(sizes: Sequence[int]) -> int:
    """Into how many processes to split that much text; 1 where forks do not exist or do not pay."""
    if not hasattr(os, "fork"):
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, _MOST, sum(sizes) // WORTH_IT))


def results(comparing: Comparing, jobs: Sequence[Job]) -> Iterator[Found]:
    """The results of these files, by as many processes as pay. Each file is read by one of them."""
    count = workers([job.size for job in jobs])
    if count == 1:
        for job in jobs:
            yield _one(comparing, job)
        return
    first = _first_of_each_name(jobs)
    for job in first:
        yield _one(comparing, job)
    children: list[_Child] = []
    try:
        for part in _parts([job for job in jobs if job not in first], count):
            children.append(_Child(comparing, part))
        comparing.meanwhile()
        with selectors.DefaultSelector() as ready:
            for child in children:
                ready.register(child.pipe, selectors.EVENT_READ, child)
            while ready.get_map():
                for key, _ in ready.select():
                    yield from key.data.found()
                    if key.data.ended:
                        ready.unregister(key.fileobj)
        for child in children:
            yield from (Found(job.name, None) for job in child.jobs)
    finally:
        for child in children:
            child.end()


def _one(comparing: Comparing, job: Job) -> Found:
    before = comparing.trouble
    rows = unsealed(job.earlier) if job.earlier else None
    known = {row[0]: UnitResult._make(row) for row in rows or ()}
    result = comparing.file(job.name, comparing.loading.read(job.name), known, certain=job.certain)
    if comparing.trouble != before:
        return Found(job.name, None)
    again = {digest for digest, verdict in result.verdicts.items() if verdict.national}
    gone = (known[digest] for digest in known.keys() - (result.verdicts.keys() - again))
    come = (result.verdicts[digest] for digest in result.verdicts.keys() - (known.keys() - again))
    return Found(job.name, result, not known or comparable(gone) != comparable(come))


def _first_of_each_name(jobs: Sequence[Job]) -> list[Job]:
    """A few jobs to do before the fork, so that not every child imports and builds what their kinds need: files of one
    name have the same kinds."""
    found: dict[str, Job] = {}
    for job in jobs:
        if len(found) < _FEW:
            found.setdefault(job.name.rpartition("/")[2], job)
    return [job for job in found.values() if job.size <= WORTH_IT // _MOST]


def _parts(jobs: Sequence[Job], count: int) -> list[list[Job]]:
    """The jobs in `count` runs of about the same size, in order: neighbours rest on the same snapshot files."""
    parts: list[list[Job]] = [[] for _ in range(count)]
    total, done = max(1, sum(job.size for job in jobs)), 0
    for job in jobs:
        parts[min(count - 1, done * count // total)].append(job)
        done += job.size
    return parts


class _Child:
    """A fork that works through its files and writes each result, sized, into a pipe."""

    def __init__(self, comparing: Comparing, jobs: list[Job]) -> None:
        self.jobs = list(jobs)
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
                    for job in jobs:
                        found = _one(comparing, job)
                        data = packed(found.result) if found.result else None
                        blob = marshal.dumps((found.stirred, data, sorted(relied_on)))
                        pipe.write(len(blob).to_bytes(8, "big") + blob)
                code = 0
            finally:
                os._exit(code)
        os.close(write)
        self.pipe = read

    def found(self) -> Iterator[Found]:
        """What the child has found meanwhile. `jobs` are left with what it did not come to."""
        chunk = os.read(self.pipe, 1 << 20)
        self.ended = not chunk
        self._bytes += chunk
        while len(self._bytes) >= 8 and len(self._bytes) >= (end := 8 + int.from_bytes(self._bytes[:8], "big")):
            stirred, data, relied = marshal.loads(bytes(self._bytes[8:end]))
            relied_on.update(relied)
            del self._bytes[:end]
            yield Found(self.jobs.pop(0).name, unpacked(data) if data is not None else None, stirred)

    def end(self) -> None:
        os.close(self.pipe)
        os.waitpid(self._process, 0)
