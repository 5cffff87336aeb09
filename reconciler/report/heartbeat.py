"""A run under way, in one line: from the facts of its events (events.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.inert import visible
from reconciler.model.wording import counted, duration, number
from reconciler.report.commands import resuming


def heartbeat_line(facts: Mapping[str, Any]) -> str:
    """`still working: 412/5,000 · 3 failed (0.7%) · 2.1 requests/s · ~4m10s left`, or `still paused: …`. A rate that
    was not measured yet (None) is left out."""
    paused = facts["state"] == "paused"
    words = [f"still {'paused' if paused else 'working'}: {number(facts['done'])}/{number(facts['total'])}"]
    if facts["state"] not in ("running", "paused"):
        words.append(facts["state"])
    if facts["bad"]:
        words.append(f"{number(facts['bad'])} failed ({facts['error_rate']:.1%})")
    if not paused:
        words += [f"{facts['request_rate']:.1f} requests/s"] if facts["request_rate"] is not None else []
        if (facts["eta"] or 0) >= 1:
            words.append(f"~{duration(facts['eta'])} left")
    return " · ".join(words)


def paused_lines(run: str, why: str, overrides: Iterable[str]) -> list[str]:
    """Why a run waits, and how it goes on: with what its plan lifts, in case its process ends meanwhile."""
    name = visible(run)
    return [
        f"paused: {visible(why)}",
        f"  look:     reconcile status {name}",
        f"  go on:    {resuming(run, overrides)}   (in another terminal)",
        "  end here: Ctrl-C; the rest is left for reconcile resume",
    ]


def waiting_line(facts: Mapping[str, Any], until: str) -> str:
    """`waiting 37s: 429 on /telephony/config, resumes 14:02:10`."""
    return f"waiting {facts['seconds']:.0f}s: {facts['status']} on {visible(facts['family'])}, resumes {until}"


def job_line(facts: Mapping[str, Any]) -> str:
    """`job person/moveLocation …5Y2OTA: running`: what it is, and enough of its id to tell it from others."""
    what, _, remote_id = str(facts["url"]).partition("/jobs/")[2].rpartition("/")
    return f"job {visible(what)} …{visible(remote_id[-6:])}: {facts['state']}"


def holder_line(holder: Mapping[str, Any]) -> str:
    """What the lock says of the run that holds it: `412 of 5,000 steps, 3 failed, ~4m10s left`."""
    done, total, bad, eta = (holder.get(name) for name in ("done", "total", "bad", "eta"))
    if not isinstance(done, int) or not isinstance(total, int):  # another version's, or somebody's own
        return ""
    words = [f"{number(done)} of {counted(total, 'step')}"]
    words += [f"{number(bad)} failed"] if isinstance(bad, int) and bad else []
    words += [f"~{duration(eta)} left"] if isinstance(eta, int | float) else []
    return ", ".join(words)
