"""For every test: no network but loopback, no colour, no credentials of the machine; one simulator per worker."""

from __future__ import annotations

import gc
import ipaddress
import os
import socket
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from reconciler.simulator import Simulator, sample_tenant
from tests.support.asked_kind import is_kind, may_name
from tests.support.forks import forked
from tests.support.live import Live
from tests.support.network import REACHABLE
from tests.support.office import Office

pytest.register_assert_rewrite("tests.support.case")

# Compiled files are kept (git ignores them), even where the machine says otherwise: without them each worker rewrites
# every test file, and each process that a test starts compiles the program.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Nothing that is imported or collected is garbage.
gc.disable()

# No deadline: an example is a whole run over HTTP. Derandomised: the campaign searches, the suite repeats.
_SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
settings.register_profile("suite", max_examples=40, deadline=None, derandomize=True, suppress_health_check=_SLOW)
settings.register_profile("campaign", max_examples=5_000, deadline=None, print_blob=True, suppress_health_check=_SLOW)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`-k KIND` is about one kind, and reads what can have a test called by it (tests/support/asked_kind.py)."""
    asked = config.option.keyword
    unread = is_kind(asked) and collection_path.is_file() and not may_name(collection_path, asked)
    return unread or None


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What was imported stays: the collector need not walk through it again and again; what a test leaves can wait."""
    done = yield
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()
    return done


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    """A test that reaches for another host fails, and says which one; tests/sandbox lets in the one that is named."""
    with pytest.MonkeyPatch.context() as patch:
        connect = socket.socket.connect

        def only_loopback(self: socket.socket, address: Any) -> None:
            if isinstance(address, tuple) and not (_is_loopback(address[0]) or address[0] in REACHABLE):
                raise AssertionError(f"a test tried to reach {address[0]}")
            connect(self, address)

        patch.setattr(socket.socket, "connect", only_loopback)
        yield


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("FORCE_COLOR", *(name for name in os.environ if name.startswith(("WEBEX_", "RECONCILE_")))):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tenant's clock runs faster than ours (live.py), and so do the pauses between attempts."""
    monkeypatch.setattr("reconciler.applying.attempt.FIRST_PAUSE", 0.005)
    monkeypatch.setattr("reconciler.webex.tenant.FIRST_LOOK", 0.005)
    monkeypatch.setattr("reconciler.applying.schedule.SETTLING", (0.02, 0.04))


@pytest.fixture(autouse=True, scope="session")
def origin() -> Iterator[forked.Origin]:
    """What `python -m reconciler` is forked from instead of being started."""
    started = forked.Origin()
    with pytest.MonkeyPatch.context() as patch:
        forked.use(started, patch)
        yield started
    started.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Simulator]:
    """One per worker; a test loads the tenant that it wants."""
    with Simulator(sample_tenant()) as running:
        yield running


@pytest.fixture
def live(server: Simulator, tmp_path: Path) -> Live:
    """The sample tenant, and an empty repository pinned to it."""
    return Live(server, tmp_path, sample_tenant())


@pytest.fixture
def office(
    server: Simulator, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Office:
    """A small tenant with its repository, and the command typed in it."""
    for name in ("WEBEX_API_URL", "WEBEX_ACCESS_TOKEN"):
        monkeypatch.setenv(name, "to be put back")
    root = tmp_path / "repo"
    root.mkdir()
    return Office(server, root, lambda: tuple(capsys.readouterr()))
