"""A repository for the tenant that the suite runs on, and the command in it."""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reconciler.applying import attempt, schedule
from reconciler.cli.app import run
from reconciler.model.remote_id import uuid_of
from reconciler.repository import store
from reconciler.simulator import Simulator, generate_tenant
from reconciler.webex.session import Session
from tests.sandbox.naming import NAMED, NoSandbox, Sandbox, load
from tests.support.network import let_in

_PAUSE, _SETTLING = attempt.FIRST_PAUSE, schedule.SETTLING  # now: the tests of a simulator are in a hurry


@dataclass
class Said:
    code: int
    out: str
    err: str


@dataclass
class Place:
    """`asked` are the methods of the requests that left here, in order, but for those while something is made."""

    sandbox: Sandbox
    root: Path
    asked: list[str] = field(default_factory=list)
    making: bool = False
    first: Said | None = None

    def reconcile(self, verb: str, *arguments: str) -> Said:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run([*verb.split(), "-C", str(self.root), *arguments])
        return Said(code, out.getvalue(), err.getvalue())

    def export(self) -> Said:
        return self.reconcile("export", "-q", "--format", "json", "--no-report")

    def files(self) -> dict[str, bytes]:
        found = [path for folder in ("state", "inventory") for path in (self.root / folder).rglob("*.json*")]
        return {str(path.relative_to(self.root)): path.read_bytes() for path in found if path.name != "run.json"}


@pytest.fixture(scope="session")
def named() -> Sandbox | None:
    """The sandbox that the variable names; the whole suite ends where that is none."""
    try:
        return load(NAMED) if NAMED else None
    except NoSandbox as problem:
        pytest.exit(str(problem), returncode=2)


@pytest.fixture(scope="session", autouse=True)
def _reachable(named: Sandbox | None, _no_network: None) -> Iterator[None]:
    """Of all hosts only the sandbox's."""
    with let_in(named.host) if named else contextlib.nullcontext():
        yield


@pytest.fixture(autouse=True)
def _real_pauses(named: Sandbox | None, _short_pauses: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenant that nobody hurries takes its time."""
    if named:
        monkeypatch.setattr(attempt, "FIRST_PAUSE", _PAUSE)
        monkeypatch.setattr(schedule, "SETTLING", _SETTLING)


@pytest.fixture(scope="session")
def simulator(named: Sandbox | None) -> Iterator[Simulator | None]:
    """Only where no sandbox is named."""
    if named:
        yield None
        return
    with Simulator(generate_tenant(people=12, locations=2, workspaces=4, features=12, seed=23)) as running:
        yield running


@pytest.fixture(scope="session")
def place(
    named: Sandbox | None, simulator: Simulator | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """A new repository with the sandbox's credentials and nothing else."""
    root = tmp_path_factory.mktemp("sandbox") / "repo"
    root.mkdir()
    if simulator is not None:
        (root / ".env").write_text(f"WEBEX_API_URL={simulator.base_url}\nWEBEX_ACCESS_TOKEN={simulator.token}\n")
        named = Sandbox(None, simulator.base_url, simulator.state()["org"]["id"], "Site 001")
    else:
        assert named and named.file
        shutil.copyfile(named.file, root / ".env")
    (root / ".env").chmod(0o600)
    made = Place(named, root)
    with pytest.MonkeyPatch.context() as patch:
        check = Session._check

        def noted(self: Session, request: object) -> None:
            if not made.making:
                made.asked.append(getattr(request, "method", ""))
            check(self, request)  # type: ignore[arg-type]

        patch.setattr(Session, "_check", noted)
        yield made


@pytest.fixture(scope="session")
def exported(place: Place) -> Place:
    """The tenant, exported once; not another one than the file marks as a sandbox."""
    place.first = place.export()
    assert place.first.code in (0, 7), place.first.err
    try:
        marked(place)
    except NoSandbox as problem:
        pytest.exit(str(problem), returncode=2)
    return place


def marked(place: Place) -> None:
    """NoSandbox where the tenant is not the one that the sandbox's file is about."""
    found = store.open(place.root / "state").org["id"]
    if uuid_of(found) != uuid_of(place.sandbox.org_id):
        raise NoSandbox(f"the token is of {found}, and SANDBOX_ORG_ID is {place.sandbox.org_id}")


@pytest.fixture(scope="session")
def adopted(exported: Place) -> Place:
    """All of it described in desired/."""
    said = exported.reconcile("adopt")
    assert said.code == 0, said.err
    return exported
