"""A process that has imported the program, and forks whenever somebody asks (asking.py).

`python -m tests.support.forks.origin PATH` listens there until its input ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import sys
import termios
import time
from collections.abc import Sequence
from typing import Any

import reconciler
from tests.support.forks.asking import Asked

_LARGEST = 200_000


def _import_all() -> None:
    for module in pkgutil.walk_packages(reconciler.__path__, "reconciler."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def _serve(path: str) -> None:
    """Until our input ends. In a process that was asked for it returns."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(path)
    listener.listen()
    gc.collect()
    gc.freeze()
    os.write(1, b"ready\n")
    while listener in select.select([listener, 0], [], [])[0]:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            return _attend(connection)
        connection.close()
        _wait(os.WNOHANG)
    _wait()
    os._exit(0)


def _wait(options: int = 0) -> None:
    """For those between us and what was asked for, so that what they have used is counted."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, options)[0]:
            pass


def _attend(connection: socket.socket) -> None:
    text, files, _, _ = socket.recv_fds(connection, _LARGEST, 3)
    asked: Asked = json.loads(text)
    middle = os.getpid()
    pid = os.fork()
    if pid:
        if asked["watched"]:
            connection.send(str(pid).encode())
            _watch(pid, connection)
        os._exit(0)
    if not asked["watched"]:
        while (
            os.getppid() == middle
        ):  # until we are a child of whoever asked, who may wait for us as soon as he knows us
            time.sleep(0.0002)
        connection.send(str(os.getpid()).encode())
    connection.close()
    _become(asked, files)


def _watch(pid: int, connection: socket.socket) -> None:
    """Say how it ends; end it when nobody listens any more."""
    ended = os.pidfd_open(pid)
    if ended not in select.select([ended, connection], [], [])[0]:
        os.kill(pid, signal.SIGKILL)
    connection.send(str(os.waitpid(pid, 0)[1]).encode())


def _become(asked: Asked, files: Sequence[int]) -> None:
    """What an interpreter would have begun with: files, folder, environment, arguments."""
    if asked["terminal"]:
        os.setsid()
        fcntl.ioctl(files[0], termios.TIOCSCTTY, 0)
    for number, file in enumerate(files):
        os.dup2(file, number)
    os.closerange(3, max(files) + 1)
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    time.tzset()
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = _opened(number, getattr(sys, name))
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    sys.path[0] = asked["cwd"]
    sys.argv[1:] = asked["arguments"]


def _opened(number: int, before: Any) -> Any:
    by_line = number == 2 or os.isatty(number)
    mode, buffering = ("w", 1 if by_line else -1) if number else ("r", -1)
    stream: Any = os.fdopen(number, mode, buffering, before.encoding, before.errors, closefd=False)
    if number and os.environ.get("PYTHONUNBUFFERED"):
        stream.reconfigure(write_through=True)
    return stream


if __name__ == "__main__":
    _import_all()
    _serve(sys.argv[1])
    runpy.run_module("reconciler", run_name="__main__", alter_sys=True)
