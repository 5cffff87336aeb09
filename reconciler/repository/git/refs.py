"""A document under a ref of the remote, put there by compare-and-swap: the push names what it replaces, and the server
refuses it when something else is there by now (`--force-with-lease`). No branch is touched, and no file.

The document is the message of a commit without files and without a parent: some servers refuse blobs.
"""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import ReconcileError
from reconciler.repository.git.checkout import Checkout, needed
from reconciler.repository.git.command import GitError

_NOBODY = {
    f"GIT_{who}_{part}": value
    for who in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "reconcile"), ("EMAIL", "reconcile@localhost"))
}
_PREFERRED = "origin"


class RefStore:
    """One ref of the remote of the repository around `root`. `name` is what people see. GitError where the remote
    cannot be reached."""

    def __init__(self, root: Path, ref: str) -> None:
        self._place: Checkout = needed(root)
        self._ref = ref
        self._remote = _remote(self._place)
        self.name = f"{ref} of {self._remote}"

    def read(self) -> tuple[str, str | None]:
        """What stands for the document that is there, empty for none; and the document, None for something else."""
        said = self._place.ask("ls-remote", "--quiet", "--", self._remote, self._ref).decode("utf-8", "replace")
        token = next((line.split("\t")[0] for line in said.splitlines() if line.endswith(f"\t{self._ref}")), "")
        if not token:
            return "", None
        fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--depth=1")
        if not self._known(token):
            # the id itself is not asked for: not every server gives out what is asked for by id
            self._place.ask(*fetch, "--", self._remote, self._ref)
        if not self._known(token):
            return self.read()  # somebody has put another one there in between
        commit = self._place.ask("cat-file", "commit", token).decode("utf-8", "replace")
        return token, commit.partition("\n\n")[2]

    def swap(self, token: str, document: str) -> str | None:
        """Put the document in the place of the one that `token` stands for; the new token, None where another one is
        there by now. An empty document takes it away."""
        new = self._commit(document) if document else ""
        words = ("push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no")
        try:
            self._place.ask(*words, f"--force-with-lease={self._ref}:{token}", "--", self._remote, f"{new}:{self._ref}")
        except GitError:
            there = self.read()[0]  # where the remote cannot be asked either, that is the error
            if there == new:
                return new  # it was done, and the answer was lost
            if there != token:
                return None
            raise
        return new

    def _commit(self, document: str) -> str:
        tree = self._place.ask("mktree").decode().strip()
        words = ("commit-tree", "--no-gpg-sign", tree)
        return self._place.ask(*words, data=document.encode(), more=_NOBODY).decode().strip()

    def _known(self, token: str) -> bool:
        return self._place.tell("cat-file", "-e", f"{token}^{{commit}}", fails=(1, 128))[0] == 0


def _remote(place: Checkout) -> str:
    """The remote by its name: what is committed chooses none, and no address."""
    names = place.ask("remote").decode("utf-8", "replace").split()
    if _PREFERRED in names or len(names) == 1:
        return _PREFERRED if _PREFERRED in names else names[0]
    raise ReconcileError(
        "this repository has no remote to lock at" if not names else "this repository has several remotes, none origin",
        where=str(place.root),
        do="git remote add origin ADDRESS, or let `lock:` in desired/tenant.yaml name a shared folder",
    )
