"""What a module imports, read from its syntax tree: nothing is executed, and no import hides inside a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Import(NamedTuple):
    """One imported name, absolute and dotted; `where` is `path:line`, for messages."""

    name: str
    where: str


def python_files(package: Path) -> list[Path]:
    return sorted(package.rglob("*.py"))


def imports(file: Path, root: Path) -> Iterator[Import]:
    """Every name that `file` imports, wherever in the file: `from a import b` gives `a.b`, be `b` a module or not."""
    package = file.relative_to(root).parent.parts
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), filename=str(file))):
        if isinstance(node, ast.Import | ast.ImportFrom | ast.Call):
            for name in _imported(node, package):
                yield Import(name, f"{file.relative_to(root)}:{node.lineno}")


def late_imports(file: Path) -> Iterator[tuple[str, int]]:
    """The modules that functions of `file` import, each with its line."""
    found: dict[int, str] = {}
    for function in ast.walk(ast.parse(file.read_text(encoding="utf-8"), filename=str(file))):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    found[node.lineno] = node.names[0].name
                elif isinstance(node, ast.ImportFrom):
                    found[node.lineno] = node.module or ""
    yield from ((module, line) for line, module in sorted(found.items()))


def string_lists(file: Path) -> Iterator[tuple[int, set[str]]]:
    """The words that stand side by side in tuples, lists, sets, keys of mappings and alternatives, with their line."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), filename=str(file))):
        match node:
            case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
                values = list(parts)
            case ast.Dict(keys=keys):
                values = [key for key in keys if key is not None]
            case ast.MatchOr(patterns=patterns):
                values = [pattern.value for pattern in patterns if isinstance(pattern, ast.MatchValue)]
            case _:
                continue
        yield node.lineno, {one.value for one in values if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def _imported(node: ast.Import | ast.ImportFrom | ast.Call, package: tuple[str, ...]) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=module, names=names, level=level):
            above = package[: len(package) - level + 1] if level else ()
            base = [*above, *([module] if module else [])]
            return [".".join([*base, alias.name]) for alias in names]
        case ast.Call(
            func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
            args=[ast.Constant(value=str(name)), *_],
        ):
            return [name]
    return []


def within(name: str, module: str) -> bool:
    """Is dotted `name` the module itself or something in it?"""
    return name == module or name.startswith(f"{module}.")
