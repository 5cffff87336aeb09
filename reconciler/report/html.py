"""A plan as one self-contained page: no script, nothing loaded from elsewhere."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from reconciler.report.view import PlanView

if TYPE_CHECKING:
    from jinja2 import Template


def plan_html(view: PlanView) -> str:
    """The page; every value is escaped by the template engine."""
    return _template().render(view=view)


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    loader = PackageLoader("reconciler.report", "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("plan.html")
