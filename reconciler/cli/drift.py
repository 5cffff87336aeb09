"""`reconcile drift`: what changed in git, and what changed in the tenant."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from reconciler.cli.options import Access, Repository, colored
from reconciler.cli.show import save_report
from reconciler.errors import Exit

if TYPE_CHECKING:
    from reconciler.drift.reading import Drifted
    from reconciler.report.drift import About

Output = Literal["text", "json", "markdown", "md"]


def drift(
    *,
    detailed: Annotated[bool, Parameter(name="--detailed", negative="")] = False,
    output: Annotated[Output, Parameter(name=["-o", "--output"])] = "text",
    out: Annotated[Path | None, Parameter(name="--out")] = None,
    everything: Annotated[bool, Parameter(name="--all", negative="")] = False,
    target: Annotated[list[str] | None, Parameter(name="--target", negative="")] = None,
    exclude: Annotated[list[str] | None, Parameter(name="--exclude", negative="")] = None,
    detailed_exitcode: Annotated[bool, Parameter(name="--detailed-exitcode", negative="")] = False,
    hook: Annotated[str, Parameter(name="--hook")] = "",
    repository: Repository = Repository(),
    access: Access = Access(),
) -> int:
    """Hold desired/, the snapshot in state/ and the tenant against each other. This command cannot write.

    Exit codes: 0 no drift, 2 the tenant was changed (with --detailed-exitcode also: changes are pending in git),
    7 something could not be read, and no drift was found in the rest.

    Parameters
    ----------
    detailed
        Show each field with its values, and where desired describes it.
    output
        How to print the report.
    out
        Save the report here as well, as JSON.
    everything
        Compare all that the snapshot holds, also what nobody manages. Reads as much as an export does.
    target
        Only addresses that match this pattern (repeatable).
    exclude
        Leave out addresses that match this pattern (repeatable).
    detailed_exitcode
        Exit 2 also when nothing drifted, but changes are pending in git.
    hook
        Run this command at the end, without a shell; it gets the verdict as JSON on standard input.
    """
    from reconciler import pipeline
    from reconciler.drift import State
    from reconciler.inert import visible
    from reconciler.model.selection import Selection
    from reconciler.report.drift import counts, drift_json, verdict_word
    from reconciler.telemetry import hook as hooks

    words = hooks.parse(hook) if hook else []
    root = repository.root()
    selection = Selection(tuple(target or ()), tuple(exclude or ()))
    found = asyncio.run(pipeline.drift(root, access.tenant(root), selection, everything=everything))
    data = drift_json(found.drift, found.by, _about(found))
    data |= {"watch": found.watch.to_json()} if found.watch else {}
    code = found.exit_code
    if code is Exit.OK and detailed_exitcode and any(one.state is State.PENDING for one in found.drift.differences):
        code = Exit.CHANGES
    if out is not None:
        save_report(out, _json(data))
    sys.stdout.write(_json(data) if output == "json" else _shown(found, output, detailed))
    sys.stdout.flush()
    print(f"{found.requests:,} requests", file=sys.stderr)
    if words:
        verdict = verdict_word(found.drift)
        told = {"command": "drift", "verdict": verdict, "exit_code": int(code), "counts": counts(found.drift)}
        report = str(out.resolve()) if out is not None else None
        failed = hooks.run(words, root, {**told, "report": report, "org": found.org, "incomplete": data["incomplete"]})
        if failed:
            print(visible(f"warning: {failed}"), file=sys.stderr)
    return code


def _shown(found: Drifted, output: Output, detailed: bool) -> str:
    from dataclasses import replace

    from reconciler.report.drift import drift_view
    from reconciler.report.drift_forms import drift_markdown, drift_text
    from reconciler.report.watch import watch_lines

    view = drift_view(found.drift, found.by, _about(found))
    view = replace(view, banners=(*view.banners, *(watch_lines(found.watch) if found.watch else ())))
    if output == "text":
        return drift_text(view, detailed=detailed, color=colored(sys.stdout))
    return drift_markdown(view, detailed=detailed)


def _about(found: Drifted) -> About:
    from reconciler.report.drift import About

    return About(found.org, found.managed, found.since, found.how)


def _json(data: object) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
