"""From which commit the desired files are, and whether they are as that commit has them.

    desired/ is                                       a plan says
    ------------------------------------------------  ------------------
    as HEAD has it, whatever else was changed         `COMMIT`
    otherwise: edited, new, ignored, renamed, gone    `COMMIT+modified`
    in a repository that git cannot be asked about    `COMMIT+unchecked`
    in none, or in one without a commit               nothing

Every file that a plan is made from counts, and no other: the suffixes and names of repository/desired/files.py. What
was used is told by the digest that stands beside it in the plan.
"""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import ReconcileError, RefusedError
from reconciler.model.history import MODIFIED, UNCHECKED
from reconciler.model.plan import Plan
from reconciler.repository import git
from reconciler.repository.desired import files

_SAID = 10
_COMMIT = "commit them (git add --force desired; git commit), or take the change back; ignored files count"


def commit(root: Path) -> str:
    """What a plan that is made here and now says of its origin: see above."""
    head = git.head(root)
    if not head:
        return ""
    try:
        return f"{head}{MODIFIED}" if modified(root) else head
    except ReconcileError:
        return f"{head}{UNCHECKED}"


def modified(root: Path) -> list[str]:
    """The desired files that are not as HEAD has them, and those that HEAD has and that are gone. ReconcileError where
    git cannot say."""
    return git.differing(root, "desired", [files.SETTINGS[0], *files.names(root)], files.counts)


def refuse_modified(root: Path) -> None:
    """RefusedError where what is planned from here would be in no commit (`--require-clean`)."""
    if not git.head(root):
        raise RefusedError(
            "no commit has the desired files, and --require-clean asks for one",
            where=str(root),
            why="this is no git repository, or nothing is committed in it yet",
            do="git init; git add desired; git commit; or do without --require-clean",
        )
    try:
        names = modified(root)
    except RefusedError:
        raise
    except ReconcileError as error:
        raise RefusedError(
            "nobody can tell whether the desired files are committed, and --require-clean asks for it",
            where=error.where or str(root),
            why=f"{error.what}{f': {error.why}' if error.why else ''}",
            do=error.do or "see that git status works here",
        ) from None
    if names:
        more = [f"{len(names) - _SAID} more"] if len(names) > _SAID else []
        raise RefusedError(
            "the desired files are not those of the commit, and --require-clean asks for that",
            where=names[0],
            why=f"not as {git.head(root)[:7]} has them: {', '.join([*names[:_SAID], *more])}",
            do=_COMMIT,
        )


def refuse_made_elsewhere(plan: Plan) -> None:
    """RefusedError where a saved plan was made from files that no commit has, though they may be committed by now: the
    run would say so for ever."""
    if plan.commit.endswith((MODIFIED, UNCHECKED)) or not plan.commit:
        raise RefusedError(
            "this plan names no commit that has what it was made from, and --require-clean asks for one",
            where=f"desired {plan.origin}" if plan.commit else "",
            why=f"the files it was made from have the digest {plan.desired[:12]}",
            do="commit, then plan again: reconcile plan --require-clean --out plan.json",
        )
