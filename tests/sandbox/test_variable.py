"""S23: the variable itself. These very tests, in a process of their own, on a tenant of a third process that nobody can
reset; and files that name no sandbox."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import Place, marked
from tests.sandbox.naming import NAMED, PREFIX, VARIABLE, NoSandbox, load
from tests.support.network import REACHABLE, let_in

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
Json = dict[str, Any]
pytestmark = pytest.mark.skipif(bool(NAMED), reason="this is about the variable, and it is set")


@pytest.fixture
def foreign(tmp_path: Path) -> Iterator[Json]:
    """Where another process serves a tenant."""
    ready = tmp_path / "ready.json"
    size = ["--size", "people=6,locations=2,workspaces=2,features=2", "--seed", "5"]
    command = [sys.executable, "-m", "reconciler", "simulate", *size, "--ready-file", str(ready)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def state(foreign: Json) -> Json:
    with urllib.request.urlopen(f"{foreign['control_url']}/state") as answer:
        found: Json = json.load(answer)
    return found


def suite(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rs", str(HERE), *arguments]
    environment = {**os.environ, VARIABLE: str(file)}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100)


def described(foreign: Json, org: str, *more: str) -> str:
    access = [f"WEBEX_API_URL={foreign['base_url']}", f"WEBEX_ACCESS_TOKEN={foreign['token']}"]
    return "\n".join([*access, f"SANDBOX_ORG_ID={org}", *more])


def test_s23_the_same_suite_runs_on_a_tenant_that_one_variable_names(foreign: Json, tmp_path: Path) -> None:
    """Nothing is skipped but what is about the variable; what was there is as it was, and nothing was added to it."""
    before, file = state(foreign), tmp_path / "sandbox.env"
    writes = ("SANDBOX_WRITES=yes", 'SANDBOX_LOCATION="Site 002"', "SANDBOX_EMAIL_DOMAIN=example.com")
    file.write_text(described(foreign, before["org"]["id"], *writes))
    done = suite(file)
    assert done.returncode == 0, done.stdout
    assert PREFIX in done.stdout, "what is about to be written is shown"
    skipped = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED")]
    assert len(skipped) > 0 and all("test_variable.py" in line for line in skipped)
    after = state(foreign)
    assert [name for name in before if before[name] != after[name]] == ["sequence"]
    touched = {event["targetName"] for event in after["audit_events"]}
    assert touched == {"Reconcile Sandbox", *(name for name in touched if name.startswith(PREFIX))}


def test_s23_another_organisation_than_the_marked_one_is_refused(exported: Place) -> None:
    other = replace(exported.sandbox, org_id="11111111-2222-4333-8444-555555555555")
    marked(exported)
    with pytest.raises(NoSandbox, match="SANDBOX_ORG_ID is 11111111"):
        marked(Place(other, exported.root))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (None, "there is no"),
        ("WEBEX_ACCESS_TOKEN=x", "does not say that its tenant is a sandbox"),
        ("SANDBOX_ORG_ID=", "does not say that its tenant is a sandbox"),
        ("SANDBOX_ORG_ID=1\nSANDBOX_WRITES=perhaps", "yes or no"),
        ("SANDBOX_ORG_ID=1\nSANDBOX_WRITES=yes", "SANDBOX_LOCATION and SANDBOX_EMAIL_DOMAIN"),
    ],
)
def test_what_names_no_sandbox(tmp_path: Path, text: str | None, why: str) -> None:
    if text is not None:
        (tmp_path / ".env").write_text(text)
    with pytest.raises(NoSandbox, match=why):
        load(str(tmp_path))


def test_nothing_is_written_without_the_second_word(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SANDBOX_ORG_ID=1\nSANDBOX_LOCATION=Here\nSANDBOX_EMAIL_DOMAIN=example.com")
    assert load(str(tmp_path)).location == "" and load(str(tmp_path)).host == "webexapis.com"


def test_only_the_named_host_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the addresses of its name, and only as long as the suite runs."""
    known = {"sandbox.example": "203.0.113.5", "other.example": "203.0.113.6"}
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda name, *rest, **named: [(2, 1, 6, "", (known[name], rest[0] if rest else 0))]
    )
    with let_in("sandbox.example"):
        for name in known:
            socket.getaddrinfo(name, 443)
        assert {"203.0.113.5"} == REACHABLE
    assert set() == REACHABLE
    with pytest.raises(AssertionError, match=r"203\.0\.113\.5"), socket.socket() as one:
        one.connect(("203.0.113.5", 443))
