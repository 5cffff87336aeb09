"""The files of settings below `desired/`, which describe no resources: `tenant.yaml` and `insights.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reconciler.errors import Problem
from reconciler.files import textfile
from reconciler.repository import yamlfile
from reconciler.repository.desired.documents import too_large

#: In characters; it is never cut, so that it would take some twenty times as much memory.
LARGEST = 4_000_000


def read(root: Path, name: str, problems: list[Problem]) -> tuple[str, Any] | None:
    """The text of a file and what it says; None where that cannot be known, with the reason added to the problems.
    FileNotFoundError where there is none."""
    path = root / name
    if path.exists() and not path.is_file():  # a pipe would be waited for
        problems.append(Problem(name, 0, 0, "is not a regular file", "put the file itself there"))
        return None
    try:
        text = textfile.decoded(path.read_bytes()).text
        if len(text) > LARGEST:
            problems.append(too_large(name, 1, "file of settings", len(text), LARGEST))
            return None
        return text, textfile.unescaped(text, yamlfile.load(text))
    except FileNotFoundError:
        raise
    except textfile.TextError as error:
        problems.append(Problem(name, error.line, error.col, error.what, error.do))
    except OSError as error:
        problems.append(Problem(name, 0, 0, f"cannot be read: {error}"))
    except yamlfile.YamlSyntaxError as error:
        problems.append(Problem(name, error.line, error.col, error.what))
    return None
