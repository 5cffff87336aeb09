"""An export that was cut off goes on where it was, and ends as if nothing had happened."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.app import run
from reconciler.errors import ApiError, Exit, LockedError, RefusedError
from reconciler.inventory import spool as spools
from reconciler.inventory.spool_file import entry_of, line_of
from reconciler.simulator import Simulator
from tests.inventory.repository import Repo

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ORG = "5d1c3c50-7a3e-4a53-9a0e-2f3a8a1f7c11"
#: A process of its own that ends itself by a signal when the nth answer arrives, before anything is made of it.
_CUT = """
import os, sys
from reconciler.webex import session
last, signal = (int(word) for word in sys.argv[1:3])
answers, attempt = 0, session.Session._attempt
async def cut(self, *arguments):
    global answers
    answer = await attempt(self, *arguments)
    answers += 1
    if answers == last:
        os.kill(os.getpid(), signal)
    return answer
session.Session._attempt = cut
sys.argv[:3] = ["reconcile"]
from reconciler.cli import entry
entry()
"""


@pytest.fixture
def repo(full: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    monkeypatch.setenv("WEBEX_API_URL", full.base_url)
    monkeypatch.setenv("WEBEX_ACCESS_TOKEN", full.token)
    (tmp_path / "repo").mkdir()
    return Repo(tmp_path / "repo", full)


@pytest.fixture(scope="module")
def expected(furnished_state: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bytes of an export that nobody cut off; its organisation has the name of the folder."""
    with Simulator(furnished_state) as server:
        root = tmp_path_factory.mktemp("uncut") / "repo"
        root.mkdir()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("WEBEX_API_URL", server.base_url)
            patch.setenv("WEBEX_ACCESS_TOKEN", server.token)
            assert run(["export", "-C", str(root), "-q"]) == 0
        return Repo(root, server).files()


def export(repo: Repo, *arguments: str) -> int:
    repo.server.reset_requests()
    code = run(["export", "-C", str(repo.root), "-q", *arguments])
    repo.log = tuple(repo.server.log())
    return code


def cut(repo: Repo, answers: int, by: signal.Signals, *arguments: str) -> subprocess.CompletedProcess[str]:
    repo.server.reset_requests()
    command = [sys.executable, "-c", _CUT, str(answers), str(int(by)), "export", "-C", str(repo.root), "-q", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60)
    repo.log = tuple(repo.server.log())
    return done


def begun(root: Path) -> spools.Spool:
    spool = spools.begin(root, ORG, {}, NOW)
    assert spool is not None
    return spool


