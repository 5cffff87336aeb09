"""A plan in the form that was asked for; every form is a view of the same plan."""

from __future__ import annotations

from reconciler.model.plan import Plan


def shown(plan: Plan, output: str, *, saved: str = "", full: bool = False, color: bool = False) -> str:
    """The text to print, ending in a line break."""
    if output == "json":
        return plan.dumps()
    from reconciler.report.view import plan_view

    view = plan_view(plan, full=full, saved=saved)
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
