"""Git as a process that runs nothing but itself.

    not in its environment   WEBEX_* and RECONCILE_* (tokens, keys), and what names another repository
    switched off             hooks, fsmonitor, external diffs, textconv, signatures, pagers, bare layouts
    kept                     the user's and the system's configuration: credential helpers, ssh, filters (LFS)

The repository's own `.git/config` is its owner's, and cannot be committed: its remotes and how to reach them count, the
filters in it do not where reading needs none (`unfiltered`). What a file of the tree says counts nowhere (place.py).
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from reconciler.errors import ReconcileError

#: What says where the repository is, or what to run: `GIT_DIR` of a hook that called us names another one.
_STRAY = frozenset(
    f"GIT_{name}"
    for name in (
        *("DIR", "WORK_TREE", "INDEX_FILE", "COMMON_DIR", "NAMESPACE", "PREFIX", "OBJECT_DIRECTORY", "GRAFT_FILE"),
        *("ALTERNATE_OBJECT_DIRECTORIES", "SHALLOW_FILE", "REPLACE_REF_BASE", "QUARANTINE_PATH", "INTERNAL_GETTEXT_SH"),
        *("EXTERNAL_DIFF", "DIFF_OPTS", "PAGER", "EDITOR", "SEQUENCE_EDITOR", "DEFAULT_HASH", "ATTR_SOURCE"),
        *("GLOB_PATHSPECS", "NOGLOB_PATHSPECS", "ICASE_PATHSPECS", "REDIRECT_STDIN", "REDIRECT_STDOUT"),
    )
)
_SETTINGS = (
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    f"core.hooksPath={os.devnull}",
    "core.pager=cat",
    "log.showSignature=false",
    "i18n.logOutputEncoding=UTF-8",
    "gc.auto=0",
    "maintenance.auto=false",
    "push.gpgSign=false",
)
SECONDS = 60.0
_LONGEST = 400


class GitError(ReconcileError):
    """Git refused, with what it said; `status` is its exit code."""

    status = 0


def arguments(words: Sequence[str], settings: Sequence[str] = ()) -> list[str]:
    """The command line for these words. `settings` are more `name=value`."""
    given = [part for setting in (*_SETTINGS, *settings) for part in ("-c", setting)]
    return ["git", "--no-pager", "--literal-pathspecs", *given, *words]


def environment(ceiling: Path | None = None) -> dict[str, str]:
    """What git may see of ours. It does not look for a repository above the folder `ceiling`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _STRAY and not name.startswith(("WEBEX_", "RECONCILE_", "GIT_TRACE"))
    }
    said = {"LC_ALL": "C", "LANGUAGE": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    return kept | said | ({"GIT_CEILING_DIRECTORIES": str(ceiling)} if ceiling else {})


def run(
    words: Sequence[str],
    folder: Path,
    *,
    data: bytes = b"",
    settings: Sequence[str] = (),
    ceiling: Path | None = None,
    more: dict[str, str] | None = None,
    fails: Sequence[int] = (),
) -> tuple[int, bytes]:
    """Git's exit code and what it wrote to its output. Of other codes than 0 and `fails` a GitError with what was
    wrong, in words that say what to do. `more` is added to its environment."""
    try:
        done = subprocess.run(
            arguments(words, settings),
            cwd=folder,
            env=environment(ceiling) | (more or {}),
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except OSError as error:
        raise missing(error, folder) from None
    except subprocess.TimeoutExpired:
        raise GitError(f"git {words[0]} did not end within {SECONDS:g} s", where=str(folder)) from None
    if done.returncode and done.returncode not in fails:
        raise failed(words[0], done.returncode, done.stderr, folder)
    return done.returncode, done.stdout


def missing(error: OSError, folder: Path) -> ReconcileError:
    """There is no git, it cannot be run, or not in this folder."""
    if not folder.is_dir():
        return GitError("this folder cannot be entered", where=str(folder), why=error.strerror or "")
    return GitError(
        "git cannot be run",
        where=str(folder),
        why=f"{error.filename or 'git'}: {error.strerror or error}",
        do="install git, or put it on PATH",
    )


def failed(word: str, status: int, stderr: bytes, folder: Path) -> GitError:
    """What git said, in our words where it is one of the usual ones."""
    lines = [line.strip() for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    said = "; ".join(line for line in lines if not line.startswith(("hint:", "warning:")))[:_LONGEST]
    error = _usual(said, folder) or GitError(
        "git cannot read the history" if word in _READS else f"git {word} failed",
        where=str(folder),
        why=said.replace("fatal: ", "").replace("error: ", "") or f"it ended with {status}",
        do="git fsck says more",
    )
    error.status = status
    return error


_READS = ("log", "cat-file", "ls-tree", "rev-parse", "merge-base", "rev-list", "config", "hash-object")


def _usual(said: str, folder: Path) -> GitError | None:
    where = str(folder)
    if "dubious ownership" in said or "unsafe repository" in said:
        told = re.search(r"'([^']+)'", said)
        return GitError(
            "git does not read this repository, because it belongs to somebody else",
            where=where,
            why="a repository can say what git runs (safe.directory)",
            do=f"if you trust it: git config --global --add safe.directory {told[1] if told else folder}",
        )
    if "promisor" in said or "could not fetch" in said or "partial clone" in said:
        return GitError(
            "this clone is partial, and what is missing cannot be fetched",
            where=where,
            why=said,
            do="see that its remote can be reached, or clone it whole (without --filter)",
        )
    if "bare repository" in said:
        return GitError(
            "this folder is laid out as a bare git repository", where=where, why=said, do="remove HEAD, objects, refs"
        )
    if "not a git repository" in said:
        return GitError(
            "this is not a git repository", where=where, do="commit state/ in one, or keep `export --dated` copies"
        )
    return None
