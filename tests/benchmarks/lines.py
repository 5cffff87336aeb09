"""A plugin of pytest that notes which lines of reconciler/ a process runs: `-p tests.benchmarks.lines`.

Each process of the run writes what it has seen into the folder that COVERED_LINES names, as JSON: {file: [line, …]}.
A function whose lines have all been seen is not looked at again, so that a run costs little more than without.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

ROOT = f"{Path(__file__).parents[2] / 'reconciler'}/"
_left: dict[CodeType, set[int] | None] = {}
_seen: dict[str, set[int]] = {}


def lines_of(code: CodeType) -> set[int]:
    """The lines of this code that can run, without those of the functions in it."""
    return {line for _, _, line in code.co_lines() if line}


def _called(frame: FrameType, event: str, argument: Any) -> Any:
    code = frame.f_code
    try:
        left = _left[code]
    except KeyError:
        left = _left[code] = lines_of(code) if code.co_filename.startswith(ROOT) else None
    if not left:
        return None
    _note(code, left, frame.f_lineno)
    return _stepped


def _stepped(frame: FrameType, event: str, argument: Any) -> Any:
    left = _left[frame.f_code]
    if left:
        _note(frame.f_code, left, frame.f_lineno)
    return _stepped if left else None


def _note(code: CodeType, left: set[int], line: int) -> None:
    left.discard(line)
    _seen.setdefault(code.co_filename, set()).add(line)


def pytest_unconfigure() -> None:
    sys.settrace(None)
    target = Path(os.environ["COVERED_LINES"]) / f"{os.getpid()}.json"
    target.write_text(json.dumps({file.removeprefix(ROOT): sorted(lines) for file, lines in _seen.items()}))


threading.settrace(_called)
sys.settrace(_called)
