"""One tenant, one repository, and the command line on it: in this process and in virtual time, so that it repeats."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from unittest import mock

from reconciler.simulator.core import ids
from tests.properties.dates import dates_of
from tests.properties.simulation import EPOCH, URL, Simulation

Json = dict[str, Any]
_MEMORY = Path("/dev/shm")
_DIGEST = re.compile(r"--approve ([0-9a-f]{12})")


@dataclass(frozen=True)
class Said:
    """What a command came to."""

    arguments: tuple[str, ...]
    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"$ reconcile {' '.join(self.arguments)}\n{self.out}{self.err}[exit {self.code}]"


class Desk:
    """Use it as a context manager. `write` files below `desired/`, then `run` commands."""

    def __init__(self, tenant: Json, seed: int) -> None:
        self._held = ExitStack()
        self.sim = Simulation({**tenant, "clock": {"now": EPOCH, "speed": 1}}, seed)
        self.org_id = ids.encode("ORGANIZATION", tenant["org"]["id"])
        self.said: list[Said] = []
        self.wrong: list[str] = []
        self.requests = 0
        self.on_request: Callable[[int], None] = lambda count: None
        #: The tenant that the last command is measured against; what it was in the beginning unless a class says else.
        self.baseline: Json = {}

    def __enter__(self) -> Self:
        self._held.enter_context(self.sim)
        self.server = self.sim.server
        self.server.run_clock(1)
        folder = tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None)
        self.root = Path(self._held.enter_context(folder))
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("WEBEX_", "RECONCILE_"))}
        environment = {**plain, "WEBEX_API_URL": URL, "WEBEX_ACCESS_TOKEN": self.server.token, "NO_COLOR": "1"}
        self._held.enter_context(mock.patch.dict(os.environ, environment, clear=True))
        self._held.enter_context(mock.patch("asyncio.run", self._run))
        self._held.enter_context(dates_of(lambda: EPOCH + self.sim.now))
        carry_out = self.server._tenant.carry_out
        self._held.callback(setattr, self.server._tenant, "carry_out", carry_out)

        def counted(asked: Any, do: Any = None) -> Any:
            if not asked.actor:
                self.requests += 1
                self.on_request(self.requests)
            return carry_out(asked, do)

        self.server._tenant.carry_out = counted  # type: ignore[method-assign]
        self.baseline = self.state()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.close()

    def _run(self, main: Coroutine[Any, Any, Any], **_: Any) -> Any:
        return self.sim.run(main)

    # --- files ---

    def describe(self, desired: Json, root: Path | None = None, **settings: Any) -> None:
        """The only desired file beside tenant.yaml; JSON is YAML."""
        self.pin(root, **settings)
        self.write("case.yaml", json.dumps(desired, ensure_ascii=False, indent=1).encode(), root)

    def pin(self, root: Path | None = None, **settings: Any) -> None:
        pinned = {"schema_version": 1, "org": {"name": "Case", "id": self.org_id}, **settings}
        self.write("tenant.yaml", json.dumps(pinned, ensure_ascii=False, indent=1).encode(), root)

    def write(self, name: str, content: bytes, root: Path | None = None) -> None:
        file = (root or self.root) / "desired" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    # --- commands ---

    def run(self, *arguments: str, root: Path | None = None) -> Said:
        from reconciler.cli.app import run

        out, err = io.StringIO(), io.StringIO()
        self.requests = 0
        with redirect_stdout(out), redirect_stderr(err), mock.patch.object(sys, "stdin", io.StringIO()):
            code = run([*arguments, "-C", str(root or self.root)])
        self.said.append(Said(arguments, code, out.getvalue(), err.getvalue()))
        return self.said[-1]

    def apply(self, *arguments: str) -> Said:
        """As somebody who has looked at the plan and says yes to whatever it is."""
        return self.approving("apply", *arguments)

    def approving(self, *arguments: str, root: Path | None = None) -> Said:
        said = self.run(*arguments, "--yes", root=root)
        if said.code == 4 and (digest := _DIGEST.search(said.err)):
            said = self.run(*arguments, "--approve", digest[1], root=root)
        return said

    def during(self, number: int, act: Callable[[], None]) -> None:
        """Somebody else acts when the next command has sent so many requests, while it stands still."""

        def on_request(count: int) -> None:
            if count >= number:
                self.on_request = lambda count: None
                try:
                    act()
                except Exception as error:  # here it would be a 500 of the server, and look like one more fault
                    self.wrong.append(f"the example itself: {error!r}")
                self.requests = count

        self.on_request = on_request

    def clone(self) -> Path:
        """Another checkout of the same, as it is now."""
        folder = self.root.with_name(f"{self.root.name}-clone")
        self._held.callback(shutil.rmtree, folder, ignore_errors=True)
        shutil.copytree(self.root / "desired", folder / "desired")
        return folder

    # --- the tenant ---

    def state(self) -> Json:
        return self.server.state()

    def edit(self, method: str, path: str, body: Any = None) -> Any:
        """Another admin's."""
        return self.server.edit(method, path, body, actor=self.other_admin)

    @property
    def other_admin(self) -> str:
        state = self.state()
        return str(next(one["id"] for one in state["people"] if one["id"] != state["org"]["admin"]))
