"""Measure the simulator, so that it is never the bottleneck of another benchmark.

python -m tests.benchmarks.simulator [--people 20000] [--requests 5000]

Start: seconds from the command to the ready file, and the peak of its memory. Answers: requests per second of the
server's own CPU time, for a person, a page of a hundred people, and a write; a client on the other core asks over a
few connections that stay open.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

GOALS = {"start, s": 10.0, "memory, MiB": 1024.0, "per CPU second": 1000.0}
_CONNECTIONS = 4


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--requests", type=int, default=5_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="simulator-benchmark-") as folder:
        ready = Path(folder) / "ready.json"
        size = f"people={options.people},locations={max(1, options.people // 100)}"
        command = [sys.executable, "-m", "reconciler", "simulate", "--size", size, "--ready-file", str(ready)]
        started = time.monotonic()
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            while not ready.exists():
                if server.poll() is not None or time.monotonic() - started > 120:
                    raise SystemExit("the simulator did not start")
                time.sleep(0.01)
            print(f"{options.people:,} people: start {time.monotonic() - started:.1f} s (goal {GOALS['start, s']:.0f})")
            told = json.loads(ready.read_text("utf-8"))
            asyncio.run(_ask(server.pid, told, options.requests))
            print(f"peak memory {_peak(server.pid):.0f} MiB (goal {GOALS['memory, MiB']:.0f})")
        finally:
            server.terminate()
            server.wait()
    return 0


async def _ask(pid: int, told: dict[str, Any], count: int) -> None:
    base = urlsplit(told["base_url"])
    head = f"Host: {base.netloc}\r\nAuthorization: Bearer {told['token']}\r\n"
    page = await _once(base, f"GET /v1/people?max=100 HTTP/1.1\r\n{head}\r\n")
    person = json.loads(page)["items"][0]["id"]
    body = json.dumps({"callForwarding": {"busy": {"enabled": False}}})
    length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    target = f"/v1/people/{person}/features/callForwarding"
    for name, request, times in (
        ("a person", f"GET /v1/people/{person} HTTP/1.1\r\n{head}\r\n", count),
        ("a hundred people", f"GET /v1/people?max=100 HTTP/1.1\r\n{head}\r\n", max(1, count // 20)),
        ("a refused write", f"PUT {target} HTTP/1.1\r\n{head}{length}\r\n{body}", count),
    ):
        before, began = _cpu(pid), time.monotonic()
        await asyncio.gather(*(_many(base, request, times // _CONNECTIONS) for _ in range(_CONNECTIONS)))
        wall, cpu = time.monotonic() - began, max(_cpu(pid) - before, 0.01)
        goal = f" (goal {GOALS['per CPU second']:.0f})" if times == count else ""
        print(f"{name:<18} {times / wall:8.0f} per second, {times / cpu:8.0f} per CPU second{goal}")


async def _many(base: Any, request: str, times: int) -> None:
    reader, writer = await asyncio.open_connection(base.hostname, base.port)
    for _ in range(times):
        await _exchange(reader, writer, request)
    writer.close()


async def _once(base: Any, request: str) -> bytes:
    reader, writer = await asyncio.open_connection(base.hostname, base.port)
    answer = await _exchange(reader, writer, request)
    writer.close()
    return answer


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: str) -> bytes:
    writer.write(request.encode())
    head = await reader.readuntil(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return await reader.readexactly(int(lengths[0])) if lengths else b""


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _peak(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    sys.exit(main())
