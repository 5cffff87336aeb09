"""How far one value walks: a person's no-answer destination, from YAML to `verified`, counted in a real plan and a real
apply against the simulator.

python -m tests.benchmarks.walk            the counts
python -m tests.benchmarks.walk --each     with every function, in the order in which it is first met

As people have it: the file is YAML with an entry a few lines long, and the repository is one of git. Without git an
apply reads all of `desired/` a second time, to know at the next plan what was described at this one.

A function of `reconciler/` counts, once, where an argument or what it returns is the value, text with it in it, or a
record about its one resource (`_about`). Who only hands on a collection of many resources, a plan or a proposal (the
guards all do) does not: the value is there as everybody's is. The simulator, the command line and telemetry are left
out, and so are comprehensions. A function of the standard library or of the SDK is no function of ours.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import reconciler
from reconciler import pipeline
from reconciler.simulator import Simulator, generate_tenant
from tests.support.live import Live

VALUE = "+442079460987"
WHO = "person000001@example.com"
_ROOT = Path(reconciler.__file__).parent
_LEFT_OUT = ("simulator", "cli", "telemetry", "observing", "events.py", "hook.py")
#: Records that are about many.
_MANY = ("Plan", "Proposal", "Facts", "Described", "Evaluation", "Desired", "MemorySnapshot", "FileResult", "Applied")
#: What somebody would write.
_WRITTEN = f"""people:
  - email: {WHO}
    forwarding:
      no_answer:
        destination: "{VALUE}"
"""
_DEEP = 7
#: So long at most, in functions and files, that nobody makes it much longer without saying why (test_walk.py).
MOST = {"plan": (82, 33), "plan --offline": (84, 33), "apply": (111, 31)}


class Walk:
    """The functions that were met, in order: (file, line, name)."""

    def __init__(self) -> None:
        self.met: dict[tuple[str, int, str], None] = {}
        self._ours: dict[Any, tuple[str, int, str] | None] = {}

    def __enter__(self) -> Walk:
        threading.setprofile(self._look)
        sys.setprofile(self._look)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def _look(self, frame: FrameType, event: str, result: Any) -> None:
        if event not in ("call", "return"):
            return
        code = frame.f_code
        if code not in self._ours:
            self._ours[code] = _place(code)
        place = self._ours[code]
        if place is None or place in self.met:
            return
        if event == "call":
            names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
            if not any(_about(frame.f_locals.get(name)) for name in names):
                return
        elif not _about(result):
            return
        self.met[place] = None

    @property
    def files(self) -> set[str]:
        return {file for file, _, _ in self.met}

    def rooms(self) -> str:
        """How many of them each room has: `planning 22, planning/guards 9`."""
        count = Counter("/".join(file.split("/")[: 2 if "/guards/" in file else 1]) for file, _, _ in self.met)
        return ", ".join(f"{room} {many}" for room, many in count.most_common())

    def __str__(self) -> str:
        return f"{len(self.met)} functions in {len(self.files)} files: {self.rooms()}"


def _place(code: Any) -> tuple[str, int, str] | None:
    path = Path(code.co_filename)
    if not path.is_relative_to(_ROOT) or (code.co_name.startswith("<") and code.co_name != "<lambda>"):
        return None
    inner = path.relative_to(_ROOT)
    return None if inner.parts[0] in _LEFT_OUT else (inner.as_posix(), code.co_firstlineno, code.co_name)


def _about(one: Any, deep: int = _DEEP) -> bool:
    """Whether this is the value, or a record about the one resource that has it: plain data, or an object whose fields
    are. A list of records is many, but the members of one operation are its own."""
    if isinstance(one, str):
        return VALUE in one
    if isinstance(one, bytes):
        return VALUE.encode() in one
    if deep == 0 or one is None or isinstance(one, int | float):
        return False
    if isinstance(one, Mapping):
        return any(_plain(value, deep - 1) for value in list(one.values())) if type(one) is dict else False
    if isinstance(one, tuple) and hasattr(one, "_fields"):
        return any(_about(value, deep - 1) for value in one)
    if isinstance(one, list | tuple | set | frozenset):
        return any(_plain(value, deep - 1) for value in one)
    return _record(one, deep)


def _record(one: Any, deep: int) -> bool:
    if type(one).__name__ in _MANY or not type(one).__module__.startswith("reconciler."):
        return False
    if hasattr(type(one), "model_fields"):
        return any(_about(value, deep - 1) for value in vars(one).values())
    if not is_dataclass(one):
        return False
    values = [getattr(one, field.name, None) for field in fields(one)]
    members = getattr(one, "members", ()) if type(one).__name__ == "Operation" else ()
    return any(_about(value, deep - 1) for value in values) or any(_about(member, deep - 1) for member in members)


def _plain(one: Any, deep: int) -> bool:
    """As `_about`, of what stands in a mapping or a list: records there are many."""
    if isinstance(one, str | bytes | dict | list | tuple | set | frozenset):
        return _about(one, deep)
    return False


def measured(root: Path) -> dict[str, Walk]:
    """The walks of a plan of the tenant, of one of `state/`, and of an apply."""
    with Simulator() as server:
        live = Live(server, root, generate_tenant(people=6, locations=2, workspaces=2, seed=1))
        (root / "desired" / "case.yaml").write_text(_WRITTEN, encoding="utf-8")
        _committed(root)
        live.plan()  # what is imported is not walked through
        with Walk() as planned:
            plan = live.plan()
        assert any(VALUE in str(change.want) for change in plan.changes), plan.changes
        live.remember()
        with Walk() as offline:
            pipeline.plan_offline(live.root, cache=False)
        with Walk() as applied:
            done = live.apply(plan)
        assert [str(outcome.verdict) for outcome in done.outcomes] == ["verified"], done.outcomes
    return dict(zip(MOST, (planned, offline, applied), strict=True))


def _committed(root: Path) -> None:
    (root / ".gitignore").write_text("state/\n.reconcile/\n", encoding="utf-8")
    for step in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "as wanted"]):
        who = ["-c", "user.name=walk", "-c", "user.email=walk@example.com"]
        subprocess.run(["git", "-C", str(root), *who, *step], check=True, capture_output=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.walk", description="How far one value walks.")
    parser.add_argument("--each", action="store_true", help="name every function")
    each: bool = parser.parse_args().each
    with tempfile.TemporaryDirectory() as folder:
        walks = measured(Path(folder))
    for name, walk in walks.items():
        print(f"{name:<16}{walk}")
        for file, line, function in walk.met if each else ():
            print(f"    {file}:{line} {function}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
