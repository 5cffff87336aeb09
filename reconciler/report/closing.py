"""The summary of a run as one file to read and to pass on: what it came to, and a section per chunk.

Tenant text stands in code only, in fences longer than any run of backticks in it (as in markdown.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.inert import visible
from reconciler.model.history import short_commit
from reconciler.model.wording import counted, ended, number
from reconciler.report.costs import compared_line

_SIGNS = {"executed": "ok", "dry_run": "plan", "skipped": "skip", "rejected": "REJECTED", "error": "ERROR"}


def summary_markdown(summary: dict[str, Any]) -> str:
    """The whole, from the data of summary.json."""
    totals = summary["totals"]
    lines = [f"# Run `{visible(summary['run'])}`", "", f"{_verdict(summary)}", ""]
    lines += ["| | results |", "|---|---:|", *(f"| {name} | {number(totals[name])} |" for name in _SIGNS)]
    lines += ["", *_facts(summary)]
    by_operation: dict[str, list[dict[str, Any]]] = {}
    for result in summary["results"]:
        by_operation.setdefault(result["operation"], []).append(result)
    for chunk in summary["chunks"]:
        results = [result for name in chunk["operations"] for result in by_operation.get(name, ())]
        lines += ["", _heading(chunk), "", *_fenced(_line(result) for result in results)]
    if rest := by_operation.get(""):
        lines += ["", f"## Not carried out · {counted(len(rest), 'change')}", "", *_fenced(map(_line, rest))]
    return "\n".join(lines) + "\n"


def _verdict(summary: dict[str, Any]) -> str:
    state = summary["state"] or "not ended"
    verified = summary["verdicts"].get("verified", 0)
    of = counted(summary["totals"]["results"], "result")
    return f"{number(verified)} of {of} verified · {visible(ended(state, summary['why']))}"


def _facts(summary: dict[str, Any]) -> Iterator[str]:
    yield f"- plan `{visible(summary['plan'][:12])}` for `{visible(summary['org']['name'])}`"
    if (desired := summary.get("desired")) and desired["commit"]:
        content = visible(desired["fingerprint"][:12])
        yield f"- desired `{visible(short_commit(desired['commit']))}`, files with the digest `{content}`"
    if summary["started"]:
        ended = f", ended {summary['ended']}" if summary["ended"] else ""
        resumed = f", resumed {counted(summary['resumed'], 'time')}" if summary["resumed"] else ""
        yield f"- began {summary['started']}{ended}{resumed}"
    if line := compared_line(summary["budget"]):
        yield f"- {line}"
    if summary["beside"]:
        yield f"- beside what was asked for, something changed at {counted(len(summary['beside']), 'address')}"
    if summary["files"]:
        yield f"- beside this: {', '.join(f'`{name}`' for name in summary['files'])}"


def _heading(chunk: dict[str, Any]) -> str:
    verdicts = ", ".join(f"{number(count)} {verdict}" for verdict, count in chunk["verdicts"].items())
    parts = [f"## Chunk {chunk['number']}", f"wave {chunk['wave']}", counted(len(chunk["operations"]), "operation")]
    return " · ".join([*parts, chunk["state"], *([verdicts] if verdicts else [])])


def _line(result: dict[str, Any]) -> str:
    wrote = "" if result["wrote"] or result["status"] != "executed" else ", already as wanted"
    why = f": {result['why']}" if result["why"] else ""
    tracking = f" (tracking id {result['tracking_id']})" if result["tracking_id"] not in why else ""
    also = f"; also changed: {', '.join(result['also'])}" if result["also"] else ""
    what = f"{_SIGNS[result['status']]} {result['address']} {result['action']} {result['verdict']}"
    return visible(f"{what}{wrote}{why}{also}{tracking}")


def _fenced(lines: Iterable[str]) -> list[str]:
    kept = list(lines)
    longest = max((len(run) for line in kept for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *kept, fence]
