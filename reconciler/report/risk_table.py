"""The table at the head of a comment: what a plan would do, riskiest first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reconciler.model.wording import number
from reconciler.report.markup import code
from reconciler.report.risks import Risk

_HEAD = ["", "| risk | what happens | where | from |", "|---|---|---|---|"]
_LONGEST = 60


def risk_table(risks: Sequence[Risk], room: int) -> list[str]:
    """Its lines, of as many rows as have `room` in bytes; none where nothing would be carried out."""
    rows = []
    for place, risk in enumerate(risks):
        line = f"| {_level(risk)} | {_happens(risk)} | {_cell(risk.where)} | {_cell(risk.source)} |"
        room -= len(line.encode()) + 1
        if room < 0:
            rows.append(f"| | and {number(len(risks) - place)} more | | |")
            break
        rows.append(line)
    return [*_HEAD, *rows] if rows else []


def _level(risk: Risk) -> str:
    return f"**{risk.level}**" if risk.level == "high" else risk.level


def _happens(risk: Risk) -> str:
    names = ", ".join(_cell(name) for name in risk.names) + (f" and {number(risk.more)} more" if risk.more else "")
    why = f"; {_cell(risk.why)}" if risk.why else ""
    return f"{re.sub('[^A-Za-z0-9 ,()]', ' ', risk.does)}: {names}{why}"


def _cell(text: str) -> str:
    """In code. Forges differ in how a bar in a cell is escaped, so it is drawn broken; the change shows it as it is."""
    return code(text.replace("|", "¦"), _LONGEST) if text else ""
