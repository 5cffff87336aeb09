"""`columns.json` and `columns.md`: every table of an export, and what each of its columns says."""

from __future__ import annotations

import json
from collections.abc import Iterable

from reconciler.outputs.tables import Table

FORMAT_VERSION = 1
_INTRODUCTION = """\
# Tables and columns

One table per kind, section and artefact, and views made of them. CSV and JSON use the names below; SQLite and Parquet
use the names without dots in brackets. Types: `text`, `integer`, `number`, `boolean`, `list`, `object`. In CSV and
SQLite, lists and objects are JSON text; in Parquet a list is a list of texts. In CSV null and "" are both empty, and an
apostrophe before = + - @ keeps a spreadsheet from carrying the cell out. Key columns are in bold.
"""


def as_json(tables: Iterable[Table]) -> str:
    document = [
        {
            "name": table.name,
            "sql_name": table.sql_name,
            "doc": table.doc,
            "key": list(table.key),
            "columns": [
                {"name": column.name, "sql_name": sql_name, "type": column.type, "doc": column.doc}
                for column, sql_name in zip(table.columns, table.sql_columns, strict=True)
            ],
        }
        for table in tables
    ]
    return json.dumps({"format_version": FORMAT_VERSION, "tables": document}, indent=1, ensure_ascii=False) + "\n"


def as_markdown(tables: Iterable[Table]) -> str:
    lines = [_INTRODUCTION]
    for table in tables:
        lines += [f"## {table.name}" + (f" [{table.sql_name}]" if table.sql_name != table.name else ""), ""]
        lines += [table.doc, "", "| column | type | what it says |", "|---|---|---|"]
        for column, sql_name in zip(table.columns, table.sql_columns, strict=True):
            shown = f"**{column.name}**" if column.name in table.key else column.name
            shown += f" [{sql_name}]" if sql_name != column.name else ""
            lines.append(f"| {shown} | {column.type} | {column.doc.replace('|', '&#124;')} |")
        lines.append("")
    return "\n".join(lines)