@pytest.fixture(scope="module")
def cut_off(furnished_state: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is left of an export that was killed after 200 answers."""
    with Simulator(furnished_state) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("WEBEX_API_URL", server.base_url)
        patch.setenv("WEBEX_ACCESS_TOKEN", server.token)
        repo = Repo(tmp_path_factory.mktemp("cut") / "repo", server)
        repo.root.mkdir()
        assert cut(repo, 200, signal.SIGKILL).returncode == -signal.SIGKILL
        return repo.root


@pytest.fixture
def cut_repo(repo: Repo, cut_off: Path) -> Repo:
    shutil.copytree(cut_off, repo.root, dirs_exist_ok=True)
    return repo


def spool_of(repo: Repo) -> Path:
    (path,) = (repo.root / ".reconcile" / "export").glob("*.jsonl")
    return path


@pytest.mark.parametrize(("answers", "workers"), [(20, 1), (215, 8), (425, 8)])
def test_s10_killed_anywhere_it_resumes_to_the_same_bytes(
    repo: Repo, expected: dict[str, bytes], answers: int, workers: int
) -> None:
    """What is kept says the same when it is read again: every name behind an id is what it would have been (S10)."""
    assert cut(repo, answers, signal.SIGKILL, "--workers", str(workers)).returncode == -signal.SIGKILL
    assert not repo.state.exists()
    first = repo.log
    assert export(repo, "--resume") == 0
    assert repo.files() == expected
    # nothing that was read is read again, but what was on its way, the token's checks, and the lists that had no end
    details = [{entry["path"] for entry in log if "{" in entry["route"]} for log in (first, repo.log)]
    assert len(details[0] & details[1] - {"/v1/people/me"}) <= workers + 2
    again = len(first) + len(repo.log) - 437
    assert again <= 12 + 2 * workers + 2
    assert not list((repo.root / ".reconcile" / "export").iterdir())


def test_ctrl_c_says_how_to_go_on(repo: Repo, expected: dict[str, bytes]) -> None:
    """And what it says works as it stands."""
    done = cut(repo, 300, signal.SIGINT)
    assert done.returncode == Exit.INTERRUPTED
    assert "Traceback" not in done.stderr
    (hint,) = [line.strip() for line in done.stderr.splitlines() if "--resume" in line]
    assert shlex.split(hint)[:3] == ["reconcile", "export", "--resume"]
    assert run(shlex.split(hint)[1:]) == 0
    assert repo.files() == expected


def test_the_hint_has_the_selection_and_no_token(
    repo: Repo, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WEBEX_ACCESS_TOKEN")
    repo.server.faults([{"match": {"route": "/people/{personId}/features/voicemail"}, "nth": 3, "do": {"status": 401}}])
    selected = ["--kind", "person.voicemail", "--location", "London HQ", "--token", repo.server.token]
    assert export(repo, *selected) == Exit.AUTH
    told = capfd.readouterr().err
    assert f"--resume -C {repo.root} --kind person.voicemail --location 'London HQ'" in told
    assert repo.server.token not in told
    assert export(repo, "--resume", *selected) == 0
    assert repo.routes["GET /people/{personId}/features/voicemail"] > 0
    assert repo.routes["GET /people"] == 1  # the preflight's


def test_a_torn_last_line_is_no_harm(cut_repo: Repo, expected: dict[str, bytes]) -> None:
    path = spool_of(cut_repo)
    data = path.read_bytes()
    path.write_bytes(data[: data.rindex(b"\n", 0, -1) + 30])
    assert export(cut_repo, "--resume") == 0
    assert cut_repo.files() == expected


def test_what_is_kept_is_for_its_owner_alone_and_holds_no_token(cut_off: Path) -> None:
    (path,) = (cut_off / ".reconcile" / "export").glob("*.jsonl")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.stat().st_size > 10_000 and b"simulated-" not in path.read_bytes()
    assert (cut_off / ".reconcile" / ".gitignore").read_text() == "*\n"


@pytest.mark.usefixtures("no_pauses")
def test_what_failed_can_be_read_alone(repo: Repo, expected: dict[str, bytes]) -> None:
    """An incomplete export keeps what it has; the next one asks for what is missing."""
    route = "/telephony/config/locations/{locationId}/huntGroups/{huntGroupId}"
    repo.server.faults([{"match": {"route": route}, "nth": 2, "times": 1, "do": {"status": 400}}])
    assert export(repo) == 7
    repo.server.no_faults()
    assert export(repo, "--resume") == 0
    assert repo.files() == expected
    assert repo.routes[f"GET {route}"] == 1
    assert repo.routes["GET /people/{personId}/features/voicemail"] == 0


def test_without_resume_it_begins_anew_and_says_so(cut_repo: Repo, capfd: pytest.CaptureFixture[str]) -> None:
    assert export(cut_repo, "--kind", "trunk") == 0
    assert "is thrown away" in capfd.readouterr().err
    assert export(cut_repo, "--resume") == Exit.ERROR
    assert "there is no interrupted export" in capfd.readouterr().err


def test_s10_no_cache_leaves_nothing(repo: Repo, capfd: pytest.CaptureFixture[str]) -> None:
    """No file beside the snapshot, not even of an export that was cut off; and the same snapshot as with it."""
    cut_off = {"match": {"route": "/people/{personId}/features/voicemail"}, "nth": 3, "do": {"status": 401}}
    for options, kept in (([], 1), (["--no-cache"], 0)):
        repo.server.faults([cut_off])
        shutil.rmtree(repo.root / ".reconcile", ignore_errors=True)
        assert export(repo, "--kind", "person.voicemail", *options) == Exit.AUTH
        assert len(list((repo.root / ".reconcile").rglob("export/*.jsonl"))) == kept
        assert ("--resume" in capfd.readouterr().err) == bool(kept)
    repo.server.no_faults()
    assert export(repo, "--kind", "trunk", "--no-cache") == 0
    left = {path.name for path in (repo.root / ".reconcile").rglob("*.json*")}
    assert left <= {"state-taken.json"}  # when it was taken: no answer of the tenant
    with_it = repo.files()
    assert export(repo, "--kind", "trunk") == 0
    assert repo.files() == with_it
    assert export(repo, "--kind", "trunk", "--no-cache", "--resume") == Exit.USAGE


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"selection": {"managed": ["person"]}}, "another selection"),
        ({"version": "0.0.1"}, "another version of this tool"),
        ({"org": "5d1c3c50-7a3e-4a53-9a0e-2f3a8a1f7c99"}, "another organisation"),
        ({"format": 0}, "not what an export leaves"),
        ({"began": (NOW - timedelta(hours=7)).isoformat()}, "7.0 hours old"),
    ],
)
def test_it_goes_on_only_with_what_is_its_own(tmp_path: Path, changed: dict[str, Any], words: str) -> None:
    made = begun(tmp_path)
    made.close()
    head = entry_of(made.path.read_bytes())
    made.path.write_bytes(line_of({**head, **changed}))
    with pytest.raises(RefusedError, match=words) as refused:
        spools.resume(tmp_path, ORG, {}, NOW, timedelta(hours=6))
    assert refused.value.do and "without --resume" in refused.value.do
    assert made.path.exists()


def test_a_damaged_middle_is_refused_with_its_line(tmp_path: Path) -> None:
    made = begun(tmp_path)
    made.keep("/a", {})
    made.close()
    data = made.path.read_bytes()
    made.path.write_bytes(data[:-5] + b"\n" + data)
    with pytest.raises(RefusedError, match="damaged") as refused:
        spools.resume(tmp_path, ORG, {}, NOW, timedelta(hours=6))
    assert refused.value.where.endswith(":2")


def test_two_at_once_do_not_share_it(tmp_path: Path) -> None:
    first = begun(tmp_path)
    with pytest.raises(LockedError):
        spools.begin(tmp_path, ORG, {}, NOW)
    first.close()
    begun(tmp_path).close()


def test_a_folder_that_cannot_be_written_costs_only_the_resumption(
    repo: Repo, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is said before anything is asked; who wants to go on with what was read is told so at once."""
    (repo.root / ".reconcile").write_text("in the way")
    assert export(repo, "--kind", "trunk") == 0
    assert "nothing can be kept" in capfd.readouterr().err
    assert repo.state.exists()
    assert export(repo, "--kind", "trunk", "--resume") == Exit.ERROR
    assert "nothing that was read can be opened" in capfd.readouterr().err and not repo.log


_TEXT = st.text(max_size=5)
_DOCUMENT = st.dictionaries(_TEXT, _TEXT | st.integers() | st.none() | st.lists(_TEXT), max_size=3)


@given(documents=st.dictionaries(_TEXT, _DOCUMENT, max_size=5), pages=st.lists(st.lists(_DOCUMENT, max_size=2)),
       torn=st.integers(1, 200))  # fmt: skip
def test_what_is_there_is_what_was_kept(
    tmp_path: Path, documents: dict[str, Any], pages: list[list[dict[str, Any]]], torn: int
) -> None:
    """However much of the end is lost: a document comes back as it was or not at all, a list whole or not at all."""
    made = begun(tmp_path)
    head = made.path.stat().st_size
    for name, document in documents.items():
        made.keep(f"document {name}", document)
    made.keep_refusal("refused", ApiError(404, "no such thing", code="4003"))
    for number, page in enumerate(pages):
        made.keep_page("list", number, page, last=number == len(pages) - 1)
    made.close()
    size = made.path.stat().st_size
    for length in (size, max(head, size - torn)):
        os.truncate(made.path, length)
        again = spools.resume(tmp_path, ORG, {}, NOW, timedelta(hours=6))
        for name, document in documents.items():
            try:
                assert again.document(f"document {name}") == document
            except LookupError:
                assert length < size
        try:
            assert list(again.rows("list")) == [row for page in pages for row in page]
        except LookupError:
            assert length < size or not pages
        try:
            again.document("refused")
        except ApiError as error:
            assert (error.status, error.code, error.message) == (404, "4003", "no such thing")
        except LookupError:
            assert length < size
        again.close()
