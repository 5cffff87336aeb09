"""What git leaves in a file when a merge did not go through: both sides, with marks around them."""

from __future__ import annotations

import re

WHAT = "a merge conflict of git begins here: keep one side, and take out its marks"
#: The name of a side follows. What lies between the sides is a heading elsewhere, and no sign of its own.
_MARK = re.compile(rb"(?m)^(?:<{7}|>{7}) .*$")


def conflict_line(data: bytes) -> int:
    """The line of the first mark; 0 where there is none."""
    if b"<" not in data and b">" not in data:  # as in nearly every file; one byte is looked for in no time
        return 0
    found = _MARK.search(data) if b"<<<<<<< " in data or b">>>>>>> " in data else None
    return data.count(b"\n", 0, found.start()) + 1 if found else 0
