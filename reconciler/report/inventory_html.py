"""An inventory as one self-contained page: nothing is loaded from elsewhere, and without its few lines of script it
shows all the same; only searching needs them."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import TYPE_CHECKING

from reconciler.inert import visible
from reconciler.report.inventory import SPARK_HEIGHT, SPARK_WIDTH, InventoryView

if TYPE_CHECKING:
    from jinja2 import Environment


def inventory_html(view: InventoryView) -> str:
    """The page; every value is escaped by the template engine, also in the rows for searching, which are JSON."""
    environment = _environment()
    script = environment.get_template("inventory.js").render()
    # The browser runs this script and no other: whatever a name holds, it is not the text with this digest.
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rows = [[visible(part) for part in row] for row in view.search]
    size = {"width": SPARK_WIDTH, "height": SPARK_HEIGHT}
    page = environment.get_template("inventory.html")
    return page.render(view=view, script=script, digest=digest, rows=rows, spark=size)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    environment = Environment(
        loader=PackageLoader("reconciler.report", "templates"),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return environment
