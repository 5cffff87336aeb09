"""The table of exit codes, one test a row (G20)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.errors import Exit
from reconciler.runs import lock
from reconciler.simulator import Simulator
from tests.cli.conftest import Result

Reconcile = Callable[..., Result]


def _capacity(repo: Path, value: int) -> None:
    file = repo / "desired" / "london-hq" / "workspaces.yaml"
    file.write_text(file.read_text().replace("capacity: 4", f"capacity: {value}", 1))


def test_g20_every_code_has_its_test() -> None:
    named = {int(name.split("_")[1]) for name in globals() if name.startswith("test_") and name[5].isdecimal()}
    assert named == {int(code) for code in Exit}


def test_0_nothing_to_do(sim: Simulator, reconcile: Reconcile) -> None:
    assert reconcile("plan", "--detailed-exitcode").code == 0
    assert reconcile("apply", "--yes").code == 0
    assert reconcile("verify").code == 0


def test_0_applied(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    _capacity(repo, 6)
    assert reconcile("plan").code == 0
    assert reconcile("apply", "--yes").code == 0


def test_1_error(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    (repo / "desired" / "bad.yaml").write_text("people: 3\n")
    assert reconcile("plan").code == 1


def test_2_changes_pending(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    _capacity(repo, 6)
    assert reconcile("plan", "--detailed-exitcode").code == 2
    assert reconcile("export").code == 0
    assert reconcile("plan", "--detailed-exitcode", "--offline").code == 2
    assert reconcile("verify").code == 2


def test_3_applied_in_part(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    """The tenant refuses one of the two."""
    _capacity(repo, 6)
    (repo / "desired" / "new.yaml").write_text(
        "people:\n  - {email: new@example.com, first_name: New, licenses: [Messaging]}\n"
    )
    sim.faults([{"match": {"method": "POST", "route": "/people"}, "do": {"status": 400, "body": {"message": "no"}}}])
    result = reconcile("apply", "--yes")
    assert result.code == 3
    assert "person/new@example.com" in result.out
    assert "verified    1" in result.out


def test_4_not_confirmed(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    _capacity(repo, 6)
    result = reconcile("apply")
    assert result.code == 4
    assert f"reconcile apply --approve {result.digest}" in result.err
    assert set(sim.requests()["by_method"]) == {"GET"}


def test_4_guard(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    (repo / "desired" / "gone.yaml").write_text("locations:\n  - {name: Ghost, state: absent}\n")
    assert reconcile("plan").code == 0
    london = repo / "desired" / "london-hq" / "location.yaml"
    london.write_text(london.read_text().replace('range: ["+442079460000"', 'range: ["+442079460001"'))
    (repo / "desired" / "gone.yaml").write_text("numbers:\n  - {number: '+442079460000', state: absent}\n")
    assert reconcile("plan").code == 4
    result = reconcile("apply", "--yes")
    assert result.code == 4
    assert "main number" in result.out
    assert set(sim.requests()["by_method"]) == {"GET"}


def test_5_stale(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    """Another admin changed the same field after the plan: their edit is not overwritten."""
    _capacity(repo, 6)
    plan = repo / "plan.json"
    assert reconcile("plan", "--out", str(plan)).code == 0
    room = next(w for w in sim.state()["workspaces"] if w.get("capacity") == 4)
    identity = f"ciscospark://urn:TEAM:us-west-2_r/PLACE/{room['id']}"
    import base64

    path = f"/workspaces/{base64.urlsafe_b64encode(identity.encode()).decode()}"
    sim.edit("PUT", path, {"displayName": room["displayName"], "capacity": 9})
    sim.reset_requests()
    result = reconcile("apply", str(plan), "--yes")
    assert result.code == 5, result.out + result.err
    assert set(sim.requests()["by_method"]) == {"GET"}


def test_6_locked(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    _capacity(repo, 6)
    with lock.one_run(repo, "another"):
        result = reconcile("apply", "--yes")
    assert result.code == 6
    assert "another run is applying" in result.err and str(os.getpid()) in result.err
    assert reconcile("apply", "--yes").code == 0


def test_7_incomplete_snapshot(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    """A snapshot whose list of people is not proven complete suppresses deletes, and says so."""
    manifest = repo / "state" / "manifest.json"
    text = manifest.read_text()
    import json

    data = json.loads(text)
    data["kinds"]["person"]["complete"] = "HTTP 503"
    manifest.write_text(json.dumps(data))
    somebody = next(iter((repo / "state" / "person").glob("london*.jsonl"))).read_text().splitlines()[0]
    email = json.loads(somebody)["address"].partition("/")[2]
    for file in (repo / "desired").rglob("people.*"):
        file.unlink()
    (repo / "desired" / "gone.yaml").write_text(f"people:\n  - {{email: {email}, state: absent}}\n")
    result = reconcile("plan", "--offline")
    assert result.code == 7
    assert "not proven complete" in result.out


def test_64_usage(reconcile: Reconcile) -> None:
    wrong = reconcile("plan", "--nosuch")
    assert wrong.code == 64 and wrong.err.endswith("do: see reconcile plan --help\n")


def test_75_try_later(repo: Path, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBEX_API_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "any")
    assert reconcile("verify").code == 75


def test_77_token(sim: Simulator, reconcile: Reconcile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", "wrong")
    assert reconcile("export").code == 77


@pytest.mark.parametrize("presses", [1, 2])
def test_130_interrupted(repo: Path, monkeypatch: pytest.MonkeyPatch, presses: int) -> None:
    """The first Ctrl-C lets what runs end, starts nothing new, and leaves a summary; the second stops at once. Both
    say how it goes on."""
    from reconciler.simulator import sample_tenant

    for number in range(20):
        (repo / "desired" / f"new{number}.yaml").write_text(
            f"people:\n  - {{email: new{number}@example.com, first_name: New, licenses: [Messaging]}}\n"
        )
    with Simulator(sample_tenant(), latency=0.1) as slow:
        monkeypatch.setenv("WEBEX_API_URL", slow.base_url)
        monkeypatch.setenv("WEBEX_ACCESS_TOKEN", slow.token)
        command = [sys.executable, "-m", "reconciler", "apply", "-C", str(repo), "--yes", "--workers", "1"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("[1/"):
                process.send_signal(signal.SIGINT)
            if "again to stop at once" in line:
                break
        if presses == 2:
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    (run,) = (repo / "state" / "runs").iterdir()
    assert process.returncode == 130 and f"next: reconcile resume {run.name}" in out + err
    if presses == 1:
        assert "interrupted before it began" in out and (run / "summary.json").is_file()
    else:
        assert "what was under way is in doubt" in err


def test_a_selection_counts_what_it_compares(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    """`verify` of a part says how much that was; a pattern that matches nothing proves nothing."""
    _capacity(repo, 6)
    assert reconcile("verify").code == 2
    part = reconcile("verify", "--exclude", "workspace/*")
    assert (part.code, part.out) == (0, "verified: 363 of 363 managed resources are as desired\n")
    for verb in ("verify", "plan"):
        assert reconcile(verb, "--target", "nope/*").code == 64
        assert reconcile(verb, "--exclude", "*").code == 64
    assert reconcile("plan", "--offline", "--target", "nope/*").code == 64
    one = reconcile("plan", "--target", "workspace/Board Room")
    assert "of 1 managed resource" in one.out


def test_what_is_excluded_stays_out(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    (repo / "desired" / "new.yaml").write_text(
        "numbers:\n  - {number: '+442079460150', location: London HQ, state: inactive}\n"
        "people:\n  - {email: nn@example.com, first_name: N, location: London HQ, extension: '0555',"
        " phone_number: '+442079460150', licenses: [Webex Calling - Professional]}\n"
    )
    assert "+ number/+442079460150" in reconcile("plan", "--target", "person/nn@example.com").out
    result = reconcile("plan", "--exclude", "number/*")
    assert result.code == 4
    assert "needs number/+442079460150, which --exclude leaves out" in result.out
    assert reconcile("apply", "--yes", "--exclude", "number/*").code == 4
    assert set(sim.requests()["by_method"]) == {"GET"}


def test_a_move_that_would_leave_its_number_behind_is_blocked(repo: Path, sim: Simulator, reconcile: Reconcile) -> None:
    """The number goes along, so the file that still describes it at the old place has to change with it."""
    people = repo / "desired" / "london-hq" / "people.yaml"
    moved = people.read_text().replace(
        '    location: London HQ\n    extension: "0148"', '    location: Manchester\n    extension: "0148"'
    )
    assert moved != people.read_text()
    people.write_text(moved)
    for mode in ([], ["--offline"]):
        result = reconcile("plan", *mode)
        assert result.code == 4
        assert "number/+442079460026 moves along, but desired/london-hq/location.yaml" in result.out
    location = repo / "desired" / "london-hq" / "location.yaml"
    first, last = '["+442079460000", "+442079460089"]', '["+442079460027", "+442079460089"]'
    location.write_text(
        location.read_text().replace(
            f"{{range: {first}, state: active}}",
            f'{{range: {last}, state: active}}\n      - {{range: ["+442079460000", "+442079460025"], state: active}}',
        )
    )
    manchester = repo / "desired" / "manchester" / "location.yaml"
    manchester.write_text(manchester.read_text() + '      - {number: "+442079460026", state: active}\n')
    applied = reconcile("apply", "--approve", reconcile("plan").digest)
    assert applied.code == 0, applied.out
    assert reconcile("plan", "--detailed-exitcode").code == 0


def test_a_closed_output_is_no_success(repo: Path, sim: Simulator) -> None:
    _capacity(repo, 6)
    command = f'set -o pipefail; "{sys.executable}" -m reconciler apply -C "{repo}" --yes | true'
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode != 0 or sim.requests()["by_method"].get("PUT") == 1
    command = f'"{sys.executable}" -m reconciler apply -C "{repo}" --yes 2> >(true)'
    assert subprocess.run(["bash", "-c", command], capture_output=True, check=False).returncode == 0
    assert sim.requests()["by_method"]["PUT"] == 1


def test_a_token_that_dies_ends_the_run(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reconciler.simulator import sample_tenant

    for number in range(20):
        (repo / "desired" / f"new{number}.yaml").write_text(
            f"people:\n  - {{email: new{number}@example.com, first_name: New, licenses: [Messaging]}}\n"
        )
    with Simulator(sample_tenant(), latency=0.05) as slow:
        monkeypatch.setenv("WEBEX_API_URL", slow.base_url)
        monkeypatch.setenv("WEBEX_ACCESS_TOKEN", slow.token)
        command = [sys.executable, "-m", "reconciler", "apply", "-C", str(repo), "--yes", "--workers", "1"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("[2/"):
                slow.expire_tokens()
                break
        out, err = process.communicate(timeout=60)
    assert process.returncode == 77, err
    assert "not tried: the token is missing, expired or not valid" in out
    assert slow.requests()["status"].get("401", 0) <= 2
