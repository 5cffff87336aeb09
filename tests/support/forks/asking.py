"""Ask the origin (origin.py) for a process that runs `reconcile`. Imports little: a shell starts this as a command.

`python -ISE asking.py PATH ARGUMENT...` stands before such a process, which has our files, folder and environment, and
gets our signals; we end as it ends.
"""

import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any

#: arguments, cwd, environment; terminal: whether its input becomes the terminal that controls it; watched: whether the
#: connection says how it ends, and ends it
Asked = dict[str, Any]
_HANDED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1)


def ask(path: str, asked: Asked, files: Sequence[int]) -> tuple[socket.socket, int]:
    """The connection, and the pid of the process, which has these files as its input, output and errors."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(path)
    socket.send_fds(connection, [json.dumps(asked).encode()], files)
    return connection, int(connection.recv(100))


def _stand_before(path: str, arguments: list[str]) -> int:
    asked = {"arguments": arguments, "cwd": os.getcwd(), "environment": dict(os.environ), "terminal": False}
    connection, pid = ask(path, {**asked, "watched": True}, (0, 1, 2))
    for number in _HANDED_ON:
        signal.signal(number, lambda number, _: os.kill(pid, number))
    os.closerange(0, 3)  # whoever reads from a pipe is to see the end of that process, not ours
    code = os.waitstatus_to_exitcode(int(connection.recv(100)))
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    os._exit(_stand_before(sys.argv[1], sys.argv[2:]))
