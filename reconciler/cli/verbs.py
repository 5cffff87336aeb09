"""The verbs in their order, and the text of `reconcile --help`; imports nothing, so that it is there at once."""

from __future__ import annotations

VERBS = {
    "demo": "The whole loop on a simulated tenant, in seconds, with no token.",
    "simulate": "Serve a simulated Webex tenant on this machine.",
    "export": "Read the tenant into a snapshot in state/.",
    "adopt": "Write current state into desired/.",
    "validate": "Check desired/ without a tenant.",
    "schema": "Print the JSON Schema of desired files, of summary.json, or of a log.",
    "plan": "Show what apply would do. Never writes.",
    "apply": "Carry out a plan, and read every write back.",
    "runs": "List the runs, and how far each came.",
    "status": "Show what a run has done, what is in doubt, what is left.",
    "pause": "Ask a run in another terminal to wait; resume goes on.",
    "resume": "Finish an interrupted run, or go on with a paused one; nothing is done twice.",
    "undo": "Plan and apply what takes a run back.",
    "verify": "Read the tenant and say whether it is as desired.",
    "insights": "Say what is wrong in the tenant, and what to do about it.",
    "drift": "Show what changed in git and what changed in the tenant, and who did it. Never writes.",
    "history": "Compare snapshots of other days; say since when a value is there.",
    "kinds": "List the managed kinds and their fields.",
    "version": "Print the version.",
}

EPILOG = """\
Tenant: WEBEX_API_URL and WEBEX_ACCESS_TOKEN (environment or .env), or --token-file.
Repository: -C DIR, or the nearest folder upwards with desired/tenant.yaml.
Exit codes: 0 done, 1 error, 2 changes or drift, 3 applied in part, 4 refused, 5 stale plan, 6 locked,
7 incomplete snapshot, 64 usage, 75 try later, 77 token or rights, 130 interrupted.
Try it: reconcile demo        More: reconcile VERB --help"""


def overview() -> str:
    """The text of `reconcile --help`."""
    lines = ["Usage: reconcile VERB [OPTIONS]", "", "Desired state for Webex Calling, from git.", "", "Verbs:"]
    lines += [f"  {verb:<10} {what}" for verb, what in VERBS.items()]
    return "\n".join([*lines, "", EPILOG])
