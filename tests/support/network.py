"""Where tests may connect to beside loopback: nowhere, until a sandbox is named (tests/sandbox)."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: Addresses of the one host that was let in; tests/conftest.py looks here.
REACHABLE: set[str] = set()


@contextmanager
def let_in(host: str) -> Iterator[None]:
    """Let connections to that host through, by whatever addresses its name has; to no other."""
    resolve: Callable[..., Any] = socket.getaddrinfo

    def learn(name: Any, *arguments: Any, **named: Any) -> Any:
        found = resolve(name, *arguments, **named)
        if (name.decode() if isinstance(name, bytes) else name) == host:
            REACHABLE.update(str(address[0]) for *_, address in found)
        return found

    socket.getaddrinfo = learn
    try:
        yield
    finally:
        socket.getaddrinfo = resolve
        REACHABLE.clear()
