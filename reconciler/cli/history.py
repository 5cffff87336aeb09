"""`reconcile history`: snapshots of other days."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from reconciler.cli.options import Repository, colored
from reconciler.errors import Exit, ReconcileError, RefusedError, UsageError

if TYPE_CHECKING:
    from reconciler.model.history import Kept
    from reconciler.report.history import Page
    from reconciler.repository.git import Past

Output = Literal["text", "json", "markdown", "md"]
OutputOption = Annotated[Output, Parameter(name=["-o", "--output"])]
#: Where dated copies lie unless another folder is named.
COPIES = Path("snapshots")
_NOT_WHOLE = "the history here is not whole: git fetch --unshallow"

history = App(name="history", help="Compare snapshots of other days; say since when a value is there.")


@history.command(name="list")
def list_(
    *,
    output: OutputOption = "text",
    most: Annotated[int, Parameter(name="--most")] = 20,
    dated: Annotated[Path, Parameter(name="--dated")] = COPIES,
    repository: Repository = Repository(),
) -> int:
    """List the snapshots in git's history of state/ and in dated copies, with what changed, and the runs of apply.

    Exit codes: 0 listed; a snapshot that is damaged or of another organisation is named in its place.

    Parameters
    ----------
    output
        How to print.
    most
        How many of each to list.
    dated
        The folder with dated copies (`reconcile export --dated`), relative to the repository.
    """
    from reconciler.history import listing
    from reconciler.report.history import list_json, list_page
    from reconciler.repository import desired

    root, note = repository.root_or_here(), ""
    org, _ = desired.pinned(root)
    if most < 1:
        raise UsageError("--most must be at least 1")
    commits: list[Kept] = []
    with _past(root) as past:
        if isinstance(past, str):
            note = past
        else:
            commits = listing.commits(past, most, org)
            note = _NOT_WHOLE if past.shallow else ""
    found = (commits, listing.copies(root / dated, most, org), listing.runs(root)[:most], note)
    return _print(output, list_page(*found), list_json(*found))


@history.command
def show(commit: str = "HEAD", /, *, output: OutputOption = "text", repository: Repository = Repository()) -> int:
    """Show what one commit of the snapshot changed, and the runs since the one before.

    Exit codes: 0 shown, 1 damaged, or no git, 4 of another organisation, 64 there is no such commit.

    Parameters
    ----------
    commit
        A commit, or anything after it: the last snapshot at or before it is shown.
    output
        How to print.
    """
    from reconciler.drift import Drift
    from reconciler.history import listing
    from reconciler.history.comparing import compare
    from reconciler.history.sides import of_commit, ours
    from reconciler.history.verifying import verified
    from reconciler.report.history import diff_json, diff_page
    from reconciler.repository import desired
    from reconciler.repository.store.layout import same_org

    root = repository.root_or_here()
    with _needed_past(root) as past:
        found = past.find(commit)
        if found is None:
            raise UsageError(f"there is no commit {commit!r}", do="`reconcile history list` shows which there are")
        log = past.log("state/manifest.json", most=2, since=found.id)
        if not log:
            raise UsageError(f"there is no snapshot in {commit} or before it", do="commit state/")
        after = ours(of_commit(past, log[0]), desired.pinned(root)[0])
        before = of_commit(past, log[1]) if len(log) > 1 else None
        if before is not None and not same_org(before.org.get("id", ""), after.org.get("id", "")):
            print("warning: the snapshot before it is of another organisation: nothing to compare", file=sys.stderr)
            before = None
        drift = compare(before, after) if before is not None else Drift(gaps=verified(after, {}).gaps())
        runs = listing.between(listing.runs(root), log[1].at if before else None, log[0].at)
        if len(log) == 1 and past.shallow:
            print(f"warning: {_NOT_WHOLE}", file=sys.stderr)
        told = (drift, before.kept if before else None, after.kept, runs)
        return _print(output, diff_page(*told), diff_json(*told))


@history.command
def diff(
    before: str,
    after: str = "WORKING",
    /,
    *,
    output: OutputOption = "text",
    facts: Annotated[bool, Parameter(name="--facts", negative="")] = False,
    detailed_exitcode: Annotated[bool, Parameter(name="--detailed-exitcode", negative="")] = False,
    repository: Repository = Repository(),
) -> int:
    """Compare two snapshots, address by address and field by field, in a stable order.

    Exit codes: 0 compared (with --detailed-exitcode: and equal), 1 one of them is damaged, 2 they differ (only with
    --detailed-exitcode), 4 one is of another organisation, 64 there is no such snapshot.

    Parameters
    ----------
    before
        A commit, a folder with a snapshot, or WORKING for state/ as it is.
    after
        The same; default: WORKING.
    output
        How to print.
    facts
        Also what follows from other resources, like the owner of a number.
    detailed_exitcode
        Exit 2 when they differ.
    """
    from reconciler.history import listing
    from reconciler.history.comparing import compare
    from reconciler.history.sides import open_side
    from reconciler.report.history import diff_json, diff_page
    from reconciler.repository import desired

    root = repository.root_or_here()
    org, _ = desired.pinned(root)
    with _past(root) as past:
        readable = None if isinstance(past, str) else past
        old, new = open_side(root, readable, before, org), open_side(root, readable, after, org)
        drift = compare(old, new, facts=facts)
        runs = listing.between(listing.runs(root), old.at, new.at) if old.at and new.at else []
        told = (drift, old.kept, new.kept, runs)
        _print(output, diff_page(*told), diff_json(*told))
    return Exit.CHANGES if detailed_exitcode and drift.differences else Exit.OK


@history.command
def blame(address: str, /, *, output: OutputOption = "text", repository: Repository = Repository()) -> int:
    """Say since which commit of the snapshot each field of an address has its value, and which run set it.

    Exit codes: 0 told, 1 damaged, or no git, 4 state/ is of another organisation, 64 there is no such address.

    Parameters
    ----------
    address
        A resource with its sections (person/ana@example.com), or one section (person.forwarding/ana@example.com).
    output
        How to print.
    """
    from reconciler.history.blaming import blame as blamed
    from reconciler.report.history import blame_json, blame_page
    from reconciler.repository import desired

    root = repository.root_or_here()
    with _needed_past(root) as past:
        found = blamed(root, past, address, desired.pinned(root)[0])
        note = _NOT_WHOLE if past.shallow else ""
    return _print(output, blame_page(address, found, note), blame_json(address, found, note))


@history.command
def prune(
    *,
    keep: Annotated[int, Parameter(name="--keep")],
    dated: Annotated[Path, Parameter(name="--dated")] = COPIES,
    yes: Annotated[bool, Parameter(name=["-y", "--yes"], negative="")] = False,
    repository: Repository = Repository(),
) -> int:
    """Remove old run folders and dated copies. Git's history is never touched; runs that were cut off stay.

    Exit codes: 0 done, 4 not confirmed, 6 a run is under way.

    Parameters
    ----------
    keep
        How many of each to keep, the newest.
    dated
        The folder with dated copies, relative to the repository.
    yes
        Do not ask.
    """
    from reconciler.history.retention import prunable, remove
    from reconciler.runs.lock import one_run

    root = repository.root_or_here()
    with one_run(root, "prune"):
        found = prunable(root, root / dated, keep)
        for folder, why in found.stay:
            print(f"kept: {_within(root, folder)}: {why}", file=sys.stderr)
        for folder in found.remove:
            print(_within(root, folder))
        if not found.remove:
            print("nothing to remove", file=sys.stderr)
            return Exit.OK
        if not yes:
            _confirm(len(found.remove))
        remove(found.remove)
    count = len(found.remove)
    print(f"{count} {'folder' if count == 1 else 'folders'} removed", file=sys.stderr)
    return Exit.OK


def _confirm(count: int) -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise RefusedError("not confirmed: there is no terminal to ask on", do="look at the list and give --yes")
    print(f"\nRemove these {count} folders? Only 'yes' will be accepted: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() != "yes":
        raise RefusedError("not confirmed, nothing was removed")


def _within(root: Path, folder: Path) -> str:
    return str(folder.relative_to(root)) if folder.is_relative_to(root) else str(folder)


@contextmanager
def _past(root: Path) -> Iterator[Past | str]:
    """Git's history, or why there is none: snapshots in folders can be compared without."""
    from reconciler.repository import git
    from reconciler.repository.git.command import GitError

    with ExitStack() as stack:
        found: Past | str
        try:
            found = stack.enter_context(git.past(root))
        except RefusedError:
            raise
        except ReconcileError as error:
            found = f"{error.what} ({error.do})" if isinstance(error, GitError) and error.do else error.what
        yield found


@contextmanager
def _needed_past(root: Path) -> Iterator[Past]:
    from reconciler.repository import git

    with git.past(root) as past:
        yield past


def _print(output: Output, page: Page, data: dict[str, Any]) -> int:
    from reconciler.report.history import page_markdown, page_text

    if output == "json":
        text = json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    elif output == "text":
        text = page_text(page, color=colored(sys.stdout))
    else:
        text = page_markdown(page)
    sys.stdout.write(text)
    sys.stdout.flush()
    return Exit.OK
