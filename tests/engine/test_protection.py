"""G15: what was protected stays protected until a change of its own has lifted it. Real git, real files."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from reconciler import pipeline
from reconciler.errors import RefusedError
from reconciler.model.plan import Plan
from reconciler.repository.local import protection
from tests.support.live import Live

NOAH = "noah.tanaka@example.com"
ADDRESS = f"person/{NOAH}"
DELETE = {"people": [{"email": NOAH, "state": "absent"}]}
KEEP = {"people": [{"email": NOAH, "first_name": "Noah"}]}


class Repo:
    """A repository around a Live, driven by the git of this machine."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, at: Path | None = None) -> str:
        author = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@example.com", "GIT_COMMITTER_NAME": "t",
                  "GIT_COMMITTER_EMAIL": "t@example.com", "GIT_CONFIG_GLOBAL": os.devnull}  # fmt: skip
        command = ["git", "-C", str(at or self.live.root), *arguments]
        done = subprocess.run(command, env={**os.environ, **author}, capture_output=True, text=True, check=True)
        return done.stdout

    def commit(self, desired: dict[str, object], protect: list[str], message: str = "c") -> None:
        self.live.describe(desired, protect=protect)
        self.git("add", "desired")
        self.git("commit", "-q", "-m", message)


@pytest.fixture
def repo(live: Live) -> Repo:
    made = Repo(live)
    made.commit(KEEP, [ADDRESS], "protected")
    return made


def why(plan: Plan) -> str:
    """Why the delete is blocked; empty when it is not."""
    (change,) = plan.changes
    assert change.action == "delete"
    return next((finding.why for finding in plan.findings if not finding.lifted), "")


def test_g15_removing_the_block_lifts_nothing(repo: Repo) -> None:
    """Not the resource's block: absence deletes nothing. Not the entry either, in the change that deletes."""
    repo.live.describe({"people": [{"email": "mei.ramirez@example.com", "first_name": "Mei"}]}, protect=[])
    assert not [change for change in repo.live.plan().changes if change.action == "delete"]
    repo.live.describe(DELETE, protect=[])
    plan = repo.live.plan()
    assert "of commit" in why(plan) and "in the same change lifts nothing" in why(plan)
    with pytest.raises(RefusedError):
        repo.live.apply(plan)
    assert repo.live.writes() == {}


def test_g15_not_when_it_is_committed_either(repo: Repo) -> None:
    """As after a merge, or a squash of the pull request: the commit before is what was there."""
    repo.commit(DELETE, [])
    assert why(repo.live.plan())


def test_g15_nor_on_a_branch_of_several_commits(repo: Repo) -> None:
    repo.git("checkout", "-q", "-b", "change")
    repo.commit(KEEP, [], "lift it")
    repo.commit(DELETE, [], "and delete")
    assert why(repo.live.plan()), "the branch left the main line where it was protected"
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "change")
    assert why(repo.live.plan()), "and the merge follows that commit"


def test_g15_a_change_of_its_own_lifts_it(repo: Repo) -> None:
    repo.commit(KEEP, [], "lift it")
    repo.commit(DELETE, [], "then delete")
    assert why(repo.live.plan()) == ""


def test_g15_lifted_by_name_it_is_deleted(repo: Repo) -> None:
    repo.live.describe(DELETE, protect=[ADDRESS])
    plan = repo.live.plan(lift=[f"protected:{ADDRESS}"])
    assert why(plan) == "" and plan.overrides == [f"protected:{ADDRESS}"]
    assert [str(outcome.verdict) for outcome in repo.live.apply(plan).outcomes] == ["verified"]


def test_g15_the_same_without_the_tenant(repo: Repo) -> None:
    repo.live.remember()
    repo.live.describe(DELETE, protect=[])
    assert why(pipeline.plan_offline(repo.live.root)) == why(repo.live.plan()) != ""


def test_a_clone_that_is_too_shallow_is_not_let_pass(repo: Repo, tmp_path: Path) -> None:
    """`actions/checkout` fetches one commit unless it is told otherwise."""
    repo.commit(DELETE, [], "lift and delete")
    shallow = tmp_path / "shallow"
    repo.git("clone", "-q", "--depth", "1", repo.live.root.as_uri(), str(shallow), at=tmp_path)
    repo.live.root = shallow
    assert "this clone is shallow" in why(repo.live.plan())
    repo.git("fetch", "-q", "--depth", "2", "origin", "main")
    assert "in the same change lifts nothing" in why(repo.live.plan())


def test_without_git_the_last_apply_tells(live: Live) -> None:
    live.describe(KEEP, protect=[ADDRESS])
    live.apply(live.plan()) if live.plan().operations else protection.remember(live.root)
    live.describe(DELETE, protect=[])
    assert "as last applied here" in why(live.plan())
    live.describe(KEEP, protect=[])
    pipeline.nothing_to_apply(live.root, live.plan())
    live.describe(DELETE, protect=[])
    assert why(live.plan()) == ""


def test_a_file_that_nobody_could_plan_with_lifts_nothing(repo: Repo) -> None:
    (repo.live.root / "desired" / "tenant.yaml").write_text("protect: [", encoding="utf-8")
    repo.git("commit", "-qam", "broken")
    repo.commit(DELETE, [], "mended")
    assert why(repo.live.plan())


def test_the_admin_is_known_when_it_is_applied(live: Live) -> None:
    """A plan without the tenant does not know whose token will carry it out; the run does, and asks nothing else."""
    live.remember()
    live.describe({"people": [{"email": "amelia.ashford@example.com", "state": "absent"}]})
    assert [finding.rule for finding in live.plan().findings] == ["own-admin"]
    plan = pipeline.plan_offline(live.root)
    assert plan.findings == [] and plan.operations
    live.forget()
    with pytest.raises(RefusedError, match="lock out the admin whose token is used"):
        live.apply(plan)
    assert live.requests() == {} and not (live.root / "state" / "runs").exists()
