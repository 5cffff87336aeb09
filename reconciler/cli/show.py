"""A plan in the form that was asked for; every form is a view of the same plan."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from reconciler.masking import masked_text
from reconciler.model.plan import Plan


def shown(
    plan: Plan, output: str, *, saved: str = "", full: bool = False, color: bool = False, applying: bool = False
) -> str:
    """The text to print, ending in a line break."""
    if output == "json":
        return masked_text(plan.dumps())
    from reconciler.report.view import plan_view

    view = plan_view(plan, full=full, saved=saved, applying=applying)
    if output == "md":
        from reconciler.report.markdown import plan_markdown

        text = plan_markdown(view)
    elif output == "html":
        from reconciler.report.html import plan_html

        text = plan_html(view)
    else:
        from reconciler.report.text import plan_text

        text = plan_text(view, color=color)
    return text if text.endswith("\n") else text + "\n"


def present(plan: Plan, *, saved: str = "", full: bool = False, applying: bool = True) -> None:
    """Print a plan that is going to be carried out, or asked about."""
    from reconciler.cli.options import colored

    sys.stdout.write(shown(plan, "text", saved=saved, full=full, applying=applying, color=colored(sys.stdout)))
    sys.stdout.flush()


def stamped(plan: Plan) -> Plan:
    """The plan with when it was made and by which version, sealed; `apply` refuses one that does not say when."""
    from reconciler import __version__
    from reconciler.planning import sealing

    return sealing.seal(plan.beside(made_at=datetime.now(UTC).isoformat(timespec="seconds"), version=__version__))


def save(plan: Plan, path: Path) -> Plan:
    """Write the plan file, with the time of its making, and return what stands in it; ReconcileError where it cannot be
    written."""
    from reconciler.errors import ReconcileError
    from reconciler.files.wholefile import write_whole

    plan = stamped(plan)
    try:
        write_whole(path, masked_text(plan.dumps()))
    except OSError as error:
        raise ReconcileError("cannot save the plan", where=str(path), why=error.strerror or "") from None
    return plan


def save_report(path: Path, text: str) -> None:
    """Write a report for its owner's eyes only; ReconcileError where it cannot be written."""
    from reconciler.errors import ReconcileError
    from reconciler.files.wholefile import write_whole

    try:
        write_whole(path, text)
    except OSError as error:
        raise ReconcileError("cannot save the report", where=str(path), why=error.strerror or "") from None
