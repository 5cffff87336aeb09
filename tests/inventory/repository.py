"""A repository whose `state/` holds an export of a simulated tenant, and exports into it without the command line."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reconciler import pipeline
from reconciler.inventory.choice import Choice, chosen
from reconciler.inventory.exporting import Exported, ExportOptions
from reconciler.inventory.incremental import LastExport
from reconciler.repository import store
from reconciler.repository.store import prints, taken
from reconciler.simulator import Simulator
from reconciler.webex.connection import Connection
from reconciler.webex.credentials import Credentials


@dataclass
class Repo:
    """`exported`: the last export into it; `log`: what was asked for it; `tenant`: what is to be loaded to
    begin with."""

    root: Path
    server: Simulator
    tenant: dict[str, Any] = field(default_factory=dict, repr=False)
    exported: Exported | None = field(default=None, repr=False)
    log: tuple[dict[str, Any], ...] = field(default=(), repr=False)

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def routes(self) -> Counter[str]:
        return Counter(f"{entry['method']} {entry['route']}" for entry in self.log)

    def load(self) -> None:
        self.server.load(self.tenant)

    def copy(self, to: Path) -> Repo:
        shutil.copytree(self.root, to)
        return replace(self, root=to)

    def export(
        self, how: ExportOptions | None = None, *, choice: Choice | None = None, token: str = "", workers: int = 8
    ) -> Exported:
        """Export what is chosen (all) into `state/`, with everything that the next one may want to know."""
        credentials = Credentials(self.server.base_url, token or self.server.token)
        tenant = Connection(credentials, waiting=lambda *_: None, workers=workers)
        began = datetime.now(UTC)
        self.server.reset_requests()
        done = asyncio.run(
            pipeline.export(tenant, org=("", "Repo"), choice=choice or chosen(), how=how or ExportOptions())
        )
        self.log = tuple(self.server.log())
        store.write(self.state, done.snapshot, sorted(done.snapshot.kinds))
        taken.note(self.root, done.snapshot.kinds, began)
        prints.note(self.root, done.prints)
        self.exported = done
        return done

    def since_last(self, *, sample: float = 0, seed: int = 0, token: str = "", careful: bool = False) -> Exported:
        """What `--since last` does."""
        snapshot, times = store.open(self.state), taken.taken(self.root)
        since = times.earliest(snapshot.kinds)
        earlier = LastExport(snapshot, since, times.why, prints.noted(self.root), sample, seed)
        return self.export(ExportOptions(earlier=earlier, careful=careful), token=token)

    def files(self) -> dict[str, bytes]:
        """The bytes of everything in `state/`."""
        return {str(path.relative_to(self.state)): path.read_bytes() for path in self.state.rglob("*.json*")}
